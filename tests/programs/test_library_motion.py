"""Programs about motion and change, run as they are on videos of known truth."""

import numpy as np
import pytest
from media import make_video
from moving_pictures import camera_over, texture, write_pictures
from pictures import photograph

WAYS = ["from left to right", "from right to left", "upwards", "downwards"]


@pytest.fixture(scope="module")
def pan(clips):
    """A camera that pans to the left."""
    return write_pictures(clips / "pan.mp4", camera_over(texture("discs"), (-0.3, 0.0), seconds=2))


@pytest.fixture(scope="module")
def falling(clips):
    """A red square that falls before a wall."""
    red = np.full((40, 40, 3), (200, 30, 30), np.uint8)
    pictures = camera_over(texture("bricks"), patch=red, way=(0.0, 0.2), seconds=2)
    return write_pictures(clips / "falling.mp4", pictures)


@pytest.fixture(scope="module")
def pair(clips):
    """Two cats, of which the left one is away from 3 to 6 s."""
    cat = photograph("cat", width=480)
    both = np.concatenate([cat, cat[:, ::-1]], axis=1)
    alone = both.copy()
    alone[:, :480] = 200

    def picture(index, time):
        return alone if 3 <= time < 6 else both

    size = (960, cat.shape[0])
    return make_video(clips / "pair.mp4", frames=36, fps=4, size=size, number=False, picture=picture)


@pytest.mark.parametrize(
    ("clip", "question", "choices", "right"),
    [
        ("pan", "Which way does the camera pan?", ["to the right", "to the left", "it stands still"], "to the left"),
        ("pan", "Does the camera move?", ["it pans right", "it zooms in", "it pans left"], "it pans left"),
        ("pan", "Which way does the camera pan?", [], "the camera pans left"),
        ("falling", "In which direction does the square move?", WAYS, "downwards"),
        ("falling", "In which direction does the square move?", [], "something moves down"),
        ("falling", "How does the camera move?", ["it pans right", "it zooms in", "it is static"], "it is static"),
    ],
)
def test_which_direction(clip, question, choices, right, run_program, request):
    answer = run_program("which_direction", request.getfixturevalue(clip), question, choices).answer
    assert answer.text == right
    assert answer.evidence
    assert not answer.abstained


def test_nothing_that_moves_has_no_direction(run_program, mute):
    ran = run_program("which_direction", mute, "Which way does the cat go?", WAYS)
    assert ran.answer.abstained or ran.answer.confidence < 0.4
    assert not ran.answer.evidence


@pytest.mark.parametrize(
    ("question", "choices", "right"),
    [
        ("Which cat leaves first?", ["the right one", "the left one", "both at once"], "the left one"),
        ("Which cat leaves first?", [], "the left cat leaves"),
        ("Which cat comes in last?", [], "the left cat enters"),
    ],
)
def test_what_comes_and_goes(question, choices, right, run_program, pair):
    answer = run_program("what_comes_and_goes", pair, question, choices).answer
    assert answer.text == right
    assert answer.evidence


def test_what_stays_neither_comes_nor_goes(run_program, mute):
    ran = run_program("what_comes_and_goes", mute, "Which cup is taken away first?", ["the left one", "the right one"])
    assert not ran.answer.evidence


@pytest.mark.parametrize(
    ("question", "number"), [("How many cats are there?", "2"), ("What is the smallest number of cats in sight?", "1")]
)
def test_how_many(question, number, run_program, pair):
    assert run_program("how_many", pair, question, ["0", "1", "2", "5"]).answer.text == number
