"""Captions made short."""

import pytest
from vidprog.memory import Observation, Timeline
from vidprog.tools.caption import caption
from vidprog.tools.digest import digest, is_vague


def captions(*texts, video=""):
    return Timeline(
        [Observation(2 * n, 2 * n + 2, "caption", text, 0.8, "test", video=video) for n, text in enumerate(texts)]
    )


@pytest.mark.parametrize(
    "text",
    [
        "C looks around", "#C C looks around.", "The man looks around the room", "a person is looking around",
        "the camera pans around", "The video continues", "nothing happens", "There is no change", "Unclear.", "N/A",
        "the woman stands still", "he waits", "black screen", "", "...", "#unsure",
    ],
)  # fmt: skip
def test_captions_that_say_nothing(text, sample_context):
    assert is_vague(text.replace("#C ", "").replace("#unsure", ""))
    nothing = digest(captions(text), context=sample_context)
    assert not nothing
    assert nothing.why == "none of 1 captions says anything"


@pytest.mark.parametrize(
    "text",
    [
        "C looks around for his keys", "the man looks at a book", "the camera pans to a red car", "nothing but water",
        "a man stands on a ladder", "the clear sky", "he waits for the bus",
    ],
)  # fmt: skip
def test_captions_that_say_something(text, sample_context):
    assert not is_vague(text)
    assert [line.content for line in digest(captions(text), context=sample_context)] == [text]


def test_neighbours_that_say_the_same_are_joined(sample_context):
    lines = captions(
        "a man cuts onions", "the man is cutting onions on a board", "C looks around", "a man cuts onions",
        "a woman drinks coffee", "a man cuts onions",
    )  # fmt: skip
    found = digest(lines, context=sample_context)
    assert [(line.start, line.end, line.content) for line in found] == [
        (0, 8, "the man is cutting onions on a board"),
        (8, 10, "a woman drinks coffee"),
        (10, 12, "a man cuts onions"),
    ]


@pytest.mark.parametrize(("threshold", "left"), [(0.0, 1), (0.8, 2), (1.0, 3)])
def test_the_threshold_decides(threshold, left, sample_context):
    lines = captions("a dog runs on the grass", "a dog is running on the grass", "the man drives his car on a road")
    assert len(digest(lines, threshold, context=sample_context)) == left


def test_marks_are_taken_off(sample_context):
    assert [line.content for line in digest(captions("#C C opens the box"), context=sample_context)] == [
        "C opens the box"
    ]


def test_videos_are_kept_apart(sample_context):
    both = captions("a dog runs", video="a") + captions("a dog runs", video="b")
    assert len(digest(both, context=sample_context)) == 2


def test_no_captions(sample_context):
    assert digest(Timeline((), "no pictures"), context=sample_context).why == "no pictures"


def test_the_demo_clip_in_fewer_lines(sample_context):
    lines = caption(sample_context.whole, 1.0, context=sample_context)
    short = digest(lines, context=sample_context)
    assert 4 <= len(short) < len(lines) / 2
    assert short[0].start == lines[0].start
    assert max(line.end for line in short) == max(line.end for line in lines)
    assert any("1887" in line.content for line in short)
