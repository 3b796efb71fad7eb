"""CLEVRER: several questions a video; descriptive ones are open, the others mark every option as right or wrong.

An option of those counts for itself in CLEVRER's evaluation, and a question when all its options do; each option
becomes a yes-or-no item here, and the options of a question make a group.
"""

from collections.abc import Iterator
from typing import Any

from ..items import Item
from .format import Format, Reading, converted, inner
from .row import BadRow, Row
from .source import Source


def _rows(source: Source) -> Iterator[Row]:
    for row in source.rows:
        shared = {name: row.values.get(name) for name in ("scene_index", "video_filename")}
        entries = row.values.get("questions")
        for place, entry in enumerate(entries if isinstance(entries, list) else [None]):
            yield inner(row, f"question {place}", entry, **shared)


def _items(row: Row) -> Iterator[Item]:
    name, video = f"{row.text('scene_index')}_{row.text('question_id')}", row.text("video_filename")
    asked, kind = row.text("question"), row.text("question_type")
    if "choices" not in row.values:
        answers = (row.text("answer"),) if "answer" in row.values else ()
        yield Item(name, video, asked, "open", answers=answers, category=kind)
        return
    choices = row.listed("choices")
    for place, choice in enumerate(choices):
        yield Item(
            id=f"{name}_{place}",
            video=video,
            question=f"{asked}\nIs this right: {_text(choice)}?",
            choices=("correct", "wrong"),
            truth=_truth(choice),
            category=kind,
            group=name,
            extra={"group_size": len(choices)},
        )


def _text(choice: Any) -> str:
    if not isinstance(choice, dict) or not choice.get("choice"):
        raise BadRow("an option has no choice")
    return str(choice["choice"])


def _truth(choice: Any) -> int | None:
    answer = choice.get("answer")
    if answer is None:
        return None  # withheld in the test set
    if answer not in ("correct", "wrong"):
        raise BadRow(f"an option is {answer!r}, not correct or wrong")
    return ("correct", "wrong").index(answer)


def _read(source: Source) -> Reading:
    return converted(source, _items, rows=_rows(source))


CLEVRER = Format(
    name="clevrer",
    title="CLEVRER",
    reads="validation.json: list of scene_index, video_filename, questions (question_id, question_type, choices...)",
    paper="Yi et al., CLEVRER: Collision Events for Video Representation and Reasoning, ICLR 2020",
    licence="see its page",
    where="clevrer.csail.mit.edu",
    recognises=lambda source: source.has("scene_index", "video_filename", "questions"),
    read=_read,
)
