"""LongVideoBench: questions that refer to a moment, with subtitles beside the videos; four or five options."""

from collections.abc import Sequence
from typing import Any

from ..items import Item
from .format import Format, reader
from .row import Row, options, position

_MORE = ("duration", "duration_group", "subtitle_path", "starting_timestamp_for_subtitles", "level", "topic_category")


def _item(row: Row) -> Item:
    choices = options(_candidates(row), "candidates")
    place = row.values.get("correct_choice")
    extra = {name: row.values[name] for name in _MORE if name in row.values}
    return Item(
        id=row.text("id"),
        video=row.text("video_id"),
        question=row.text("question"),
        choices=choices,
        truth=None if place in (None, -1) else position(place, choices, "correct_choice"),
        category=row.maybe("question_category"),
        extra={**extra, "file": row.maybe("video_path")},
    )


def _candidates(row: Row) -> Sequence[Any]:
    """The options; the table on the hub has them in five columns, and "N/A" in the last one of a question of four."""
    if "candidates" in row.values:
        return row.listed("candidates")
    return [text for text in row.numbered("option{}") if text != "N/A"]


LONGVIDEOBENCH = Format(
    name="longvideobench",
    title="LongVideoBench",
    reads="lvb_val.json: list of id, video_id, video_path, question, candidates, correct_choice (position from 0)",
    paper="Wu et al., LongVideoBench: A Benchmark for Long-context Interleaved Video-Language Understanding, "
    "NeurIPS 2024",
    licence="CC BY-NC-SA 4.0",
    where="huggingface.co/datasets/longvideobench/LongVideoBench",
    recognises=lambda source: source.has("id", "video_id", "question", "subtitle_path") and source.offers,
    read=reader(_item),
)
