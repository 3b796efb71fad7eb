"""Comparing words: what an option says against what was read or heard.

Recognised text is never exact: OCR drops spaces and confuses letters, speech recognition writes "cleanrooms" as two
words. Everything here compares squashed and fuzzily.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

_STOP_WORDS = """
a about according an and any are as at be been by can did do does doing for from had has have he her his how i in is
it its many more most much of on or our she so some that the their them then there these they this to video was we
were what when where which who whom whose why will with you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
SAME_READING = 85
"""Percent of likeness (indel) of two readings of one text: "MOVIF PROJECT" and "MOVIE PROJECT"."""
SAME_WORD = 82
"""Percent of likeness of two words: "negotiation" and "negotiations" (96); "horse" and "house" (80) stay apart."""
SHORT = 4
"""Words shorter than this must be equal."""
_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty
"""
NUMBER_WORDS = {word: value for value, word in enumerate(_NUMBERS.split())}
NEGATIONS = re.compile(
    r"^(no|none|nothing|never|nobody|nowhere|not|neither|it is never|there (is|are) no)\b", re.IGNORECASE
)


def squash(text: str) -> str:
    """Letters and digits only, in lower case.

    Example:
        >>> squash("MAY 3, 2021")
        'may32021'
    """
    return "".join(character for character in text.casefold() if character.isalnum())


def words_of(text: str) -> list[str]:
    """Words in lower case; numbers up to twenty as digits, since speech is written down either way.

    Example:
        >>> words_of("Until eleven o'clock")
        ['until', '11', 'o', 'clock']
    """
    return [str(NUMBER_WORDS.get(word, word)) for word in re.findall(r"\w+", text.casefold())]


def content_words(text: str) -> list[str]:
    """Words that carry meaning; all words when none do.

    Example:
        >>> content_words("Which bridge does the guide talk about?")
        ['bridge', 'guide', 'talk']
    """
    words = words_of(text)
    return [word for word in words if word not in STOP_WORDS] or words


def is_negative(text: str) -> bool:
    """Whether an option says that there is none of it.

    Example:
        >>> is_negative("no, it is black and white"), is_negative("north")
        (True, False)
    """
    return bool(NEGATIONS.match(text.strip()))


def same_reading(first: str, second: str) -> bool:
    """Whether two lines are readings of the same text."""
    from rapidfuzz import fuzz

    one, two = squash(first), squash(second)
    if one == two:
        return True
    digits = [re.sub(r"\D", "", text) for text in (one, two)]
    return digits[0] == digits[1] and fuzz.ratio(one, two) >= SAME_READING


def numbers_in(text: str) -> list[float]:
    """Numbers in a text, as digits or as words up to twenty.

    Example:
        >>> numbers_in("two of 3 cups, 1.5 litres")
        [2.0, 3.0, 1.5]
    """
    found = re.findall(r"\d+(?:\.\d+)?|[a-z]+", text.casefold())
    return [float(NUMBER_WORDS.get(item, item)) for item in found if item in NUMBER_WORDS or item[0].isdigit()]


@lru_cache(maxsize=4096)
def _word_cover(word: str, text: str) -> float:
    from rapidfuzz import fuzz, process

    words = words_of(text)
    if word in words:
        return 1.0
    if len(word) < SHORT:
        return 0.0
    if word in squash(text):
        return 1.0
    match = process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=SAME_WORD)
    return 0.9 * match[1] / 100 if match else 0.0


def cover(phrase: str, text: str, weights: dict[str, float] | None = None) -> float:
    """The share of a phrase's content words that a text holds, 0 to 1.

    Args:
        phrase: An option.
        text: A line that was read or heard.
        weights: How much a word counts; 1 when it is not listed.

    Example:
        >>> cover("Springfield, Ohio", "a museum in Springfield, Ohio.")
        1.0
        >>> cover("Room 40", "09:40 to Room 12")
        0.5
    """
    words = content_words(phrase)
    weighted = [(word, (weights or {}).get(word, 1.0)) for word in words]
    total = sum(weight for _, weight in weighted)
    # "40" is not in "09:40", unless the phrase itself is of such numbers.
    parts = set(words_of(" ".join(_JOINED.findall(phrase))))
    whole = _JOINED.sub(lambda number: squash(number.group()), text)
    covered = (weight * _word_cover(word, text if word in parts else whole) for word, weight in weighted)
    return sum(covered) / total if total else 0.0


_JOINED = re.compile(r"\d+(?:[:.,]\d+)+")
"""Times, decimals and thousands."""


def distinctive_weights(options: Sequence[str]) -> dict[str, float]:
    """A word that every option holds tells nothing: weight 0; one that a single option holds: weight 1."""
    sets = [set(content_words(option)) for option in options]
    if len(sets) < 2:
        return {}
    return {word: 1 - (sum(word in other for other in sets) - 1) / (len(sets) - 1) for words in sets for word in words}
