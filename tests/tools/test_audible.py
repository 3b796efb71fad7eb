"""Descriptions between what is said."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import make_audio
from vidprog.tools.audible import MARGIN, SHORTEST, WORDS_A_SECOND, audible_description, pauses
from vidprog.tools.transcribe import transcribe
from vidprog.video import Clip


@given(
    st.floats(2, 60),
    st.lists(st.tuples(st.floats(0, 60), st.floats(0.1, 9)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=8),
)
def test_pauses_have_nothing_that_is_said(duration, lines):
    found = pauses(Clip(SimpleNamespace(duration=99.0), 0.0, duration), [line for line in lines if line[0] < duration])
    assert found == sorted(found)
    for start, end in found:
        assert 0 <= start < end <= duration + 1e-9
        assert all(end <= first + 1e-6 or start >= last - 1e-6 for first, last in lines if first < duration)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], [(0.0, 10.0)]),
        ([(4.0, 6.0)], [(0.0, 4.0 - MARGIN), (6.0 + MARGIN, 10.0)]),
        ([(0.0, 9.0)], []),
        ([(0.0, 4.0), (4.0 + SHORTEST, 10.0)], []),
    ],
)
def test_where_the_pauses_are(lines, expected):
    found = pauses(Clip(SimpleNamespace(duration=99.0), 0.0, 10.0), lines)
    assert found == [pytest.approx(span) for span in expected]


def test_the_demo_clip_is_described_between_its_sentences(sample_context):
    found = audible_description(sample_context.whole, context=sample_context)
    spoken = transcribe(sample_context.whole, context=sample_context)
    assert found
    for part in found:
        assert all(part.end <= line.start or part.start >= line.end for line in spoken)
        assert len(part.content.split()) <= WORDS_A_SECOND * (part.end - part.start) + 1
    texts = [part.content for part in found]
    assert len(set(texts)) == len(texts)
    assert any("cat" in text.casefold() for text in texts), texts


def test_nothing_to_describe_has_a_reason(mute, open_context, tmp_path):
    assert audible_description(open_context(mute).whole, context=open_context(mute)).why
    tone = open_context(make_audio(tmp_path / "tone.m4a"))
    assert audible_description(tone.whole, context=tone).why == "no pictures"
