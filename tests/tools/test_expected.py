"""The form of an answer is known from its question, and found in a line."""

import pytest
from vidprog.memory import Observation
from vidprog.tools.caption import TEMPLATE
from vidprog.tools.evidence import PROGRAM
from vidprog.tools.expected import FORMS, expected, fits, quoted, trust

CASES = [
    ("What date is on the poster?", "Opening JUNE 3, 2021 at the pier", "JUNE 3, 2021"),
    ("What is the date of the ticket?", "valid 03.06.2021", "03.06.2021"),
    ("Which date is printed on it?", "issued 2021-06-03, counter 4", "2021-06-03"),
    ("What date is named?", "on the 3rd of June everybody came", "3rd of June"),
    ("In which year was the bridge built?", "Built 1897 by the town of Elm", "1897"),
    ("What day of the week is it?", "see you on Thursday", "Thursday"),
    ("At what time does the shop open?", "open from 9:30 am", "9:30 am"),
    ("What time is the last ferry?", "the last ferry goes at 11 pm", "11 pm"),
    ("How much does a ticket cost?", "Adults € 7.50 only today", "€ 7.50"),
    ("What is the entrance fee?", "12 euros for all", "12 euros"),
    ("What percentage is named?", "sold 45 % more", "45 %"),
    ("Which website is shown?", "book at www.ferry.example/now today", "www.ferry.example/now"),
    ("What is the e-mail address?", "write to desk@ferry.example today", "desk@ferry.example"),
    ("Which number is next to the word HOTEL?", "HOTEL 4512", "4512"),
    ("What is the room number?", "Breakfast, room 12, first floor", "12"),
    ("What's the access code?", "code: 90412.", "90412"),
    ("Which phone number is on the van?", "call +44 20 7946 0000", "+44 20 7946 0000"),
]


@pytest.mark.parametrize(("question", "line", "part"), CASES)
def test_the_form_is_known_and_its_part_is_found(question, line, part):
    form = expected(question)
    assert form is not None
    assert form.part(line) == part


@pytest.mark.parametrize(
    "question",
    ["What does the sign say?", "How many years did it take?", "What time code is shown?", "Who is speaking?",
     "When does it start?", "How much does he like it, in his words?", "What number of boats is there?",
     "How many dates are there?"],
)  # fmt: skip
def test_other_questions_have_no_form_or_one_that_lines_do_not_hold_by_chance(question):
    form = expected(question)
    assert form is None or not form.part("the harbour is closed until further notice 42")


@pytest.mark.parametrize("line", ["open 9:30 to 18:00", "1897 and 1903", "no number at all"])
def test_several_or_none_are_not_chosen_from(line):
    assert all(form.part(line) == "" for form in FORMS if form.name in ("year", "time of day"))


@pytest.mark.parametrize(
    ("text", "year"), [("00:00:12:2013", ""), ("12.2013.4", ""), ("© 2013", "2013"), ("32013", "")]
)
def test_a_year_is_a_number_of_its_own(text, year):
    assert expected("Which year is it?").part(text) == year


def line_of(kind, content, source="test"):
    return Observation(0.0, 1.0, kind, content, 0.9, source)


def test_only_what_was_said_or_shown_has_a_form():
    lines = [line_of(kind, "on Monday") for kind in ("text", "speech", "object", "note")]
    assert list(fits("Which weekday is named?", lines)) == [1.0, 1.0, 0.0, 0.0]
    assert not fits("Who is it?", lines).any()


@pytest.mark.parametrize(
    ("question", "content", "fit", "worth"),
    [
        ("Which animal sits on the roof?", "cat", 1.0, 1.0),
        ("What kind of vehicle is it?", "truck", 1.0, 1.0),
        ("Which animal sits on the roof?", "truck", 0.0, 0.5),
        ("What is on the table?", "cup", 0.0, 1.0),
        ("What are they doing?", "cup", 0.0, 0.5),
        ("Is there a cup?", "cup", 0.0, 0.5),
        ("What happens to the cup?", "cup", 0.0, 0.5),
    ],
)
def test_the_name_of_a_thing_answers_what_asks_for_one(question, content, fit, worth):
    lines = [line_of("object", content)]
    assert (fits(question, lines)[0], trust(question, lines)[0]) == (fit, worth)


def test_a_text_made_of_what_was_found_is_worth_less_than_one_of_the_video():
    lines = [line_of("note", "visible: 2 cups", source) for source in ("test", PROGRAM, TEMPLATE)]
    assert list(trust("What does she do?", lines)) == [1.0, 0.5, 0.5]


def sign(content, start, end, top):
    return Observation(start, end, "text", content, 0.9, "test", box=(0.1, top, 0.9, top + 0.1))


@pytest.mark.parametrize(
    "question", ["What does the sign at the gate say?", "What is written on the door?", "What text is on the wall?"]
)
def test_a_writing_is_quoted_whole_and_from_its_top(question):
    lines = [sign("Room 12", 5.1, 8.0, 0.4), sign("Lost property", 5.0, 8.0, 0.1), sign("Exit", 1.0, 3.0, 0.1)]
    assert list(fits(question, lines)) == [1.0, 1.0, 1.0]
    assert quoted(question, lines) == "Lost property / Room 12"


def test_what_is_said_is_no_writing():
    assert not fits("What does the woman say?", [sign("Exit", 1.0, 3.0, 0.1)]).any()
    assert quoted("Where is it?", [sign("Exit", 1.0, 3.0, 0.1), sign("Room 12", 1.0, 3.0, 0.2)]) == "Exit"
