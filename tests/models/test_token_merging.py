"""Which tokens of a frame become one: pure arithmetic, with what must hold for any features."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

pytest.importorskip("torch", reason='merging needs the extra: pip install "vidprog[gpu]"')

import torch
from vidprog.models.token_merging import budgeted, matched_groups, pooled, pooled_groups

pytestmark = pytest.mark.vision


def features(count, seed=0, size=6):
    return torch.randn(count, size, generator=torch.Generator().manual_seed(seed))


@settings(deadline=None, max_examples=60)
@given(count=some.integers(1, 60), keep=some.integers(1, 60), seed=some.integers(0, 99))
def test_every_token_is_in_one_group_and_its_place_stands_for_it(count, keep, seed):
    groups, places = matched_groups(features(count, seed), keep)
    left = min(keep, count)
    assert len(places) == left
    assert places.tolist() == sorted(places.tolist())
    assert groups[places].tolist() == list(range(left))
    assert set(groups.tolist()) == set(range(left))


def test_keeping_all_changes_nothing_at_all():
    given_ = features(33)
    groups, places = matched_groups(given_, 33)
    assert torch.equal(pooled(given_, groups, len(places)), given_)


def test_equal_tokens_merge_first_and_into_their_mean():
    one, two, three = features(3)
    given_ = torch.stack([one, one * 2, two, three])
    groups, places = matched_groups(given_, 3)
    assert groups.tolist() == [0, 0, 1, 2]
    assert places.tolist() == [1, 2, 3]
    merged = pooled(given_, groups, 3)
    assert torch.allclose(merged, torch.stack([one * 1.5, two, three]))


@settings(deadline=None, max_examples=40)
@given(count=some.integers(1, 40), keep=some.integers(1, 40))
def test_the_mean_of_all_tokens_weighted_by_group_stays(count, keep):
    given_ = features(count)
    groups, places = matched_groups(given_, keep)
    sizes = torch.bincount(groups).float()
    mean = (pooled(given_, groups, len(places)) * sizes[:, None]).sum(0) / count
    assert torch.allclose(mean, given_.mean(0), atol=1e-5)


@pytest.mark.parametrize(
    ("grid", "expected"),
    [((2, 2), [0] * 4), ((1, 3), [0, 0, 1]), ((3, 3), [0, 0, 1, 0, 0, 1, 2, 2, 3]), ((1, 1), [0])],
)
def test_squares_of_a_grid(grid, expected):
    assert pooled_groups(*grid) == expected


@settings(deadline=None)
@given(
    frames=some.lists(some.tuples(some.integers(1, 500), some.floats(0, 2)), min_size=1, max_size=30),
    budget=some.integers(1, 4000),
)
def test_a_budget_is_kept_and_every_frame_gets_something(frames, budget):
    counts, novelty = [list(values) for values in zip(*frames, strict=True)]
    found = budgeted(counts, novelty, budget)
    assert all(1 <= share <= count for share, count in zip(found, counts, strict=True))
    assert sum(found) <= max(budget, len(frames))
    if sum(counts) <= budget:
        assert found == counts


def test_what_is_new_gets_more_of_a_budget():
    first, little, much, nothing = budgeted([100] * 4, [1.0, 0.1, 0.5, 0.0], 100)
    assert first > much > little > nothing >= 1
