"""A manifest: videos with their questions, answers, aliases, options and times in one JSON file."""

from collections.abc import Iterator

from ..items import Item, Task
from .format import Format, Reading, converted, inner
from .row import Row, options, position, spans
from .source import Source

_TASKS: dict[str, Task] = {"when": "when", "count": "count"}
"""Kinds of question that are answered otherwise than in words where they have no options."""


def _rows(source: Source) -> Iterator[Row]:
    for place, video in enumerate(source.rows[0].listed("videos"), start=1):
        holder = Row(place, video if isinstance(video, dict) else {})
        entries = holder.values.get("questions", [])
        for number, entry in enumerate(entries if isinstance(entries, list) else [entries], start=1):
            name = holder.values.get("file", f"video {place}")
            yield inner(holder, f"{name}, question {number}", entry, file=holder.values.get("file"))


def _item(row: Row) -> Item:
    kind = row.maybe("type")
    choices = options(row.listed("options")) if row.values.get("options") else ()
    found = row.values.get("time_span")
    aliases = row.listed("aliases") if row.values.get("aliases") else []
    return Item(
        id=row.text("id"),
        video=row.text("file"),
        question=row.text("question"),
        task="choice" if choices else _TASKS.get(kind, "open"),
        choices=choices,
        truth=position(row.values.get("answer_index"), choices, "answer_index") if choices else None,
        answers=(row.text("answer"), *map(str, aliases)),
        spans=spans(found, "time_span") if found else (),
        category=kind,
    )


def _read(source: Source) -> Reading:
    return converted(source, _item, rows=_rows(source))


MANIFEST = Format(
    name="manifest",
    title="videos with their questions",
    reads="JSON object: videos: list of file, questions (id, type, question, answer, aliases, options, answer_index, "
    "time_span)",
    paper="",
    licence="its own",
    where="your own file",
    recognises=lambda source: (
        source.kind == "mapping" and source.has("videos") and isinstance(source.rows[0].values["videos"], list)
    ),
    read=_read,
)
