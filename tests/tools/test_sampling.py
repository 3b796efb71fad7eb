"""When to look: blocks and cells cover a clip without gaps, and every question shares them."""

import itertools
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.tools.sampling import BLOCK_FRAMES, MAX_INTERVAL, MIN_INTERVAL, NARROW_FRAMES, Sampling
from vidprog.video import Clip


def clip_of(duration, start=0.0, end=None):
    return Clip(SimpleNamespace(duration=duration), start, duration if end is None else end)


@pytest.mark.parametrize(
    ("duration", "interval"), [(5, MIN_INTERVAL), (30, 0.5), (60, 1.0), (120, MAX_INTERVAL), (7200, MAX_INTERVAL)]
)
def test_how_often_a_video_is_looked_at(duration, interval):
    assert Sampling.for_clip(clip_of(duration)).interval == pytest.approx(interval)


def test_a_narrow_clip_gets_moments_of_its_own():
    sampling = Sampling.for_clip(clip_of(60.0, 30.0, 30.3))
    assert (sampling.start, sampling.end) == (30.0, 30.3)
    assert sampling.interval == pytest.approx(0.3 / NARROW_FRAMES)


def test_a_wide_clip_uses_the_grid_of_the_video():
    assert Sampling.for_clip(clip_of(60.0, 17.0, 31.0)) == Sampling.for_clip(clip_of(60.0))


durations = st.floats(0.05, 5000)
parts = st.tuples(st.floats(0, 0.99), st.floats(0.01, 1))


@given(durations, parts)
def test_blocks_and_cells_tile_the_clip(duration, part):
    start = part[0] * duration
    clip = clip_of(duration, start, max(start + 0.01, start + part[1] * (duration - start)))
    sampling = Sampling.for_clip(clip)
    blocks = sampling.blocks(clip)
    assert blocks
    assert blocks[0].start <= clip.start + 1e-5
    assert blocks[-1].end >= clip.end - 1e-5
    for one, two in itertools.pairwise(blocks):
        assert one.end == pytest.approx(two.start, abs=2e-6)
    for block in blocks:
        cells = sampling.cells(block)
        assert 1 <= len(cells) <= BLOCK_FRAMES + 1
        assert cells[0][0] == pytest.approx(block.start)
        assert cells[-1][1] == pytest.approx(block.end)
        assert all(one[1] == pytest.approx(two[0]) for one, two in itertools.pairwise(cells))


@given(durations, parts, parts)
def test_two_clips_of_a_video_share_their_blocks(duration, one, two):
    """What one question looked at is there for the next."""
    every = set(Sampling.for_clip(clip_of(duration)).blocks(clip_of(duration)))
    for first, length in (one, two):
        start = first * duration
        clip = clip_of(duration, start, max(start + 0.01, start + length * (duration - start)))
        sampling = Sampling.for_clip(clip)
        if sampling.start == 0.0 and sampling.end == duration:
            assert set(sampling.blocks(clip)) <= every
