"""Counting closely, and when things come and go, on photographs whose places and times are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import make_video
from pictures import photograph, placed
from vidprog.memory import Observation
from vidprog.models import Detection
from vidprog.tools.closely import closely, joined, look_closely, suppressed, tiles_of
from vidprog.tools.counts import count, most_at_once
from vidprog.tools.events import comings_and_goings, crossings

SECONDS = 9.0


@pytest.fixture(scope="module")
def shelf(clips):
    """Two cats side by side; the right one is away from 3 to 6 s."""
    cat = photograph("cat", width=480)
    pair = np.concatenate([cat, cat[:, ::-1]], axis=1)
    alone = pair.copy()
    alone[:, 480:] = 200

    def picture(index, time):
        return alone if 3 <= time < 6 else pair

    size = (960, cat.shape[0])
    return make_video(clips / "shelf.mp4", frames=36, fps=4, size=size, number=False, picture=picture)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("events-store")


def test_who_leaves_and_who_enters(open_context, shelf, store):
    context = open_context(shelf, store=store)
    away, back = comings_and_goings(context.whole, "Which cat leaves first?", context=context)
    assert (away.content, back.content) == (
        "the right cat leaves: 1 cat in sight",
        "the right cat enters: 2 cat in sight",
    )
    assert (away.start, back.start) == (pytest.approx(3, abs=0.5), pytest.approx(6, abs=0.5))
    assert away.box[0] > 0.4
    assert {away.kind, back.kind} == {"note"}


@pytest.mark.parametrize(
    ("question", "part", "number"),
    [
        ("How many cats are there?", (0, 9), 2),
        ("What is the smallest number of cats in sight?", (0, 9), 1),
        ("How many cats are there?", (3.5, 5.5), 1),
        ("How many dogs are there?", (0, 9), 0),
    ],
)
def test_numbers_at_a_time(question, part, number, open_context, shelf, store):
    context = open_context(shelf, store=store)
    assert count(context.whole.trim(*part), question, context=context) == number


def test_only_changes_are_looked_at_closely(open_context, shelf, models, monkeypatch):
    looks = []
    real = type(models.detector).detect
    monkeypatch.setattr(type(models.detector), "detect", lambda self, images: looks.append(1) or real(self, images))
    context = open_context(shelf)
    seen = look_closely(context.whole, context=context)
    assert len(looks) <= 6  # two blocks, and two changes between them, where 18 frames were looked at
    assert context.meter.usage.frames_seen == 18
    assert {thing.content for thing in seen} >= {"cat"}


@pytest.mark.parametrize(
    ("query", "why"),
    [("a chimney", "no name for 'a chimney'"), ("giraffes", "no giraffe above score 0.4, looked at closely")],
)
def test_nothing_comes_and_nothing_goes(query, why, open_context, shelf, store):
    context = open_context(shelf, store=store)
    nothing = comings_and_goings(context.whole, query, context=context)
    assert not nothing
    assert why in nothing.why
    part = context.whole.trim(0, 2.9)
    assert "stays the same" in comings_and_goings(part, "the cats", context=context).why


@pytest.fixture(scope="module")
def walk(clips):
    """A cat that goes from the left to the right in 4 s."""

    def picture(index, time):
        return placed("cat", 0.1 * time)

    return make_video(clips / "walk.mp4", frames=32, fps=8, size=(960, 540), number=False, picture=picture)


def test_a_line_is_crossed_once_and_in_its_direction(open_context, walk, store):
    context = open_context(walk, store=store)
    (crossing,) = crossings(context.whole, "the cat", [0.45, 0.0, 0.45, 1.0], context=context)
    assert crossing.content == "cat crosses the line to the right"
    assert 0 < crossing.start < crossing.end < 4
    nothing = crossings(context.whole, "the cat", [0.0, 0.02, 1.0, 0.02], context=context)
    assert "nothing crosses the line" in nothing.why
    assert "no name" in crossings(context.whole, "a chimney", [0.5, 0, 0.5, 1], context=context).why


def test_what_passes_is_counted(open_context, walk, store):
    context = open_context(walk, store=store)
    assert count(context.whole, "How many cats walk through the picture?", context=context) == 1
    assert count(context.whole, "How many dogs walk through the picture?", context=context) == 0


def course(start, end):
    return Observation(start, end, "note", "car moves up", 0.9, "test")


@pytest.mark.parametrize(
    ("spans", "number"),
    [([], 0), ([(0, 2), (2, 4)], 1), ([(0, 3), (2, 4), (2.5, 3)], 3), ([(0, 9), (1, 2), (5, 6)], 2)],
)
def test_spans_that_hold_at_once(spans, number):
    assert most_at_once([course(*span) for span in spans]) == number


# ---- tiles


@pytest.mark.parametrize("shape", [(540, 960, 3), (960, 540, 3), (400, 400)])
def test_tiles_cover_the_picture_and_overlap(shape):
    whole, one, two = tiles_of(shape)
    assert whole == (0.0, 0.0, 1.0, 1.0)
    assert (min(one[:2]), max(two[2:])) == (0.0, 1.0)
    assert max(one[2] - two[0], 0) * max(one[3] - two[1], 0) == pytest.approx(0.2)


def thing(left, top, right, bottom, score=0.9, label="cup"):
    return Detection(label, score, (left, top, right, bottom))


def test_halves_of_one_thing_are_joined():
    left, right = thing(0.3, 0.2, 0.6, 0.8, 0.7), thing(0.4, 0.22, 0.9, 0.8, 0.8)
    assert joined([left, right]) == [thing(0.3, 0.2, 0.9, 0.8, 0.8)]
    apart = [left, thing(0.7, 0.2, 0.9, 0.8)]
    assert len(joined(apart)) == 2
    assert len(joined([left, thing(0.4, 0.22, 0.9, 0.8, label="cat")])) == 2


def test_each_thing_is_kept_once():
    whole, part = thing(0.1, 0.1, 0.5, 0.9, 0.9), thing(0.15, 0.1, 0.45, 0.5, 0.6)
    other, same_place = thing(0.6, 0.1, 0.9, 0.9, 0.5), thing(0.1, 0.1, 0.5, 0.9, 0.4, "cat")
    assert suppressed([part, whole, other, same_place]) == [whole, other, same_place]


@given(st.lists(st.tuples(*[st.floats(0, 0.5)] * 2, *[st.floats(0.01, 0.5)] * 2, st.floats(0.1, 1)), max_size=12))
def test_nothing_is_lost_or_invented(numbers):
    things = [thing(x, y, x + wide, y + tall, score) for x, y, wide, tall, score in numbers]
    kept = suppressed(things)
    assert set(kept) <= set(things)
    assert bool(kept) == bool(things)
    assert [one.score for one in kept] == sorted((one.score for one in kept), reverse=True)


def test_a_thing_that_is_narrow_in_a_wide_picture_is_found(open_context, walk, models):
    """A cup in a picture of 960 x 360, which the detector squeezes into a square: not found as a whole, but closely."""
    image = np.full((360, 960, 3), 200, np.uint8)
    small = photograph("coffee", 360)[:340]
    image[20 : 20 + len(small), 600:960] = small
    (whole,) = models.detector.detect([image])
    assert "cup" not in {one.label for one in whole}
    (cup,) = [one for one in closely(image, (), open_context(walk)) if one.label == "cup"]
    assert cup.box[0] > 0.6
    assert cup.score > 0.9
