"""The moment of an event: seen, said, written, named as a time, or nowhere."""

import numpy as np
import pytest
from media import make_video
from scripted import ScriptedImageEmbedder, ScriptedVision, with_role
from vidprog.tools.moment import FLOOR, moment_of, run_around


@pytest.mark.parametrize(
    ("text", "start", "end", "kind"),
    [
        ("the cat appears", 16, 17, "note"),
        ("the cat is in the picture", 16, 21, "note"),
        ("the cat disappears", 21, 22, "note"),
        ("the cup leaves the picture", 16, 17, "note"),
        ("the speaker says that the train is late", 5.5, 9.2, "speech"),
        ("they talk about breakfast", 11.9, 15.4, "speech"),
        ("the notice about lost property is shown", 21, 25, "text"),
        ("Opened in 1887", 0, 4, "text"),
        ("10 seconds", 10, 10, "note"),
        ("0:12", 12, 12, "note"),
        ("the beginning of the video", 0, 4.5, "note"),
        ("the end", 25.5, 30, "note"),
    ],
)
def test_the_demo_clip(text, start, end, kind, sample_context):
    moment = moment_of(text, context=sample_context)
    assert (moment.start, moment.end) == (pytest.approx(start, abs=0.6), pytest.approx(end, abs=0.6))
    assert moment.kind == kind
    assert FLOOR <= moment.score <= 1
    assert sample_context.notes.why == ""


@pytest.mark.parametrize(
    "text", ["a dog barks", "the volcano erupts", "someone plays the piano", "the goal is scored", "1:30", " ", "?"]
)
def test_what_happens_nowhere(text, sample_context):
    assert moment_of(text, context=sample_context) is None
    assert f"no moment fits {text.strip()!r}" in sample_context.notes.why


def test_only_in_the_clip(sample_context):
    whole = sample_context.whole
    assert moment_of("the cat appears", whole.trim(0, 10), context=sample_context) is None
    part = moment_of("the cat is in the picture", whole.trim(18, 30), context=sample_context)
    assert (part.start, part.end) == (18, pytest.approx(21, abs=0.6))
    assert moment_of("20 seconds", whole.trim(0, 10), context=sample_context) is None


def test_a_thing_that_never_leaves_has_no_moment_of_leaving(sample_context):
    """From 12 to 14 the cup is in sight all the time; from 16 on it is away from the start."""
    for start, end in ((12, 14), (17, 20)):
        moment = moment_of("the cup disappears", sample_context.whole.trim(start, end), context=sample_context)
        assert moment is None or moment.end == pytest.approx(end, abs=0.6)


@pytest.fixture(scope="module")
def flash(clips):
    """Twenty grey seconds with red ones from 12 to 14."""
    return make_video(
        clips / "flash.mp4", frames=80, fps=4, number=False,
        picture=lambda index, time: (200, 40, 40) if 12 <= time < 14 else (120, 120, 120),
    )  # fmt: skip


def red(frames, text, option):
    seen = frames[0].image[0, 0, 0] > 160
    return -0.05 if seen == ("yes" in option.casefold()) else -4.0


@pytest.mark.parametrize("role", ["vlm", "image_embedder"])
def test_a_model_that_sees_finds_what_was_not_named(role, open_context, models, flash):
    eyes = {"vlm": ScriptedVision("yes", score=red), "image_embedder": ScriptedImageEmbedder()}[role]
    context = open_context(flash, models=with_role(models, **{role: eyes}))
    moment = moment_of("the red lamp lights up", context=context)
    assert (moment.start, moment.end) == (pytest.approx(12, abs=0.8), pytest.approx(14, abs=0.8))
    assert moment.source == f"{role}:{eyes.identity}"
    assert moment.score > 0.5


@pytest.mark.parametrize("role", ["vlm", "image_embedder"])
def test_where_no_frame_stands_out_there_is_no_moment(role, open_context, models, mute):
    eyes = {"vlm": ScriptedVision("no", score=red), "image_embedder": ScriptedImageEmbedder()}[role]
    context = open_context(mute, models=with_role(models, **{role: eyes}))
    assert moment_of("the red lamp lights up", context=context) is None
    assert "no moment fits" in context.notes.why


def test_what_the_words_say_is_not_looked_for(models, open_session, sample, sample_store):
    vision = ScriptedVision("yes", score=red)
    context = open_session(sample, store=sample_store, models=with_role(models, vlm=vision)).context()
    assert moment_of("Lost property", context=context).kind == "text"
    assert vision.asked == []


@pytest.mark.parametrize(
    ("scores", "run"),
    [
        ([1.0], (0, 0)),
        ([0, 0, 5, 4, 0], (2, 3)),
        ([3, 0, 0, 3.1], (3, 3)),
        ([1, 1, 1], (0, 2)),
        ([9, 8, 0, 0, 0], (0, 1)),
    ],
)
def test_the_run_around_the_best(scores, run):
    assert run_around(np.array(scores)) == run
