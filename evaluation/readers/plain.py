"""Questions of one's own: JSON lines, a JSON list or a CSV table with the columns that docs/data_sets.md lists.

Only the video and the question must be there. The usual other names of a column are read as well, because a list of
``options`` that is passed over makes an open question of a choice, and nobody is told. Columns that are not known go
into the item's ``extra`` and are kept.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from ..items import Item, Span, Task
from .cells import listed, moment, spans_in
from .format import Format, reader
from .row import BadRow, Row, lettered, number, option_columns, options, place_of, position, span

NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "question_id", "qid"),
    "video": ("video", "video_path", "video_file", "video_name", "video_id", "vid", "file"),
    "question": ("question", "query"),
    "choices": ("choices", "options", "candidates"),
    "answer": ("answer", "correct_answer", "ground_truth"),
    "truth": ("truth", "answer_index", "answer_idx", "correct_choice"),
    "category": ("category", "question_type", "task_type", "type"),
}
"""What a column may be called; the first one that is there is read, and others of the same row are kept."""

COLUMNS = ("task", "aliases", "spans", "part", "group", "answerable", "rule", "events", "saliency")
"""Columns that have one name."""

_TASKS = get_args(Task)
_NO = frozenset(["false", "no", "0"])
_LETTER = re.compile(r"\(?[A-Za-z]\)?\.?")


def _item(row: Row) -> Item:
    choices = _choices(row)
    given = tuple(map(str, listed(row.values.get("aliases"), "aliases")))
    answer = row.maybe(*NAMES["answer"])
    found = _spans(row)
    task = _task(row, choices, bool(answer), bool(found))
    return Item(
        id=row.maybe(*NAMES["id"]) or row.key or f"row {row.number}",
        video=_needed(row, "video"),
        question=_needed(row, "question"),
        task=task,
        choices=choices,
        truth=_truth(row, answer, choices) if choices else None,
        answers=() if choices else ((answer, *given) if answer else given),
        spans=found,
        part=(spans_in(row.values.get("part"), "part") or (None,))[0],
        category=row.maybe(*NAMES["category"]),
        group=row.maybe("group"),
        extra=_extra(row),
    )


def _choices(row: Row) -> tuple[str, ...]:
    name = _named(row, "choices")
    found = listed(row.values[name], name) if name else row.under(option_columns(row.values))
    return options(found, name or "choices") if found else ()


def _named(row: Row, column: str) -> str:
    """The name under which a row has a column; empty where it has none."""
    return next((name for name in NAMES[column] if row.values.get(name) not in (None, "", [])), "")


def _needed(row: Row, column: str) -> str:
    if name := _named(row, column):
        return row.text(name)
    raise BadRow(f"{column} is missing or empty")


def _spans(row: Row) -> tuple[Span, ...]:
    """Where the answer is: ``spans``, or ``start`` and ``end``."""
    found = spans_in(row.values.get("spans"), "spans")
    if found or not (row.maybe("start") and row.maybe("end")):
        return found
    return (span([moment(row.values[name], name) for name in ("start", "end")], "start, end"),)


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
    if name := _named(row, "truth"):
        return position(row.values[name], choices, name)
    if not answer:
        return None
    if _LETTER.fullmatch(answer) and answer not in choices:
        return lettered(answer, choices)
    if answer.isdecimal() and answer not in choices:
        raise BadRow(f"answer {answer!r} is not one of the {len(choices)} options; a position from 0 goes into truth")
    return place_of(_unlettered(answer, choices), choices)


def _unlettered(answer: str, choices: tuple[str, ...]) -> str:
    """An answer without the letter before it, ``B. a cat``, where that is the letter of its option."""
    found = re.fullmatch(r"\(?([A-Z])[).:]+\s*(.+)", answer)
    place = ord(found.group(1)) - 65 if found else len(choices)
    return choices[place] if found and place < len(choices) and found.group(2) == choices[place] else answer


def _saliency(ratings: list[Any]) -> tuple[tuple[float, ...], ...]:
    """One list of numbers for each piece, one number for each rater."""
    if not all(isinstance(rating, list) and len(rating) == len(ratings[0]) for rating in ratings):
        raise BadRow("saliency is not a list of lists of one length")
    return tuple(tuple(number(value, "saliency") for value in rating) for rating in ratings)


_MEANING: dict[str, Callable[[Row], Any]] = {
    "answerable": lambda row: row.maybe("answerable").casefold() not in _NO,
    "rule": lambda row: row.text("rule"),
    "events": lambda row: tuple(map(str, listed(row.values.get("events"), "events"))),
    "saliency": lambda row: _saliency(row.listed("saliency")),
}


def _extra(row: Row) -> dict[str, Any]:
    """What an item has besides; empty cells are not there."""
    there = {name: value for name, value in row.values.items() if name and value not in (None, "", [])}
    known = {name: read(row) for name, read in _MEANING.items() if name in there}
    used = {*COLUMNS, *option_columns(row.values), *(_named(row, column) for column in NAMES)}
    return {**{name: value for name, value in there.items() if name not in used}, **known}


PLAIN = Format(
    name="plain",
    title="questions of one's own",
    reads="JSON lines, JSON list or CSV: video, question, and choices, answer, spans... (docs/data_sets.md)",
    paper="",
    licence="yours",
    where="your own file",
    recognises=lambda source: all(source.keys & set(NAMES[column]) for column in ("video", "question")),
    read=reader(_item),
)
