"""Which way the camera and things move, on generated pictures whose motion is known, and on a real thing."""

from itertools import pairwise, product

import numpy as np
import pytest
from media import make_video
from moving_pictures import FPS, camera_over, texture, write_pictures
from pictures import placed
from vidprog.memory import Observation, Timeline
from vidprog.tools.directions import directions_in, weigh_directions
from vidprog.tools.flow import step_between
from vidprog.tools.motion import camera_motion, motion
from vidprog.video import Frame

WAYS = {
    (1, 0): {"right"}, (-1, 0): {"left"}, (0, 1): {"down"}, (0, -1): {"up"},
    (1, 1): {"right", "down"}, (-1, -1): {"left", "up"}, (1, -1): {"right", "up"}, (-1, 1): {"left", "down"},
}  # fmt: skip
CAMERAS = [
    *(((x * pace, y * pace), 0.0, 0.0, names) for (x, y), names in WAYS.items() for pace in (0.04, 0.4)),
    ((0, 0), 0.2, 0.0, {"nearer"}), ((0, 0), -0.1, 0.0, {"farther"}),
    ((0, 0), 0.0, 15.0, {"clockwise"}), ((0, 0), 0.0, -6.0, {"counterclockwise"}),
    ((0, 0), 0.0, 0.0, {"still"}),
]  # fmt: skip
TEXTURES = ("noise", "discs", "bricks", "cat", "coffee")
RIGHT = 0.95


def found(notes):
    """The directions of the longest and surest motion."""
    best = max(notes, key=lambda note: note.score * (note.end - note.start), default=None)
    return set(directions_in(best.content)) - {"faster", "slower"} if best else set()


def as_steps(pictures, every=3):
    frames = [Frame(place / FPS, picture) for place, picture in enumerate(pictures)][::every]
    return [step_between(one, two) for one, two in pairwise(frames)]


@pytest.mark.parametrize("kind", TEXTURES)
@pytest.mark.parametrize("noise", [0, 8])
def test_the_cameras_motion_is_measured(kind, noise):
    """Speeds within 10 % and a little, on every texture; the table of the directions is below."""
    over = texture(kind)
    for speed, zoom, turn, _ in CAMERAS:
        steps = as_steps(camera_over(over, speed, zoom, turn, noise=noise, seconds=0.8))
        known = [step for step in steps if step is not None]
        assert len(known) >= len(steps) - 1
        measured = np.median([np.array([s.right, s.down, s.zoom, s.turn]) / s.seconds for s in known], axis=0)
        truth = np.array([*speed, zoom, turn])
        assert np.all(np.abs(measured - truth) <= 0.1 * np.abs(truth) + (0.01, 0.01, 0.01, 0.6)), (speed, zoom, turn)


def test_directions_of_cameras_on_video(open_context, tmp_path):
    """At least 95 % right over directions, speeds, textures and noise; the encoder is a real one."""
    cases = [case for place, case in enumerate(product(CAMERAS, TEXTURES, (0, 8))) if place % 5 == 0]
    overs = {kind: texture(kind) for kind in TEXTURES}
    wrong = []
    for number, ((speed, zoom, turn, names), kind, noise) in enumerate(cases):
        path = write_pictures(tmp_path / f"{number}.mp4", camera_over(overs[kind], speed, zoom, turn, noise=noise))
        context = open_context(path)
        if found(camera_motion(context.whole, context=context)) != names:
            wrong.append((kind, noise, speed, zoom, turn))
    assert len(wrong) <= (1 - RIGHT) * len(cases), wrong


def test_directions_of_things_on_video(open_context, tmp_path):
    """Things that no detector knows, textured and plain, over textures and a moving camera: at least 95 % right."""
    patches = [texture("discs", seed=5, size=(60, 60)), np.full((50, 50, 3), (200, 30, 30), np.uint8)]
    overs = {kind: texture(kind) for kind in ("noise", "bricks", "coffee")}
    cases = list(product(WAYS.items(), overs, ((0.0, 0.0), (0.15, 0.0), (-0.1, 0.1)), patches))
    cases = [case for place, case in enumerate(cases) if place % 5 < 2]
    wrong = []
    for number, (((x, y), names), kind, camera, patch) in enumerate(cases):
        pictures = camera_over(overs[kind], camera, patch=patch, way=(0.2 * x, 0.2 * y), noise=4 * (number % 2))
        context = open_context(write_pictures(tmp_path / f"{number}.mp4", pictures))
        if found(motion(context.whole, "Which way does the square move?", context=context)) != names:
            wrong.append((kind, camera, names))
    assert len(wrong) <= (1 - RIGHT) * len(cases), wrong


def test_a_thing_that_the_detector_knows_is_named(open_context, tmp_path):
    def picture(index, time):
        return placed("cat", 0.1 * time)

    path = make_video(tmp_path / "cat.mp4", frames=32, fps=8, size=(960, 540), number=False, picture=picture)
    context = open_context(path)
    (note,) = motion(context.whole, "In which direction does the cat move?", context=context)
    assert note.content == "cat moves right"
    assert note.kind == "note"
    assert (note.start, note.end) == (0.0, pytest.approx(4.0, abs=0.1))
    assert note.box is not None
    again = open_context(path)
    assert motion(again.whole, "the cat", context=again)[0].content == note.content
    assert again.notes.cached
    assert again.meter.usage.frames_decoded == 0


def test_what_does_not_move_stays(open_context, tmp_path):
    still = placed("cat", 0.2)
    path = make_video(
        tmp_path / "still.mp4", frames=16, fps=8, size=(960, 540), number=False, picture=lambda index, time: still
    )
    context = open_context(path)
    (note,) = motion(context.whole, "the cat", context=context)
    assert note.content == "cat stays where it is"
    (camera,) = motion(context.whole, "Does the camera move?", context=context)
    assert camera.content == "the camera is still"


def test_a_change_of_motion_has_its_time(open_context, tmp_path):
    over = texture("noise")
    first, second = camera_over(over, (0.3, 0), seconds=2), camera_over(over, (0, 0), seconds=2)
    context = open_context(write_pictures(tmp_path / "stops.mp4", [*first, *second]))
    spans = {note.content: (note.start, note.end) for note in camera_motion(context.whole, context=context)}
    assert spans["the camera pans right"] == pytest.approx((0, 2), abs=0.45)
    assert spans["the camera is still"] == pytest.approx((2, 4), abs=0.45)


def test_nothing_to_tell_says_why(open_context, mute, silent, tmp_path):
    context = open_context(mute)
    nothing = motion(context.whole, "the cat", context=context)
    assert not nothing
    assert nothing.why == "nothing moves by itself"
    rng = np.random.default_rng(3)
    noise = [rng.integers(0, 256, (180, 320, 3), dtype=np.uint8) for _ in range(15)]
    context = open_context(write_pictures(tmp_path / "noise.mp4", noise))
    nothing = camera_motion(context.whole, context=context)
    assert not nothing
    assert "too little in common" in nothing.why


# ---- words


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from the left to the right", ("right",)), ("left to right", ("right",)), ("right-to-left", ("left",)),
        ("from the bottom to the top", ("up",)), ("from top to bottom", ("down",)),
        ("it comes from the left", ("right",)),
        ("upwards", ("up",)), ("downhill and to the left", ("left",)), ("to the upper right", ("right",)),
        ("it zooms in", ("nearer",)), ("it zooms out", ("farther",)), ("towards the camera", ("nearer",)),
        ("away from the viewer", ("farther",)), ("anti-clockwise", ("counterclockwise",)),
        ("clockwise", ("clockwise",)),
        ("it does not move", ("still",)), ("the camera is static", ("still",)), ("it speeds up", ("faster",)),
        ("it slows down", ("slower",)), ("car 2 moves right and up and speeds up", ("right", "up", "faster")),
        ("a green door", ()),
    ],
)  # fmt: skip
def test_directions_in_words(text, names):
    assert directions_in(text) == names


def moved(text, start=0.0, end=1.0, score=0.9):
    return Observation(start, end, "note", text, score, "test")


@pytest.mark.parametrize(
    ("notes", "best"),
    [
        ([moved("car moves up")], 1),
        ([moved("car 1 stays where it is", 0, 9), moved("car 2 moves left")], 3),
        ([moved("something moves right", 0, 5), moved("something moves down", 0, 1)], 0),
        ([moved("something moves up and right")], 1),
    ],
)
def test_options_are_weighed_by_what_was_seen(notes, best, open_context, mute):
    choices = ["from left to right", "from the bottom to the top", "downwards", "to the left"]
    scores = weigh_directions(choices, Timeline(notes), context=open_context(mute))
    assert scores.index(max(scores)) == best
    assert max(scores) > 0


@pytest.mark.parametrize(
    ("question", "notes", "says"),
    [
        ("Does the car move to the left?", [moved("car moves left")], "yes"),
        ("Does the car move to the left?", [moved("car moves right")], "no"),
        ("Does the car move to the left?", [moved("car moves right", 0, 3), moved("car moves left", 3, 4)], "no"),
        ("Is the car moving?", [moved("car moves right")], "yes"),
        ("Is the car moving?", [moved("car stays where it is")], "no"),
        ("Is the car standing still?", [moved("car stays where it is")], "yes"),
        ("Does the camera zoom in?", [moved("the camera zooms out")], "no"),
        ("Is the car red?", [moved("car moves left")], None),
        ("Does it move left or right?", [moved("car moves left")], None),
        ("Does the car move to the left?", [], None),
    ],
)
@pytest.mark.parametrize("choices", [["yes", "no"], ["No, it does not", "Yes, it does"]])
def test_yes_and_no_are_weighed_by_what_was_seen(choices, question, notes, says, open_context, mute):
    scores = weigh_directions(choices, Timeline(notes), question, context=open_context(mute))
    best = choices[scores.index(max(scores))][:3].strip(", ").lower() if scores else None
    assert best == says


@pytest.mark.parametrize(
    ("choices", "notes", "why"),
    [
        (["red", "blue"], [moved("car moves up")], "name no directions"),
        (["left", "right"], [moved("car moves up")], "no option names the motion"),
        (["left", "right"], [], "nothing was seen"),
    ],
)
def test_options_that_do_not_tell_are_not_weighed(choices, notes, why, open_context, mute):
    context = open_context(mute)
    assert weigh_directions(choices, Timeline(notes, "nothing was seen"), context=context) == []
    assert why in context.notes.why
