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
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W_]+")
_YES_NO = frozenset(["yes", "no"])


def tokens(text: str) -> list[str]:
    """Words of an answer as they are compared: lower case, no punctuation or articles, number words to 99 as digits.

    Example:
        >>> tokens("The twenty-one Kites, please!")
        ['21', 'kites', 'please']
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    found: list[str] = []
    tens = False
    for word in _WORD.findall(plain):
        unit = NUMBER_WORDS.get(word, 0)
        if tens and 0 < unit < 10:
            found[-1] = str(int(found[-1]) + unit)
        elif word not in _ARTICLES:
            found.append(str(_TENS.get(word, NUMBER_WORDS.get(word, word))))
        tens = word in _TENS
    return found


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

    Example:
        >>> number_in("There are four kites."), number_in("3 or 4"), number_in("none")
        (4.0, None, 0.0)
    """
    words = tokens(text)
    found = {float(word.replace(",", "")) for word in words if re.fullmatch(r"\d+(,\d{3})*(\.\d+)?", word)}
    if not found and words[:1] == ["none"]:
        return 0.0
    return found.pop() if len(found) == 1 else None
