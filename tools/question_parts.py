"""Questions taken apart by their words: what is asked, and the event before, after or during which it happens.

STAIR trains a model to do it; English questions about time are regular enough for tables of patterns. What is quoted in
a question is never taken apart.
"""

import re
from collections.abc import Callable, Iterator

from .text import words_of
from .tool import tool

QUOTED = re.compile(r"[\"“][^\"”]*[\"”]|(?<!\w)['‘][^'’]*['’](?!\w)")
MOST_CHARACTERS = 2000
"""Characters of a text that are searched: no question is longer, and patterns take the square of it at worst."""
BLANK = "\x00"
"""Stands for each character of a quotation while a text is searched for patterns."""

_SOON = r"(?:(?:right|just|immediately|shortly|directly|soon|exactly)\s+)?"
_SUBJECT = r"(?=\s+(?:the|a|an|he|she|it|they|we|you|i|his|her|their|its|this|that|all|everyone|someone)\b)"
RELATIONS: tuple[tuple[str, str], ...] = (
    ("after", rf"{_SOON}(?:after|as soon as|(?<!the )following(?=\s+(?:the|a|an|this|his|her)\b)|once{_SUBJECT})"),
    ("before", rf"{_SOON}(?:before|prior to|until|till)"),
    ("while", r"(?:while|whilst|during|just as|(?:(?:at|in) the (?:same )?(?:time|moment) )?when|"
              r"at the (?:same )?(?:time|moment) (?:that|as|of))"),
    ("between", r"between"),
)  # fmt: skip
"""Relation -> the words for it, the first words of a question that fit win."""
_WH = r"(?:what|who|whom|whose|which|where|how|why)"
_AUXILIARY = (
    r"(?:does|do|did|is|are|was|were|will|would|can|could|has|have|had|should|isn't|aren't|doesn't|didn't|wasn't)"
)
_ASKING = rf"(?:(?:in|on|at|to|for|from|with|of|by)\s+)?(?:{_WH}|{_AUXILIARY}|when|name|describe|tell|list|explain)\b"
_OPENING = r"\s*(?:(?:and|then|so|(?:in|during) (?:the|this) (?:video|clip|film|scene|part|shot|moment)),?\s+)?"
LEADING: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (relation, re.compile(pattern, re.IGNORECASE | re.DOTALL))
    for name, words in RELATIONS
    for relation, pattern in (
        (name, rf"{_OPENING}{words}\s+(?!{_AUXILIARY}\s)(?P<anchor>.+),\s*(?P<asked>{_ASKING}.+)"),
        (name, rf"{_OPENING}{words}\s+(?!{_AUXILIARY}\s)(?P<anchor>[^,]+?)\s+(?P<asked>{_WH}\b.+)"),
    )
)
"""Patterns for questions that begin with the event: "After she opens the box, what does she do?"."""
INNER = {name: re.compile(rf"(?<![\w-]){words}\s+", re.IGNORECASE) for name, words in RELATIONS}
EITHER = re.compile(r"[\s,]*\b(?:before or after|after or before)\s+", re.IGNORECASE)
_TELLING = re.compile(
    r"\b(?:know|tell|tell (?:me|us)|guess|determine|identify|find out|explain|show (?:me|us)|and|or|since|by|about)$",
    re.IGNORECASE,
)
"""What comes before a "when" that asks for a time."""
_HAPPENING = re.compile(
    r"\b(?:happen(?:s|ed|ing)?|occur(?:s|red|ring)?|do|done|doing|say|said|saying|shown?|seen?|heard|mentioned|place|"
    r"going on|appears?|appeared|changes?|changed|events?|takes? place|plays?|played)$",
    re.IGNORECASE,
)
"""What comes before a "between" of time; "stands between" is one of place."""
_EDGES = " \t\r\n?!.,;:"

ARROWS = re.compile(r"\s*(?:-+>|=+>|→|⟶|➔|➜|>)\s*")
BREAKS = re.compile(r"\s*[;\n]\s*")
NUMBERS = re.compile(r"(?:^|(?<=[\s,;:]))\(?(?:\d{1,2}|[a-hA-H])[.)]\s+")
THEN = re.compile(
    r"[\s,.]*\b(?:and\s+)?(?:then|afterwards?|after that|next|finally|lastly|followed by|later on|subsequently)\b"
    r"[\s,:]*",
    re.IGNORECASE,
)
COMMAS = re.compile(r"\s*,\s*(?:and\s+)?")
_AND = re.compile(r"\s+and\s+")
_FIRST = re.compile(r"^(?:first(?:ly)?(?: of all)?|to begin with|initially)\b[\s,:]*", re.IGNORECASE)
_ORDERS: tuple[tuple[re.Pattern[str], tuple[str, str]], ...] = (
    (re.compile(r"(?:right |just )?before (?P<one>[^,]+),\s*(?P<two>.+)", re.IGNORECASE), ("two", "one")),
    (re.compile(r"(?:right |just )?after (?P<one>[^,]+),\s*(?P<two>.+)", re.IGNORECASE), ("one", "two")),
    (re.compile(r"(?P<one>[^,]+?),?\s+(?:right |just )?before\s+(?P<two>[^,]+)", re.IGNORECASE), ("one", "two")),
    (re.compile(r"(?P<one>[^,]+?),?\s+(?:right |just )?after\s+(?P<two>[^,]+)", re.IGNORECASE), ("two", "one")),
)
"""Patterns for two events, and the order in which they happen."""


@tool(kind="time", cost="free")
def split_question(question: str) -> list[str]:
    """Split a question into what is asked, a relation in time, and the event that it refers to.

    Args:
        question: E.g. "What does she do after she opens the box?".

    Returns:
        Three texts, e.g. ["What does she do", "after", "she opens the box"]. The relation is `before`, `after`,
        `while`, `between` (the event is then "A and B") or empty; without one the first text is the whole question and
        the third is empty, except for "before or after", where the third is the event to compare with.

    Source: STAIR's Temporal (arXiv 2401.03901).
    """
    masked = _masked(question[:MOST_CHARACTERS])
    for split in (_either, _leading, _inner):
        found = split(masked)
        if found is None:
            continue
        relation, asked, anchor = found
        parts = _stripped(question, *asked), _stripped(question, *anchor)
        if all(words_of(part) for part in parts):
            return [parts[0], relation, parts[1]]
    return [question.strip(), "", ""]


Range = tuple[int, int]
Split = tuple[str, Range, Range]


def _masked(text: str) -> str:
    """The text with quotations blotted out, every other character in its place."""
    return QUOTED.sub(lambda found: BLANK * len(found[0]), text)


def _stripped(text: str, start: int, end: int) -> str:
    return text[start:end].strip(_EDGES)


def _either(text: str) -> Split | None:
    found = EITHER.search(text)
    return ("", (0, found.start()), (found.end(), len(text))) if found and found.start() else None


def _leading(text: str) -> Split | None:
    for relation, pattern in LEADING:
        found = pattern.match(text)
        if found:
            return relation, found.span("asked"), found.span("anchor")
    return None


def _inner(text: str) -> Split | None:
    """The first words for a relation that really are about time."""
    hits = [(found, relation) for relation, pattern in INNER.items() for found in pattern.finditer(text)]
    for found, relation in sorted(hits, key=lambda hit: hit[0].start()):
        asked, anchor = text[: found.start()].strip(_EDGES), text[found.end() :]
        if len(asked.split()) >= 2 and _is_time(relation, found[0], asked, anchor):
            return relation, (0, found.start()), (found.end(), len(text))
    return None


def _is_time(relation: str, words: str, asked: str, anchor: str) -> bool:
    if relation == "between":
        return " and " in anchor and bool(_HAPPENING.search(asked) or re.search(r"\d", anchor))
    if words.strip().casefold() == "when":
        return not _TELLING.search(asked)
    return not re.match(r"(?:that|this|it|then|all)\s*[?.!]*$", anchor, re.IGNORECASE)


@tool(kind="time", cost="free")
def split_events(text: str) -> list[str]:
    """Split a text that names several events into them.

    Args:
        text: "first A, then B", "A -> B -> C", "A, B, C", "A before B", "B after A".

    Returns:
        The events in the order in which the text says they happen; one text when it names one.
    """
    masked = _masked(text[:MOST_CHARACTERS])
    start = masked.rfind(": ") + 1  # "Put these in order: A, B, C"
    if start and not re.search(r"[,;>→]|\bthen\b", masked[start:]):
        start = 0
    for split in _SPLITS:
        events = [event for span in split(masked[start:]) if (event := _event(text, start, span))]
        if len(events) > 1:
            return events
    whole = text.strip()
    return [whole] if whole else []


def _event(text: str, start: int, span: Range) -> str:
    event = _stripped(text, start + span[0], start + span[1])
    return event if words_of(event) else ""


def _between_matches(text: str, pattern: re.Pattern[str]) -> Iterator[Range]:
    at = 0
    for found in pattern.finditer(text):
        yield at, found.start()
        at = found.end()
    yield at, len(text)


def _by_numbers(text: str) -> Iterator[Range]:
    spans = list(_between_matches(text, NUMBERS))
    return iter(spans[1:] if len(spans) > 2 else ())


def _by_then(text: str) -> Iterator[Range]:
    """At "then" and the like, and at the commas of a list that goes on with one."""
    if not THEN.search(text):
        return
    begin = _FIRST.match(text.lstrip())
    first = len(text) - len(text.lstrip()) + (begin.end() if begin else 0)
    for start, end in _between_matches(text[first:], THEN):
        part = text[first + start : first + end]
        for inner_start, inner_end in _between_matches(part, COMMAS):
            yield first + start + inner_start, first + start + inner_end


def _by_order(text: str) -> Iterator[Range]:
    body = text.rstrip(_EDGES)
    for pattern, names in _ORDERS:
        found = pattern.fullmatch(body, len(body) - len(body.lstrip()))
        if found:
            yield from (found.span(name) for name in names)
            return


def _by_commas(text: str) -> Iterator[Range]:
    """At commas; the last part also at its "and"."""
    spans = list(_between_matches(text, COMMAS))
    if len(spans) < 2:
        return
    yield from spans[:-1]
    start, end = spans[-1]
    for inner_start, inner_end in _between_matches(text[start:end], _AND):
        yield start + inner_start, start + inner_end


_SPLITS: tuple[Callable[[str], Iterator[Range]], ...] = (
    lambda text: _between_matches(text, ARROWS),
    _by_numbers,
    lambda text: _between_matches(text, BREAKS),
    _by_then,
    _by_order,
    _by_commas,
)
"""Ways to take events apart; the first that finds two wins."""
