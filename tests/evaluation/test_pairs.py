"""Paired tests between two systems: exact values, oracles, and what flipped."""

import math
import random
import tracemalloc
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vidprog.evaluation.items import Item, Prediction
from vidprog.evaluation.scores import Sampling, compare, mcnemar, sign_flip

STEPS = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]), min_size=1, max_size=10)


@pytest.mark.parametrize(
    ("gained", "lost", "wanted"),
    [(0, 0, 1), (5, 0, 2 / 32), (1, 0, 1), (3, 3, 1), (8, 2, 2 * (1 + 10 + 45) / 1024)],
)
def test_mcnemar_by_hand(gained, lost, wanted):
    assert mcnemar(gained, lost) == pytest.approx(wanted)
    assert mcnemar(lost, gained) == mcnemar(gained, lost)


def test_mcnemar_agrees_with_scipy():
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed: no oracle")
    for gained, lost in [(3, 9), (40, 22), (700, 650)]:
        assert mcnemar(gained, lost) == pytest.approx(stats.binomtest(gained, gained + lost).pvalue)


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [([1, 1, 1], 2 / 8), ([1, -1], 1), ([0, 0], 1), ([1, 0, 0, 1], 2 / 4), ([3, 1, 1], 2 / 8), ([3, -1, -1], 1)],
)
def test_sign_flips_by_hand(steps, wanted):
    assert sign_flip(steps) == pytest.approx(wanted)


@given(STEPS)
@settings(deadline=None)
def test_sign_flips_do_not_know_the_direction(steps):
    assert 0 < sign_flip(steps) <= 1
    assert sign_flip(steps) == pytest.approx(sign_flip([-step for step in steps]))


def test_sign_flips_of_right_and_wrong_are_mcnemar():
    assert sign_flip([1.0] * 8 + [-1.0] * 2 + [0.0] * 30) == pytest.approx(mcnemar(8, 2))


def test_random_signs_come_close_to_all_of_them():
    steps = [1.0] * 20 + [-1.0] * 8
    assert sign_flip(steps) == pytest.approx(mcnemar(20, 8), abs=0.01)


def test_many_pairs_are_tried_a_part_at_a_time():
    """The signs of 2,000 pairs are 160 MB in one piece; in parts the p value is as good."""
    shuffler = random.Random(1)
    steps = [shuffler.gauss(0.05, 1) for _ in range(2000)]
    tracemalloc.start()
    found = sign_flip(steps)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    mean, spread = sum(steps), math.sqrt(sum(step * step for step in steps))
    assert found == pytest.approx(2 * (1 - NormalDist().cdf(abs(mean) / spread)), abs=0.02)
    assert peak < 120e6


def test_pairs_of_one_video_change_together():
    """Four videos that all got better is not forty: 2 of 16 patterns."""
    steps = [1.0] * 40
    assert sign_flip(steps, [str(place % 4) for place in range(40)]) == pytest.approx(2 / 16)


def ten(rights):
    items = [Item(str(n), f"v{n // 2}", "?", choices=("a", "b"), truth=0, category="xy"[n % 2]) for n in range(10)]
    return items, [Prediction(str(n), choice=int(str(n) not in rights)) for n in range(10)]


def test_what_flipped():
    items, before = ten("01234")
    _, after = ten("123456789")
    found = compare(items, before, after)
    assert found.gained == ("5", "6", "7", "8", "9")
    assert found.lost == ("0",)
    assert set(found.flips) == set("056789")
    overall = found.differences[0]
    assert (overall.metric, overall.a, overall.b, overall.count) == ("accuracy", 0.5, 0.9, 10)
    assert overall.p == pytest.approx(2 * (1 + 6) / 64)
    assert overall.test == "McNemar, exact"
    assert overall.interval.low <= overall.difference <= overall.interval.high
    assert [part.category for part in found.differences] == ["", "x", "y"]


def test_a_system_against_itself():
    items, answers = ten("0123")
    [overall, *_] = compare(items, answers, answers).differences
    assert (overall.p, overall.difference, overall.interval.low, overall.interval.high) == (1, 0, 0, 0)


def test_videos_taken_together():
    items, before = ten("")
    _, after = ten("0123456789")
    [overall, *_] = compare(items, before, after, sampling=Sampling(cluster=True)).differences
    assert overall.p == pytest.approx(2 / 32)
    assert overall.test == "sign-flip permutation over videos"


def test_only_what_both_answered_is_compared():
    items, answers = ten("0123")
    found = compare(items, answers[:6], answers[2:])
    assert found.left_out == ("0", "1", "6", "7", "8", "9")
    assert found.differences[0].count == 4


def test_groups_are_compared_as_wholes():
    """Of six pairs of rotations the second system has five whole that the first has not; one lacks a prediction."""
    items = [
        Item(f"{group}{turn}", group, "?", choices=("a", "b"), truth=turn, group=group, extra={"group_size": 2})
        for group in "pqrstuv" for turn in range(2)
    ]  # fmt: skip
    constant = [Prediction(item.id, choice=0) for item in items]
    perfect = [Prediction(item.id, choice=item.truth if item.group != "p" else 0) for item in items if item.id != "v1"]
    [found] = [part for part in compare(items, constant, perfect).differences if part.metric == "all of a group"]
    assert (found.a, found.b, found.count) == (0, pytest.approx(5 / 6), 6)
    assert found.p == pytest.approx(2 / 32)


def test_a_means_metric_is_compared_by_sign_flips():
    shuffler = random.Random(3)
    items = [Item(str(n), "v", "?", "when", spans=((10, 20),)) for n in range(12)]
    near = [Prediction(str(n), spans=((10, 18 + shuffler.random()),)) for n in range(12)]
    far = [Prediction(str(n), spans=((15, 22 + shuffler.random()),)) for n in range(12)]
    found = {part.metric: part for part in compare(items, near, far).differences}
    assert found["mIoU"].test == "sign-flip permutation"
    assert found["mIoU"].p == pytest.approx(2 / 4096)
    assert found["mIoU"].interval.high < 0
