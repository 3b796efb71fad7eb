"""What people do, from key points that are drawn here; and what is said where the detector gives none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import NUMBERS, with_role
from vidprog.agents.plan_prompt import usable
from vidprog.models import Detection
from vidprog.models.detector_ultralytics import BODY
from vidprog.tools import Registry
from vidprog.tools.cut_out import GREY, cut_out
from vidprog.tools.pose import pose
from vidprog.tools.postures import posture
from vidprog.video import Frame

FRONT = {
    "nose": (0, -3.0), "left eye": (2, -3.2), "right eye": (-2, -3.2), "left ear": (3, -3), "right ear": (-3, -3),
    "left shoulder": (4.5, 0), "right shoulder": (-4.5, 0), "left elbow": (5, 6.5), "right elbow": (-5, 6.5),
    "left wrist": (5.5, 11.5), "right wrist": (-5.5, 11.5), "left hip": (3, 10), "right hip": (-3, 10),
    "left knee": (3, 18.5), "right knee": (-3, 18.5), "left ankle": (3, 27), "right ankle": (-3, 27),
}  # fmt: skip
"""Somebody who stands before the camera with hanging arms; tenths of a torso from the middle of the shoulders."""
SITTING = {"left knee": (4, 12), "right knee": (-4, 12), "left ankle": (4, 20), "right ankle": (-4, 20)}
SIDE = {
    "nose": (2.5, -3), "left ear": (0, -3), "right ear": (0, -3),
    "left shoulder": (0.5, 0), "right shoulder": (-0.5, 0),
    "left elbow": (0.5, 6.5), "right elbow": (-0.5, 6.5), "left wrist": (1, 11.5), "right wrist": (0, 11.5),
}  # fmt: skip
CROUCHING = {"left knee": (4, 9), "right knee": (-4, 9), "left ankle": (3, 15), "right ankle": (-3, 15)}
KNEELING = {"left ankle": (3, 19), "right ankle": (-3, 19)}
BEHIND = {name: (-x, y) for name, (x, y) in FRONT.items()}
BENT = {
    name: (x + 10, y + 9) for name, (x, y) in FRONT.items() if "hip" not in name and name.split()[-1] != "ankle"
} | {"left knee": (0, 18.5), "right knee": (0, 18.5), "left ankle": (0, 27), "right ankle": (0, 27),
     "left hip": (0, 10), "right hip": (0, 10)}  # fmt: skip
HEAD = ("nose", "left eye", "right eye", "left ear", "right ear")


def body(changes=(), hidden=(), turned=False, middle=(0.5, 0.3), torso=0.15, aspect=1.0, score=0.9):
    """Key points as a detector gives them; ``turned`` lays the body on its side."""
    points = []
    for name, (x, y) in {**FRONT, **dict(changes)}.items():
        right, down = (y, x) if turned else (x, y)
        place = (middle[0] + right * torso / 10 / aspect, middle[1] + down * torso / 10)
        points.append((name, *place, 0.1 if name in hidden else score))
    return tuple(points)


@pytest.mark.parametrize(
    ("changes", "hidden", "text"),
    [
        ({}, (), "standing, facing the camera"),
        ({"left wrist": (4, -8)}, (), "standing, facing the camera, left hand above the head"),
        (
            {"right wrist": (-4, -8), "left wrist": (4, -8)}, (),
            "standing, facing the camera, both hands above the head",
        ),
        ({"right wrist": (-3.5, -2.5)}, (), "standing, facing the camera, right hand at the head"),
        ({"right wrist": (-8, -2.5)}, (), "standing, facing the camera, right hand raised"),
        ({"left wrist": (15, 1), "left elbow": (10, 0)}, (), "standing, facing the camera, left arm stretched out"),
        (
            {"left wrist": (4, 9), "left elbow": (9, 5), "right wrist": (-4, 9), "right elbow": (-9, 5)}, (),
            "standing, facing the camera, both hands on the hips",
        ),
        (
            {"left wrist": (4, -8), "right wrist": (-15, 1)}, (),
            "standing, facing the camera, left hand above the head, right arm stretched out",
        ),
        (SITTING, (), "sitting, facing the camera"),
        ({"left knee": (3, 8), "left ankle": (3, 16)}, (), "standing, facing the camera"),  # on one leg
        (CROUCHING, (), "crouching or sitting low, facing the camera"),
        (KNEELING, (), "kneeling, facing the camera"),
        (BENT, (), "bending over"),
        (BEHIND, HEAD, "standing, seen from behind"),
        (BEHIND, (), "standing"),  # a face seen from behind: one of the two is wrong
        (SIDE, (), "standing, facing right in the picture"),
        ({**SIDE, "nose": (-2.5, -3)}, (), "standing, facing left in the picture"),
        ({}, [name for name in FRONT if name.split()[-1] in ("knee", "ankle")], "facing the camera"),
        (  # a head and shoulders
            {"left wrist": (4, -8)}, [name for name in FRONT if name.split()[-1] in ("hip", "knee", "ankle")],
            "left hand above the head",
        ),
        ({"left wrist": (4, -8)}, ["left wrist"], "standing, facing the camera"),
        ({}, list(FRONT), ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("aspect", [16 / 9, 0.5])
def test_what_key_points_say(changes, hidden, text, aspect):
    assert posture(body(changes, hidden, aspect=aspect), aspect)[0] == text


def test_who_lies_has_no_hands_above_the_head():
    assert posture(body({"left wrist": (-30, 0)}, turned=True))[0] == "lying"


def test_the_score_is_that_of_the_key_points_used():
    sure = body({"left wrist": (4, -8)})
    doubtful = tuple((name, x, y, 0.5 if name == "left wrist" else score) for name, x, y, score in sure)
    assert posture(sure)[1] == pytest.approx(0.9)
    assert 0.85 < posture(doubtful)[1] < 0.9
    unused = tuple((name, x, y, 0.1 if name == "right elbow" else score) for name, x, y, score in sure)
    assert posture(unused) == posture(sure)
    assert posture(()) == ("", 0.0)


@given(st.floats(0.2, 0.8), st.floats(0.2, 0.6), st.floats(0.01, 0.1), st.sampled_from([{}, SITTING, SIDE, KNEELING]))
def test_place_and_distance_change_nothing(x, y, torso, changes):
    assert posture(body(changes, middle=(x, y), torso=torso))[0] == posture(body(changes))[0]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)), min_size=17, max_size=17))
def test_any_key_points_have_a_posture_or_none(points):
    text, score = posture([(name, *point) for name, point in zip(BODY, points, strict=True)], 1.5)
    assert bool(text) == (score > 0)
    assert score <= 1


class ScriptedBodies:
    """Sees the same things in every picture; counts the pictures."""

    labels = ("person", "dog")
    gives = frozenset({"keypoints", "mask"})

    def __init__(self, *things):
        self.identity = f"scripted:bodies-{next(NUMBERS)}"
        self.looks = 0
        self._things = things

    def detect(self, images):
        self.looks += len(images)
        return tuple(self._things for _ in images)


BOX = (0.4, 0.1, 0.6, 0.8)
MASK = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))


def test_poses_are_notes_that_are_kept(mute, open_context, models):
    detector = ScriptedBodies(
        Detection("person", 0.9, BOX, body(SITTING, aspect=4 / 3)),
        Detection("dog", 0.9, BOX, body(aspect=4 / 3)),
        Detection("person", 0.3, BOX, body(aspect=4 / 3)),
        Detection("person", 0.9, BOX, body(hidden=FRONT)),
    )
    context = open_context(mute, models=with_role(models, detector=detector))
    notes = pose(context.whole, "the woman", context=context)
    looks = detector.looks
    assert len(notes) == looks > 1
    assert {(note.kind, note.content, note.box) for note in notes} == {
        ("note", "person: sitting, facing the camera", BOX)
    }
    assert len(pose(context.whole, "", context=context)) == 2 * looks
    assert pose(context.whole, "the woman", context=context) == notes
    assert detector.looks == looks


@pytest.mark.parametrize(
    ("things", "query", "why"),
    [
        ((), "person", "nothing in"),
        ((Detection("person", 0.9, BOX, body(hidden=FRONT)),), "person", "nothing in"),
        ((Detection("person", 0.9, BOX, body()),), "dog", "no pose of a dog"),
        ((Detection("person", 0.9, BOX, body()),), "bridge", "no name for 'bridge'"),
    ],
)
def test_no_pose(mute, open_context, models, things, query, why):
    context = open_context(mute, models=with_role(models, detector=ScriptedBodies(*things)))
    found = pose(context.whole, query, context=context)
    assert not found
    assert why in found.why


def test_the_embedded_detector_gives_neither(mute, open_context):
    context = open_context(mute)
    assert context.models.gives == frozenset()
    found = pose(context.whole, context=context)
    assert not found
    assert "--set detector=ultralytics:yolo11n-pose.pt" in found.why
    frames = context.frames([0.5])
    assert cut_out(frames, "cat", context=context) == frames
    assert "--set detector=ultralytics:yolo11n-seg.pt" in context.notes.why
    assert cut_out((), "cat", context=context) == ()


def test_what_is_not_wanted_is_grey(mute, open_context, models):
    hidden = Detection("person", 0.9, BOX, mask=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))
    context = open_context(
        mute, models=with_role(models, detector=ScriptedBodies(Detection("dog", 0.9, BOX, mask=MASK), hidden))
    )
    picture = np.random.default_rng(0).integers(0, 100, (80, 120, 3), np.uint8)
    frame = Frame(1.5, picture.copy())
    (alone,) = cut_out((frame,), "the dog", context=context)
    assert alone.time == 1.5
    assert (alone.image[20:60, 30:90] == picture[20:60, 30:90]).all()
    outside = np.ones((80, 120), bool)
    outside[19:62, 29:92] = False
    assert (alone.image[outside] == GREY).all()
    assert (frame.image == picture).all()
    assert context.notes.why == ""


def test_things_that_overlap_leave_no_hole(mute, open_context, models):
    things = [Detection("dog", 0.9, BOX, mask=MASK), Detection("dog", 0.8, BOX, mask=MASK)]
    context = open_context(mute, models=with_role(models, detector=ScriptedBodies(*things)))
    (alone,) = cut_out((Frame(0.0, np.zeros((80, 120, 3), np.uint8)),), "dog", context=context)
    assert (alone.image[20:60, 30:90] == 0).all()


@pytest.mark.parametrize(
    ("thing", "query", "why"),
    [
        (Detection("dog", 0.3, BOX, mask=MASK), "dog", "no dog in 1 of 1 frames"),
        (Detection("dog", 0.9, BOX), "dog", "no dog in 1 of 1 frames"),
        (Detection("dog", 0.9, BOX, mask=MASK), "bridge", "no name for 'bridge'"),
    ],
)
def test_nothing_to_cut_out(mute, open_context, models, thing, query, why):
    context = open_context(mute, models=with_role(models, detector=ScriptedBodies(thing)))
    frame = Frame(0.0, np.zeros((8, 12, 3), np.uint8))
    assert cut_out((frame,), query, context=context) == (frame,)
    assert why in context.notes.why


@pytest.mark.parametrize(("gives", "tools"), [({"mask"}, {"cut_out"}), ({"keypoints"}, {"pose"}), (set(), set())])
def test_a_planner_is_offered_what_the_detector_can_give(models, gives, tools):
    detector = ScriptedBodies()
    detector.gives = frozenset(gives)
    offered = with_role(models, detector=detector).offers
    names = {tool.name for tool in usable(Registry.builtin(), offered)}
    assert {"cut_out", "pose"} & names == tools
    assert "detect" in names
