"""Edges by bisection: the very frame, for few questions."""

import pytest
from media import make_video
from vidprog.tools.edges import Edges, change_between, refined

FPS, FRAMES = 20, 60


@pytest.fixture(scope="module")
def numbered(clips):
    """Three seconds whose pictures get brighter from frame to frame: the grey level tells the frame."""
    return make_video(
        clips / "brighter.mp4", frames=FRAMES, fps=FPS, number=False, gop=25, picture=lambda i, t: (i * 4, i * 4, i * 4)
    )


@pytest.fixture(scope="module")
def brightness():
    return lambda frame: float(frame.image.mean()) / 4


@pytest.mark.parametrize("changed", [1, 7, 30, 45, 57])
def test_the_first_changed_frame_is_found(open_context, numbered, brightness, changed):
    context = open_context(numbered)
    asked = []

    def has_changed(frame):
        asked.append(frame.time)
        return brightness(frame) > changed - 0.5

    assert change_between(0.0, 2.9, has_changed, context) == pytest.approx(changed / FPS, abs=0.001)
    assert len(asked) <= 8


@pytest.mark.parametrize(("first", "last"), [(12, 40), (31, 33), (30, 55)])
def test_a_span_gets_both_edges(open_context, numbered, brightness, first, last):
    context = open_context(numbered)
    middle = (first + last) / 2 / FPS
    holds = lambda frame: first - 0.5 < brightness(frame) < last + 0.5  # noqa: E731 - one expression
    edges = refined(middle, middle, 0.7, holds, context.whole, context)
    assert (edges.start, edges.end) == pytest.approx((first / FPS, (last + 1) / FPS), abs=0.001)


def test_what_is_always_there_has_the_edges_of_the_clip(open_context, numbered):
    context = open_context(numbered)
    edges = refined(1.5, 1.5, 1.0, lambda frame: True, context.whole, context)
    assert (edges.start, edges.end) == (0.0, pytest.approx(3.0))
    assert edges.certainty == 1.0


def test_what_the_model_does_not_see_again_keeps_the_edges_of_the_grid(open_context, numbered):
    context = open_context(numbered)
    edges = refined(1.0, 2.0, 0.5, lambda frame: False, context.whole, context)
    assert edges == Edges(0.75, 2.25, False, False)
    assert edges.certainty == pytest.approx(0.7)
