"""Times in words, on the clock of a video."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.tools.times import Span, times_in

DURATION = 120.0


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("What is said between 20 and 35 seconds?", 20, 35),
        ("from 5 to 7.5 s", 5, 7.5),
        ("5-7 seconds", 5, 7),
        ("5s - 7s", 5, 7),
        ("12 – 15 sec", 12, 15),
        ("between 0:20 and 1:05", 20, 65),
        ("from 1:00 until 1:30", 60, 90),
        ("from 1 to 2 minutes", 60, 120),
        ("10 seconds to 1 minute", 10, 60),
        ("between about 3 and about 9 seconds", 3, 9),
        ("at 1:30", 90, 90),
        ("at 30 seconds", 30, 30),
        ("after 30 s", 30, DURATION),
        ("from about 5.5 seconds", 5.5, DURATION),
        ("since minute 1:10", 70, DURATION),
        ("until 12 seconds", 0, 12),
        ("before 0:30", 0, 30),
        ("in the first 10 seconds", 0, 10),
        ("in the first ten seconds", 0, 10),
        ("between five and twelve seconds", 5, 12),
        ("after two minutes", 120, DURATION),
        ("up to 8 s", 0, 8),
        ("at second 17", 17, 17),
        ("1500 milliseconds in", 1.5, 1.5),
        ("90 min into the film", 5400, 5400),
        ("2 hours", 7200, 7200),
        ("0:01:30", 90, 90),
    ],
)
def test_times_that_are_named(text, start, end):
    span = times_in(text, DURATION)
    assert span is not None
    assert (span.start, span.end) == (pytest.approx(start), pytest.approx(end))
    assert span.exact


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("What is shown at the end?", 0.5, 1.0),
        ("at the very beginning", 0.0, 0.5),
        ("the last frame", 0.5, 1.0),
        ("In the middle of the video, what happens?", 0.2, 0.8),
    ],
)
def test_vague_times_are_parts_of_the_video(text, low, high):
    span = times_in(text, DURATION)
    assert span is not None
    assert not span.exact
    assert low * DURATION <= span.start < span.end <= high * DURATION


@pytest.mark.parametrize(
    "text",
    [
        "What colour is the car?",
        "How many people are there?",
        "Which platform, 3 or 4?",
        "Room 12",
        "In 1887 the station opened",
        "two dogs and 3 cats",
        "",
        "a 3-4 win",
        "the time code 01:02:03 is shown",  # longer than the video: something that is seen
        "the secondary school",
        "a minute detail",
    ],
)
def test_numbers_that_are_no_times(text):
    assert times_in(text, DURATION) is None


@given(st.floats(0, 100), st.floats(0, 100), st.sampled_from(["between {} and {} seconds", "{} to {} s", "{}-{} sec"]))
def test_ranges_are_read_back(first, second, form):
    start, end = sorted((round(first, 2), round(second, 2)))
    span = times_in(form.format(start, end), 200.0)
    assert (span.start, span.end) == (pytest.approx(start), pytest.approx(end))


@given(st.integers(0, 5999), st.integers(0, 9))
def test_clock_times_are_read_back(seconds, tenths):
    at = seconds + tenths / 10
    text = f"at {seconds // 60}:{seconds % 60:02d}.{tenths}"
    span = times_in(text, 7000.0)
    assert span.start == pytest.approx(at)
    assert span.end == pytest.approx(at)


@given(st.text(max_size=60), st.floats(0.1, 1e4))
def test_any_text_is_read_without_failing(text, duration):
    span = times_in(text, duration)
    assert span is None or 0 <= span.start <= span.end


spans = st.tuples(st.floats(0, 100), st.floats(0, 100)).map(sorted)


@given(spans, spans)
def test_overlap_is_a_share(one, two):
    share = Span(*one).overlap(*two)
    assert 0 <= share <= 1 + 1e-9
    if one[1] - one[0] > 0.01:
        assert Span(*one).overlap(*one) == pytest.approx(1.0)


def test_a_moment_is_a_second_wide():
    assert Span(10, 10).overlap(9.5, 10.5) == pytest.approx(1.0)
    assert Span(10, 10).overlap(12, 13) == 0.0
