"""Chapters and the one line, on clips whose parts are known; windows that cut no sentence."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import make_audio
from narration import as_sound, spoken
from vidprog.tools.chapters import chapters, one_line
from vidprog.tools.split import between_lines, is_free, split_clip
from vidprog.tools.text import words_of
from vidprog.tools.transcribe import transcribe


def test_the_demo_clip_has_chapters_with_titles(sample_context):
    found = chapters(sample_context.whole, context=sample_context)
    edges = [part.start for part in found] + [found[-1].end]
    assert edges[0] == 0 and edges[-1] == pytest.approx(30, abs=0.1)
    assert all(one.end == two.start for one, two in pairwise(found))
    for cut in (4, 11, 16, 21, 25):
        assert min(abs(edge - cut) for edge in edges) < 1.2
    titles = " / ".join(part.content for part in found)
    assert "Lost property" in titles
    assert all(part.kind == "caption" and part.source == "chapters:template" for part in found)


def test_no_chapter_begins_in_a_sentence(sample_context):
    lines = [(line.start, line.end) for line in transcribe(sample_context.whole, context=sample_context)]
    for most in (2, 4, 12):
        found = chapters(sample_context.whole, most, context=sample_context)
        assert len(found) <= most
        assert all(is_free(part.start, lines) for part in found)


def test_sound_alone_is_divided_at_pauses(open_context, tmp_path):
    path = make_audio(
        tmp_path / "talk.m4a", seconds=20.0, audio=as_sound(spoken([(0.5, 0), (5.0, 1), (12.0, 3)], 20.0))
    )
    context = open_context(path)
    found = chapters(context.whole, 3, context=context)
    assert 2 <= len(found) <= 3
    said = {word for line in transcribe(context.whole, context=context) for word in words_of(line.content)}
    titles = [part.content for part in found if not part.content.startswith("part ")]  # where nothing is said
    assert titles and {word for title in titles for word in words_of(title)} <= said


def test_the_one_line_names_what_is_there(sample_context):
    line = one_line(sample_context.whole, context=sample_context)
    assert "cat" in line and "said: " in line and "text: " in line and "\n" not in line


def test_where_nothing_is_known_there_is_a_reason(open_context, mute):
    context = open_context(mute)
    assert one_line(context.whole, context=context) == ""
    assert "no audio stream" in context.notes.why
    (only,) = chapters(context.whole, context=context)
    assert only.content == "part 1"


def test_windows_of_whole_sentences(sample_context):
    lines = [(line.start, line.end) for line in transcribe(sample_context.whole, context=sample_context)]
    parts = split_clip(sample_context.whole, 3.0, "sentences", context=sample_context)
    assert len(parts) > 5
    assert all(one.end == two.start for one, two in pairwise(parts))
    assert all(is_free(part.start, lines) for part in parts)


spans = st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 15)), max_size=12)


@given(spans, st.floats(1, 30))
def test_no_window_cuts_a_sentence(some, length):
    lines = [(start, start + seconds) for start, seconds in some]
    edges = between_lines(0.0, 120.0, length, lines)
    assert edges == sorted(edges)
    assert all(is_free(edge, lines) for edge in edges)
