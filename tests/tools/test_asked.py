"""Lines that speak for different options: those that the question asks about count more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.memory import Observation, Timeline
from vidprog.tools.asked import LEAST, asked_about
from vidprog.tools.scoring import support_options

WORDS = ["doctor", "copper", "orange"]
DAVID, SUSAN = "The password for David is doctor.", "The password for Susan is copper."


def said(start, content, kind="speech"):
    return Observation(start, start + 2.0, kind, content, 0.9, "asr:test")


@pytest.mark.parametrize(
    ("question", "lines", "counts"),
    [
        ("What is the password for Susan?", [said(0, DAVID), said(30, SUSAN)], [LEAST, 1.0]),
        ("What is the password for David?", [said(0, DAVID), said(30, SUSAN)], [1.0, LEAST]),
        ("What is the password for David?", [said(0, DAVID, "text"), said(30, SUSAN)], [1.0, 1.0]),
        ("What is the password for David?", [said(0, DAVID, "object"), said(30, SUSAN, "object")], [1.0, 1.0]),
        ("What is the password?", [said(0, DAVID), said(30, SUSAN)], [1.0, 1.0]),
        ("What is the password for Peter?", [said(0, DAVID), said(30, SUSAN)], [1.0, 1.0]),
        ("Is it doctor or copper?", [said(0, DAVID), said(30, SUSAN)], [1.0, 1.0]),
        ("What is the password for Susan?", [said(0, DAVID), said(30, "Good morning, Susan.")], [1.0, 1.0]),
        ("What is the password for Susan?", [said(0, DAVID)], [1.0]),
        ("What is the password for Susan?", [], []),
    ],
)
def test_words_of_the_question_that_tell_rivals_apart(question, lines, counts):
    assert asked_about(question, WORDS, lines) == pytest.approx(counts)


def test_a_name_in_the_sentence_before_counts_almost_as_much():
    lines = [said(0, DAVID), said(30, "Now Susan."), said(33, "It is copper.")]
    counts = asked_about("What about Susan?", WORDS, lines)
    assert counts == pytest.approx([LEAST, 1.0, 1.0])


@given(st.lists(st.sampled_from([DAVID, SUSAN, "It is orange.", "Nothing here."]), max_size=6), st.text(max_size=40))
def test_no_line_counts_for_nothing_or_more_than_before(contents, question):
    lines = [said(4.0 * place, content) for place, content in enumerate(contents)]
    counts = asked_about(question, WORDS, lines)
    assert len(counts) == len(lines)
    assert all(LEAST <= count <= 1.0 for count in counts)


@pytest.mark.parametrize(("name", "best"), [("David", 0), ("Susan", 1)])
def test_the_option_of_the_line_that_is_asked_about_wins(sample_context, name, best):
    evidence = Timeline([said(0, DAVID), said(30, SUSAN)])
    support = support_options(f"What is the password for {name}?", WORDS, evidence, None, sample_context)
    assert support.probabilities[best] == max(support.probabilities)
