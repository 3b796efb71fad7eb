"""STAR: questions about a part of a Charades video, as the official JSON list or the object of its project page.

The right option is the one marked "Correct": the ``answer`` of the question itself is the video's id in some of the
published files. The four kinds of question that STAR reports begin its ids (``Interaction_T1_13``).
"""

from collections.abc import Mapping
from typing import Any

from ..items import Item
from .format import Format, reader
from .row import BadRow, Row, options, span


def _item(row: Row) -> Item:
    choices = sorted((_choice(entry) for entry in row.listed("choices")), key=lambda entry: entry["choice_id"])
    right = [place for place, entry in enumerate(choices) if entry.get("answer") == "Correct"]
    if len(right) > 1:
        raise BadRow(f"{len(right)} options are marked Correct")
    name = row.text("question_id")
    return Item(
        id=name,
        video=row.text("video_id"),
        question=row.text("question"),
        choices=options([entry["choice"] for entry in choices], "choices"),
        truth=right[0] if right else None,
        part=span([row.values.get("start"), row.values.get("end")], "start, end"),
        category=name.split("_")[0],
        extra={"template": name.rsplit("_", 1)[0]},
    )


def _choice(entry: Any) -> Mapping[str, Any]:
    if not isinstance(entry, dict) or not isinstance(entry.get("choice_id"), int) or "choice" not in entry:
        raise BadRow("an option has no choice_id or no choice")
    return entry


STAR = Format(
    name="star",
    title="STAR",
    reads="JSON list, or object by question id: question_id, question, video_id, start, end, choices",
    paper="Wu et al., STAR: A Benchmark for Situated Reasoning in Real-World Videos, NeurIPS 2021",
    licence="Apache-2.0",
    where="bobbywu.com/STAR, STAR_val.json; videos: Charades",
    recognises=lambda source: source.has("question_id", "video_id", "start", "end", "choices"),
    read=reader(_item),
)
