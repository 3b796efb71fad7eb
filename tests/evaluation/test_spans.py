"""Spans and highlights: values worked out by hand, the published code's own cases, and invariants."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.evaluation.items import Item, Prediction
from vidprog.evaluation.scores import highlights
from vidprog.evaluation.scores.spans import best_iop, best_iou, iop, iou

SPANS = st.tuples(st.floats(0, 100), st.floats(0, 100)).map(lambda pair: (min(pair), max(pair)))


@pytest.mark.parametrize(
    ("named", "right", "iou_wanted", "iop_wanted"),
    [
        ((0, 4), (0, 4), 1, 1),
        ((0, 4), (2, 6), 2 / 6, 2 / 4),
        ((2, 3), (0, 4), 1 / 4, 1),
        ((0, 8), (2, 4), 2 / 8, 2 / 8),
        ((0, 2), (2, 4), 0, 0),
        ((0, 1), (5, 6), 0, 0),
        ((3, 3), (2, 4), 0, 1),
        ((1, 1), (2, 4), 0, 0),
        ((3, 3), (3, 3), 0, 1),
    ],
)
def test_overlap_by_hand(named, right, iou_wanted, iop_wanted):
    assert iou(named, right) == pytest.approx(iou_wanted)
    assert iop(named, right) == pytest.approx(iop_wanted)


@given(SPANS, SPANS)
def test_bounds_and_symmetry(one, two):
    assert 0 <= iou(one, two) <= iop(one, two) <= 1
    assert iou(one, two) == pytest.approx(iou(two, one))


@given(SPANS, st.lists(SPANS, min_size=1, max_size=4), st.randoms())
def test_the_order_of_the_right_spans_does_not_matter(named, right, shuffler):
    mixed = right[:]
    shuffler.shuffle(mixed)
    assert best_iou([named], right) == best_iou([named], mixed)
    assert best_iop([named], right) == best_iop([named], mixed)


def test_only_the_first_span_counts():
    assert best_iou([(8, 9), (0, 4)], [(0, 4)]) == 0
    assert best_iou([], [(0, 4)]) == best_iop([], [(0, 4)]) == 0


@pytest.mark.parametrize(
    ("named", "right", "threshold", "wanted"),
    [
        ([(0, 4)], [(0, 4)], 0.5, 1),
        ([(8, 9), (0, 4)], [(0, 4)], 0.5, 1 / 2),
        ([(0, 4), (8, 9)], [(0, 4)], 0.5, 1),
        ([(0, 4), (0, 4)], [(0, 4), (10, 14)], 0.5, 1 / 2),
        ([(0, 4), (20, 21), (10, 14)], [(0, 4), (10, 14)], 0.5, (1 + 2 / 3) / 2),
        ([(20, 21), (0, 4), (10, 14)], [(0, 4), (10, 14)], 0.5, (2 / 3 + 2 / 3) / 2),
        ([(0, 3)], [(0, 4)], 0.75, 1),
        ([(0, 3)], [(0, 4)], 0.8, 0),
        ([], [(0, 4)], 0.5, 0),
    ],
)
def test_average_precision_of_windows_by_hand(named, right, threshold, wanted):
    assert highlights.window_precision(named, right, threshold) == pytest.approx(wanted)


def published_window_precision(named, right, threshold):
    """The detection task's definition written out: locks, cumulated hits, envelope over the recall axis."""
    locked, hits = set(), []
    for span in named:
        order = sorted(range(len(right)), key=lambda place: -iou(span, right[place]))
        hit = next((p for p in order if iou(span, right[p]) >= threshold and p not in locked), None)
        hits.append(hit is not None)
        locked.add(hit)
    found = np.cumsum(hits)
    recall = np.concatenate([[0], found / len(right), [1]])
    precision = np.concatenate([[0], found / np.arange(1, len(hits) + 1), [0]])
    for place in range(len(precision) - 1)[::-1]:
        precision[place] = max(precision[place], precision[place + 1])
    steps = np.flatnonzero(recall[1:] != recall[:-1]) + 1
    return float(np.sum((recall[steps] - recall[steps - 1]) * precision[steps]))


@given(st.lists(SPANS, min_size=1, max_size=6), st.lists(SPANS, min_size=1, max_size=4), st.sampled_from([0.3, 0.5]))
def test_average_precision_of_windows_is_the_published_one(named, right, threshold):
    wanted = published_window_precision(named, right, threshold)
    assert highlights.window_precision(named, right, threshold) == pytest.approx(wanted)


def published_grounding(span, right):
    """NExT-GQA's definition written out: (best IoU, best IoP), each over all right spans by itself."""
    found = []
    for start, end in right:
        if span[0] == span[1]:
            found.append((0, float(start <= span[0] <= end)))
            continue
        shared = min(end, span[1]) - max(start, span[0])
        whole = max(end, span[1]) - min(start, span[0])
        found.append((shared / whole, shared / (span[1] - span[0])))
    return max(0, *(one for one, _ in found)), max(0, *(two for _, two in found))


@given(SPANS, st.lists(SPANS, min_size=2, max_size=4))
def test_grounding_is_the_published_one(named, right):
    assert (best_iou([named], right), best_iop([named], right)) == pytest.approx(published_grounding(named, right))


def item(ratings=((4, 1, 1), (0, 0, 0), (4, 4, 4), (1, 1, 1))):
    return Item("1", "v", "?", "highlight", spans=((0, 2), (4, 6)), extra={"saliency": ratings})


@pytest.mark.parametrize(
    ("scores", "hit", "precision"),
    [
        ((0.9, 0.1, 0.8, 0.2), 1, (1 + 1 / 2 + 1 / 2) / 3),
        ((0.1, 0.2, 0.9, 0.3), 1, ((1 + 2 / 4) / 2 + 1 + 1) / 3),
        ((0.1, 0.9, 0.2, 0.3), 0, ((1 / 2 + 1 / 2) / 2 + 1 / 3 + 1 / 3) / 3),
        ((-3, -9, -1, -4), 1, (1 + 1 + 1) / 3),
    ],
)
def test_pieces_by_hand(scores, hit, precision):
    found = Prediction("1", scores=scores)
    assert highlights.hit_at_one(item(), found) == hit
    assert highlights.piece_precision(item(), found) == pytest.approx(precision)


def test_windows_alone_rank_the_pieces():
    found = Prediction("1", spans=((4, 6), (0, 2)))
    assert highlights.saliency(found, 4).tolist() == [0.5, 0, 1, 0]
    assert highlights.hit_at_one(item(), found) == 1
    assert highlights.hit_at_one(item(), Prediction("1")) == 0


def test_scores_of_windows_rank_them():
    found = Prediction("1", spans=((0, 2), (4, 6)), scores=(0.1, 0.9))
    assert highlights.ranked(found) == ((4, 6), (0, 2))


def test_a_ranking_of_pieces_agrees_with_scikit_learn():
    """The published code takes the mean of the enveloped precision over the steps of recall."""
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed: no oracle")
    shuffler = random.Random(0)
    for _ in range(200):
        right = np.array([shuffler.random() < 0.3 for _ in range(20)])
        given = np.array([shuffler.choice([0.1, 0.2, 0.5, 0.7, shuffler.random()]) for _ in range(20)])
        if right.any():
            precision, recall, _ = metrics.precision_recall_curve(right, given)
            precision = np.maximum.accumulate(precision)
            wanted = precision[np.flatnonzero(np.diff(recall))].mean()
            assert highlights.ranking_precision(right, given) == pytest.approx(wanted)
