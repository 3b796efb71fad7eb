"""Programs about motion and change, run as they are on videos of known truth."""

import numpy as np
import pytest
from media import make_video
from moving_pictures import camera_over, texture, write_pictures
from pictures import photograph
from vidprog.agents import Settings
from vidprog.models import Models
from vidprog.models.errors import ModelError

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


# ---- colours, with a model that sees and without


@pytest.fixture(scope="module")
def red_square(clips):
    """A light blue wall before which a red square goes to the right."""
    red = np.full((60, 60, 3), (200, 30, 30), np.uint8)
    wall = np.clip(texture("noise").astype(int) // 6 + (150, 195, 215), 0, 255).astype(np.uint8)
    pictures = camera_over(wall, patch=red, way=(0.25, 0.0), seconds=3)
    return write_pictures(clips / "red_square.mp4", pictures)


class Unloadable(Models):
    """Models whose vision-language model is named and cannot be loaded."""

    def has(self, role):
        return role == "vlm" or super().has(role)

    def get(self, role):
        if role == "vlm":
            raise ModelError("the weights of the model are not here", code="model.missing")
        return super().get(role)


@pytest.mark.parametrize(
    ("question", "choices", "right"),
    [
        ("What colour is the car that drives by?", ["white", "red", "green", "light blue"], "red"),
        ("What colour is the wall?", ["dark blue", "red", "light blue"], "light blue"),
        (
            "Which colours are in the picture?",
            ["green and yellow", "light blue and red", "black"],
            "light blue and red",
        ),
        ("What colour is the wall?", [], "blue"),
    ],
)
def test_what_color_goes_by_the_pixels(run_program, red_square, question, choices, right):
    answer = run_program("what_color", red_square, question, choices).answer
    assert answer.text == right
    assert not answer.abstained


def test_what_color_goes_on_where_the_model_that_sees_cannot_be_loaded(open_session, red_square, models):
    unloadable = Unloadable(models.profile, {role: models.get(role) for role in models.profile.roles})
    session = open_session(red_square, models=unloadable)
    found = session.ask("What colour is the wall?", ["red", "light blue"], settings=Settings(program="what_color"))
    assert found.answer.text == "light blue"
    assert "can_see: the weights of the model are not here" in found.warnings
