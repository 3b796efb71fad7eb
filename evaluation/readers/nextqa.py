"""NExT-QA, and NExT-GQA: the same table with the spans of the answers in a file beside it.

The two repositories write the answer differently, one as its text and one as its position, so the whole file decides:
a table whose answers are among their options has texts, even where those are numbers.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..items import Item, Span
from .format import Format, Reading, beside, converted, split_of
from .row import BadRow, Row, place_of, position, spans
from .source import Source, load_object

OPTIONS = 5
_KEYS = ("question", "answer", "qid", "type", "a0", "a4")


def _is_table(source: Source) -> bool:
    return source.kind == "csv" and source.has(*_KEYS) and not source.has("lemma")


def _spans_file(source: Source) -> Path | None:
    return beside(source, f"gsub_{split_of(source)}*.json")


def _read(source: Source) -> Reading:
    texts = _has_texts(source.rows)
    spans_path, folders_path = _spans_file(source), beside(source, "map_vid_vidorID*.json")
    located, folders = load_object(spans_path), load_object(folders_path)

    def convert(row: Row) -> Item:
        video, name, choices = row.text("video_id", "video"), row.text("qid"), row.numbered("a{}")
        answer = row.text("answer")
        return Item(
            id=f"{video}_{name}",
            video=video,
            question=row.text("question"),
            choices=choices,
            truth=place_of(answer, choices) if texts else position(answer, choices),
            spans=_spans(located, video, name),
            category=row.maybe("type"),
            extra={"file": folders[video]} if video in folders else {},
        )

    return converted(source, convert, [path for path in (spans_path, folders_path) if path])


def _has_texts(rows: tuple[Row, ...]) -> bool:
    """Whether a table gives its answers as texts: bad rows aside, they are among the options of their rows."""
    texts = sum(row.maybe("answer") in [row.maybe(f"a{place}") for place in range(OPTIONS)] for row in rows)
    return texts >= sum(row.maybe("answer").isdecimal() for row in rows)


def _spans(located: Mapping[str, Any], video: str, name: str) -> tuple[Span, ...]:
    entry = located.get(video)
    if entry is None:
        return ()
    if not isinstance(entry, dict) or not isinstance(entry.get("location"), dict):
        raise BadRow(f"the spans of {video} have no 'location'")
    return spans(entry["location"][name], f"location of {video} {name}") if name in entry["location"] else ()


NEXTGQA = Format(
    name="nextgqa",
    title="NExT-GQA",
    reads="val.csv or test.csv with gsub_val.json or gsub_test.json beside it; map_vid_vidorID.json for the folders",
    paper="Xiao et al., Can I Trust Your Answer? Visually Grounded Video Question Answering, CVPR 2024",
    licence="MIT",
    where="github.com/doc-doc/NExT-GQA, datasets/nextgqa; videos: VidOR",
    recognises=lambda source: _is_table(source) and _spans_file(source) is not None,
    read=_read,
)
NEXTQA = Format(
    name="nextqa",
    title="NExT-QA (multiple choice)",
    reads="CSV: video or video_id, question, answer (text, or position from 0), qid, type, a0...a4",
    paper="Xiao et al., NExT-QA: Next Phase of Question-Answering to Explaining Temporal Actions, CVPR 2021",
    licence="MIT",
    where="github.com/doc-doc/NExT-QA, dataset/nextqa; videos: VidOR",
    recognises=_is_table,
    read=_read,
)
