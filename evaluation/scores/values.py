"""What a scoring gives: means with their intervals, what each item scored, and what was not counted and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ...video.errors import UsageError
from .calibration import Abstention, Calibration

Unit = Literal["share", "number"]
"""``share``: 0 to 1, printed in percent; ``number``: as it is (an error in pieces, a rank)."""

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a mean may lie, ends included."""

    low: float
    high: float

    def to_json(self) -> list[float]:
        """The two ends."""
        return [self.low, self.high]


@dataclass(frozen=True, slots=True)
class Measure:
    """One mean.

    Attributes:
        metric: What was measured, e.g. ``accuracy``; the names stand in :data:`.metrics.METRICS`.
        value: The mean; a share is 0 to 1.
        count: How many items (groups for ``all of a group``) it is the mean of.
        task: Of which items; empty where they are of several tasks.
        category: Of which items; empty for all of them.
        bootstrap: Percentile bootstrap over items, or over videos where the scoring was asked to.
        wilson: Wilson's interval; only for shares of right and wrong whose items count one by one.
        unit: How to print it.
        better: Which direction is better.
    """

    metric: str
    value: float
    count: int
    task: str
    category: str
    bootstrap: Interval
    wilson: Interval | None = None
    unit: Unit = "share"
    better: Better = "higher"

    @property
    def interval(self) -> Interval:
        """The one to print: Wilson's where it holds, since a bootstrap of nothing but right answers has no width."""
        return self.wilson or self.bootstrap

    def to_json(self) -> dict[str, Any]:
        """Plain data; every key is always there."""
        return {
            "metric": self.metric,
            "task": self.task,
            "category": self.category,
            "value": self.value,
            "count": self.count,
            "unit": self.unit,
            "better": self.better,
            "bootstrap": self.bootstrap.to_json(),
            "wilson": self.wilson.to_json() if self.wilson else None,
        }


@dataclass(frozen=True, slots=True)
class Scores:
    """How good the answers to one data set are.

    Attributes:
        measures: Overall ones first (``category`` empty), then those of each category in order of appearance.
        marks: What each item scored, ``{item id: {metric: value}}``.
        right: Whether each item's answer is right, by the main metric of its task (0.5 and above).
        items: How many items were given.
        answered: How many have an answer: no error, no abstention.
        abstained: How many say that the video does not show it.
        errors: Ids whose program failed; they count as wrong.
        missing: Ids without a prediction; they count as wrong.
        unknown: Ids whose truth is not known; they are not scored.
        notes: What was not measured and why, e.g. an optional library that is not installed.
        calibration: How far the confidences can be believed; None where there are none.
        abstention: How good the decision to abstain is.
        judge: Which model judged; empty for none.
        level: Of the intervals, e.g. 0.95.
        clustered: Whether the intervals take the questions about one video together.
    """

    measures: tuple[Measure, ...]
    marks: Mapping[str, Mapping[str, float]]
    right: Mapping[str, bool]
    items: int
    answered: int
    abstained: int
    errors: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    calibration: Calibration | None = None
    abstention: Abstention | None = None
    judge: str = ""
    level: float = 0.95
    clustered: bool = False

    @property
    def overall(self) -> tuple[Measure, ...]:
        """The measures over all items of a task."""
        return tuple(measure for measure in self.measures if not measure.category)

    @property
    def headline(self) -> Measure | None:
        """The main metric of the task that most items have; None where nothing could be scored."""
        return max(self.overall, key=lambda measure: measure.count, default=None)

    @property
    def categories(self) -> tuple[str, ...]:
        """Names of the categories, in order of appearance."""
        return tuple(dict.fromkeys(measure.category for measure in self.measures if measure.category))

    def measure(self, metric: str, category: str = "", task: str = "") -> Measure:
        """One measure.

        Args:
            metric: Its name.
            category: Empty for overall.
            task: Needed only where two tasks have a metric of this name.

        Raises:
            UsageError: ``eval.metric`` where it was not measured.
        """
        for found in self.measures:
            if (found.metric, found.category) == (metric, category) and task in ("", found.task):
                return found
        known = ", ".join(dict.fromkeys(found.metric for found in self.measures))
        raise UsageError(f"{metric!r} was not measured", code="eval.metric", hint=f"Measured: {known}.")

    def by_category(self, metric: str) -> dict[str, Measure]:
        """One metric for every category that has it."""
        return {found.category: found for found in self.measures if found.metric == metric and found.category}

    def macro(self, metric: str) -> float:
        """Mean of the categories' means, as the tables of TVBench and VNBench give it; nan without categories."""
        values = [found.value for found in self.by_category(metric).values()]
        return sum(values) / len(values) if values else float("nan")

    def to_json(self) -> dict[str, Any]:
        """Plain data; every key is always there."""
        return {
            "items": self.items,
            "answered": self.answered,
            "abstained": self.abstained,
            "errors": list(self.errors),
            "missing": list(self.missing),
            "unknown": list(self.unknown),
            "notes": list(self.notes),
            "judge": self.judge,
            "level": self.level,
            "clustered": self.clustered,
            "measures": [measure.to_json() for measure in self.measures],
            "calibration": self.calibration.to_json() if self.calibration else None,
            "abstention": self.abstention.to_json() if self.abstention else None,
            "right": dict(self.right),
            "marks": {item: dict(values) for item, values in self.marks.items()},
        }
