"""Tools that cut: they stay inside the clip and say so when nothing is left."""

import itertools

import pytest
from vidprog.memory import Observation
from vidprog.tools import Registry
from vidprog.tools.time import after, around, before, between, named_range, shots, trim
from vidprog.video import MediaError, open_video


@pytest.fixture
def clip(signs):
    return open_video(signs).clip()


def seen(start, end):
    return Observation(start, end, "text", "x", 1.0, "test")


@pytest.mark.parametrize(
    ("cut", "span"),
    [
        (lambda clip: trim(clip, 2, 5), (2, 5)),
        (lambda clip: trim(clip, -3, 5), (0, 5)),
        (lambda clip: trim(clip, 5, 500), (5, 12)),
        (lambda clip: before(clip, 4), (0, 4)),
        (lambda clip: after(clip, 4), (4, 12)),
        (lambda clip: around(clip, 6, 1), (5, 7)),
        (lambda clip: around(clip, 6), (1, 11)),
        (lambda clip: around(clip, 11.5, 2), (9.5, 12)),
        (lambda clip: between(clip, seen(1, 4), seen(6, 9)), (4, 6)),
        (lambda clip: named_range(clip, "What is shown between 2 and 3 seconds?"), (2, 3)),
        (lambda clip: named_range(clip, "What is shown?"), (0, 12)),
        (lambda clip: named_range(clip, "after 50 seconds"), (0, 12)),  # no such time: the whole
        (lambda clip: named_range(trim(clip, 6, 9), "at 2 seconds"), (6, 9)),
    ],
)
def test_cuts(clip, cut, span):
    part = cut(clip)
    assert (part.start, part.end) == (pytest.approx(span[0]), pytest.approx(span[1]))


def test_a_moment_is_a_frame_or_two(clip):
    part = named_range(clip, "What is shown at 7 seconds?")
    assert part.start < 7 < part.end
    assert part.duration < 0.5


@pytest.mark.parametrize(
    "cut", [lambda c: trim(c, 5, 5), lambda c: before(c, 0), lambda c: after(c, 12), lambda c: trim(c, 9, 3)]
)
def test_nothing_left_is_an_error(clip, cut):
    with pytest.raises(MediaError) as caught:
        cut(clip)
    assert caught.value.code == "clip.empty"


def test_shots_tile_the_clip(sample_context):
    found = shots(sample_context.whole, context=sample_context)
    starts = [shot.start for shot in found]
    assert starts == pytest.approx([0, 4, 11, 16, 21, 25], abs=0.1)
    assert found[-1].end == pytest.approx(sample_context.video.duration, abs=0.1)
    assert all(one.end == pytest.approx(two.start) for one, two in itertools.pairwise(found))
    assert {shot.kind for shot in found} == {"shot"}


def test_the_vocabulary_is_there():
    assert {"trim", "before", "after", "around", "between", "named_range", "shots"} <= set(Registry.builtin().names)
