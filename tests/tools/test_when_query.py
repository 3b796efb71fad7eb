"""What a query about time asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.tools.when_query import exact_number, parse_when


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("When is the dog visible?", {"sense": "", "words": ("dog",), "edge": "", "ordinal": 0}),
        ("the third time the bell rings", {"ordinal": 3, "event": "the bell rings"}),
        ("the 12th time the bell rings", {"ordinal": 12}),
        ("when is the boat last seen", {"ordinal": -1, "words": ("boat",)}),
        ("At which second does the light go out?", {"ordinal": 0}),
        ("when does the truck appear", {"edge": "begins"}),
        ("when does the truck leave", {"edge": "ends"}),
        ("the truck leaves", {"edge": "ends", "words": ("truck",)}),
        ("the title near the end of the video", {"edge": "", "sense": "text", "words": ()}),
        ('somebody says "after all"', {"relation": "", "quotes": ("after all",), "sense": "speech"}),
        ("the dog before the cat appears", {"relation": "before", "others": ("the cat appears",), "event": "the dog"}),
        ("After the door closes, when does the dog bark?", {"relation": "after", "others": ("the door closes",)}),
        ("After how many years was it built?", {"relation": ""}),
        ("what is shown right before the bird", {"relation": "before", "near": True, "words": ()}),
        ("the dog between the car and the bus", {"relation": "between", "others": ("the car", "the bus")}),
        ("music while the cat sleeps", {"relation": "while", "sense": "sound"}),
        ("when is it silent", {"sense": "sound"}),
        ("the first time the scene changes", {"sense": "cut", "ordinal": 1}),
        ("From when on is the banner visible?", {"sense": "text", "edge": "begins"}),
    ],
)  # fmt: skip
def test_queries_are_taken_apart(query, expected):
    found = parse_when(query)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("event", "number"),
    [("exactly two dogs", 2), ("only one glass", 1), ("three people", 3), ("the dog", None), ("just 4 cups", 4)],
)
def test_numbers_of_things(event, number):
    assert exact_number(event) == number


@given(st.text(max_size=60))
def test_any_text_is_taken_apart(text):
    found = parse_when(text)
    assert found.relation in ("", "before", "after", "between", "while")
    assert bool(found.others) == bool(found.relation) or not found.relation
