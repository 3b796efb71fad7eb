"""Intervals against published values, oracles and invariants."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vidprog.evaluation.scores import bootstrap, wilson
from vidprog.evaluation.scores.intervals import resampled

SHARES = st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe, Statistics in Medicine 1998, table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(right, count, low, high):
    assert wilson(right, count).to_json() == pytest.approx([low, high], abs=5e-5)


@given(st.integers(1, 500), st.floats(0, 1))
def test_wilson_holds_the_share(count, part):
    right = round(part * count)
    found = wilson(right, count)
    assert 0 <= found.low <= right / count + 1e-9
    assert right / count - 1e-9 <= found.high <= 1


@given(SHARES)
@settings(max_examples=30, deadline=None)
def test_a_bootstrap_stays_within_its_values_and_repeats(values):
    found = bootstrap(values, samples=200)
    assert min(values) <= found.low <= found.high <= max(values)
    assert found == bootstrap(values, samples=200)


def test_a_bootstrap_is_about_as_wide_as_theory_says():
    values = [1.0] * 60 + [0.0] * 40
    found = bootstrap(values, samples=20_000)
    half = 1.96 * (0.6 * 0.4 / 100) ** 0.5
    assert found.to_json() == pytest.approx([0.6 - half, 0.6 + half], abs=0.011)


def test_a_bootstrap_agrees_with_scipy():
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed: no oracle")
    values = np.random.default_rng(1).random(80) ** 2
    wanted = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=0).confidence_interval
    found = bootstrap(list(values), samples=20_000)
    assert found.to_json() == pytest.approx([wanted.low, wanted.high], abs=0.003)


def test_videos_taken_together_make_it_wider():
    """Ten questions about each of ten videos, all right or all wrong: there are ten observations, not a hundred."""
    values = [float(video < 6) for video in range(10) for _ in range(10)]
    videos = [str(video) for video in range(10) for _ in range(10)]
    alone, together = bootstrap(values, samples=5000), bootstrap(values, videos, samples=5000)
    assert together.high - together.low > 2.5 * (alone.high - alone.low)
    assert np.std(resampled(values, videos, samples=5000)) == pytest.approx((0.6 * 0.4 / 10) ** 0.5, rel=0.1)


def test_a_video_with_more_questions_weighs_more():
    means = resampled([1, 1, 1, 0], ["a", "a", "a", "b"], samples=4000)
    assert set(np.round(means, 6)) == {0.0, 0.75, 1.0}
    assert np.mean(means == 0.75) == pytest.approx(0.5, abs=0.03)
