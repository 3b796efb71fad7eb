"""QVHighlights: what to look for, the windows that show it, and how salient three raters find each 2-second piece."""

from typing import Any

from ..items import Item
from .format import Format, reader
from .row import BadRow, Row, spans

PIECE = 2.0
RATERS = 3


def _item(row: Row) -> Item:
    duration = row.number_at("duration")
    windows = row.values.get("relevant_windows")
    return Item(
        id=row.text("qid"),
        video=row.text("vid"),
        question=row.text("query"),
        task="highlight",
        spans=spans(windows, "relevant_windows") if windows is not None else (),
        extra={"duration": duration, "saliency": _saliency(row, int(duration / PIECE))} if windows else {},
    )


def _saliency(row: Row, pieces: int) -> tuple[tuple[float, ...], ...]:
    """Ratings of every piece; pieces that are not relevant have 0."""
    if "saliency_scores" not in row.values:
        return ()
    places, ratings = row.listed("relevant_clip_ids"), row.listed("saliency_scores")
    if len(places) != len(ratings):
        raise BadRow(f"{len(places)} relevant_clip_ids but {len(ratings)} saliency_scores")
    table = [(0.0,) * RATERS] * pieces
    for place, rating in zip(places, ratings, strict=True):
        if not isinstance(place, int) or not 0 <= place < pieces:
            raise BadRow(f"relevant_clip_ids has {place!r}, but there are {pieces} pieces")
        table[place] = _rating(rating)
    return tuple(table)


def _rating(rating: Any) -> tuple[float, ...]:
    numbers = isinstance(rating, list) and all(isinstance(value, int | float) for value in rating)
    if not numbers or len(rating) != RATERS:
        raise BadRow(f"saliency_scores has {rating!r}, not one number for each of {RATERS} raters")
    return tuple(float(value) for value in rating)


QVHIGHLIGHTS = Format(
    name="qvhighlights",
    title="QVHighlights",
    reads="JSON lines: qid, query, vid, duration, relevant_windows, relevant_clip_ids, saliency_scores",
    paper="Lei et al., QVHighlights: Detecting Moments and Highlights in Videos via Natural Language Queries, "
    "NeurIPS 2021",
    licence="CC BY-NC-SA 4.0 (the code is MIT)",
    where="github.com/jayleicn/moment_detr, data/",
    recognises=lambda source: source.has("qid", "query", "vid", "duration"),
    read=reader(_item),
)
