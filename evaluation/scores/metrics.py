"""Which metrics each kind of task has: the table that :func:`.score` goes by.

The first metric of a task says whether an answer is right; flips and calibration go by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from ..items import Item, Prediction, Task
from . import captions, highlights, words
from .spans import best_iop, best_iou
from .values import Better, Unit

Of = Callable[[Item, Prediction], float | None]
"""What an answer to an item scores; None where nothing can be said of this answer."""

Needs = Callable[[Item], bool]
"""Whether a metric says anything about an item."""


def _always(item: Item) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to score an answer.

    Attributes:
        name: What tables call it.
        of: The score of an answer to an item.
        means: What it says, in one sentence.
        needs: Which items it says something about.
        binary: Whether each score is 0 or 1.
        unit: How to print its mean.
        better: Which direction is better.
        when_silent: The score where there is no answer; None where it is not counted then.
    """

    name: str
    of: Of
    means: str
    needs: Needs = _always
    binary: bool = True
    unit: Unit = "share"
    better: Better = "higher"
    when_silent: float | None = 0.0


def _has_option(item: Item) -> bool:
    return item.truth is not None


def has_answers(item: Item) -> bool:
    """Whether texts are known that are right."""
    return bool(item.answers)


def can_be_judged(item: Item) -> bool:
    """Whether a judge has what it needs: texts that are right, or a rule."""
    return has_answers(item) or bool(item.extra.get("rule"))


def _has_reference(item: Item) -> bool:
    return has_answers(item) and captions.available()


def _has_spans(item: Item) -> bool:
    return bool(item.spans)


def _has_number(item: Item) -> bool:
    return words.number_in(item.reference) is not None


def _can_be_grounded(item: Item) -> bool:
    return _has_option(item) and _has_spans(item)


def has_ratings(item: Item) -> bool:
    """Whether a data set tells how salient each piece of the video is."""
    return bool(item.extra.get("saliency"))


def has_events(item: Item) -> bool:
    """Whether a data set tells the events that a description must have."""
    return bool(item.extra.get("events"))


def _right_choice(item: Item, prediction: Prediction) -> float:
    return float(prediction.choice == item.truth)


def _exact(item: Item, prediction: Prediction) -> float:
    return words.exact(prediction.text, item.answers)


def _f1(item: Item, prediction: Prediction) -> float:
    return words.token_f1(prediction.text, item.answers)


def _iou(item: Item, prediction: Prediction) -> float:
    return best_iou(prediction.spans, item.spans)


def _iop(item: Item, prediction: Prediction) -> float:
    return best_iop(prediction.spans, item.spans)


def _reaches(of: Callable[[Item, Prediction], float], least: float, item: Item, prediction: Prediction) -> float:
    return float(of(item, prediction) >= least)


def _grounded_answer(item: Item, prediction: Prediction) -> float:
    return float(prediction.choice == item.truth and best_iop(prediction.spans, item.spans) >= 0.5)


def _window_precision(threshold: float, item: Item, prediction: Prediction) -> float:
    return highlights.window_precision(highlights.ranked(prediction), item.spans, threshold)


def _recall_of_best(threshold: float, item: Item, prediction: Prediction) -> float:
    return float(best_iou(highlights.ranked(prediction), item.spans) >= threshold)


def _count_error(item: Item, prediction: Prediction) -> float | None:
    right, given = words.number_in(item.reference), words.number_in(prediction.text)
    return None if right is None or given is None else abs(given - right)


def _count_within(most: float, item: Item, prediction: Prediction) -> float:
    error = _count_error(item, prediction)
    return float(error is not None and error <= most)


def _span_metric(name: str, of: Of, means: str, binary: bool = True) -> Metric:
    return Metric(name, of, means, _has_spans, binary)


_GROUNDING = (
    _span_metric("mIoU", _iou, "mean IoU of the first span with the right one that it fits best", binary=False),
    _span_metric("mIoP", _iop, "mean part of the first span that lies in a right one", binary=False),
    _span_metric("R@0.3", partial(_reaches, _iou, 0.3), "first span has IoU >= 0.3 with a right one"),
    _span_metric("R@0.7", partial(_reaches, _iou, 0.7), "first span has IoU >= 0.7 with a right one"),
    _span_metric("IoP@0.3", partial(_reaches, _iop, 0.3), "first span has IoP >= 0.3 with a right one"),
    _span_metric("IoP@0.5", partial(_reaches, _iop, 0.5), "first span has IoP >= 0.5 with a right one"),
)
_HALF = _span_metric("R@0.5", partial(_reaches, _iou, 0.5), "first span has IoU >= 0.5 with a right one")
_GROUNDED = Metric(
    "Acc&GQA",
    _grounded_answer,
    "the right option, and the first span of its evidence has IoP >= 0.5",
    _can_be_grounded,
)
_MEAN_ERROR = Metric(
    "MAE",
    _count_error,
    "mean absolute error of the answers that give a number",
    _has_number,
    binary=False,
    unit="number",
    better="lower",
    when_silent=None,
)

METRICS: Mapping[Task, tuple[Metric, ...]] = {
    "choice": (Metric("accuracy", _right_choice, "the right option", _has_option), _GROUNDED, _HALF, *_GROUNDING),
    "open": (
        Metric("exact match", _exact, "word for word one of the right answers, after normalisation", has_answers),
        Metric("token F1", _f1, "F1 of the words shared with the likest right answer", has_answers, binary=False),
    ),
    "when": (_HALF, *_GROUNDING),
    "highlight": (
        _span_metric("R1@0.5", partial(_recall_of_best, 0.5), "best window has IoU >= 0.5 with a right one"),
        _span_metric("R1@0.7", partial(_recall_of_best, 0.7), "best window has IoU >= 0.7 with a right one"),
        _span_metric("mAP", highlights.mean_window_precision, "average precision of windows, IoU 0.5 to 0.95", False),
        _span_metric("mAP@0.5", partial(_window_precision, 0.5), "average precision of windows at IoU 0.5", False),
        _span_metric("mAP@0.75", partial(_window_precision, 0.75), "average precision of windows at IoU 0.75", False),
        Metric("HIT@1", highlights.hit_at_one, "a rater finds the piece ranked first very good", has_ratings),
        Metric("highlight mAP", highlights.piece_precision, "average precision of ranking pieces", has_ratings, False),
    ),
    "count": (
        Metric("exact count", partial(_count_within, 0.0), "the right number", _has_number),
        Metric("off by one", partial(_count_within, 1.0), "the right number or one next to it", _has_number),
        _MEAN_ERROR,
    ),
    "caption": (Metric("ROUGE-L", captions.rouge_l, "F1 of the longest common subsequence", _has_reference, False),),
}
"""Metrics of each kind of task, the main one first."""
