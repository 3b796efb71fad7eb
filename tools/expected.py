r"""What form the answer to an open question has: a question for a date is answered by a line that holds one.

The expected type of an answer is the oldest help in question answering (Li and Roth, 2002): meaning alone puts a
written date far from "What date is shown?" (0.42 on a real clip, where unrelated lines reach 0.34).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..memory import Observation
from .caption import TEMPLATE
from .evidence import PROGRAM
from .labels import hyponyms

__all__ = ["FITS", "Expected", "expected", "fits", "quoted", "trust"]

FITS = 0.3
"""What a line of the asked form counts for beside its relevance, less than that of a related line."""
TOLD = ("speech", "text")

_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_AMOUNT = r"\d+(?:[.,]\d+)*"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"


@dataclass(frozen=True, slots=True)
class Expected:
    """A form that an answer can have.

    Attributes:
        name: What it is.
        asked: Matches questions that ask for it.
        form: Matches it in a line.
    """

    name: str
    asked: re.Pattern[str]
    form: re.Pattern[str]

    def part(self, text: str) -> str:
        """The one place in a text that has this form; empty where there is none or more than one."""
        found = list(dict.fromkeys(match.group().strip() for match in self.form.finditer(text)))
        return found[0] if len(found) == 1 else ""


def _of(name: str, asked: str, form: str) -> Expected:
    return Expected(name, re.compile(asked, re.I), re.compile(form, re.I))


FORMS = (
    _of("year", r"\b(?:which|what) year\b", r"(?<![\d.:])(?:1[5-9]|20)\d\d(?![\d.:])"),
    _of(
        "date",
        r"\b(?:which|what)(?:'s| is)?(?: the)? date\b|\b(?:which|what) day of the month\b",
        rf"\b(?:{_MONTHS} {_DAY}(?:,? \d{{4}})?|{_DAY} (?:of )?{_MONTHS}(?:,? \d{{4}})?|"
        r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2})(?!\w)",
    ),
    _of(
        "weekday",
        r"\b(?:which|what)(?: day of the week|(?: week)?day)\b",
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
    ),
    _of(
        "time of day",
        r"\b(?:at )?(?:which|what) time\b(?!\s*(?:code|stamp))",
        r"(?<![\d:])\d{1,2}[:.]\d{2}(?![\d:])(?: ?[ap]\.?m\b\.?)?|\b\d{1,2} ?(?:[ap]\.?m\b\.?|o'clock)",
    ),
    _of(
        "price",
        r"\bhow much (?:does|do|is|are|was|must)\b|\b(?:what|which)(?:'s| is)? (?:the )?(?:\w+ )?(?:price|fee|fare)\b",
        rf"(?:[$€£¥]|\b(?:usd|eur|gbp)) ?{_AMOUNT}|"
        rf"\b{_AMOUNT} ?(?:[$€£¥]|(?:dollars?|euros?|pounds?|cents?|usd|eur)\b)",
    ),
    _of("percentage", r"\b(?:percent(?:age)?|per cent)\b", rf"{_AMOUNT} ?(?:%|per ?cent\b)"),
    _of(
        "web address",
        r"\b(?:web ?(?:site|page)|web address|url|internet address|domain)\b",
        r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|edu|gov|io|eu|de|uk|fr)\b\S*",
    ),
    _of("e-mail address", r"\be-?mail\b", r"\b[\w.+-]+@[\w-]+\.[\w.-]+"),
    _of("telephone number", r"\b(?:tele)?phone number\b|\bnumber to (?:call|ring)\b", r"\+?\d[\d ()/-]{5,}\d"),
    _of(
        "number",
        r"\b(?:which|what)(?:'s| is| was)?(?: the)? (?:\w+ ){0,2}(?:number|(?<!time )code|pin)\b(?! of)",
        rf"(?<![\w.,:/-]){_AMOUNT}(?![\w:/-]|[.,]\d)",
    ),
)
"""The forms, the more special one first."""


def expected(question: str) -> Expected | None:
    """What form the answer has; None where the question does not tell.

    Example:
        >>> expected("What date is on the poster?").name
        'date'
        >>> expected("In which year was it built?").part("Built 1897 by the town")
        '1897'
    """
    return next((form for form in FORMS if form.asked.search(question)), None)


def fits(question: str, lines: Sequence[Observation]) -> np.ndarray:
    """For each line whether it is of the form or the kind of thing that is asked for, as 0.0 or 1.0."""
    form, group, kind = expected(question), _group(question), "text" if WRITING.search(question) else ""
    return np.array([_holds(form, line) or _is_one(group, line) or line.kind == kind for line in lines], dtype=float)


WRITING = re.compile(
    r"\bwhat (?:does|do|did) (?:[\w-]+ ){1,5}?(?:signs?|boards?|banner|poster|label|plate|screen|title|caption|"
    r"headline|notice|display|slide|card|ticket|menu|badge|sticker|note|page)\b.*\b(?:say|read|show|tell)\b|"
    r"\bwhat (?:is|was) (?:written|printed|painted)\b|\bwhat text\b",
    re.I,
)
"""A question for whatever is written somewhere: its words need not be like those of the question."""
SAME_TIME, MOST = 0.6, 6
"""Lines whose spans overlap by this share (intersection over union) are one writing; of so many lines at most."""


def quoted(question: str, ranked: Sequence[Observation]) -> str:
    """The answer in the words of the best line: the part that is asked for, or for a whole writing all of its lines.

    Args:
        question: An open question.
        ranked: What was found, best first; at least one.
    """
    best, form = ranked[0], expected(question)
    part = form.part(best.content) if form else ""
    if part or best.kind != "text" or not WRITING.search(question):
        return part or best.content
    lines = [line for line in ranked if line.kind == "text" and _overlap(line, best) >= SAME_TIME][:MOST]
    lines.sort(key=lambda line: (line.box[1], line.box[0]) if line.box else (0.0, 0.0))
    return " / ".join(dict.fromkeys(line.content for line in lines))


def _overlap(one: Observation, two: Observation) -> float:
    shared = min(one.end, two.end) - max(one.start, two.start)
    union = max(one.end, two.end) - min(one.start, two.start)
    return shared / union if union > 0 else float(one.start == two.start)


def _holds(form: Expected | None, line: Observation) -> bool:
    return form is not None and line.kind in TOLD and bool(form.form.search(line.content))


NAMES_THINGS = re.compile(
    r"^\s*what (?:else )?(?:things?|objects?|items?|is|are|was|were|can be|stands?|lies?|hangs?|sits?)\b"
    r"(?!.*\b(?:doing|happen\w*|saying|called|made|like|wearing)\b)",
    re.I,
)
UNASKED, RETOLD = 0.5, 0.5
"""What the name of a thing is worth where none is asked for ("What is she doing?" is not answered by "dog"), and a text
that was made of everything that was found where a part of it is asked for. By judgement: wrong quotes of both kinds
had 0.26 to 0.50 on real clips, as much as right ones of texts."""


def trust(question: str, lines: Sequence[Observation]) -> np.ndarray:
    """How far each line can stand as the answer to an open question, 0 to 1."""
    group, names = _group(question), bool(NAMES_THINGS.search(question))
    return np.array([_trust(line, group, names) for line in lines])


def _trust(line: Observation, group: frozenset[str], names: bool) -> float:
    if line.source in (PROGRAM, TEMPLATE):
        return RETOLD
    return UNASKED if line.kind == "object" and not names and not _is_one(group, line) else 1.0


def _group(question: str) -> frozenset[str]:
    """The detector's labels that the noun after "which" stands for: those of animals for "Which animal is it?"."""
    words = re.findall(r"\b(?:which|what)(?: (?:kind|type|sort)s? of)? (\w+)(?: (\w+))?", question.lower())
    named = [hyponyms().get(word) for pair in words for word in pair if word]
    return next((labels for labels in named if labels), frozenset())


def _is_one(group: frozenset[str], line: Observation) -> bool:
    return line.kind == "object" and line.content in group
