"""How far a confidence can be believed, and how good the decision not to answer is.

Expected calibration error after Naeini et al. (AAAI 2015) with bins of equal width; risk-coverage curve after Geifman
and El-Yaniv (NeurIPS 2017), its area after Geifman et al. (ICLR 2019); AUROC as the share of (right, wrong) pairs that
the confidence orders well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

BINS = 10
CURVE_POINTS = 200
"""A curve of more answers is thinned to this many points: it is drawn, and the area is computed from all of them."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: its range, how many, their mean confidence and the share that is right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float

    def to_json(self) -> dict[str, float]:
        """Plain data."""
        return {
            "low": self.low,
            "high": self.high,
            "count": self.count,
            "confidence": self.confidence,
            "accuracy": self.accuracy,
        }


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far the confidences of answers can be believed.

    Attributes:
        count: Answers that were looked at.
        ece: Expected calibration error, 0 to 1; 0 is best.
        auroc: Probability that a right answer is surer than a wrong one; 0.5 says nothing, nan with one kind only.
        aurc: Area under the risk-coverage curve: mean share of wrong answers over all coverages; 0 is best.
        best_aurc: The area if the confidence put every right answer before every wrong one.
        bins: Those that hold answers, from low to high.
        curve: (coverage, risk) from the surest answer alone to all of them.
    """

    count: int
    ece: float
    auroc: float
    aurc: float
    best_aurc: float
    bins: tuple[Bin, ...]
    curve: tuple[tuple[float, float], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data; ``auroc`` is null where it has no value."""
        return {
            "count": self.count,
            "ece": self.ece,
            "auroc": None if np.isnan(self.auroc) else self.auroc,
            "aurc": self.aurc,
            "best_aurc": self.best_aurc,
            "bins": [part.to_json() for part in self.bins],
            "curve": [list(point) for point in self.curve],
        }


@dataclass(frozen=True, slots=True)
class Abstention:
    """How good the decision to answer is.

    Attributes:
        coverage: Share of all items that were answered.
        selective_accuracy: Share of the answers given that are right (precision); an answer to a question that the
            video does not answer is wrong. nan where nothing was answered.
        unanswerable: How many items the video does not answer.
        recall: Share of those on which the system abstained; nan without any. A failure is no abstention.
        precision: Share of the abstentions that were due; nan without any.
    """

    coverage: float
    selective_accuracy: float
    unanswerable: int
    recall: float
    precision: float

    def to_json(self) -> dict[str, float | None]:
        """Plain data; null for what has no value."""
        values = {
            "coverage": self.coverage,
            "selective_accuracy": self.selective_accuracy,
            "unanswerable": self.unanswerable,
            "recall": self.recall,
            "precision": self.precision,
        }
        return {name: None if np.isnan(value) else value for name, value in values.items()}


def calibration(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> Calibration:
    """How far confidences can be believed.

    Args:
        confidences: 0 to 1, one for each answer; at least one.
        right: Whether each answer is right.
        bins: Bins of equal width; a confidence of exactly 0 belongs to the first.

    Example:
        >>> calibration([1.0, 0.9, 0.2], [True, True, False]).auroc
        1.0
    """
    sure, hit = np.asarray(confidences, dtype=float), np.asarray(right, dtype=float)
    filled = _bins(sure, hit, bins)
    risks = _risks(sure, hit)
    return Calibration(
        count=len(sure),
        ece=sum(part.count * abs(part.accuracy - part.confidence) for part in filled) / len(sure),
        auroc=_auroc(sure, hit),
        aurc=float(risks.mean()),
        best_aurc=float(_risks(hit, hit).mean()),
        bins=filled,
        curve=_thinned(risks),
    )


def abstention(
    abstained: Sequence[bool],
    right: Sequence[bool],
    answerable: Sequence[bool],
    failed: Sequence[bool] | None = None,
) -> Abstention:
    """How good the decision to answer is, over items of all kinds.

    Args:
        abstained: Whether the system said of each item that the video does not answer it.
        right: Whether each item counts as right.
        answerable: Whether the video answers each item's question.
        failed: Whether each item got neither an answer nor an abstention: an error, or no prediction. It lowers the
            coverage and is no abstention, or a system that always breaks would have found every question without an
            answer. None for no failures.
    """
    broken = np.zeros(len(abstained), dtype=bool) if failed is None else np.asarray(failed, dtype=bool)
    good, known = np.asarray(right, dtype=bool), np.asarray(answerable, dtype=bool)
    silent = np.asarray(abstained, dtype=bool) & ~broken
    given = ~(silent | broken)
    return Abstention(
        coverage=_mean(given),
        selective_accuracy=_mean(good[given]),
        unanswerable=int((~known).sum()),
        recall=_mean(silent[~known]),
        precision=_mean(~known[silent]),
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _bins(sure: np.ndarray, hit: np.ndarray, bins: int) -> tuple[Bin, ...]:
    places = np.clip(np.ceil(np.round(sure * bins, 9)).astype(int) - 1, 0, bins - 1)  # 0.7 * 10 is 7.000000000000001
    return tuple(
        Bin(place / bins, (place + 1) / bins, int(inside.sum()), float(sure[inside].mean()), float(hit[inside].mean()))
        for place in range(bins)
        if (inside := places == place).any()
    )


def _auroc(sure: np.ndarray, hit: np.ndarray) -> float:
    positive, negative = sure[hit > 0.5], np.sort(sure[hit <= 0.5])
    if not len(positive) or not len(negative):
        return float("nan")
    below = np.searchsorted(negative, positive, side="left") + np.searchsorted(negative, positive, side="right")
    return float(below.sum() / 2 / len(positive) / len(negative))


def _risks(sure: np.ndarray, hit: np.ndarray) -> np.ndarray:
    """Share of wrong answers among the surest 1, 2, ... of them; equally sure ones share their mean."""
    order = np.argsort(-sure, kind="stable")
    _, starts, counts = np.unique(-sure[order], return_index=True, return_counts=True)
    means = np.add.reduceat(1 - hit[order], starts) / counts
    return np.cumsum(np.repeat(means, counts)) / np.arange(1, len(sure) + 1)


def _thinned(risks: np.ndarray) -> tuple[tuple[float, float], ...]:
    count = len(risks)
    places = np.unique(np.linspace(0, count - 1, min(count, CURVE_POINTS)).round().astype(int))
    return tuple(((int(place) + 1) / count, float(risks[place])) for place in places)
