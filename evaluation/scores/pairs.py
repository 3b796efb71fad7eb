"""Whether two systems differ on the same items, and on which.

McNemar's exact test for right and wrong (McNemar 1947; binomial on the items that flipped), a sign-flip permutation
test for means and wherever the questions about one video are taken together; a paired bootstrap gives the interval.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..items import Item, Prediction
from .intervals import resampled
from .judge import Judge
from .scoring import GROUPS, Sampling, metrics_of, score, whole_groups
from .values import Interval, Scores, Unit

MOST_EXACT = 14
"""Pairs that differ up to which every pattern of signs is tried (16,384); beyond, as many random ones as PATTERNS."""
PATTERNS = 10_000
_CELLS = 4_000_000
"""Signs held in memory at a time (32 MB): all patterns of NExT-GQA's 5,553 questions would take 440 MB."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric of two systems, A and B, on the same items.

    Attributes:
        metric: Its name.
        task: Of the items; empty where groups of items are compared.
        category: Empty for all of them.
        a: Mean of the first system.
        b: Mean of the second.
        interval: Of ``b - a``, from a paired bootstrap.
        p: Probability of a difference at least as large if the systems were alike.
        test: Which test gave it.
        count: Items, or groups, that were compared.
        unit: How to print the means.
    """

    metric: str
    task: str
    category: str
    a: float
    b: float
    interval: Interval
    p: float
    test: str
    count: int
    unit: Unit = "share"

    @property
    def difference(self) -> float:
        """By how much the second system is higher."""
        return self.b - self.a

    def to_json(self) -> dict[str, Any]:
        """Plain data; every key is always there."""
        return {
            "metric": self.metric,
            "task": self.task,
            "category": self.category,
            "a": self.a,
            "b": self.b,
            "difference": self.difference,
            "interval": self.interval.to_json(),
            "p": self.p,
            "test": self.test,
            "count": self.count,
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on the same items.

    Attributes:
        differences: Overall ones first, then those of each category.
        gained: Ids that only the second system has right.
        lost: Ids that only the first system has right.
        left_out: Ids that one of the two has no prediction for; they are not compared.
    """

    differences: tuple[Difference, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def flips(self) -> tuple[str, ...]:
        """Ids whose answer is right in one system only."""
        return self.gained + self.lost

    def to_json(self) -> dict[str, Any]:
        """Plain data; every key is always there."""
        return {
            "differences": [difference.to_json() for difference in self.differences],
            "gained": list(self.gained),
            "lost": list(self.lost),
            "left_out": list(self.left_out),
        }


def compare(
    items: Iterable[Item],
    predictions_a: Iterable[Prediction],
    predictions_b: Iterable[Prediction],
    *,
    judge: Judge | None = None,
    sampling: Sampling | None = None,
) -> Comparison:
    """Whether two systems differ on the items that both have a prediction for.

    Args:
        items: With their truth.
        predictions_a: Of the first system; an error is a prediction and wrong.
        predictions_b: Of the second one.
        judge: As for :func:`.score`.
        sampling: How intervals are made.
    """
    asked, first, second = tuple(items), tuple(predictions_a), tuple(predictions_b)
    both = {prediction.item for prediction in first} & {prediction.item for prediction in second}
    shared = tuple(item for item in asked if item.id in both)
    how = sampling or Sampling()
    a, b = (score(shared, predictions, judge=judge, sampling=Sampling(samples=1)) for predictions in (first, second))
    return Comparison(
        differences=tuple(_differences(shared, a, b, judge, how)),
        gained=tuple(name for name, right in b.right.items() if right and not a.right[name]),
        lost=tuple(name for name, right in a.right.items() if right and not b.right[name]),
        left_out=tuple(item.id for item in asked if item.id not in both),
    )


def _differences(
    items: Sequence[Item], a: Scores, b: Scores, judge: Judge | None, how: Sampling
) -> Iterable[Difference]:
    for category in ["", *dict.fromkeys(item.category for item in items if item.category)]:
        part = [item for item in items if category in ("", item.category) and item.id in a.marks]
        for task in dict.fromkeys(item.task for item in part):
            same = [item for item in part if item.task == task]
            for metric in metrics_of(task, judge):
                found = [item for item in same if metric.name in a.marks[item.id] and metric.name in b.marks[item.id]]
                if found:
                    one, two = ([marks[item.id][metric.name] for item in found] for marks in (a.marks, b.marks))
                    videos = [item.video for item in found]
                    test = "mcnemar" if metric.binary and not how.cluster else "sign flip"
                    yield _difference(metric.name, task, category, one, two, videos, test, how, metric.unit)
        yield from _group_difference(part, a, b, category, how)


def _group_difference(
    items: Sequence[Item], a: Scores, b: Scores, category: str, how: Sampling
) -> Iterator[Difference]:
    """Of groups that are right together only: a group is one observation."""
    groups = list(whole_groups(items).values())
    if groups:
        one, two = ([float(all(right[item.id] for item in part)) for part in groups] for right in (a.right, b.right))
        videos, test = [part[0].video for part in groups], "sign flip" if how.cluster else "mcnemar"
        yield _difference(GROUPS.name, "", category, one, two, videos, test, how, GROUPS.unit)


def _difference(
    metric: str,
    task: str,
    category: str,
    a: Sequence[float],
    b: Sequence[float],
    videos: Sequence[str],
    test: str,
    how: Sampling,
    unit: Unit,
) -> Difference:
    steps = [second - first for first, second in zip(a, b, strict=True)]
    clusters = videos if how.cluster else None
    means = resampled(steps, clusters, samples=how.samples, seed=how.seed)
    low, high = np.quantile(means, [(1 - how.level) / 2, (1 + how.level) / 2])
    exact = test == "mcnemar"
    p = mcnemar(steps.count(1.0), steps.count(-1.0)) if exact else sign_flip(steps, clusters, seed=how.seed)
    name = "McNemar, exact" if exact else "sign-flip permutation" + (" over videos" if how.cluster else "")
    interval = Interval(float(low), float(high))
    return Difference(metric, task, category, sum(a) / len(a), sum(b) / len(b), interval, p, name, len(a), unit)


def mcnemar(gained: int, lost: int) -> float:
    """Two-sided exact p value of McNemar's test: a fair coin for each item that flipped.

    Args:
        gained: Items that only the second system has right.
        lost: Items that only the first one has right.

    Example:
        >>> mcnemar(5, 0)
        0.0625
    """
    flipped = gained + lost
    tail = sum(math.comb(flipped, few) for few in range(min(gained, lost) + 1))
    return min(1.0, float(2 * tail / 2**flipped))


def sign_flip(steps: Sequence[float], clusters: Sequence[str] | None = None, *, seed: int = 0) -> float:
    """Two-sided p value of a mean of paired differences under random signs.

    Args:
        steps: Differences of the pairs.
        clusters: What each pair belongs to; pairs of one cluster change their signs together.
        seed: Of the random signs, where there are too many pairs to try all patterns.
    """
    values = np.asarray(steps, dtype=float)
    if clusters is not None:
        _, places = np.unique(np.asarray(clusters), return_inverse=True)
        values = np.bincount(places, values)
    moved = values[values != 0]
    if not len(moved):
        return 1.0
    if len(moved) <= MOST_EXACT:
        return _reached(_all_signs(len(moved)), moved) / 2 ** len(moved)
    return (sum(_reached(signs, moved) for signs in _random_signs(len(moved), seed)) + 1) / (PATTERNS + 1)


def _reached(signs: np.ndarray, moved: np.ndarray) -> int:
    """How many patterns of signs give a sum at least as far from 0 as the one that was seen."""
    return int((np.abs(signs @ moved) >= abs(moved.sum()) - 1e-9).sum())


def _random_signs(count: int, seed: int) -> Iterator[np.ndarray]:
    """PATTERNS patterns of random signs, a few at a time."""
    random = np.random.default_rng(seed)
    step = max(1, _CELLS // count)
    for start in range(0, PATTERNS, step):
        yield random.choice([-1.0, 1.0], (min(step, PATTERNS - start), count))


def _all_signs(count: int) -> np.ndarray:
    patterns = np.arange(2**count)[:, None] >> np.arange(count) & 1
    return 2.0 * patterns - 1.0
