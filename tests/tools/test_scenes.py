"""Scenes by SceneTiling: the arithmetic, and the shots of a real clip."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import make_audio, make_video
from vidprog.tools.scenes import MIN_DEPTH, boundaries_of, depths_of, scenes

curves = st.lists(st.floats(-1, 1), max_size=40)


def test_the_demo_clip_falls_into_its_shots(sample_context):
    found = scenes(sample_context.whole, context=sample_context)
    assert [scene.start for scene in found] == pytest.approx([0, 4, 11, 16, 21, 25], abs=0.3)
    assert [scene.content for scene in found] == [f"scene {number}" for number in range(1, 7)]
    assert {scene.kind for scene in found} == {"shot"}
    assert all(one.end == two.start for one, two in pairwise(found))
    assert found[-1].end == sample_context.video.duration


def test_the_curve_is_measured_once(sample_session):
    for cached in (False, True):
        context = sample_session.context()
        decoded = context.meter.usage.frames_decoded
        scenes(context.whole.trim(3, 14), context=context)
        assert context.notes.cached is cached
        assert (context.meter.usage.frames_decoded == decoded) is cached


@pytest.mark.parametrize("most", [1, 2, 4])
def test_the_clearest_boundaries_are_kept(most, sample_context):
    found = scenes(sample_context.whole, most, context=sample_context)
    assert len(found) == most
    assert found[0].start == 0
    assert found[-1].end == sample_context.video.duration


def test_one_calm_shot_is_one_scene(open_context, tmp_path):
    """Depths are relative: without a floor the drift of the light would make boundaries."""
    path = make_video(
        tmp_path / "calm.mp4", frames=40, fps=4, number=False,
        picture=lambda index, time: (90 + index % 3, 100, 110 + index % 5),
    )  # fmt: skip
    context = open_context(path)
    (scene,) = scenes(context.whole, context=context)
    assert (scene.start, scene.end) == (0, context.video.duration)


def test_a_single_frame(open_context, sample_context):
    part = sample_context.whole.trim(5.0, 5.1)
    (scene,) = scenes(part, context=sample_context)
    assert (scene.start, scene.end) == (part.start, part.end)


def test_sound_has_no_scenes(open_context, tmp_path):
    context = open_context(make_audio(tmp_path / "tone.m4a"))
    nothing = scenes(context.whole, context=context)
    assert not nothing
    assert nothing.why == "no pictures"


@pytest.mark.parametrize(
    ("likeness", "depths"),
    [
        ([], []),
        ([0.5], [0.0]),
        ([0.9, 0.2, 0.8], [0.0, 1.3, 0.0]),
        ([0.9, 0.5, 0.2, 0.5, 0.8], [0.0, 0.4, 1.3, 0.3, 0.0]),  # climbs to the peaks, not only to the neighbours
        ([1.0, 0.4, 0.4, 1.0], [0.0, 1.2, 1.2, 0.0]),  # a flat valley is as deep all along
        ([0.7, 0.6, 0.9, 0.1, 1.0], [0.0, 0.4, 0.0, 1.7, 0.0]),  # stops climbing at the first peak
    ],
)
def test_depths(likeness, depths):
    assert depths_of(likeness) == pytest.approx(depths)


@given(curves)
def test_depths_are_never_negative(curve):
    depths = depths_of(curve)
    assert len(depths) == len(curve)
    assert all(depth >= -1e-9 for depth in depths)


@given(curves, st.integers(-1, 20))
def test_boundaries_are_deep_and_few(curve, most):
    depths = depths_of(curve)
    chosen = boundaries_of(depths, most)
    assert chosen == sorted(set(chosen))
    assert len(chosen) <= max(0, most)
    assert all(depths[place] > MIN_DEPTH for place in chosen)


def test_shallow_valleys_are_no_boundaries():
    assert boundaries_of([0.0, 1.0, 0.0, 0.2, 0.0, 0.0, 0.0, 1.2], 15) == [1, 7]
