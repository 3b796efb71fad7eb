"""Cutting clips: parts without gaps, cut where each method says, and lists of clips in programs."""

from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import make_audio, make_video
from narration import as_sound, spoken
from vidprog.programs import Program, run
from vidprog.tools import Notes, Registry, ToolError
from vidprog.tools.split import MOST_PARTS, between_lines, is_free, split_clip
from vidprog.tools.transcribe import transcribe
from vidprog.video import Clip


def edges(parts):
    return [round(part.start, 2) for part in parts] + [round(parts[-1].end, 2)]


@pytest.mark.parametrize(
    ("seconds", "starts"),
    [
        (10, [0, 10, 20, 30]), (8, [0, 8, 16, 24, 30]), (29.5, [0, 30]), (100, [0, 30]), (14.9, [0, 14.9, 30]),
    ],
)  # fmt: skip
def test_fixed_parts(seconds, starts, sample_context):
    assert edges(split_clip(sample_context.whole, seconds, context=sample_context)) == pytest.approx(starts, abs=0.05)


def test_a_part_of_a_clip_is_cut(sample_context):
    assert edges(split_clip(sample_context.whole.trim(5, 12), 3, context=sample_context)) == [5, 8, 11, 12]


@pytest.mark.parametrize("method", ["shots", "scenes"])
@pytest.mark.parametrize(
    ("seconds", "starts"),
    [(10, [0, 4, 11, 16, 21, 25, 30]), (4.5, [0, 4, 7.5, 11, 13.5, 16, 18.5, 21, 25, 27.5, 30])],
)
def test_parts_at_the_cuts(method, seconds, starts, sample_context):
    parts = split_clip(sample_context.whole, seconds, method, context=sample_context)
    assert edges(parts) == pytest.approx(starts, abs=0.3)


@pytest.mark.parametrize(("seconds", "starts"), [(10, [0, 4, 11, 16, 25, 30]), (4, [0, 4, 9.2, 11, 16, 20, 25, 30])])
def test_parts_of_the_dialogue_of_the_demo_clip(seconds, starts, sample_context):
    """The notice from 21 to 25 has no speech, so it belongs to the part before, which is as long as the one after."""
    parts = split_clip(sample_context.whole, seconds, "dialogue", context=sample_context)
    assert edges(parts) == pytest.approx(starts, abs=0.3)
    lines = transcribe(sample_context.whole, context=sample_context)
    for part in parts[:-1]:
        assert not [line for line in lines if line.start < part.end < line.end]


def test_cuts_inside_a_line_are_left_out(open_context, tmp_path):
    """The picture changes at 3.0 while somebody speaks from 1.5 to about 6, and at 9.0 while nobody does."""
    colours = ((200, 40, 40), (40, 200, 40), (40, 40, 200))
    path = make_video(
        tmp_path / "talk.mp4", frames=120, fps=8, number=False, audio=as_sound(spoken([(1.5, 1), (10.0, 3)], 15.0)),
        picture=lambda index, time: colours[(time >= 3) + (time >= 9)],
    )  # fmt: skip
    context = open_context(path)
    assert edges(split_clip(context.whole, 20, "shots", context=context)) == pytest.approx([0, 3, 9, 15], abs=0.2)
    assert edges(split_clip(context.whole, 20, "dialogue", context=context)) == pytest.approx([0, 9, 15], abs=0.2)


@pytest.mark.parametrize(
    ("clip", "method", "why"),
    [("mute", "dialogue", "no audio stream: cut at the shots instead"), ("tone", "shots", "no pictures"),
     ("tone", "scenes", "no pictures"), ("tone", "dialogue", "nobody speaks")],
)  # fmt: skip
def test_what_a_method_needs_may_be_missing(clip, method, why, open_context, request, tmp_path):
    path = make_audio(tmp_path / "tone.m4a", seconds=2.0) if clip == "tone" else request.getfixturevalue(clip)
    context = open_context(path)
    parts = split_clip(context.whole, 1.0, method, context=context)
    assert edges(parts) == pytest.approx([0, 1, 2], abs=0.1)
    assert why in context.notes.why


@pytest.mark.parametrize("seconds", [0, -1, float("-inf")])
def test_parts_have_a_length(seconds, sample_context):
    with pytest.raises(ToolError, match="cannot be") as caught:
        split_clip(sample_context.whole, seconds, context=sample_context)
    assert caught.value.code == "tool.argument"


@given(st.floats(1e-9, 100), st.floats(0, 0.9), st.floats(0.02, 1))
def test_parts_have_no_gaps(seconds, start, length):
    whole = Clip(SimpleNamespace(duration=60.0), 60 * start, 60 * min(1.0, start + length))
    parts = split_clip(whole, seconds, context=SimpleNamespace(notes=Notes()))
    assert 1 <= len(parts) <= MOST_PARTS
    assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)
    assert all(one.end == two.start for one, two in pairwise(parts))
    assert all(part.duration < 1.2 * max(seconds, whole.duration / MOST_PARTS) + 1e-6 for part in parts)


@pytest.mark.parametrize(
    ("lines", "cuts"),
    [
        ([], [10, 20]),
        ([(9, 12)], [9, 19]),  # the nearer end of the line
        ([(5, 12)], [12, 22]),
        ([(1, 29)], [1, 29]),  # never inside
        ([(0, 30)], []),
        ([(0, 10), (10, 20), (20, 30)], [10, 20]),  # touching lines have an edge between them
        ([(0, 8), (7, 12), (11, 30)], []),  # overlapping ones have none
    ],
)
def test_long_parts_are_cut_between_lines(lines, cuts):
    assert between_lines(0.0, 30.0, 10.0, lines) == pytest.approx(cuts)


spans = st.lists(st.tuples(st.floats(0, 60), st.floats(0.1, 20)).map(lambda span: (span[0], span[0] + span[1])))


@given(spans, st.floats(0.5, 30))
def test_no_line_is_ever_cut(lines, length):
    cuts = between_lines(0.0, 60.0, length, lines)
    assert cuts == sorted(set(cuts))
    assert all(0 < cut < 60 and is_free(cut, lines) for cut in cuts)


def test_programs_take_lists_of_clips(sample_context):
    """They cross into the sandbox as a list and come back as the same clips."""
    source = (
        "parts = split_clip(video, 10)\n"
        "found = []\n"
        "for part in parts[1:]:\n"
        "    found.append(part.start + len(parts))\n"
        "part = parts[-1]\n"
        "answer(question, transcribe(part), choices)"
    )
    result = run(
        Program.draft(source), Registry.builtin(), sample_context, video=sample_context.whole,
        question="Who lives in the ticket office?", choices=["nobody", "Oliver"],
    )  # fmt: skip
    assert result.error is None
    split, heard, _ = result.steps
    assert split.result == "3 clips, 0.0-30.0 s"
    assert heard.arguments["clip"] == "20.0-30.0 s"
