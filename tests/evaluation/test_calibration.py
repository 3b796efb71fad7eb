"""Calibration and abstention: a table worked out by hand, oracles and limits."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.evaluation.scores import abstention, calibration

ANSWERS = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.35, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=40)


def of(*pairs):
    return calibration([sure for sure, _ in pairs], [right for _, right in pairs])


def test_a_table_by_hand():
    """Confidence 0.95 right, 0.95 wrong, 0.55 right, 0.15 wrong.

    Bins: (0.9, 1] two answers, 0.95 against 0.5; (0.5, 0.6] 0.55 against 1; (0.1, 0.2] 0.15 against 0.
    Pairs of right and wrong: 0.95/0.95 a draw, 0.95/0.15 well, 0.55/0.95 badly, 0.55/0.15 well: 2.5 of 4.
    Risks: the two that are equally sure are half wrong, so 1/2, 1/2, 1/3, 2/4.
    """
    found = of((0.95, True), (0.95, False), (0.55, True), (0.15, False))
    assert found.ece == pytest.approx((2 * 0.45 + 0.45 + 0.15) / 4)
    assert found.auroc == pytest.approx(2.5 / 4)
    assert found.aurc == pytest.approx((1 / 2 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert found.best_aurc == pytest.approx((0 + 0 + 1 / 3 + 2 / 4) / 4)
    assert [(part.low, part.count, part.accuracy) for part in found.bins] == [(0.1, 1, 0), (0.5, 1, 1), (0.9, 2, 0.5)]
    assert found.curve[0] == pytest.approx((0.25, 0.5))
    assert found.curve[-1] == pytest.approx((1, 0.5))


@pytest.mark.parametrize(
    ("pairs", "ece", "auroc", "aurc"),
    [
        ([(1, True), (1, True)], 0, math.nan, 0),
        ([(1, False), (1, False)], 1, math.nan, 1),
        ([(0, False), (1, True)], 0, 1, (0 + 1 / 2) / 2),
        ([(1, False), (0, True)], 1, 0, (1 + 1 / 2) / 2),
        ([(0.5, False), (0.5, True)], 0, 0.5, 0.5),
    ],
)
def test_limits(pairs, ece, auroc, aurc):
    found = of(*pairs)
    assert (found.ece, found.auroc, found.aurc) == pytest.approx((ece, auroc, aurc), nan_ok=True)
    assert found.to_json()["auroc"] is None or not math.isnan(found.auroc)


@given(ANSWERS, st.randoms())
def test_bounds_and_order(pairs, shuffler):
    found = of(*pairs)
    assert 0 <= found.ece <= 1
    assert 0 <= found.best_aurc <= found.aurc + 1e-9 <= 1 + 2e-9
    assert sum(part.count for part in found.bins) == found.count == len(pairs)
    mixed = pairs[:]
    shuffler.shuffle(mixed)
    assert (of(*mixed).ece, of(*mixed).aurc) == pytest.approx((found.ece, found.aurc))


def test_auroc_agrees_with_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed: no oracle")
    shuffler = random.Random(0)
    pairs = [(round(shuffler.random(), 1), shuffler.random() < 0.4) for _ in range(500)]
    wanted = metrics.roc_auc_score([right for _, right in pairs], [sure for sure, _ in pairs])
    assert of(*pairs).auroc == pytest.approx(wanted)


def test_a_long_curve_is_thinned_and_keeps_its_ends():
    found = of(*[(place / 999, place % 2 == 0) for place in range(1000)])
    assert len(found.curve) <= 200
    assert found.curve[-1] == pytest.approx((1, 0.5))


def test_abstentions_by_hand():
    """Six items, the last two without an answer in their video; silent on the second, the fifth and none else."""
    found = abstention(
        abstained=[False, True, False, False, True, False],
        right=[True, False, True, False, True, False],
        answerable=[True, True, True, True, False, False],
    )
    assert found.coverage == pytest.approx(4 / 6)
    assert found.selective_accuracy == pytest.approx(2 / 4)
    assert (found.unanswerable, found.recall, found.precision) == (2, 0.5, 0.5)


def test_a_failure_is_no_abstention():
    """A system that breaks on everything has found no question without an answer."""
    found = abstention([False] * 3, [False] * 3, [True, False, False], failed=[True] * 3)
    assert (found.coverage, found.recall) == (0, 0)
    assert found.to_json()["precision"] is None


@pytest.mark.parametrize("sure", [0.1, 0.3, 0.6, 0.7, 0.9])
def test_the_upper_end_of_a_bin_is_in_it(sure):
    [part] = of((sure, True)).bins
    assert part.low < sure <= part.high + 1e-12


def test_nothing_to_say_is_null_in_json():
    found = abstention([True], [False], [True]).to_json()
    assert found["selective_accuracy"] is None and found["recall"] is None
    assert found["precision"] == 0
