"""Where in the picture to look."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import placed
from scripted import ScriptedImageEmbedder, with_role
from vidprog.models import Models, Profile, load_profile
from vidprog.tools.focus import focus_box, window_of
from vidprog.tools.frames import select_frames
from vidprog.video import Frame

WHOLE = [0.0, 0.0, 1.0, 1.0]


def area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def inside(point, box):
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


@pytest.mark.parametrize(("left", "centre"), [(0.02, 0.30), (0.4, 0.68)])
@pytest.mark.parametrize("keep", [0.05, 0.4])
def test_a_named_thing_is_in_the_part(left, centre, keep, sample_context):
    box = focus_box((Frame(0.0, placed("cat", left)),), "Where is the cat?", keep, context=sample_context)
    assert inside((centre, 0.48), box)
    assert area(box) >= keep - 1e-6
    assert area(box) < max(0.15, keep + 0.01)
    assert sample_context.notes.why == ""


def test_a_named_thing_in_the_demo_clip(sample_context):
    frames = select_frames(sample_context.whole.trim(16, 21), 4, context=sample_context)
    box = focus_box(frames, "the cat", 0.3, context=sample_context)
    assert inside((0.5, 0.5), box)
    assert box != WHOLE


@pytest.mark.parametrize("query", ["the cat", "a chimney"])
def test_without_a_detector_what_changes_counts(query, open_context, mute):
    profile = load_profile("embedded")
    blind = Models(Profile("blind", {role: spec for role, spec in profile.roles.items() if role != "detector"}))
    context = open_context(mute, models=blind)
    frames = tuple(Frame(float(number), square(700 + 20 * number, 60)) for number in range(5))
    box = focus_box(frames, query, 0.1, context=context)
    assert inside((740 / 960, 90 / 540), box)
    assert area(box) == pytest.approx(0.1)
    assert "where the picture changes" in context.notes.why


def square(left, top):
    image = np.full((540, 960, 3), 60, np.uint8)
    image[top : top + 60, left : left + 60] = 220
    return image


def test_where_nothing_stands_out_it_is_the_whole_picture(sample_context):
    still = tuple(Frame(float(number), square(100, 100)) for number in range(3))
    assert focus_box(still, "a chimney", 0.5, context=sample_context) == WHOLE
    assert "whole picture" in sample_context.notes.why


@pytest.mark.parametrize(("frames", "keep"), [((), 0.5), ((Frame(0.0, square(100, 100)),), 1.0)])
def test_nothing_to_choose(frames, keep, sample_context):
    assert focus_box(frames, "the cat", keep, context=sample_context) == WHOLE


def test_by_the_image_embedder(open_context, models, mute):
    image = np.full((540, 960, 3), 120, np.uint8)
    image[360:, :300] = (200, 40, 40)
    image[:200, 700:] = (40, 40, 200)
    context = open_context(mute, models=with_role(models, image_embedder=ScriptedImageEmbedder()))
    frames = (Frame(0.0, image), Frame(1.0, image))
    assert inside((0.1, 0.9), focus_box(frames, "the red corner", 0.1, context=context))
    assert inside((0.9, 0.1), focus_box(frames, "the blue corner", 0.1, context=context))


@given(
    st.lists(st.lists(st.floats(0, 9), min_size=6, max_size=6), min_size=1, max_size=4), st.floats(0.01, 1)
)  # fmt: skip
def test_a_window_has_its_share_and_lies_inside(rows, share):
    left, top, right, bottom = window_of(np.array([rows]), share)
    assert (right - left) * (bottom - top) == pytest.approx(share)
    assert min(left, top) >= -1e-9
    assert max(right, bottom) <= 1 + 1e-9


def test_a_window_is_around_the_best_cells():
    weights = np.zeros((1, 4, 4))
    weights[0, 3, 0] = 5.0
    assert window_of(weights, 0.25) == pytest.approx((0.0, 0.5, 0.5, 1.0))
    assert window_of(np.zeros((1, 4, 4)), 0.25) == pytest.approx((0.25, 0.25, 0.75, 0.75))
