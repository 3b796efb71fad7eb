"""How well frames fit a text, by each of the three ways, and which way was taken."""

import pytest
from media import make_video
from scripted import ScriptedImageEmbedder, ScriptedVision, with_role
from vidprog.tools.relevance import relevance


@pytest.fixture(scope="module")
def halves(clips):
    """Eight seconds: four red, four blue."""
    return make_video(
        clips / "halves.mp4", frames=32, fps=4, number=False,
        picture=lambda index, time: (200, 40, 40) if time < 4 else (40, 40, 200),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        ("the cat", 16, 21), ("When was the station opened?", 0, 4), ("why is the train late", 5.2, 10.1),
        ("lost umbrellas", 21, 25),
    ],
)  # fmt: skip
def test_what_was_seen_read_and_said_tells(query, start, end, sample_context):
    frames = sample_context.frames([second + 0.5 for second in range(30)])
    scores = relevance(frames, query, context=sample_context)
    assert len(scores) == 30
    assert all(0 <= score <= 1 for score in scores)
    best = frames[scores.index(max(scores))]
    assert start - 0.5 <= best.time <= end + 0.5
    far = [score for frame, score in zip(frames, scores, strict=True) if not start - 1 <= frame.time <= end + 1]
    assert max(far) < max(scores)
    assert "was seen, read and said" in sample_context.notes.why


def test_where_nothing_is_known_the_reason_is(open_context, mute):
    context = open_context(mute)
    frames = context.frames([0.5, 1.5])
    assert relevance(frames, "a volcano", context=context) == [0.0, 0.0]
    assert "no audio stream" in context.notes.why
    assert "nothing in 4 frames" in context.notes.why


def test_no_frames(sample_context):
    assert relevance((), "the cat", context=sample_context) == []


def test_frames_in_any_order(sample_context):
    times = [18.0, 2.0, 13.0]
    frames = tuple(sample_context.frames([time])[0] for time in times)
    scores = relevance(frames, "the cat", context=sample_context)
    assert scores.index(max(scores)) == 0


def test_the_image_embedder_comes_first(open_context, models, halves):
    vision = ScriptedVision("no")
    roles = {"image_embedder": ScriptedImageEmbedder(), "vlm": vision}
    context = open_context(halves, models=with_role(models, **roles))
    frames = context.frames([1.0, 3.0, 5.0, 7.0])
    red, blue = (relevance(frames, f"a {name} wall", context=context) for name in ("red", "blue"))
    assert min(red[:2]) > max(red[2:])
    assert min(blue[2:]) > max(blue[:2])
    assert "image_embedder" in context.notes.why
    assert vision.asked == []


def test_a_model_that_sees_is_asked_about_each_frame(open_context, models, halves):
    vision = ScriptedVision(
        "yes", score=lambda frames, text, option: -0.1 if (frames[0].image[0, 0, 0] > 100) == ("yes" in option.lower())
        else -3.0,
    )  # fmt: skip
    context = open_context(halves, models=with_role(models, vlm=vision))
    scores = relevance(context.frames([1.0, 3.0, 5.0]), 'the "red" wall', context=context)
    assert min(scores[:2]) > 0.8 > 0.2 > scores[2]
    assert 'the "red" wall' in vision.asked[0][1]
    assert {len(frames) for frames, _ in vision.asked} == {1}
    assert "vlm" in context.notes.why
    assert not context.memory.timeline()  # nothing was read or detected for it
