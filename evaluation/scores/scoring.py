"""Scoring the answers to a data set: every metric of every task, overall and for each category, with intervals."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ..items import Item, Prediction, Task
from . import captions
from .calibration import Abstention, Calibration, abstention, calibration
from .intervals import LEVEL, SAMPLES, bootstrap, wilson
from .judge import Judge, event_recall, judged_answer
from .metrics import METRICS, Metric, can_be_judged, has_events
from .values import Measure, Scores

GROUPS = Metric("all of a group", lambda item, prediction: None, "every item of a group is right (all rotations)")
"""Circular evaluation: MMBench (Liu et al., ECCV 2024) and VNBench (Zhao et al., ICLR 2025) count it this way."""

Marks = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How intervals are made.

    Attributes:
        cluster: Take the questions about one video together: they are right and wrong together, so counting them one
            by one makes intervals too narrow.
        samples: Resamplings of the bootstrap.
        seed: Of the bootstrap.
        level: Of all intervals, 0 to 1.
    """

    cluster: bool = False
    samples: int = SAMPLES
    seed: int = 0
    level: float = LEVEL


def score(
    items: Iterable[Item],
    predictions: Iterable[Prediction],
    *,
    judge: Judge | None = None,
    sampling: Sampling | None = None,
) -> Scores:
    """How good the answers to a data set are.

    An item without a prediction, with an error or with an abstention counts as wrong unless the data set says that
    its video does not answer it (``extra["answerable"]`` is False): then an abstention is right, and nothing else is.
    To score a part of a data set, give the items of that part.

    Args:
        items: With their truth; those without one are listed in ``unknown``.
        predictions: At most one for an item; others are ignored.
        judge: Marks open answers and events of descriptions, and becomes their main metric.
        sampling: How intervals are made.

    Example:
        >>> from vidprog.evaluation.items import Item, Prediction
        >>> item = Item("1", "park.mp4", "What is thrown?", choices=("a ball", "a stick"), truth=0)
        >>> score([item], [Prediction("1", choice=0)]).measure("accuracy").value
        1.0
    """
    asked = tuple(items)
    given = {prediction.item: prediction for prediction in predictions}
    scored = [item for item in asked if is_known(item, judge)]
    how = sampling or Sampling()
    marks = {item.id: _marks(item, given.get(item.id), judge) for item in scored}
    right = {item.id: _is_right(item, marks[item.id], judge) for item in scored}
    measures, group_notes = _measures(scored, marks, right, judge, how)
    present = [given[item.id] for item in asked if item.id in given]
    return Scores(
        measures=measures,
        marks=marks,
        right=right,
        items=len(asked),
        answered=sum(not (answer.error or answer.abstained) for answer in present),
        abstained=sum(answer.abstained and not answer.error for answer in present),
        errors=tuple(answer.item for answer in present if answer.error),
        missing=tuple(item.id for item in asked if item.id not in given),
        unknown=tuple(item.id for item in asked if not is_known(item, judge)),
        notes=tuple([*group_notes, *_notes(asked, judge)]),
        calibration=_calibration(scored, given, right),
        abstention=_abstention(scored, given, right),
        judge=judge.identity if judge else "",
        level=how.level,
        clustered=how.cluster,
    )


def is_known(item: Item, judge: Judge | None = None) -> bool:
    """Whether an item can be scored: some metric of its task has what it needs, or its video has no answer."""
    return not is_answerable(item) or main_metric(item, judge) is not None


def main_metric(item: Item, judge: Judge | None = None) -> Metric | None:
    """The first metric of an item's task that says something about it; None where its truth is not known."""
    return next((metric for metric in metrics_of(item.task, judge) if metric.needs(item)), None)


def is_answerable(item: Item) -> bool:
    """Whether the video answers an item; a data set that does not say so means that it does."""
    return item.extra.get("answerable") is not False


def metrics_of(task: Task, judge: Judge | None = None) -> tuple[Metric, ...]:
    """The metrics of a kind of task, the main one first.

    Args:
        task: Of the items.
        judge: Whether one is at hand changes them.
    """
    if judge and task == "open":
        return (
            Metric("judged right", partial(judged_answer, judge), "the judge finds it right", can_be_judged),
            *METRICS[task],
        )
    if judge and task == "caption":
        means = "share of the reference events that the judge finds stated"
        return (Metric("event recall", partial(event_recall, judge), means, has_events, binary=False), *METRICS[task])
    return METRICS[task]


def _marks(item: Item, prediction: Prediction | None, judge: Judge | None) -> dict[str, float]:
    """What one answer scores by every metric that says something about its item."""
    metrics = metrics_of(item.task, judge)
    if not is_answerable(item):
        due = prediction is not None and prediction.abstained and not prediction.error
        return {metrics[0].name: float(due)}
    silent = prediction is None or bool(prediction.error) or prediction.abstained
    answer = Prediction(item.id) if prediction is None or silent else prediction
    scored = {
        metric.name: metric.when_silent if silent else metric.of(item, answer)
        for metric in metrics
        if metric.needs(item)
    }
    return {name: value for name, value in scored.items() if value is not None}


def _is_right(item: Item, marks: Mapping[str, float], judge: Judge | None) -> bool:
    main = main_metric(item, judge) if is_answerable(item) else metrics_of(item.task, judge)[0]
    return main is not None and marks.get(main.name, 0.0) >= 0.5


def _measures(
    items: Sequence[Item], marks: Marks, right: Mapping[str, bool], judge: Judge | None, how: Sampling
) -> tuple[tuple[Measure, ...], list[str]]:
    tasks = dict.fromkeys(item.task for item in items)
    categories = ["", *dict.fromkeys(item.category for item in items if item.category)]
    found: list[Measure] = []
    for category in categories:
        part = [item for item in items if category in ("", item.category)]
        for task in tasks:
            same = [item for item in part if item.task == task]
            found += [made for metric in metrics_of(task, judge) if (made := _mean(metric, same, marks, category, how))]
        found += _group_measure(part, right, category, how)
    return tuple(found), _group_notes(items)


def _mean(metric: Metric, items: Sequence[Item], marks: Marks, category: str, how: Sampling) -> Measure | None:
    pairs = [(marks[item.id][metric.name], item) for item in items if metric.name in marks[item.id]]
    if not pairs:
        return None
    values = [value for value, _ in pairs]
    return _measure(metric, values, [item.video for _, item in pairs], pairs[0][1].task, category, how)


def _measure(
    metric: Metric, values: Sequence[float], videos: Sequence[str], task: str, category: str, how: Sampling
) -> Measure:
    clusters = videos if how.cluster else None
    ends = bootstrap(values, clusters, samples=how.samples, seed=how.seed, level=how.level)
    alone = metric.binary and not how.cluster
    return Measure(
        metric=metric.name,
        value=sum(values) / len(values),
        count=len(values),
        task=task,
        category=category,
        bootstrap=ends,
        wilson=wilson(sum(values), len(values), how.level) if alone else None,
        unit=metric.unit,
        better=metric.better,
    )


def whole_groups(items: Iterable[Item]) -> dict[str, list[Item]]:
    """Groups of items by name, those left out of which a member is not there (``extra["group_size"]``)."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.group:
            groups[item.group].append(item)
    return {name: part for name, part in groups.items() if len(part) >= part[0].extra.get("group_size", 2)}


def _group_measure(items: Sequence[Item], right: Mapping[str, bool], category: str, how: Sampling) -> list[Measure]:
    groups = whole_groups(items)
    if not groups:
        return []
    values = [float(all(right[item.id] for item in part)) for part in groups.values()]
    return [_measure(GROUPS, values, [part[0].video for part in groups.values()], "", category, how)]


def _group_notes(items: Sequence[Item]) -> list[str]:
    names = {item.group for item in items if item.group}
    broken = len(names) - len(whole_groups(items))
    return [f"{broken} of {len(names)} groups are not whole and do not count as groups"] if broken else []


def _notes(items: Sequence[Item], judge: Judge | None) -> list[str]:
    tasks = {item.task for item in items}
    notes = [captions.MISSING] if "caption" in tasks and not captions.available() else []
    if judge is None and any(has_events(item) for item in items):
        notes.append("event recall was not computed: it needs a judge")
    if judge is not None and judge.unread:
        notes.append(f"{judge.unread} replies of the judge could not be read and count as wrong")
    return notes


def _calibration(
    items: Sequence[Item], given: Mapping[str, Prediction], right: Mapping[str, bool]
) -> Calibration | None:
    answers = [given[item.id] for item in items if item.id in given and item.task != "caption"]
    spoken = [answer for answer in answers if not (answer.error or answer.abstained)]
    if not any(answer.confidence for answer in spoken):
        return None
    return calibration([answer.confidence for answer in spoken], [right[answer.item] for answer in spoken])


def _abstention(items: Sequence[Item], given: Mapping[str, Prediction], right: Mapping[str, bool]) -> Abstention | None:
    if not items:
        return None
    answers = [given.get(item.id) for item in items]
    return abstention(
        abstained=[answer is not None and answer.abstained for answer in answers],
        right=[right[item.id] for item in items],
        answerable=[is_answerable(item) for item in items],
        failed=[answer is None or bool(answer.error) for answer in answers],
    )
