"""Which frames are the evidence of an answer from many."""

import pytest
from colour_runs import ColourEmbedder
from coloured import frames_of
from scripted import ScriptedVision, with_role
from vidprog.memory import Timeline
from vidprog.models.errors import ModelError
from vidprog.tools.answer import answer
from vidprog.tools.contents import LOOKED
from vidprog.tools.deciding import deciding
from vidprog.tools.grid import make_grid

MANY = frames_of(*["grey"] * 20, "red", "red", *["grey"] * 18)
"""Red is at 21 and 22 s of 40."""
EVEN = [1.0, 9.0, 17.0, 24.0, 32.0, 40.0]


@pytest.fixture
def context_with(open_context, models, mute):
    return lambda **roles: open_context(mute, models=with_role(models, **roles))


def times(frames):
    return [frame.time for frame in frames]


def test_a_few_frames_and_grids_stay_as_they_are(context_with):
    context = context_with()
    few = MANY[18:24]
    assert deciding(few, "Which?", "red", (), context) is few
    grid = make_grid(MANY[:4], 2, 2)
    assert deciding(grid, "Which?", "red", (), context) is grid


def test_frames_most_like_the_answer_are_found_by_the_image_embedder(context_with):
    found = times(deciding(MANY, "Which colour is it?", "red", (), context_with(image_embedder=ColourEmbedder())))
    assert len(found) == 6
    assert {21.0, 22.0} < set(found)
    assert found == sorted(found)


def test_frames_at_the_lines_that_support_it_come_before_even_ones(context_with, observe):
    lines = [observe(20.8, "EXIT"), observe(30.2, "EXIT")]
    found = times(deciding(MANY, "Which?", "EXIT", lines, context_with()))
    assert {21.0, 31.0} < set(found)
    assert len(found) == 6
    whole = [observe(0.0, "EXIT", end=41.0)]
    assert times(deciding(MANY, "Which?", "EXIT", whole, context_with())) == EVEN
    assert times(deciding(MANY, "Which?", "", (), context_with(image_embedder=ColourEmbedder()))) == EVEN


class BrokenEmbedder(ColourEmbedder):
    identity = "scripted:broken"

    def embed_images(self, images):
        raise ModelError("no weights", code="model.missing")


def test_an_embedder_that_fails_costs_no_answer(context_with):
    assert times(deciding(MANY, "Which?", "red", (), context_with(image_embedder=BrokenEmbedder()))) == EVEN


def test_an_answer_shows_the_frames_that_decided_it(context_with):
    context = context_with(image_embedder=ColourEmbedder(), vlm=ScriptedVision("red"))
    found = answer("Which colour is it?", Timeline(), None, pictures=MANY, context=context)
    looked = [moment.start for moment in found.evidence if moment.content == LOOKED]
    assert {21.0, 22.0} < set(looked)
