"""Options with labels: orders, labels, and what is read out of replies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.models import Completion
from vidprog.tools.letters import labels_of, listed, orders_of, read_options

WORDS = ["w1", "w2", "w3", "w4"]


@given(st.integers(2, 60))
def test_labels_differ(count):
    labels = labels_of(count)
    assert len(set(labels)) == count
    assert all(len(label) == 1 for label in labels) == (count <= 26)


@given(st.lists(st.text(min_size=1, max_size=5), min_size=2, max_size=9, unique=True), st.randoms(), st.integers(1, 6))
def test_orders_do_not_depend_on_the_order_given(options, random, most):
    shuffled = random.sample(options, len(options))
    for one, two in zip(orders_of(options, most), orders_of(shuffled, most), strict=True):
        assert [options[place] for place in one] == [shuffled[place] for place in two]
        assert sorted(one) == list(range(len(options)))


@given(st.integers(2, 9), st.integers(1, 6))
def test_orders_are_turns_of_one_another(count, most):
    orders = orders_of([f"option {place}" for place in range(count)], most)
    assert len({tuple(order) for order in orders}) == len(orders) == min(most, count)
    assert all(order[order.index(0) :] + order[: order.index(0)] == orders[0] for order in orders)
    if most >= count:  # every option stands at every letter once
        assert all(sorted(places) == list(range(count)) for places in zip(*orders, strict=True))


def test_numbers_ascend_in_the_first_order():
    options = ["10 dogs", "9 dogs", "none of these", "2 dogs"]
    assert listed(options, orders_of(options, 1)[0]).splitlines() == [
        "A. 2 dogs", "B. 9 dogs", "C. 10 dogs", "D. none of these",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "alternatives", "best"),
    [
        ("B", {"B": -0.1, "A": -2.5}, 1),
        ("B", {" B": -0.1, "(A": -2.5}, 1),
        ("The", {"The": -0.1, "c": -2.0, "C": -2.2, "A": -1.9}, 2),  # two spellings of one letter add up
        ("C.", None, 2),
        ("(D)", None, 3),
        ("a", {}, 0),
        ("B) because", None, 1),
        ("B because", None, 1),
        ("The answer is C.", {"The": -0.01, "A": -6.0}, 2),  # a letter that is hardly considered tells nothing
        ("Option: B", None, 1),
        ("w3", None, 2),
        ("W4, as I see it", {"W": -0.1}, 3),
    ],
)
def test_options_are_read_from_alternatives_or_text(text, alternatives, best):
    found = read_options(Completion(text, alternatives=alternatives), WORDS)
    assert found is not None
    assert int(np.argmax(found)) == best


@pytest.mark.parametrize(
    ("text", "options", "best"),
    [
        ("A red car", ["a blue car", "a red car"], 1),  # an article, not the letter
        ("dog and cat", ["dog", "dog and cat", "cat"], 1),
        ("No, it is not", ["yes", "no"], 1),
        ("12", [str(place) for place in range(100, 130)], 11),  # labels are numbers
        ("12.", [str(place) for place in range(100, 130)], 11),
        ("112", [str(place) for place in range(100, 130)], 12),  # an option
    ],
)
def test_written_options_are_read(text, options, best):
    found = read_options(Completion(text), options)
    assert found is not None
    assert int(np.argmax(found)) == best
    assert np.exp(found).sum() == pytest.approx(1.0)
    assert np.exp(found).max() == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("text", "alternatives", "count"),
    [
        ("", None, 4),
        ("I cannot tell", None, 12),  # I is a word here
        ("A car", None, 4),
        ("E", None, 4),
        ("The answer", {"The": -0.1}, 4),
        ("Because", None, 4),
        ("42", {"4": -0.2}, 4),
        ("31", None, 30),
        ("The answer is a dog", None, 4),
        ("The answer is A dog", None, 4),
    ],
)
def test_a_reply_without_a_letter_is_no_choice(text, alternatives, count):
    options = [f"thing{place}" for place in range(count)]
    assert read_options(Completion(text, alternatives=alternatives), options) is None


def test_absurd_log_probabilities_are_bounded():
    found = read_options(Completion("A", alternatives={"A": -1e-4, "B": -9999.0}), ["x", "y", "z"])
    assert found.min() >= -20
    assert found[2] <= -8
