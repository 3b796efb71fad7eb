"""Questions that state something: "Was it opened in 1887?" is answered by what was said and shown, not by "yes".

Neither "yes" nor "no" is among the words of the evidence; those of the statement are. It holds when one place of the
video says it all, and does not when a number or a name in it is another there. Everything else stays open: that nobody
speaks of something does not make it false, unless it is asked whether somebody does ("Does the sign say EXIT?").
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..memory import Observation
from .caption import TEMPLATE
from .text import NUMBER_WORDS, content_words, cover, words_of

TELLING = ("speech", "text", "caption")
"""Kinds of evidence that state something; detections only name things."""
TOGETHER = {"text": 2.0, "speech": 0.3, "caption": 0.0}
"""Seconds around a line whose lines say one thing with it: a sign has several lines, a sentence goes on at once."""
ALL, MOST = 0.8, 0.6
"""Share of a statement's words from which it is said, and of its other words from which the same thing is spoken of."""
AFFIRMATIVE = re.compile(r"^\s*(yes|true|correct)\b[a-z ,']{0,20}$", re.IGNORECASE)
NEGATIVE = re.compile(r"^\s*(no|false|wrong|incorrect)\b[a-z ,']{0,20}$", re.IGNORECASE)
STATEMENT = re.compile(
    r"^\s*(is|are|was|were|does|do|did|has|have|had|can|could|will|would|must|may|should)\b", re.IGNORECASE
)
NO_STATEMENT = re.compile(r"\b(not|never|no|nobody|nothing|without|or)\b|n't\b", re.IGNORECASE)
"""What turns a question around, or leaves a choice."""
REPORTED = re.compile(
    r".*\b(?:says?|said|reads?|mentions?|spells?|(?:talks?|speaks?) (?:about|of)|the words?|the name|the number)\b(.+)",
    re.IGNORECASE,
)
"""What somebody or something is asked to say: whether those words are there is the whole question."""
UNSAID, UNSAID_COUNTS = 0.3, 0.7
"""Share of the words up to which they are nowhere, and what that counts: reading and hearing miss some."""
AFTER = re.compile(
    r"\b(?:shown?|seen|visible|written|printed|mentioned|spoken|said|displayed|on (?:the )?\w+|there)\b.*",
    re.IGNORECASE,
)
"""What follows the words themselves: "the word SALE *shown on the wall*"."""
NUMBER = re.compile(r"\d+(?:[:.,]\d+)*")
NAME = re.compile(r"\b[A-Z][\w'-]+")
NUMBERS_IN_WORDS = {str(value) for value in NUMBER_WORDS.values()}


def claim_support(question: str, options: Sequence[str], lines: Sequence[Observation]) -> list[float] | None:
    """How far the evidence says, or contradicts, what a question states.

    Args:
        question: The question.
        options: The options; only two of which one says yes and the other no are weighed.
        lines: The evidence.

    Returns:
        One number for each option, 0 to 1; None where the question states nothing, or nothing tells.

    Example:
        >>> sign = Observation(0.0, 4.0, "text", "Opened in 1887", 0.9, "ocr")
        >>> claim_support("Was it opened in 1887?", ["yes", "no"], [sign])
        [1.0, 0.0]
        >>> claim_support("Was it opened in 1902?", ["yes", "no"], [sign])
        [0.0, 1.0]
    """
    sides = yes_and_no(question, options)
    if not sides:
        return None
    telling = [line for line in lines if line.kind in TELLING and line.source != TEMPLATE]
    reported = _reported(question)
    verdict = _is_said(reported, telling) if reported else 0.0
    statement = _statement(question)
    verdicts = [_verdict(line.content, _together(line, telling), statement) for line in telling]
    said = max(verdicts, default=0.0)
    # another place that says otherwise does not unsay it
    verdict = verdict or (said if said > 0 else min(verdicts, default=0.0))
    return [max(0.0, side * verdict) for side in sides] if verdict else None


def _reported(question: str) -> str:
    """The words that somebody or something is asked to say; empty where none are."""
    found = REPORTED.search(STATEMENT.sub("", question))
    return AFTER.sub("", found[1]).strip(" ?.!:'\"") if found else ""


def _is_said(words: str, telling: Sequence[Observation]) -> float:
    shares = [cover(words, line.content) for line in telling]
    most = max(shares, default=math.nan)
    return most if most >= ALL else -UNSAID_COUNTS if most <= UNSAID else 0.0


def yes_and_no(question: str, options: Sequence[str]) -> list[int]:
    """Which option says yes (1) and which no (-1) to what a question states; nothing where it is not asked so.

    Example:
        >>> yes_and_no("Is the shop open?", ["no", "yes, it is"]), yes_and_no("Is it open or closed?", ["yes", "no"])
        ([-1, 1], [])
    """
    sides = [bool(AFFIRMATIVE.match(option)) - bool(NEGATIVE.match(option)) for option in options]
    stated = STATEMENT.match(question) and not NO_STATEMENT.search(question)
    return sides if stated and sorted(sides) == [-1, 1] else []


@dataclass(frozen=True, slots=True)
class _Statement:
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    others: tuple[str, ...]


def _statement(question: str) -> _Statement:
    """The content words of a question without the verb that asks; a time or a decimal is one number."""
    stated = STATEMENT.sub("", question)
    numbers = NUMBER.findall(" ".join(str(NUMBER_WORDS.get(word.casefold(), word)) for word in stated.split()))
    names = [word for name in NAME.findall(stated) for word in words_of(name)]
    words = [
        word for word in content_words(NUMBER.sub(" ", stated)) if word not in names and word not in NUMBERS_IN_WORDS
    ]
    return _Statement(*(tuple(dict.fromkeys(group)) for group in (numbers, names, words)))


def _together(middle: Observation, telling: Sequence[Observation]) -> str:
    """What is told at the time of a line, by its kind of evidence."""
    around = TOGETHER[middle.kind]
    near = (
        line.content
        for line in telling
        if line.kind == middle.kind and line.video == middle.video
        and line.start < middle.end + around and line.end > middle.start - around
    )  # fmt: skip
    return " . ".join(near)


def _verdict(line: str, place: str, statement: _Statement) -> float:
    """1 to 0: it is said there; 0 to -1: something else is.

    A row of a table names a thing and its numbers: another number there is the answer, whatever the rows beside it say.
    """
    particular = (*statement.names, *statement.numbers)
    rows = _has_all(statement.names, line) and (statement.names or cover(" ".join(statement.others), line) >= MOST)
    if rows and statement.numbers:
        if _has_all(statement.numbers, line):
            return 1.0
        if {_form(number) for number in NUMBER.findall(line)} & {_form(number) for number in statement.numbers}:
            return -1.0
    rest = cover(" ".join(statement.others), place) if statement.others else 1.0
    named = [cover(word, place) for word in particular]
    total = (sum(named) + rest * len(statement.others)) / max(1, len(named) + len(statement.others))
    if total >= ALL and all(named):
        return total
    spoken_of = bool(statement.others) and rest >= MOST and bool(named) and not all(named)
    return -rest if spoken_of else 0.0


def _form(number: str) -> str:
    """A time, a decimal, a year or a plain number: the 2 of a platform does not contradict a year."""
    mark = next((mark for mark in ":.," if mark in number), "")
    return mark or ("year" if len(number) == len("1887") else "number")


def _has_all(words: Sequence[str], text: str) -> bool:
    return all(cover(word, text) > 0 for word in words)
