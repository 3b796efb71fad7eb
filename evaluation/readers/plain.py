"""Questions of one's own: JSON lines, a JSON list or a CSV table with the columns that docs/data_sets.md lists.

Only ``video`` and ``question`` must be there. Columns that are not known go into the item's ``extra`` and are kept.
"""

import json
import re
from collections.abc import Callable
from typing import Any, get_args

from ...video.errors import UsageError
from ..items import Item, Span, Task
from .format import Format, Reading, converted
from .row import BadRow, Row, lettered, number, options, place_of, position, span, spans
from .source import Source

COLUMNS = (
    "id", "video", "question", "task", "choices", "answer", "truth", "aliases", "spans", "part", "category", "group",
    "answerable", "rule", "events", "saliency",
)  # fmt: skip
"""Columns that have a meaning; ``a0``, ``a1``... are options as well."""

_TASKS = get_args(Task)
_RANGE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)\s*$")
_NO = frozenset(["false", "no", "0"])


def _read(source: Source) -> Reading:
    def convert(row: Row) -> Item:
        return _item(row)

    reading = converted(source, convert)
    if not reading.items and not reading.problems:
        raise UsageError(f"{source.path} holds no questions", code="eval.file", hint="Give at least one row.")
    return reading


def _item(row: Row) -> Item:
    choices = _choices(row)
    given = tuple(_list(row, "aliases"))
    answer = row.maybe("answer")
    found = _spans(row, "spans")
    task = _task(row, choices, bool(answer), bool(found))
    return Item(
        id=row.maybe("id") or f"row {row.number}",
        video=row.text("video"),
        question=row.text("question"),
        task=task,
        choices=choices,
        truth=_truth(row, answer, choices) if choices else None,
        answers=() if choices else ((answer, *given) if answer else given),
        spans=found,
        part=(_spans(row, "part") or (None,))[0],
        category=row.maybe("category"),
        group=row.maybe("group"),
        extra=_extra(row),
    )


def _choices(row: Row) -> tuple[str, ...]:
    found = _list(row, "choices") or row.numbered("a{}")
    return options(found, "choices") if found else ()


def _task(row: Row, choices: tuple[str, ...], answered: bool, spanned: bool) -> Task:
    named = row.maybe("task")
    if named:
        task = next((task for task in _TASKS if task == named), None)
        if task is None:
            raise BadRow(f"unknown task {named!r}; known: {', '.join(_TASKS)}")
        if (task == "choice") != bool(choices):
            raise BadRow(f"task {task} {'needs' if task == 'choice' else 'has no'} choices")
        return task
    if choices:
        return "choice"
    return "when" if spanned and not answered else "open"


def _truth(row: Row, answer: str, choices: tuple[str, ...]) -> int | None:
    """The option that ``truth`` gives by its position, or ``answer`` by its text or letter."""
    if row.maybe("truth"):
        return position(row.maybe("truth"), choices, "truth")
    if not answer:
        return None
    if re.fullmatch(r"\(?[A-Z]\)?\.?", answer) and answer not in choices:
        return lettered(answer, choices)
    if answer.isdecimal() and answer not in choices:
        raise BadRow(f"answer {answer!r} is not one of the {len(choices)} options; a position from 0 goes into truth")
    return place_of(answer, choices)


def _list(row: Row, name: str) -> list[Any]:
    """A list, as itself, as JSON in a cell, or separated by ``|`` there."""
    value = row.values.get(name)
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return value
    if not isinstance(value, str):
        raise BadRow(f"{name} is neither a list nor a text: {value!r}")
    return _json(value, name) if value.lstrip().startswith("[") else [part.strip() for part in value.split("|")]


def _json(text: str, name: str) -> list[Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadRow(f"{name} is not a list in JSON: {error.msg}") from None
    if not isinstance(found, list):
        raise BadRow(f"{name} is not a list in JSON")
    return found


def _spans(row: Row, name: str) -> tuple[Span, ...]:
    """Spans as lists of seconds, or as ``12.5-14 | 20-21`` in a cell."""
    found = _list(row, name)
    if found and all(isinstance(part, str) for part in found):
        return tuple(_range(part, name) for part in found)
    return spans(found, name) if found else ()


def _range(text: str, name: str) -> Span:
    found = _RANGE.match(text)
    if found is None:
        raise BadRow(f"{name} has {text!r}, not <start>-<end> in seconds")
    return span(list(found.groups()), name)


def _saliency(ratings: list[Any]) -> tuple[tuple[float, ...], ...]:
    """One list of numbers for each piece, one number for each rater."""
    if not all(isinstance(rating, list) and len(rating) == len(ratings[0]) for rating in ratings):
        raise BadRow("saliency is not a list of lists of one length")
    return tuple(tuple(number(value, "saliency") for value in rating) for rating in ratings)


_MEANING: dict[str, Callable[[Row], Any]] = {
    "answerable": lambda row: row.maybe("answerable").casefold() not in _NO,
    "rule": lambda row: row.text("rule"),
    "events": lambda row: tuple(map(str, _list(row, "events"))),
    "saliency": lambda row: _saliency(row.listed("saliency")),
}


def _extra(row: Row) -> dict[str, Any]:
    """What an item has besides; empty cells are not there."""
    there = {name: value for name, value in row.values.items() if value not in (None, "", [])}
    known = {name: read(row) for name, read in _MEANING.items() if name in there}
    others = {name: value for name, value in there.items() if name and name not in COLUMNS and not _is_option(name)}
    return {**others, **known}


def _is_option(name: str) -> bool:
    return re.fullmatch(r"a\d+", name) is not None


PLAIN = Format(
    name="plain",
    title="questions of one's own",
    reads="JSON lines, JSON list or CSV: video, question, and choices, answer, spans... (docs/data_sets.md)",
    paper="",
    licence="yours",
    where="your own file",
    recognises=lambda source: source.has("video", "question"),
    read=_read,
)
