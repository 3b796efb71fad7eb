"""What a query about time asks for: the event, which of its occurrences, its beginning or end, and beside what else."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from .text import NUMBER_WORDS, STOP_WORDS, words_of

Relation = Literal["", "before", "after", "between", "while"]
Edge = Literal["", "begins", "ends"]
Sense = Literal["", "speech", "text", "sound", "cut"]

_NTH = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
ORDINALS = {**{word: place for place, word in enumerate(_NTH, 1)}, "last": -1, "final": -1, "next": 1}
_ORDINAL = "|".join(ORDINALS)


def _words(*lines: str) -> re.Pattern[str]:
    """Any of the alternatives on these lines, as whole words."""
    return re.compile(rf"\b({'|'.join(lines)})\b", re.IGNORECASE)


_WHICH = re.compile(
    rf"\b(?:for )?the (?P<nth>{_ORDINAL}|(?P<digits>\d+)(?:st|nd|rd|th)) (?:time|occurrence|appearance)\b"
    r"(?: (?:that|when)\b)?"
    r"|\b(?P<adverb>first|last)"
    r"(?= (?:appears?|seen|shown|visible|heard|said|mention\w*|speaks?|says?|comes?|enters?)\b)"
    rf"|\b(?:for the )?(?P<time>{_ORDINAL}) time\b",
    re.IGNORECASE,
)
_NEAR = r"(?P<near>right|just|shortly|directly|immediately)?\s*"
_OTHER = r"(?!\s*(?:how|what|which)\b)(?P<one>.+)"
_RELATIONS: tuple[tuple[Relation, str], ...] = (
    ("between", r"^(?P<event>.*?)\bbetween\b(?P<one>.+?)\band\b(?P<two>.+)$"),
    ("after", rf"^{_NEAR}\bafter\b{_OTHER},(?P<event>.+)$"),
    ("before", rf"^{_NEAR}\bbefore\b{_OTHER},(?P<event>.+)$"),
    ("while", rf"^(?:while|during)\b{_OTHER},(?P<event>.+)$"),
    ("after", rf"^(?P<event>.*?)\b{_NEAR}\b(?:after|once|following)\b{_OTHER}$"),
    ("before", rf"^(?P<event>.*?)\b{_NEAR}\bbefore\b{_OTHER}$"),
    ("while", rf"^(?P<event>.*?)\b(?:while|during|as long as|at the same time as)\b{_OTHER}$"),
)
_PLACE = re.compile(
    r"\b(at|in|near|towards?) the (very )?(start|beginning|end|middle)( of the (video|clip|film|movie))?\b"
    r"|\b(at|from|until|since)?\s*(about |exactly )?[\d:.]+ ?(s|secs?|seconds?|mins?|minutes?)\b"
    r"( into the (video|clip|film))?",
    re.IGNORECASE,
)
_BEGINS = _words(
    r"appears?|arrives?|shows? up|comes? (in|into|on)|enters?|begins?|starts?",
    r"from when( on)?|since when|pops? up",
)
_ENDS = _words(r"disappears?|vanish(es)?|leaves?|exits?|ends?|stops?|goes away|until when|finish(es)?")
_SENSES: tuple[tuple[Sense, re.Pattern[str]], ...] = (
    (
        "sound",
        _words(
            r"silen(ce|t)|quiet|music|noise|impact|bang|knock|clap|tone|beep",
            r"nobody (speaks|talks)|no one (speaks|talks)",
        ),
    ),
    (
        "cut",
        _words(
            r"(shot|scene|picture|camera) (changes?|cuts?|border|boundary)|cuts? to|hard cut|the cuts?|new (shot|scene)"
        ),
    ),
    (
        "text",
        _words(
            r"text|writ(ten|ing)|reads?|captions?|banners?|subtitles?|headlines?|titles?|signs?|letters|lettering",
            r"time ?codes?|logo|on screen|notice|label",
        ),
    ),
    (
        "speech",
        _words(
            r"say(s|ing)?|said|sp(eak|oke)\w*|talk\w*|mention\w*|narrat\w*|voices?|hear[ds]?|words?|tell(s|ing)?",
            r"utter\w*|announce\w*|explain\w*|according to",
        ),
    ),
)
_FRAME = _words(
    r"when|where|at (which|what) (second|time|moment|point)s?|how long|is|are|was|were|does|do|did|has|have",
    r"in the (video|clip|film|picture)|on (the )?screen|visible|in sight|in view|seen|shown|displayed?|shows?",
    r"somebody|someone|anybody|speakers?|narrators?|exactly|fully|there|it|its|about|the|a|an|of|that|this|which|what",
    r"who|they|he|she|single|any|all|some|second|moment|happens?|happening|something|anything|time",
)
_QUOTED = re.compile(r"[\"“‘]([^\"”’]+)[\"”’]|(?<!\w)'([^']+)'(?!\w)")


@dataclass(frozen=True, slots=True)
class WhenQuery:
    """A query taken apart."""

    event: str
    """What happens, in the words of the query."""
    sense: Sense = ""
    """Which sense it speaks of; empty when any may do."""
    ordinal: int = 0
    """1 for the first occurrence, -1 for the last, 0 for all."""
    edge: Edge = ""
    """Whether its beginning or end is asked for: then the answer is a moment."""
    quotes: tuple[str, ...] = ()
    """What is quoted, as it is to be read or heard."""
    relation: Relation = ""
    """How it stands to the other events."""
    others: tuple[str, ...] = ()
    near: bool = False
    """Whether it is to be right beside the other event."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that say what is looked for, without those that only say that something is looked for."""
        text = _FRAME.sub(" ", _PLACE.sub(" ", self.event))
        for pattern in (_BEGINS, _ENDS, *(pattern for _, pattern in _SENSES)):
            text = pattern.sub(" ", text)
        return tuple(word for word in words_of(text) if word not in STOP_WORDS)


def parse_when(query: str) -> WhenQuery:
    """Take a query about time apart.

    Args:
        query: E.g. "the second time the cat appears", "the dog before somebody says 'stop'".

    Example:
        >>> found = parse_when("the second time the cat appears after the door closes")
        >>> found.event, found.ordinal, found.edge, found.relation, found.others
        ('the cat appears', 2, 'begins', 'after', ('the door closes',))
    """
    text = " ".join(query.strip().rstrip("?.!").split())
    hidden, quotes = _without_quotes(text)
    for relation, pattern in _RELATIONS:
        match = re.match(pattern, hidden, re.IGNORECASE)
        if match:
            named = {name: _with_quotes(part or "", quotes).strip(" ,") for name, part in match.groupdict().items()}
            others = tuple(named[name] for name in ("one", "two") if named.get(name))
            near = bool(named.get("near"))
            return replace(_simple(named["event"]), relation=relation, others=others, near=near)
    return _simple(text)


def _simple(text: str) -> WhenQuery:
    hidden, quotes = _without_quotes(text)
    which = _WHICH.search(hidden)
    ordinal = 0
    if which:
        name = (which["nth"] or which["adverb"] or which["time"]).casefold()
        ordinal = int(which["digits"]) if which["digits"] else ORDINALS[name]
        hidden = " ".join((hidden[: which.start()] + hidden[which.end() :]).split())
    placeless = _PLACE.sub(" ", hidden)  # "near the end" asks for no ending
    edge: Edge = "ends" if _ENDS.search(placeless) else "begins" if _BEGINS.search(placeless) else ""
    sense: Sense = next((sense for sense, pattern in _SENSES if pattern.search(hidden)), "")
    return WhenQuery(_with_quotes(hidden, quotes).strip(), sense, ordinal, edge, tuple(quotes))


def _without_quotes(text: str) -> tuple[str, list[str]]:
    """The text with each quotation as a mark, so that no word of it is taken for one of the query."""
    quotes: list[str] = []

    def hide(match: re.Match[str]) -> str:
        quotes.append(match[1] or match[2])
        return f"‹{len(quotes) - 1}›"

    return _QUOTED.sub(hide, text), quotes


def _with_quotes(text: str, quotes: list[str]) -> str:
    return re.sub(r"‹(\d+)›", lambda match: f'"{quotes[int(match[1])]}"', text)


COUNT = re.compile(r"\b(?:exactly|only|just)\s+(?P<number>\w+)\b|\b(?P<bare>two|three|four|five|six)\b", re.IGNORECASE)


def exact_number(event: str) -> int | None:
    """The number of things that an event is about, e.g. 2 in "two dogs", 1 in "only one dog"; None for any number."""
    match = COUNT.search(event)
    word = (match["number"] or match["bare"]).casefold() if match else ""
    return NUMBER_WORDS.get(word, int(word) if word.isdigit() else None) if word else None
