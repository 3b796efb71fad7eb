"""Questions in all rotations of their options: what is right stays right, and only together."""

from hypothesis import given
from hypothesis import strategies as st
from vidprog.evaluation.items import DataSet, Item, Prediction
from vidprog.evaluation.rotations import rotated
from vidprog.evaluation.scores import score


def one(**changes):
    return Item("q", "v.mp4", "Who?", **{"choices": ("a", "b", "c"), "truth": 1, **changes})


def turned(*items):
    return rotated(DataSet("demo", "plain", items)).items


@given(st.lists(st.text(min_size=1), min_size=2, max_size=6, unique=True), st.data())
def test_every_rotation_has_the_same_options_and_the_same_right_one(choices, data):
    truth = data.draw(st.integers(0, len(choices) - 1))
    made = turned(one(choices=tuple(choices), truth=truth))
    assert len({item.choices for item in made}) == len(made) == len(choices)
    assert {item.reference for item in made} == {choices[truth]} and {item.group for item in made} == {"q"}
    assert {item.truth for item in made} == set(range(len(choices)))


def test_what_has_no_rotations_stays():
    items = (one(task="open", choices=(), truth=None, answers=("a",)), Item("r", "v", "?", choices=("a", "b")),
             Item("s", "v", "?", choices=("a", "b"), truth=0, group="pair"))  # fmt: skip
    assert turned(*items) == items


def test_who_always_says_the_first_letter_is_right_in_no_group():
    made = turned(one())
    scores = score(made, [Prediction(item.id, choice=0) for item in made])
    assert scores.measure("accuracy").value == 1 / 3 and scores.measure("all of a group").value == 0
    scores = score(made, [Prediction(item.id, choice=item.truth) for item in made])
    assert scores.measure("all of a group").value == 1 and scores.measure("all of a group").count == 1
