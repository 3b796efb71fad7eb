"""E.T. Bench: twelve tasks in one list; its task says which of its short keys hold the truth.

``p`` and ``o`` for the four that choose an option, ``tgt`` for the ones that look for moments, ``g`` for the two that
describe events. An option may be a pair of seconds, and ``tgt`` one pair, a list of them, or such a list of each
annotator, of which any will do: so the published evaluation takes them (``compute_metrics.py``).
"""

from typing import Any

from ..items import Item, Span, Task
from .format import Format, reader
from .row import BadRow, Row, options, position, span, spans

TASKS: dict[str, Task] = {
    "rar": "choice", "eca": "choice", "rvq": "choice", "gvq": "choice",
    "tvg": "when", "epm": "when", "tal": "when", "evs": "when", "vhd": "when", "tem": "when",
    "dvc": "caption", "slc": "caption",
}  # fmt: skip


def _item(row: Row) -> Item:
    name = row.text("task")
    if name not in TASKS:
        raise BadRow(f"unknown task {name!r}; known: {', '.join(TASKS)}")
    if "<vid>" in row.text("q"):
        raise BadRow("q has <vid> for its times; etbench_txt_v1.0.json has them in words")
    task = TASKS[name]
    choices = options([_option(entry) for entry in row.listed("o")], "o") if task == "choice" else ()
    events = [str(event) for event in row.listed("g")] if task == "caption" else []
    found = row.values.get("tgt")
    if task == "when" and not found:
        raise BadRow("tgt is missing or empty")
    return Item(
        id=f"{name}_{row.maybe('source')}_{row.text('idx')}",
        video=row.text("video"),
        question=row.text("q"),
        task=task,
        choices=choices,
        truth=position(row.values.get("p"), choices, "p") if choices else None,
        answers=(" ".join(events),) if events else (),
        spans=_spans(found) if found else (),
        category=name,
        extra={"duration": row.number_at("duration"), "source": row.maybe("source"), "events": tuple(events)},
    )


def _option(entry: Any) -> Any:
    """An option; a pair of seconds in words."""
    if not isinstance(entry, list):
        return entry
    start, end = span(entry, "o")
    return f"{start:g} - {end:g} seconds"


def _spans(found: Any) -> tuple[Span, ...]:
    if isinstance(found, list) and all(map(_is_annotator, found)):
        return tuple(one for annotator in found for one in spans(annotator, "tgt"))
    return spans(found, "tgt")


def _is_annotator(part: Any) -> bool:
    return isinstance(part, list) and bool(part) and isinstance(part[0], list)


ETBENCH = Format(
    name="etbench",
    title="E.T. Bench",
    reads="etbench_txt_v1.0.json: list of idx, task, source, video, duration, q, and tgt, p, o or g by task",
    paper="Liu et al., E.T. Bench: Towards Open-Ended Event-Level Video-Language Understanding, NeurIPS 2024",
    licence="BSD-3-Clause (the repository's); each source keeps its own",
    where="huggingface.co/datasets/PolyU-ChenLab/ETBench, annotations/",
    recognises=lambda source: (
        source.has("task", "video", "duration", "q", "idx") and bool(source.keys & {"tgt", "p", "g"})
    ),
    read=reader(_item),
)
