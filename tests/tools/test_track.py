"""Following a thing that moves through real pictures, and the arithmetic of boxes between looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import make_video
from pictures import placed
from vidprog.memory import Observation, Timeline
from vidprog.tools.crop import crop
from vidprog.tools.detect import detect
from vidprog.tools.frame_likeness import appearance
from vidprog.tools.track import crop_track, track
from vidprog.tools.tracks import box_at, by_track, follow, numbered, tracks_of

SECONDS, FASTEST = 5.0, 0.09


@pytest.fixture(scope="module")
def moving(clips):
    """Five seconds in which the photograph of a cat moves from left to right; nothing in the last second."""

    def picture(index, time):
        return placed("cat", FASTEST * time) if time < 4 else placed("cat", 0.99)

    return make_video(clips / "moving.mp4", frames=40, fps=8, size=(960, 540), number=False, picture=picture)


@pytest.fixture(scope="module")
def moving_store(tmp_path_factory):
    return tmp_path_factory.mktemp("moving-store")


@pytest.fixture
def context(open_context, moving, moving_store):
    return open_context(moving, store=moving_store)


def test_a_moving_thing_is_one_track(context):
    things = track(context.whole, "the cat", context=context)
    assert {thing.track for thing in things} == {1}
    assert {thing.content for thing in things} == {"cat"}
    lefts = [thing.box[0] for thing in things]
    assert lefts == sorted(lefts)
    assert lefts[-1] - lefts[0] == pytest.approx(FASTEST * (things[-1].start - things[0].start), abs=0.04)
    assert things[0].start == 0
    assert 3.5 <= things[-1].end <= 4.0
    assert things == track(context.whole, "the cat", context=context)


@pytest.mark.parametrize(
    ("query", "why"), [("a chimney", "no name for 'a chimney'"), ("the giraffe", "no giraffe above score 0.4")]
)
def test_nothing_to_track(query, why, context):
    nothing = track(context.whole, query, context=context)
    assert not nothing
    assert why in nothing.why


def test_the_window_follows_the_thing(context):
    things = track(context.whole, "cat", context=context)
    frames = context.frames([0.3, 1.3, 2.3, 3.3, 4.7])
    parts = crop_track(frames, things, context=context)
    assert [part.time for part in parts] == [frame.time for frame in frames[:4]]
    assert len({part.image.shape for part in parts}) == 1
    height, width, _ = parts[0].image.shape
    widest = max(thing.box[2] - thing.box[0] for thing in things)
    tallest = max(thing.box[3] - thing.box[1] for thing in things)
    assert (width, height) == (pytest.approx(widest * 960, abs=2), pytest.approx(tallest * 540, abs=2))
    assert context.notes.why == ""
    # what is seen in the window stays the same; in a window that stands still it does not
    fixed = crop(frames[:4], list(things[0].box))
    following, standing = (
        [float(appearance(part.image) @ appearance(some[0].image)) for part in some] for some in (parts, fixed)
    )
    assert min(following) > 0.9
    assert min(standing) < 0.8


def test_the_window_stays_inside_the_picture(context, observe):
    corner = [observe(0, "cat", box=(0.8, 0.8, 1.0, 1.0)), observe(1, "cat", box=(0.55, 0.55, 0.95, 0.95))]
    parts = crop_track(context.frames([0.4, 1.4]), Timeline(corner), context=context)
    assert [part.image.shape for part in parts] == [(216, 384, 3)] * 2


@pytest.mark.parametrize(
    ("things", "why"),
    [
        (Timeline((), "no cat above score 0.4"), "nothing to follow (no cat above score 0.4)"),
        (Timeline([Observation(0, 1, "text", "EXIT", 0.9, "test")]), "nothing to follow (no boxes)"),
        (Timeline([Observation(90, 91, "object", "cat", 0.9, "test", (0, 0, 1, 1))]), "in sight in none"),
    ],
)
def test_without_a_thing_the_frames_stay_whole(things, why, context):
    frames = context.frames([0.3, 1.3])
    assert crop_track(frames, things, context=context) == frames
    assert why in context.notes.why


# ---- which detections are one thing


def boxed(start, left, name="cat", track=None, video=""):
    return Observation(start, start + 1, "object", name, 0.9, "test", (left, 0.4, left + 0.2, 0.8), track, video=video)


def test_the_nearest_pair_is_joined_first():
    """The new thing at 0.12 must not take the track of the one at 0.1, which has moved to 0.11."""
    seen = [boxed(0, 0.10), boxed(1, 0.11), boxed(1, 0.30)]
    assert sorted(len(track) for track in follow(seen)) == [1, 2]
    assert next(track for track in follow(seen) if len(track) == 2)[1].box[0] == pytest.approx(0.11)


@pytest.mark.parametrize(
    ("seen", "lengths"),
    [
        ([], []),
        ([boxed(0, 0.1)], [1]),
        ([boxed(0, 0.1), boxed(1, 0.1)], [2]),
        ([boxed(0, 0.1), boxed(1, 0.1, "dog")], [1, 1]),
        ([boxed(0, 0.1), boxed(1, 0.7)], [1, 1]),
        ([boxed(0, 0.1), boxed(4, 0.1)], [2]),
        ([boxed(0, 0.1), boxed(4.5, 0.1)], [1, 1]),
        ([boxed(0, 0.1, video="a"), boxed(1, 0.1, video="b")], [1, 1]),
        ([boxed(0, 0.1), boxed(0, 0.6), boxed(1, 0.6), boxed(1, 0.1)], [2, 2]),
    ],
)
def test_things_are_followed(seen, lengths):
    assert [len(track) for track in follow(seen)] == lengths


def test_things_of_one_look_count_only_when_there_is_nothing_else():
    assert [len(track) for track in tracks_of([boxed(0, 0.1), boxed(1, 0.1), boxed(1, 0.7)])] == [2]
    assert [len(track) for track in tracks_of([boxed(0, 0.1), boxed(9, 0.7)])] == [1]


def test_numbers_are_kept_and_new_ones_follow():
    things = [boxed(0, 0.1, track=4), boxed(1, 0.6), boxed(2, 0.6), Observation(0, 1, "text", "A", 1, "test")]
    assert [thing.track for thing in numbered(things)] == [4, 5, 5]
    assert list(by_track(things)) == [4, 5]


@pytest.mark.parametrize(
    ("time", "left"),
    [(-0.5, None), (0.0, 0.1), (0.5, 0.1), (1.0, 0.2), (1.25, 0.25), (1.5, 0.3), (2.0, 0.3), (2.5, None)],
)
def test_a_thing_is_between_its_sightings(time, left):
    box = box_at([boxed(0, 0.1), boxed(1, 0.3)], time)
    assert (box is None) == (left is None)
    assert box is None or box[0] == pytest.approx(left)


def test_a_thing_without_a_box_is_nowhere():
    assert box_at([], 1.0) is None
    assert box_at([Observation(0, 2, "text", "A", 1, "test")], 1.0) is None


sightings = st.lists(st.tuples(st.integers(0, 8), st.floats(0, 0.8), st.sampled_from(["cat", "dog"])), max_size=25)


@given(sightings)
def test_each_sighting_is_in_one_track_of_its_own_name(found):
    seen = [boxed(float(start), left, name) for start, left, name in found]
    tracks = follow(seen)
    assert sorted(thing.box[0] for track in tracks for thing in track) == sorted(thing.box[0] for thing in seen)
    for followed in tracks:
        assert len({thing.content for thing in followed}) == 1
        starts = [thing.start for thing in followed]
        assert starts == sorted(set(starts))


def test_detections_are_what_is_followed(context):
    seen = detect(context.whole, "the cat", context=context)
    followed = track(context.whole, "the cat", context=context)
    assert {(thing.start, thing.box) for thing in followed} <= {(thing.start, thing.box) for thing in seen}
