"""Questions and lists of events taken apart."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.tools.question_parts import MOST_CHARACTERS, split_events, split_question

AFTER_BOX = ["after", "she opens the box"]


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What does she do after she opens the box?", ["What does she do", *AFTER_BOX]),
        ("After she opens the box, what does she do?", ["what does she do", *AFTER_BOX]),
        ("What does she do, right after she opens the box?", ["What does she do", *AFTER_BOX]),
        ("In the scene after she opens the box, who comes in?", ["who comes in", *AFTER_BOX]),
        ("As soon as she opens the box, what is heard?", ["what is heard", *AFTER_BOX]),
        ("What is added once the water boils?", ["What is added", "after", "the water boils"]),
        ("Which of the following happens after the crash?", ["Which of the following happens", "after", "the crash"]),
        ("What did he take just before leaving?", ["What did he take", "before", "leaving"]),
        ("Before leaving the house what did he take?", ["what did he take", "before", "leaving the house"]),
        ("What does she do until the bell rings?", ["What does she do", "before", "the bell rings"]),
        ("Who speaks during the ceremony?", ["Who speaks", "while", "the ceremony"]),
        ("When the dog barks, what does the man do?", ["what does the man do", "while", "the dog barks"]),
        ("What does the man say when the dog barks?", ["What does the man say", "while", "the dog barks"]),
        ("What is heard while he talks, sits and eats?", ["What is heard", "while", "he talks, sits and eats"]),
        ("Where is he at the moment when it rains?", ["Where is he", "while", "it rains"]),
        ("What happens between the goal and the whistle?", ["What happens", "between", "the goal and the whistle"]),
        ("Between the goal and the whistle, who falls?", ["who falls", "between", "the goal and the whistle"]),
        ("What is said between 1:10 and 1:30?", ["What is said", "between", "1:10 and 1:30"]),
        ("What is said after 1:30?", ["What is said", "after", "1:30"]),
        ("Does he sit down before or after he drinks?", ["Does he sit down", "", "he drinks"]),
        ("WHAT HAPPENS AFTER THE INTRO", ["WHAT HAPPENS", "after", "THE INTRO"]),
        ('What is shown after "before sunset" is played?', ["What is shown", "after", '"before sunset" is played']),
        ("What is heard when she comes after the break?", ["What is heard", "while", "she comes after the break"]),
    ],
)  # fmt: skip
def test_questions_with_a_relation(question, parts):
    assert split_question(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "How many people are there?",
        "When does the man leave?",
        "When the show ends?",
        "Do you know when the train leaves?",
        "Can you tell me when it starts?",
        "What is between the chair and the table?",
        "What does he put between the two cushions?",
        "What is the difference between the first and the second scene?",
        'What is written on the sign "before you go"?',
        "What does “after the rain” mean?",
        "Has she been here before?",
        "What does he do after that?",
        "What comes after?",
        "After what?",
        "Is a following car seen?",
        "What is beforehand agreed?",
    ],
)
def test_questions_without_one_stay_whole(question):
    assert split_question(f" {question}\n") == [question, "", ""]


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("first she opens it, then she takes a cup, and finally leaves", ["she opens it", "she takes a cup", "leaves"]),
        ("First, he knocks, waits, then enters.", ["he knocks", "waits", "enters"]),
        ("the man walks, followed by a dog", ["the man walks", "a dog"]),
        ("A -> B -> C", ["A", "B", "C"]),
        ("a cat → a dog, asleep → a bird", ["a cat", "a dog, asleep", "a bird"]),
        ("red, green and blue", ["red", "green", "blue"]),
        ("red, green, and blue?", ["red", "green", "blue"]),
        ("Put these in order: cooking, eating, washing", ["cooking", "eating", "washing"]),
        ("1. a cat 2. a dog 3. a bird", ["a cat", "a dog", "a bird"]),
        ("(a) cat (b) dog", ["cat", "dog"]),
        ("opening a door; sitting down\neating", ["opening a door", "sitting down", "eating"]),
        ("the cat appears before the train", ["the cat appears", "the train"]),
        ("the cat appears after the train crosses", ["the train crosses", "the cat appears"]),
        ("After the title, a cup is shown", ["the title", "a cup is shown"]),
        ("Before the title, a cup is shown", ["a cup is shown", "the title"]),
        ('"ready, steady, go" then a shot', ['"ready, steady, go"', "a shot"]),
        ("he runs", ["he runs"]),
        ("salt and pepper are added", ["salt and pepper are added"]),
        ("The clock shows 10:30", ["The clock shows 10:30"]),
        ("  ", []),
        ("", []),
    ],
)  # fmt: skip
def test_events(text, events):
    assert split_events(text) == events


words = st.sampled_from(
    ["what", "does", "she", "do", "after", "before", "while", "when", "between", "and", "then", "first", "once", "the",
     "box", ",", "?", '"', "'", ":", "->", ";", "1.", "(a)", "\n", "or", "before or after", "1:30", "”"]
)  # fmt: skip
texts = st.one_of(st.text(), st.lists(words).map(" ".join), st.lists(words).map("".join))


@given(texts)
def test_parts_stand_in_the_question(text):
    asked, relation, anchor = split_question(text)
    assert relation in ("before", "after", "while", "between", "")
    assert asked in text
    assert anchor in text
    assert asked or not text.strip()
    assert bool(anchor) >= bool(relation)


@given(texts)
def test_events_stand_in_the_text(text):
    events = split_events(text)
    assert bool(events) == bool(text.strip())
    assert all(event and event in text for event in events)


@pytest.mark.parametrize("text", ["after " * 8000, "," * 50_000, "a " * 25_000 + "?", " " * 50_000 + "x", "'" * 50_000])
def test_endless_texts_take_no_time(text):
    start = time.monotonic()
    split_question(text)
    split_events(text)
    assert time.monotonic() - start < 2


def test_only_the_beginning_is_searched():
    text = "x" * MOST_CHARACTERS + " What happens after the rain?"
    assert split_question(text) == [text, "", ""]
