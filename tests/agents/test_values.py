"""Settings, events, results and checkpoints as values."""

import json

import pytest
from vidprog.agents import Settings, events
from vidprog.agents.ask import check_question
from vidprog.agents.checkpoints import checkpointer, thread_of
from vidprog.agents.result import evidence_item, versions
from vidprog.programs import Step
from vidprog.tools import Budget
from vidprog.video.errors import UsageError, VidprogError


@pytest.mark.parametrize("wrong", [{"threshold": 1.5}, {"threshold": -0.1}, {"max_rounds": 0}])
def test_settings_out_of_range(wrong):
    with pytest.raises(UsageError) as caught:
        Settings(**wrong)
    assert caught.value.code.startswith("settings.")


@pytest.mark.parametrize(
    ("question", "choices", "code"),
    [
        ("", None, "ask.question"),
        ("  \n", ["a", "b"], "ask.question"),
        ("What?", ["only"], "ask.choices"),
        ("What?", ["a", "a"], "ask.choices"),
        ("What?", ["a", " "], "ask.choices"),
        ("What?", "ab", "ask.choices"),
        ("What \ud800?", None, "ask.question"),
        ("What?", ["a", "\udfff"], "ask.question"),
    ],
)
def test_questions_that_make_no_sense(question, choices, code):
    with pytest.raises(UsageError) as caught:
        check_question(question, choices)
    assert caught.value.code == code


def test_questions_that_do():
    assert check_question("What?", None) == ()
    assert check_question("What?", ["a", "b"]) == ("a", "b")


def test_events_are_plain_data():
    step = Step("read_text", {"clip": "0.0-2.0 s"}, "nothing", 0.1, {}, True, "nothing in 4 frames")
    told = [
        events.Progress("reading", 0.5), events.Recalled("facts"), events.Planned(1, "p", "nearest", "direct", "x"),
        events.Checked(1, ("line 1: no",)), events.Repaired(1, "rewritten"), events.StepDone(1, step),
        events.Answered(1, "42", 0.9, False), events.Judged(1, True, "good"), events.Refined(1, "look_closer", "why"),
    ]  # fmt: skip
    for event in told:
        data = json.loads(json.dumps(event.to_json()))
        assert data["event"] == type(event).__name__.lower()


def test_a_moment_as_documents_show_it(round_of):
    moment = {**round_of()["answer"]["evidence"][0], "box": None, "track": None}
    assert list(evidence_item("a.mp4", moment)) == ["video", "start", "end", "kind", "content", "score", "source"]


def test_versions_name_what_an_answer_depends_on():
    assert {"python", "vidprog", "pydantic-monty", "langgraph", "av"} <= set(versions())


def test_a_question_is_named_by_everything_its_answer_depends_on():
    same = {"fingerprint": "f1", "question": "q", "choices": ["a"], "settings": Settings(), "profile": {"llm": "x"}}
    others = [
        {"fingerprint": "f2"}, {"question": "r"}, {"choices": []}, {"choices": ["b"]}, {"profile": {"llm": "y"}},
        {"settings": Settings(threshold=0.9)}, {"settings": Settings(max_rounds=2)},
        {"settings": Settings(program="llovi")}, {"settings": Settings(budget=Budget(frames=8))},
    ]  # fmt: skip
    others.append({"source": "answer(question, '', choices)"})
    names = {thread_of(**same), *(thread_of(**{**same, **other}) for other in others)}
    assert len(names) == len(others) + 1
    assert thread_of(**same) == thread_of(**same)


def test_a_place_for_checkpoints_that_cannot_be_written(tmp_path):
    with pytest.raises(VidprogError) as caught, checkpointer(tmp_path / "missing"):
        pass
    assert caught.value.code == "store.unwritable"
    assert "--store" in caught.value.hint


def test_questions_of_endless_length_are_refused():
    for question, choices in (("x" * 30_000, ()), ("Which?", tuple(map(str, range(1000))))):
        with pytest.raises(UsageError) as caught:
            check_question(question, choices)
        assert caught.value.code == "ask.length"
