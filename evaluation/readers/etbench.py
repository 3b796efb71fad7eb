"""E.T. Bench: twelve tasks in one list; its task says which of its short keys hold the truth.

``p`` and ``o`` for the four that choose an option, ``tgt`` for the ones that look for moments, ``g`` for the two that
describe events.
"""

from ..items import Item, Task
from .format import Format, reader
from .row import BadRow, Row, options, position, spans

TASKS: dict[str, Task] = {
    "rar": "choice", "eca": "choice", "rvq": "choice", "gvq": "choice",
    "tvg": "when", "epm": "when", "tal": "when", "evs": "when", "vhd": "when", "tem": "when",
    "dvc": "caption", "slc": "caption",
}  # fmt: skip


def _item(row: Row) -> Item:
    name = row.text("task")
    if name not in TASKS:
        raise BadRow(f"unknown task {name!r}; known: {', '.join(TASKS)}")
    task = TASKS[name]
    choices = options(row.listed("o"), "o") if task == "choice" else ()
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
        spans=spans(found, "tgt") if found else (),
        category=name,
        extra={"duration": row.number_at("duration"), "source": row.maybe("source"), "events": tuple(events)},
    )


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
