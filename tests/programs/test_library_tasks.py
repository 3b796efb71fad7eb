"""The task programs: right on clips whose truth is known, with the embedded models; silent where nothing is known."""

import re

import numpy as np
import pytest
from pictures import Sign, write_signs
from scripted import ScriptedLanguageModel, ScriptedScorer, ScriptedVision
from vidprog.programs import check

TASKS = (
    "what_comes_next", "in_which_order", "what_happens_before_after", "how_often", "why", "summary", "dense_captions",
    "which_is_longest", "who_says_it",
)  # fmt: skip
UNKNOWN = {
    "in_which_order": ("In which order do the whale, the anchor and the rowing boat appear?", ()),
    "what_happens_before_after": ("What is shown after the whale dives?", ("EXIT 42", "HARBOUR CLOSED")),
    "how_often": ("How many times does the whale dive?", ("1", "2", "3")),
    "which_is_longest": ("Which animal is in sight longest?", ("the whale", "the walrus")),
    "who_says_it": ("Who says that the whale dives?", ("Anna", "Bert")),
    "what_comes_next": ("What will the whale do next?", ()),
}
"""Questions about what is in none of the clips."""


@pytest.fixture(scope="session")
def repeated(clips):
    """Twenty seconds: WELCOME three times for 2 s, GATE CLOSED once for 5 s, MIND THE STEP once for 2 s."""
    signs = (
        Sign(1, 3, "WELCOME"), Sign(4, 9, "GATE CLOSED"), Sign(10, 12, "WELCOME"), Sign(14, 16, "WELCOME"),
        Sign(17, 19, "MIND THE STEP"),
    )  # fmt: skip
    return write_signs(clips / "repeated.mp4", signs, seconds=20.0)


@pytest.fixture(scope="session")
def voices(clips):
    """Thirty seconds in which a high voice and a deep one take turns, each under a sign with a name at first."""
    from narration import RATE, as_sound, sentence

    def deep(samples, factor=0.72):
        places = np.linspace(0, len(samples) - 1, int(len(samples) / factor))
        return np.interp(places, np.arange(len(samples)), samples)

    sound = np.zeros(RATE * 30, np.float32)
    for start, samples in (
        (1.0, sentence(1)), (8.0, deep(sentence(2))), (15.0, sentence(3)), (22.0, deep(sentence(4))),
    ):  # fmt: skip
        sound[round(start * RATE) :][: len(samples)] = samples[: len(sound) - round(start * RATE)]
    signs = (Sign(1, 6, "ANNA"), Sign(8, 14, "BERT"))
    return write_signs(clips / "voices.mp4", signs, seconds=30.0, audio=as_sound(sound))


@pytest.fixture
def clip(request, signs, sample, repeated, voices):
    return lambda name: {"signs": signs, "sample": sample, "repeated": repeated, "voices": voices}[name]


# ---- all of them


@pytest.mark.parametrize("name", TASKS)
def test_its_docstring_says_all_that_is_asked_of_it(name, library, builtin_tools):
    program = library.get(name)
    assert check(program, builtin_tools) == ()
    assert program.summary and program.when and program.origin and program.defaults and program.cost
    assert 5 <= len(program.examples) <= 10


@pytest.mark.parametrize("choices", [(), ("a whale", "a walrus")])
@pytest.mark.parametrize("name", TASKS)
def test_nothing_to_see_or_hear_is_nothing_to_answer(name, choices, run_program, mute, silence):
    for path in (mute, silence):
        answer = run_program(name, path, "What happens after the animal dives?", choices).answer
        assert answer.abstained, path


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_the_video_does_not_hold_is_not_guessed(name, run_program, signs):
    answer = run_program(name, signs, *UNKNOWN[name]).answer
    assert answer.abstained
    assert answer.choice is None


# ---- order


ORDERS = (
    "HARBOUR CLOSED, EXIT 42, TICKETS 7 EURO",
    "TICKETS 7 EURO, HARBOUR CLOSED, EXIT 42",
    "EXIT 42, HARBOUR CLOSED, TICKETS 7 EURO",
)


@pytest.mark.parametrize(
    ("question", "choices", "text"),
    [
        ("In which order are the signs shown?", ORDERS, ORDERS[2]),
        (
            "Which order is right?",
            ("first EXIT 42, then HARBOUR CLOSED", "first HARBOUR CLOSED, then EXIT 42"),
            "first EXIT 42, then HARBOUR CLOSED",
        ),
        (
            "Which order is right?",
            ("TICKETS 7 EURO -> EXIT 42", "EXIT 42 -> TICKETS 7 EURO"),
            "EXIT 42 -> TICKETS 7 EURO",
        ),
        ("Which sign is shown first?", ("HARBOUR CLOSED", "EXIT 42", "TICKETS 7 EURO"), "EXIT 42"),
        ("Which sign is shown second?", ("HARBOUR CLOSED", "EXIT 42", "TICKETS 7 EURO"), "HARBOUR CLOSED"),
        ("Which of the signs comes last?", ("TICKETS 7 EURO", "HARBOUR CLOSED", "EXIT 42"), "TICKETS 7 EURO"),
        (
            'In which order do "TICKETS 7 EURO", "EXIT 42" and "HARBOUR CLOSED" appear?', (),
            '"EXIT 42", then "HARBOUR CLOSED", then "TICKETS 7 EURO"',
        ),
    ],
)  # fmt: skip
def test_the_order_of_signs(question, choices, text, run_program, signs):
    answer = run_program("in_which_order", signs, question, choices).answer
    assert (answer.text, answer.abstained) == (text, False)
    assert {moment.content for moment in answer.evidence} <= {"EXIT 42", "HARBOUR CLOSED", "TICKETS 7 EURO"}


def test_agreement_is_kendalls_tau(run_program, signs):
    """Each pair of events counts: the middle option has one of three pairs wrong, the last one two."""
    ran = run_program("in_which_order", signs, "In which order are the signs shown?", ORDERS)
    assert "agreement of each option: [0.33, -1.0, 1.0]" in ran.printed


def test_an_order_is_not_told_by_the_order_of_the_options(run_program, signs):
    for choices in (ORDERS, ORDERS[::-1], (ORDERS[1], ORDERS[2], ORDERS[0])):
        answer = run_program("in_which_order", signs, "In which order are the signs shown?", choices).answer
        assert answer.text == ORDERS[2]


def test_one_event_that_is_found_has_no_order(run_program, signs):
    choices = ("EXIT 42, the whale", "the whale, EXIT 42")
    assert run_program("in_which_order", signs, "In which order are they shown?", choices).answer.abstained


def test_options_that_all_go_backwards_are_not_chosen_from(run_program, signs):
    choices = ("HARBOUR CLOSED, EXIT 42", "TICKETS 7 EURO, HARBOUR CLOSED")
    assert run_program("in_which_order", signs, "In which order are they shown?", choices).answer.abstained


# ---- before, after, while, between


@pytest.mark.parametrize(
    ("name", "question", "choices", "text"),
    [
        ("signs", "What is shown after the sign EXIT 42?", ("TICKETS 7 EURO", "HARBOUR CLOSED"), "HARBOUR CLOSED"),
        ("signs", "Which sign comes before TICKETS 7 EURO?", ("EXIT 42", "HARBOUR CLOSED"), "HARBOUR CLOSED"),
        ("signs", "Which sign is shown right after the sign HARBOUR CLOSED?", (), "TICKETS 7 EURO"),
        ("signs", "What is shown after 8 seconds?", ("EXIT 42", "TICKETS 7 EURO"), "TICKETS 7 EURO"),
        (
            "signs", "What is shown between the sign EXIT 42 and the sign TICKETS 7 EURO?",
            ("nothing", "EXIT 42", "HARBOUR CLOSED"), "HARBOUR CLOSED",
        ),
        ("sample", "What is shown right after the cup of coffee?", ("a title", "a cat", "a bridge"), "a cat"),
        (
            "sample", "What is said after the train is mentioned?", (),
            "In the cafe, breakfast is served until 11 o'clock.",
        ),
        ("sample", "What is said while the cat is shown?", ("breakfast", "his name is Oliver"), "his name is Oliver"),
    ],
)  # fmt: skip
def test_what_is_next_to_an_event(name, question, choices, text, run_program, clip):
    answer = run_program("what_happens_before_after", clip(name), question, choices).answer
    assert (answer.text, answer.abstained) == (text, False)


def test_nothing_comes_after_the_last_sign(run_program, signs):
    ran = run_program("what_happens_before_after", signs, "What is shown after TICKETS 7 EURO?", ("EXIT 42", "a whale"))
    assert ran.answer.abstained


def test_a_model_that_sees_looks_at_the_ten_seconds_beside_the_event(run_program, sample):
    vlm = ScriptedVision(lambda frames, text: "Yes" if "yes or no" in text else "A")
    ran = run_program("what_happens_before_after", sample, "What is shown before 20 seconds?", ("a", "b"), vlm=vlm)
    (last,) = [step for step in ran.result.steps if step.tool == "select_frames"]
    assert last.arguments["count"] == 8
    assert last.arguments["clip"] == "10.0-20.0 s"


# ---- how often, how long


@pytest.mark.parametrize(
    ("name", "question", "choices", "text"),
    [
        ("repeated", 'How often does the word "welcome" appear?', (), "3"),
        ("repeated", "How many times is the sign GATE CLOSED shown?", ("0", "1", "2", "3"), "1"),
        ("repeated", 'How often is "WELCOME" displayed?', ("once", "twice", "three times", "never"), "three times"),
        ("repeated", 'How often is "WELCOME" displayed between 9 and 20 seconds?', (), "2"),
        ("sample", "How often does the cat appear?", ("1", "2", "3"), "1"),
        ("sample", "How often is the word 'train' said?", (), "1"),
        ("sample", "How many times does the speaker mention a penguin?", (), "0"),
        ("sample", "How often does the owner's cat appear in the station's office?", (), "1"),  # no quotation
    ],
)
def test_how_often_something_is_seen_or_said(name, question, choices, text, run_program, clip):
    answer = run_program("how_often", clip(name), question, choices).answer
    assert (answer.text, answer.abstained) == (text, False)


def test_what_has_no_name_is_asked_of_a_model_that_sees(run_program, signs):
    def fits(frames, text, option):
        jumping = 2 <= frames[0].time <= 4 or 7 <= frames[0].time <= 8 or frames[0].time > 11
        return -0.1 if jumping == option.strip().casefold().startswith("yes") else -3.0

    vlm = ScriptedVision("Yes", score=fits)
    ran = run_program("how_often", signs, "How many times does the gymnast do a somersault?", ("1", "2", "3"), vlm=vlm)
    assert ran.answer.text == "3"
    (asked,) = ran.arguments("yes_scores")
    assert "do a somersault" in asked["question"]


@pytest.mark.parametrize(
    ("name", "question", "choices", "text"),
    [
        (
            "repeated", "Which sign is shown for the longest time?",
            ("MIND THE STEP", "GATE CLOSED", "WELCOME"), "WELCOME",  # 2, 5 and three times 2 seconds
        ),
        ("repeated", "Which is shown longer?", ("MIND THE STEP", "GATE CLOSED"), "GATE CLOSED"),
        (
            "repeated", "Which sign is shown for the shortest time?",
            ("WELCOME", "MIND THE STEP", "GATE CLOSED"), "MIND THE STEP",
        ),
        ("repeated", "Which sign is shown the longest?", (), "WELCOME (6.0 s)"),
        ("voices", "Who speaks for the longest time?", ("speaker 1", "speaker 2"), "speaker 2"),
    ],
)  # fmt: skip
def test_what_is_there_for_the_longest_time(name, question, choices, text, run_program, clip):
    answer = run_program("which_is_longest", clip(name), question, choices).answer
    assert (answer.text, answer.abstained) == (text, False)


def test_equal_lengths_are_not_told_apart(run_program, signs):
    choices = ("EXIT 42", "HARBOUR CLOSED")
    assert run_program("which_is_longest", signs, "Which sign is shown longest?", choices).answer.abstained


# ---- why


@pytest.mark.parametrize("choices", [(), ("because of a strike", "because of snow", "because of a fallen tree")])
def test_a_reason_that_is_said(choices, run_program, sample):
    answer = run_program("why", sample, "Why is the train to Pine Valley late?", choices).answer
    assert "because of snow" in answer.text
    assert not answer.abstained
    assert any(moment.kind == "speech" for moment in answer.evidence)


def test_the_moments_before_the_effect_are_looked_at(run_program, sample):
    vlm = ScriptedVision(lambda frames, text: "Yes" if "yes or no" in text else "A")
    ran = run_program("why", sample, "Why is the cat in the picture?", ("a", "b"), vlm=vlm)
    (looked,) = ran.arguments("select_frames")
    assert looked["count"] == 8
    assert looked["clip"].startswith("0.0-")


# ---- what comes next


def test_what_follows_is_weighed_by_the_history_alone(run_program, signs):
    def per_token(prompt, text):
        assert "HARBOUR" not in prompt and "TICKETS" not in prompt  # they come later
        return -1.0 if "EXIT 42" in prompt and text == "somebody leaves" else -3.0

    scorer = ScriptedScorer(per_token)
    question = "What will happen next after 5 seconds?"
    ran = run_program("what_comes_next", signs, question, ("a train arrives", "somebody leaves"), llm=scorer)
    assert ran.answer.text == "somebody leaves"
    assert scorer.pairs


@pytest.mark.parametrize(
    ("question", "clip_seen"),
    [
        ("What will be shown next after 5 seconds?", "0.0-5.0 s"),
        ("What comes next after the clip ends?", "0.0-12.0 s"),
        ("Given the first 8 seconds, what comes next?", "0.0-8.0 s"),
    ],
)
def test_the_history_ends_at_the_named_time(question, clip_seen, run_program, signs):
    ran = run_program("what_comes_next", signs, question, ("EXIT", "TICKETS"))
    assert [step["clip"] for step in ran.arguments("caption")] == [clip_seen]


def test_an_open_guess_is_written_or_not_made(run_program, signs):
    llm = ScriptedLanguageModel("Somebody buys a ticket.")
    written = run_program("what_comes_next", signs, "What will happen next?", llm=llm)
    assert written.answer.text == "Somebody buys a ticket."
    assert run_program("what_comes_next", signs, "What will happen next?").answer.abstained


# ---- summaries, dense captions


def test_a_summary_has_its_moments(run_program, sample):
    llm = ScriptedLanguageModel("A morning at a station with a cat.")
    written = run_program("summary", sample, "Summarize the video.", llm=llm).answer
    assert written.text == "A morning at a station with a cat."
    assert written.evidence
    quoted = run_program("summary", sample, "Summarize the video.").answer
    assert not quoted.abstained
    assert "cat" in quoted.text and "Room 12" in quoted.text


def test_chapters_begin_where_the_pictures_change(run_program, sample):
    answer = run_program("summary", sample, "What are the chapters of this video?").answer
    rows = dict(row.split(" ", 1) for row in answer.text.splitlines())
    assert list(rows) == ["0:00", "0:04", "0:11", "0:16", "0:21", "0:25"]
    assert "cat" in rows["0:16"] and "cat" not in rows["0:11"]
    assert "Room 12" in rows["0:21"]
    assert [moment.start for moment in answer.evidence] == pytest.approx([0, 4, 11, 16, 21, 25], abs=0.3)


def test_dense_captions_name_only_times_of_their_evidence(run_program, repeated):
    vlm = ScriptedVision(lambda frames, text: f"Picture number {frames[0].time:.1f} of a long row, all different.")
    dense = run_program("dense_captions", repeated, "List everything that happens with times.", vlm=vlm)
    for answer in (dense.answer, run_program("dense_captions", repeated, "Give dense captions.").answer):
        rows = [re.match(r"(\d+\.\d)-(\d+\.\d) s: \S", row) for row in answer.text.splitlines()]
        assert all(rows)
        spans = {(f"{moment.start:.1f}", f"{moment.end:.1f}") for moment in answer.evidence}
        assert {row.groups() for row in rows} == spans
    assert [step["seconds"] for step in dense.arguments("caption")] == [2.0]


# ---- who says it


@pytest.mark.parametrize(
    ("question", "choices", "text"),
    [
        ("Who says that breakfast is served?", (), "speaker 2"),
        ("Who mentions the train?", ("speaker 1", "speaker 2"), "speaker 1"),
        ("Who says that breakfast is served?", ("Anna", "Bert"), "Bert"),
        ("Who says \"have a pleasant journey\"?", ("Anna", "Bert"), "Bert"),
        ("Who mentions the train?", ("Anna", "Bert"), "Anna"),
    ],
)  # fmt: skip
def test_who_speaks_a_line(question, choices, text, run_program, voices):
    answer = run_program("who_says_it", voices, question, choices).answer
    assert (answer.text, answer.abstained) == (text, False)


def test_a_line_that_nobody_speaks_has_no_speaker(run_program, voices):
    assert run_program("who_says_it", voices, "Who says that the moon is made of cheese?").answer.abstained


@pytest.mark.parametrize(
    ("question", "said"), [("Does anybody talk?", "no"), ("Does the dog sleep on the sofa?", None)]
)
def test_silence_answers_only_what_asks_for_speech(run_program, mute, question, said):
    found = run_program("hear_speech", mute, question, ("yes", "no")).answer
    assert (None if found.abstained else found.text) == said


@pytest.mark.parametrize(
    ("question", "counted"), [("Is there a cat?", True), ("Does the cat sleep on the sofa?", False)]
)
def test_presence_is_not_asked_by_every_sentence_that_names_a_thing(run_program, sample, question, counted):
    found = run_program("is_it_there", sample, question, ("yes", "no")).answer
    assert ("value" in found.basis) == counted
