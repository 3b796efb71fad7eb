"""Numbered boxes: readable, the same for the same thing, and the frames stay as they are."""

import numpy as np
import pytest
from vidprog.memory import Observation, Timeline
from vidprog.tools.crop import resize
from vidprog.tools.mark import COLOURS, colour_of, mark
from vidprog.tools.track import track
from vidprog.video import Frame


def plain(time, size=(540, 960), level=90):
    return Frame(time, np.full((*size, 3), level, np.uint8))


def thing(start, left, track=None, name="cat", end=None):
    return Observation(
        start, start + 1 if end is None else end, "object", name, 0.9, "test", (left, 0.3, left + 0.2, 0.7), track
    )


def has_colour(frame, number):
    return bool((frame.image == colour_of(number)).all(axis=2).any())


def test_frames_stay_as_they_are():
    frame = plain(0.5)
    (marked,) = mark((frame,), Timeline([thing(0, 0.2, 1)]))
    assert (frame.image == 90).all()
    assert not np.shares_memory(marked.image, frame.image)
    assert (marked.image != 90).any()
    assert marked.time == 0.5


def test_a_track_has_one_colour_and_follows_the_thing():
    things = Timeline([thing(0, 0.0, 3), thing(1, 0.4, 3), thing(0, 0.7, 1, "dog", end=2)])
    for time, left in ((0.5, 0.0), (1.0, 0.2), (1.5, 0.4)):
        (marked,) = mark((plain(time),), things)
        columns = np.flatnonzero((marked.image == colour_of(3)).all(axis=2).any(axis=0))
        assert columns[0] == pytest.approx(left * 960, abs=6)
        assert columns[-1] == pytest.approx((left + 0.2) * 960, abs=6)
        assert has_colour(marked, 1)


def test_a_thing_is_marked_only_while_it_is_in_sight():
    things = Timeline([thing(1, 0.2, 1)])
    before, during, after = mark((plain(0.5), plain(1.5), plain(2.5)), things)
    assert (before.image == 90).all()
    assert (after.image == 90).all()
    assert has_colour(during, 1)


def test_things_without_numbers_are_followed():
    things = Timeline([thing(0, 0.1), thing(0, 0.6, name="dog"), thing(1, 0.12), thing(1, 0.62, name="dog")])
    for frame in mark((plain(0.5), plain(1.5)), things):
        assert has_colour(frame, 1)
        assert has_colour(frame, 2)
        assert not has_colour(frame, 3)


@pytest.mark.parametrize("number", [1, 7, 12, 48])
@pytest.mark.parametrize("size", [(270, 480), (540, 960), (960, 540)])
def test_numbers_can_be_read(number, size, models):
    box = Observation(0, 1, "object", "cat", 0.9, "test", (0.4, 0.4, 0.7, 0.8), number)
    (marked,) = mark((plain(0.5, size, 160),), Timeline([box]))
    assert str(number) in {line.text.strip() for line in models.ocr.read(marked.image)}


@pytest.mark.parametrize("left", [0.0, 0.8])
@pytest.mark.parametrize("size", [(16, 16), (48, 64), (200, 40)])
def test_any_picture_can_be_marked(left, size):
    (marked,) = mark((plain(0.5, size),), Timeline([thing(0, left, 123)]))
    assert marked.image.shape == (*size, 3)
    assert (marked.image != 90).any()


def test_nothing_to_mark():
    frames = (plain(0.5),)
    for things in (Timeline((), "no cat"), Timeline([Observation(0, 1, "text", "A", 1, "test")])):
        (marked,) = mark(frames, things)
        assert (marked.image == frames[0].image).all()
    assert mark((), Timeline([thing(0, 0.1)])) == ()


def test_colours_come_round_again():
    assert colour_of(1) == colour_of(1 + len(COLOURS))
    assert len(set(COLOURS)) == len(COLOURS)


def test_the_cat_of_the_demo_clip_is_marked(sample_context):
    things = track(sample_context.whole, "cat", context=sample_context)
    frames = sample_context.frames([13.0, 18.0])
    cup, cat = mark(resize(frames, 480), things)
    assert not has_colour(cup, 1)
    rows, columns = np.nonzero((cat.image == colour_of(1)).all(axis=2))
    box = next(thing.box for thing in things if thing.start <= 18.0 <= thing.end)
    assert columns.min() / 480 == pytest.approx(box[0], abs=0.03)
    assert rows.max() / 270 == pytest.approx(box[3], abs=0.03)
