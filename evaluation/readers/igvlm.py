"""The tables in which IG-VLM gives ten data sets one form, with options or without.

Two traps: STAR's ``video_name`` is the video and the part that is asked about (``6H78U_11.1_19.6``), while MSVD's file
names end in numbers as well; and ids come twice in TGIF's table.
"""

import re
from collections import Counter

from ..items import Item, Span
from .format import Format, Reading, converted
from .row import BadRow, Row, place_of, position
from .source import Source

_PART = re.compile(r"^(.+)_(\d+(?:\.\d+)?)_(\d+(?:\.\d+)?)$")
_STAR = ("Interaction", "Sequence", "Prediction", "Feasibility")


def _read(source: Source) -> Reading:
    counts = Counter(row.maybe("question_id") for row in source.rows)

    def convert(row: Row) -> Item:
        name = row.text("question_id")
        unique = name if counts[name] == 1 else f"{name}:{row.maybe('') or row.number}"
        video, part = _video(row)
        choices = row.numbered("a{}")
        return Item(
            id=unique,
            video=video,
            question=row.text("question"),
            task="choice" if choices else "open",
            choices=choices,
            truth=_truth(row, choices) if choices else None,
            answers=() if choices else (row.text("answer"),),
            part=part,
            category=row.maybe("question_type").split("_")[0] if part else row.maybe("question_type"),
        )

    return converted(source, convert)


def _video(row: Row) -> tuple[str, Span | None]:
    name = row.text("video_name")
    found = _PART.match(name) if row.maybe("question_type").startswith(_STAR) else None
    return (found.group(1), (float(found.group(2)), float(found.group(3)))) if found else (name, None)


def _truth(row: Row, choices: tuple[str, ...]) -> int:
    answer = row.text("answer")
    if not row.maybe("answer_number"):
        return place_of(answer, choices)
    place = position(row.maybe("answer_number"), choices, "answer_number")
    if choices[place] != answer:
        raise BadRow(f"answer_number {place} is {choices[place]!r}, but answer is {answer!r}")
    return place


IGVLM = Format(
    name="igvlm",
    title="IG-VLM tables of ten data sets",
    reads="CSV: video_name, question_id, question, answer; a0... for multiple choice, answer_number, question_type",
    paper="Kim et al., An Image Grid Can Be Worth a Video, IEEE Access 2024",
    licence="the repository's is BSD-style; each data set keeps its own",
    where="github.com/imagegridworth/IG-VLM, data/",
    recognises=lambda source: (
        source.kind == "csv"
        and source.has("video_name", "question_id", "question", "answer")
        and source.has("a0") == source.offers
    ),
    read=_read,
)
