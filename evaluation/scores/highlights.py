"""How well moments are found and ranked, as QVHighlights measures it (Lei et al., NeurIPS 2021).

The definitions follow the published evaluation (github.com/jayleicn/moment_detr, standalone_eval): average precision
of windows as in ActivityNet's detection task, of 2-second pieces against each rater by himself, HIT@1 of the piece that
is ranked first. A piece is right from the saliency "very good" on.
"""

from collections.abc import Sequence

import numpy as np

from ..items import Item, Prediction, Span
from .spans import iou

MOST_WINDOWS = 10
VERY_GOOD = 4
THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
PIECE = 2.0
"""Length of a piece in seconds."""


def ranked(prediction: Prediction) -> tuple[Span, ...]:
    """The windows of a prediction, best first: by their scores where each has one, else as they stand."""
    if len(prediction.scores) != len(prediction.spans):
        return prediction.spans[:MOST_WINDOWS]
    order = sorted(range(len(prediction.spans)), key=lambda place: -prediction.scores[place])
    return tuple(prediction.spans[place] for place in order)[:MOST_WINDOWS]


def window_precision(named: Sequence[Span], right: Sequence[Span], threshold: float) -> float:
    """Average precision of windows, best first; each right window is found once.

    Args:
        named: Best first.
        right: In any order; at least one.
        threshold: IoU from which a window is found.
    """
    left = list(right)
    hits = []
    for span in named:
        fits = max(left, key=lambda window: iou(span, window), default=None)
        hits.append(fits is not None and iou(span, fits) >= threshold)
        if fits is not None and hits[-1]:
            left.remove(fits)
    return _interpolated(np.asarray(hits, dtype=bool), len(right))


def _interpolated(hits: np.ndarray, positives: int) -> float:
    """Area under the precision envelope (PASCAL VOC 2010) of a ranking of hits and misses."""
    if not hits.any():
        return 0.0
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(envelope[hits].sum() / positives)


def mean_window_precision(item: Item, prediction: Prediction) -> float:
    """Mean of the average precisions at IoU 0.5, 0.55 ... 0.95."""
    named = ranked(prediction)
    return float(np.mean([window_precision(named, item.spans, threshold) for threshold in THRESHOLDS]))


def piece_ratings(item: Item) -> np.ndarray:
    """Raters' saliency of each piece, pieces x raters, 0 to 4."""
    return np.asarray(item.extra["saliency"], dtype=float)


def saliency(prediction: Prediction, pieces: int) -> np.ndarray:
    """The predicted saliency of each piece.

    ``scores`` are it where there is one for each piece; from windows alone it is read off their ranks: a piece is the
    more salient, the better the best window that holds its middle.
    """
    given = np.zeros(pieces)
    if prediction.scores and len(prediction.scores) != len(prediction.spans):
        given[: len(prediction.scores)] = prediction.scores[:pieces]
        return given
    middles = (np.arange(pieces) + 0.5) * PIECE
    for rank, (start, end) in reversed(list(enumerate(ranked(prediction)))):
        given[(middles >= start) & (middles <= end)] = 1 / (rank + 1)
    return given


def hit_at_one(item: Item, prediction: Prediction) -> float:
    """1 where a rater finds the piece that is ranked first very good."""
    ratings = piece_ratings(item)
    given = saliency(prediction, len(ratings))
    return float(given.any() and (ratings[int(np.argmax(given))] >= VERY_GOOD).any())


def piece_precision(item: Item, prediction: Prediction) -> float:
    """Average precision of the ranking of pieces, mean over raters."""
    ratings = piece_ratings(item)
    given = saliency(prediction, len(ratings))
    return float(np.mean([ranking_precision(rater >= VERY_GOOD, given) for rater in ratings.T]))


def ranking_precision(right: np.ndarray, given: np.ndarray) -> float:
    """Interpolated average precision of scores; equal scores are one step of the ranking, as in the published code.

    Args:
        right: Whether each piece is right; all of them count 1, none of them 0.
        given: Score of each piece.
    """
    if right.all() or not right.any():
        return float(right.all())
    order = np.argsort(-given, kind="stable")
    last = np.append(np.diff(given[order]) != 0, True)
    found, seen = np.cumsum(right[order])[last], np.flatnonzero(last) + 1
    envelope = np.maximum.accumulate((found / seen)[::-1])[::-1]
    steps = np.diff(found, prepend=0) > 0
    return float(envelope[steps].mean())
