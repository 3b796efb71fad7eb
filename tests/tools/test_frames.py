"""Choosing among frames: distinct ones, the best ones, and those that fit a query spread over time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import make_video
from scripted import ScriptedImageEmbedder, with_role
from vidprog.tools import ToolError
from vidprog.tools.frames import _repetitions, best_frames, distinct_frames, frame_report, select_frames, spread_best
from vidprog.video import Frame

COLOURS = ((200, 40, 40), (40, 200, 40), (40, 40, 200))


@pytest.fixture(scope="module")
def colours(clips):
    """Twelve seconds: red, green from second 3 on, blue from second 9 on."""
    return make_video(
        clips / "colours.mp4", frames=96, fps=8, number=False,
        picture=lambda index, time: COLOURS[(time >= 3) + (time >= 9)],
    )  # fmt: skip


def times(frames):
    return [round(frame.time) for frame in frames]


def test_one_frame_of_each_shot_is_left(sample_context):
    frames = select_frames(sample_context.whole, 30, context=sample_context)
    kept = distinct_frames(frames, context=sample_context)
    assert kept[0] is frames[0]
    assert [start for start in (0, 4, 11, 16, 21, 25) if any(start <= frame.time < start + 1.1 for frame in kept)] == [
        0, 4, 11, 16, 21, 25,
    ]  # fmt: skip
    assert len(kept) <= 9


@pytest.mark.parametrize(("threshold", "kept"), [(0.0, 1), (0.93, 3), (2.0, 12)])
def test_the_threshold_decides(threshold, kept, open_context, colours):
    context = open_context(colours)
    frames = context.frames([second + 0.5 for second in range(12)])
    assert len(distinct_frames(frames, threshold, context=context)) == kept


def test_by_the_image_embedder(open_context, models, colours):
    context = open_context(colours, models=with_role(models, image_embedder=ScriptedImageEmbedder()))
    frames = context.frames([second + 0.5 for second in range(12)])
    assert times(distinct_frames(frames, context=context)) == times(frames[place] for place in (0, 3, 9))


def test_nothing_is_left_of_nothing(sample_context):
    assert distinct_frames((), context=sample_context) == ()
    assert best_frames((), [], 3) == ()


def numbered(count):
    return tuple(Frame(float(number), np.zeros((2, 2, 3), np.uint8)) for number in range(count))


@pytest.mark.parametrize(("count", "kept"), [(2, [1, 4]), (0, []), (-1, []), (9, [0, 1, 2, 3, 4])])
def test_the_best_frames_in_order(count, kept):
    assert times(best_frames(numbered(5), [0.1, 0.9, 0.2, 0.1, 0.8], count)) == kept


def test_of_equal_frames_the_first_win():
    assert times(best_frames(numbered(5), [0.5] * 5, 2)) == [0, 1]


def test_scores_that_do_not_fit_are_refused():
    with pytest.raises(ToolError, match="2 scores do not fit 3 frames"):
        best_frames(numbered(3), [0.1, 0.2], 1)


def test_adaptive_frames_show_what_is_asked_for(open_context, models, colours):
    context = open_context(colours, models=with_role(models, image_embedder=ScriptedImageEmbedder()))
    frames = select_frames(context.whole, 3, "adaptive", "the blue wall", context=context)
    assert len(frames) == 3
    assert all(frame.time >= 9 for frame in frames)


def test_adaptive_frames_from_what_is_known(sample_context):
    frames = select_frames(sample_context.whole, 2, "adaptive", "the cat", context=sample_context)
    assert all(16 <= frame.time <= 21 for frame in frames)


def test_adaptive_frames_without_a_query_are_uniform(open_context, colours):
    context = open_context(colours)
    assert times(select_frames(context.whole, 3, "adaptive", context=context)) == [2, 6, 10]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=70), st.integers(1, 80))
def test_as_many_places_as_wanted_each_once_in_order(scores, count):
    places = spread_best(np.array(scores), count)
    assert len(places) == min(count, len(scores))
    assert places == sorted(set(places))
    assert all(0 <= place < len(scores) for place in places)


def test_flat_scores_are_spread_and_peaks_are_not():
    flat = spread_best(np.full(16, 0.5), 4)
    assert [place // 4 for place in flat] == [0, 1, 2, 3]
    peak = np.zeros(16)
    peak[5:8] = 1
    assert spread_best(peak, 3) == [5, 6, 7]


# ---- the report


@pytest.mark.parametrize(
    ("method", "count", "kept", "words"),
    [
        ("uniform", 4, 4, "one each 3.00 s"),
        ("fps", 1, 12, "one each 1.00 s"),
        ("shots", 2, 2, "middle of a shot of 6.0 s"),
        ("change", 3, 3, "changes by"),
    ],
)
def test_every_frame_that_was_weighed_is_in_the_report(open_context, colours, method, count, kept, words):
    context = open_context(colours)
    report = frame_report(context.whole, count, method, context=context)
    chosen = [note for note in report if note.content.startswith("kept: ")]
    assert len(chosen) == kept
    assert all(note.content.startswith(("kept: ", "dropped: ")) for note in report)
    assert any(words in note.content for note in chosen)
    frames = select_frames(context.whole, count, method, context=context)
    assert times(frames) == [round(context.frames([note.start])[0].time) for note in chosen]


def test_adaptive_frames_that_show_the_same_are_dropped_with_their_reason(open_context, models, colours):
    """Green for six of twelve seconds: one green frame is enough where others fit, too."""
    context = open_context(colours, models=with_role(models, image_embedder=ScriptedImageEmbedder()))
    report = frame_report(context.whole, 3, "adaptive", "the blue wall", context=context)
    assert len(report) == 12
    assert sum(note.content.startswith("kept") for note in report) == 3
    assert sum("like the frame at" in note.content for note in report) >= 7


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(1, 8), st.integers(0, 5))
def test_repetitions_leave_enough_and_never_the_best(scores, count, looks):
    values = np.array(scores)
    vectors = np.eye(6, dtype=np.float32)[np.arange(len(scores)) % (looks + 1)]
    dropped = _repetitions(vectors, values, count)
    assert int(values.argmax()) not in dropped
    assert len(scores) - len(dropped) >= min(count, len(scores))
    assert all(other not in dropped for other, _ in dropped.values())
