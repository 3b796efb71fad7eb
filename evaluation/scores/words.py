"""Comparing an answer in words with the right ones, before any judge is asked.

Exact match and token F1 as SQuAD's evaluation defines them (Rajpurkar et al., EMNLP 2016), with number words read as
digits, since one data set writes "two" and another "2".
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from ...tools.text import NUMBER_WORDS

_ARTICLES = frozenset(["a", "an", "the"])
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_WORD = re.compile(r"(?:(?<!\w)[-\u2212])?\d+(?:[.,:]\d+)*|[^\W_]+")
"""A minus belongs to a number unless it stands behind a word: 10-15 is a range, -5 is not 5."""
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_NOBODY = re.compile(r"\W*(?:none|nobody|no one|nothing)\b", re.IGNORECASE)
_LARGE = frozenset(["dozen", "hundred", "thousand", "million", "billion"])
_YES_NO = frozenset(["yes", "no"])


def tokens(text: str) -> list[str]:
    """Words of an answer as they are compared: lower case, no punctuation or articles, number words to 99 as digits.

    Example:
        >>> tokens("The twenty-one Kites, please!")
        ['21', 'kites', 'please']
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    words = _WORD.findall(plain)
    found: list[str] = []
    tens = False
    for word in words:
        unit = NUMBER_WORDS.get(word, 0)
        if tens and 0 < unit < 10:
            found[-1] = str(int(found[-1]) + unit)
        elif word not in _ARTICLES:
            found.append(_value(word))
        tens = word in _TENS
    return found or words or plain.split()  # "A" and "+" are answers too: the letter on a sign, the key on a board


def _value(word: str) -> str:
    """A word, numbers in one spelling: digits, a plain minus, no marks of thousands."""
    if word in _TENS or word in NUMBER_WORDS:
        return str(_TENS.get(word, NUMBER_WORDS.get(word)))
    number = word.replace("\u2212", "-")
    return number.replace(",", "") if _THOUSANDS.fullmatch(number) else number


def exact(text: str, answers: Sequence[str]) -> float:
    """1 where the answer is one of the right ones word for word, else 0.

    Where the right answer is "yes" or "no", the first word decides: "Yes, he does." is "yes".
    """
    given = tokens(text)
    return float(any(_same(given, tokens(answer)) for answer in answers))


def _same(given: list[str], right: list[str]) -> bool:
    if len(right) == 1 and right[0] in _YES_NO:
        return given[:1] == right
    return bool(given) and given == right


def token_f1(text: str, answers: Sequence[str]) -> float:
    """The best F1 of shared words with one of the right answers, 0 to 1."""
    given = Counter(tokens(text))
    return max((_f1(given, Counter(tokens(answer))) for answer in answers), default=0.0)


def _f1(given: Counter[str], right: Counter[str]) -> float:
    shared = (given & right).total()
    return 2 * shared / (given.total() + right.total()) if shared else 0.0


def number_in(text: str) -> float | None:
    """The number that an answer gives; None for none, or for several different ones: "3 or 4" is not an answer.

    Words for numbers are read to ninety-nine: "two hundred" gives None, and not 2.

    Example:
        >>> number_in("There are four kites."), number_in("3 or 4"), number_in("none")
        (4.0, None, 0.0)
    """
    words = tokens(text)
    found = {float(word) for word in words if _NUMBER.fullmatch(word)}
    if _NOBODY.match(text):
        return 0.0 if found <= {1.0} else None  # "no one" has a one in it, "none of the 3" has no answer
    return found.pop() if len(found) == 1 and _LARGE.isdisjoint(words) else None
