"""Questions about one thing, with a model that sees and without."""

import numpy as np
import pytest
from colour_vision import seen
from media import make_audio
from moving_pictures import camera_over, texture, write_pictures
from scripted import ScriptedVision, with_role
from vidprog.memory import Observation, Timeline
from vidprog.models.errors import ModelError
from vidprog.tools.ask_about import MEASURED, NO_BOX, ask_about

BOX = [0.4, 0.35, 0.6, 0.65]
ELSEWHERE = Timeline([Observation(50.0, 51.0, "object", "dog", 0.9, "test", (0.1, 0.1, 0.2, 0.2))])


@pytest.fixture(scope="module")
def square(clips):
    """A red square that goes to the right over grey bricks."""
    red = np.full((40, 40, 3), (200, 40, 40), np.uint8)
    wall = np.repeat(texture("bricks").mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    return write_pictures(clips / "square.mp4", camera_over(wall, patch=red, way=(0.25, 0.0), seconds=2))


def followed(context, start=0.0, end=2.0):
    """The true boxes of the square, looked at four times a second."""
    times = np.arange(start, end, 0.25).tolist()
    centre = [0.5 + 0.25 * (time + 0.125 - 1.0) for time in times]
    return Timeline(
        [
            Observation(t, t + 0.25, "object", "square", 0.9, "test", (x - 0.07, 0.38, x + 0.07, 0.62), 1)
            for t, x in zip(times, centre, strict=True)
        ]
    )


def test_the_model_sees_the_thing_alone_wherever_it_is(open_context, models, square):
    vlm = ScriptedVision(lambda frames, text: " ".join(sorted(seen(frames))))
    context = open_context(square, models=with_role(models, vlm=vlm))
    assert ask_about(context.whole, followed(context), "Which colour has it?", context=context) == "red"
    frames, text = vlm.asked[-1]
    assert len(frames) == 8
    assert all(frame.image.shape[1] < 0.3 * 320 and (frame.image[..., 0] > 150).mean() > 0.2 for frame in frames)
    assert text.endswith("Which colour has it?")


def test_without_one_it_is_measured_and_said(open_context, square):
    context = open_context(square)
    found = ask_about(context.whole, followed(context), "Which colour has it?", context=context)
    assert "colours: red" in found
    assert "moves right" in found
    assert MEASURED in context.notes.why


def test_a_model_that_fails_is_a_note(open_context, models, square):
    def fail(frames, text):
        raise ModelError("the server is away", code="model.server")

    context = open_context(square, models=with_role(models, vlm=ScriptedVision(fail)))
    assert "red" in ask_about(context.whole, followed(context), "What is it?", context=context)
    assert "the server is away" in context.notes.why


@pytest.mark.parametrize(
    ("where", "why"), [(Timeline((), "no dog above score 0.4"), "no dog above score 0.4"), (ELSEWHERE, NO_BOX)]
)
def test_nothing_to_look_into_has_a_reason(open_context, square, where, why):
    context = open_context(square)
    assert ask_about(context.whole, where, "What is it?", context=context) == ""
    assert context.notes.why == why


def test_a_box_that_stays(open_context, square, tmp_path):
    context = open_context(square)
    found = ask_about(context.whole, BOX, "What is it?", context=context)
    assert "colours:" in found
    sound = open_context(make_audio(tmp_path / "tone.m4a"))
    assert ask_about(sound.whole, BOX, "What is it?", context=sound) == ""
    assert sound.notes.why == "no pictures"
