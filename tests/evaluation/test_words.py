"""Answers in words: what counts as the same, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.evaluation.scores.words import exact, number_in, token_f1, tokens

WORDS = st.lists(st.sampled_from(["red", "kite", "two", "tree", "of", "left"]), min_size=1, max_size=6).map(" ".join)


@pytest.mark.parametrize(
    ("text", "answers", "wanted"),
    [
        ("A red kite.", ["red kite"], 1),
        ("the RED, kite!", ["red kite"], 1),
        ("red kites", ["red kite"], 0),
        ("two", ["2"], 1),
        ("twenty-one", ["21"], 1),
        ("twenty one", ["21"], 1),
        ("sixty", ["60"], 1),
        ("thirty eleven", ["41"], 0),
        ("it's", ["its"], 1),
        ("Yes, he does.", ["yes"], 1),
        ("No.", ["yes"], 0),
        ("not really", ["no"], 0),
        ("nobody", ["no one", "nobody"], 1),
        ("", ["the"], 0),
        ("", [""], 0),
        ("ﬁg", ["fig"], 1),
        ("10:30", ["1030"], 0),
        ("A", ["A"], 1),
        ("the letter A", ["A"], 0),
        ("+", ["+"], 1),
        ("+", ["-"], 0),
        ("1,000", ["1000"], 1),
        ("1,2", ["12"], 0),
        ("-5", ["5"], 0),
        ("\u22125 degrees", ["-5 degrees"], 1),
        ("10-15", ["10 15"], 1),
        ("a kite and the driver", ["kite and driver"], 1),
    ],
)
def test_exact_match(text, answers, wanted):
    assert exact(text, answers) == wanted


@pytest.mark.parametrize(
    ("text", "answers", "wanted"),
    [
        ("red kite", ["red kite"], 1),
        ("a red kite", ["red bus"], 0.5),
        ("red red kite", ["red"], 0.5),
        ("it is a red kite there", ["red kite"], 2 * 2 / (5 + 2)),
        ("bus", ["red kite", "blue bus"], 2 / 3),
        ("", ["kite"], 0),
        ("kite", [], 0),
    ],
)
def test_token_f1(text, answers, wanted):
    assert token_f1(text, answers) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("4", 4), ("There are four kites.", 4), ("3 or 4", None), ("3 and three", 3), ("1,200 people", 1200),
        ("2.5", 2.5), ("none", 0), ("None of them", 0), ("no", None), ("", None), ("forty-two", 42), ("10:30", None),
        ("-5", -5), ("no one", 0), ("Nobody is seen", 0), ("none of the 3", None), ("two hundred", None),
        ("A dozen", None),
    ],
)  # fmt: skip
def test_the_number_of_an_answer(text, wanted):
    assert number_in(text) == wanted


@given(WORDS, WORDS)
def test_f1_is_a_share_and_symmetric(one, two):
    assert 0 <= token_f1(one, [two]) <= 1
    assert token_f1(one, [two]) == pytest.approx(token_f1(two, [one]))
    assert token_f1(one, [one]) == exact(one, [one]) == 1


@given(st.text())
def test_tokens_of_tokens_are_the_same(text):
    once = tokens(text)
    assert all(token == token.casefold() for token in once)
    assert exact(text, [text]) == float(bool(once))
