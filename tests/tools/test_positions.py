"""The scene graph in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.memory import Observation, Timeline
from vidprog.tools.positions import MOST_THINGS, positions
from vidprog.tools.track import track


def thing(name, x, y, start=0.0, end=1.0, size=0.2, track=None, score=0.9, video=""):
    box = (x - size / 2, y - size / 2, x + size / 2, y + size / 2)
    return Observation(start, end, "object", name, score, "test", box, track, video=video)


def notes(*things):
    return [note.content for note in positions(Timeline(things))]


@pytest.mark.parametrize(
    ("x", "y", "place"),
    [
        (0.15, 0.15, "at the top left"), (0.5, 0.15, "at the top"), (0.85, 0.15, "at the top right"),
        (0.15, 0.5, "on the left"), (0.5, 0.5, "in the middle"), (0.85, 0.5, "on the right"),
        (0.15, 0.85, "at the bottom left"), (0.5, 0.85, "at the bottom"), (0.85, 0.85, "at the bottom right"),
    ],
)  # fmt: skip
def test_where_a_thing_is(x, y, place):
    assert f"cat {place}" in notes(thing("cat", x, y))


@pytest.mark.parametrize(
    ("one", "two", "relation"),
    [
        ((0.2, 0.5), (0.8, 0.5), "cat left of dog"),
        ((0.8, 0.5), (0.2, 0.5), "dog left of cat"),
        ((0.5, 0.2), (0.5, 0.8), "cat above dog"),
        ((0.5, 0.8), (0.52, 0.2), "cat below dog"),
        ((0.2, 0.2), (0.8, 0.8), "cat left of and above dog"),
        ((0.2, 0.8), (0.8, 0.2), "cat left of and below dog"),
        ((0.5, 0.5), (0.54, 0.5), "cat overlaps dog"),
        ((0.4, 0.5), (0.55, 0.5), "cat left of dog"),  # they touch, and no more
    ],
)
def test_how_two_things_stand(one, two, relation):
    found = notes(thing("cat", *one), thing("dog", *two))
    assert relation in found
    assert len([note for note in found if "cat" in note and "dog" in note]) == 2  # the relation and what is in sight


def test_things_of_one_name_are_told_apart():
    found = notes(thing("cup", 0.8, 0.5), thing("cup", 0.2, 0.5), thing("cat", 0.5, 0.5))
    assert "in sight: 1 cat, 2 cup" in found
    assert {"cup 1 left of cup 2", "cup 1 left of cat", "cat left of cup 2", "cup 1 on the left"} <= set(found)


def test_tracks_keep_their_numbers():
    found = notes(thing("cup", 0.2, 0.5, track=7), thing("cup", 0.8, 0.5, track=3))
    assert "cup 7 left of cup 3" in found
    assert "cat on the left" in notes(thing("cat", 0.2, 0.5, track=7))


def test_what_lasts_is_said_once():
    things = [thing("cat", 0.2, 0.5, start, start + 1) for start in range(4)]
    found = positions(Timeline([*things, thing("dog", 0.8, 0.5, 2, 3)]))
    spans = {note.content: (note.start, note.end) for note in found}
    assert spans["cat on the left"] == (0, 4)
    assert spans["cat left of dog"] == (2, 3)
    assert {note.kind for note in found} == {"note"}


def test_a_doubtful_thing_makes_a_doubtful_relation():
    found = {
        n.content: n.score for n in positions(Timeline([thing("cat", 0.2, 0.5), thing("dog", 0.8, 0.5, score=0.5)]))
    }
    assert found["cat left of dog"] == 0.5
    assert found["cat on the left"] == 0.9


def test_a_crowd_is_counted_and_not_all_related():
    crowd = [thing("person", 0.04 * number, 0.5, size=0.03, score=0.5 + number / 100) for number in range(24)]
    found = notes(*crowd)
    assert "in sight: 24 person" in found
    assert len(found) == 1 + MOST_THINGS + MOST_THINGS * (MOST_THINGS - 1) // 2


def test_videos_are_kept_apart():
    found = positions(Timeline([thing("cat", 0.2, 0.5, video="a"), thing("dog", 0.8, 0.5, video="b")]))
    assert {(note.video, note.content) for note in found} == {
        ("a", "in sight: 1 cat"), ("a", "cat on the left"), ("b", "in sight: 1 dog"), ("b", "dog on the right"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("things", "why"),
    [
        (Timeline((), "no cat above score 0.4"), "no cat above score 0.4"),
        (Timeline([Observation(0, 1, "text", "EXIT", 1, "test")]), "no thing has a box"),
    ],
)
def test_nothing_has_no_place(things, why):
    nothing = positions(things)
    assert not nothing
    assert nothing.why == why


def test_the_demo_clip(sample_context):
    seen = track(sample_context.whole, "cat", context=sample_context)
    (note,) = [note for note in positions(seen) if note.content.startswith("cat ")]
    assert note.content == "cat in the middle"
    assert (note.start, note.end) == (pytest.approx(16, abs=0.6), pytest.approx(21, abs=0.6))


places = st.tuples(st.sampled_from(["cat", "cup"]), st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.integers(0, 5))


@given(st.lists(places, max_size=8))
def test_every_look_is_counted(found):
    things = [thing(name, x, y, float(start), start + 1.0) for name, x, y, start in found]
    for look in {thing.start for thing in things}:
        present = [thing for thing in things if thing.start == look]
        told = [note for note in positions(Timeline(things)) if note.start <= look < note.end]
        counts = next(note.content for note in told if note.content.startswith("in sight"))
        assert counts == "in sight: " + ", ".join(
            f"{sum(thing.content == name for thing in present)} {name}"
            for name in sorted({thing.content for thing in present})
        )
