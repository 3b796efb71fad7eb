"""An interrupted question goes on where it was, with nothing done twice."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from paid import ask_paid, ending_in, paid_calls
from pictures import Sign, write_signs
from scripted import DOUBTING
from vidprog.agents import Settings, events
from vidprog.agents.ask import ask_session
from vidprog.agents.graph import Loop
from vidprog.memory import Timeline
from vidprog.tools import Registry, tool
from vidprog.video import Clip

QUESTION = "What number is written on the exit sign?"
CHOICES = ("17", "42", "8", "63")
ROUNDS = Settings(threshold=1.0, max_rounds=3)
"""Nothing is sure enough: the loop goes through several rounds."""


@pytest.fixture
def short(tmp_path):
    return write_signs(tmp_path / "short.mp4", [Sign(0.5, 2.5, "EXIT 42")], seconds=3.0)


def interrupting(kind, number=1):
    """A listener that presses Ctrl-C at the n-th event of a kind, once."""
    seen = []

    def listen(event):
        if isinstance(event, kind):
            seen.append(event)
            if len(seen) == number:
                raise KeyboardInterrupt

    return listen


def essence(result):
    """What must not depend on an interruption."""
    rounds = [(round_["program"], round_["answer"], round_["confidence"], round_["move"]) for round_ in result.rounds]
    return result.text, result.choice, result.confidence, result.answer.evidence.to_json(), rounds


@pytest.fixture(scope="module")
def uninterrupted(signs, models, tmp_path_factory):
    from vidprog.agents import Session

    with Session(signs, models=models, store=tmp_path_factory.mktemp("plain")) as session:
        return ask_session(session, QUESTION, CHOICES, ROUNDS)


@pytest.fixture(scope="module")
def resumed_store(tmp_path_factory):
    return tmp_path_factory.mktemp("resumed")


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (events.Recalled, 1), (events.Planned, 1), (events.Checked, 1), (events.StepDone, 1), (events.StepDone, 2),
        (events.Answered, 1), (events.Judged, 1), (events.Refined, 1), (events.Planned, 2), (events.StepDone, 4),
        (events.Judged, 2), (events.Judged, 3), (events.Progress, 2),
    ],
)  # fmt: skip
def test_ctrl_c_at_any_event_changes_nothing(open_session, signs, uninterrupted, resumed_store, kind, number):
    session = open_session(signs, store=resumed_store)
    with contextlib.suppress(KeyboardInterrupt):
        ask_session(session, QUESTION, CHOICES, ROUNDS, interrupting(kind, number))
    session.close()
    told = []
    again = open_session(signs, store=resumed_store)
    result = ask_session(again, QUESTION, CHOICES, ROUNDS, told.append)
    assert essence(result) == essence(uninterrupted)
    finished = [event.round for event in told if isinstance(event, events.Judged)]
    assert len(finished) == len(set(finished))


def test_finished_rounds_are_not_run_again(open_session, signs, resumed_store):
    session = open_session(signs, store=resumed_store)
    question = "Which number stands on the exit sign?"
    with pytest.raises(KeyboardInterrupt):
        ask_session(session, question, CHOICES, ROUNDS, interrupting(events.Planned, 2))
    told = []
    result = ask_session(open_session(signs, store=resumed_store), question, CHOICES, ROUNDS, told.append)
    first = told[0]
    assert isinstance(first, events.Recalled)
    assert first.resumed
    assert {event.round for event in told if isinstance(event, events.StepDone)} == set(
        range(2, len(result.rounds) + 1)
    )
    assert len(result.rounds) >= 2


def test_what_was_used_before_the_interruption_counts(open_session, signs, uninterrupted, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        ask_session(open_session(signs, store=tmp_path), QUESTION, CHOICES, ROUNDS, interrupting(events.Refined))
    again = ask_session(open_session(signs, store=tmp_path), QUESTION, CHOICES, ROUNDS)
    for name in ("llm_calls", "prompt_tokens", "frames_seen"):
        assert again.usage[name] == uninterrupted.usage[name] > 0


def test_another_question_does_not_go_on_with_this_one(open_session, signs, resumed_store):
    session = open_session(signs, store=resumed_store)
    with pytest.raises(KeyboardInterrupt):
        ask_session(session, "Is the exit number odd?", CHOICES, ROUNDS, interrupting(events.Judged))
    told = []
    ask_session(session, "Is the exit number even?", CHOICES, ROUNDS, told.append)
    assert not told[0].resumed


def pausing():
    """A tool that is interrupted the first time it is called, and then finds what the screen says."""
    calls = []

    @tool
    def pause(clip: Clip) -> Timeline:
        """Wait for somebody.

        Args:
            clip: Where.
        """
        calls.append(clip.start)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return Timeline((), "nothing to wait for")

    return pause, calls


def test_ctrl_c_inside_of_a_tool_keeps_the_work_of_the_tools_before_it(open_session, short, tmp_path):
    pause, calls = pausing()
    program = tmp_path / "program.py"
    program.write_text("lines = read_text(video)\nseen = pause(video)\nanswer(question, lines + seen, choices)\n")
    settings = Settings(program=str(program))
    registry = Registry.builtin().with_tools([pause])
    with pytest.raises(KeyboardInterrupt):
        ask_session(open_session(short, registry=registry), QUESTION, CHOICES, settings)
    result = ask_session(open_session(short, registry=registry), QUESTION, CHOICES, settings)
    assert result.choice == 1
    assert len(calls) == 2
    read = result.rounds[0]["steps"][0]
    assert (read["tool"], read["cached"]) == ("read_text", True)
    assert "frames_decoded" not in read["cost"]


def test_the_sandbox_works_after_an_interruption(open_session, short, tmp_path):
    pause, _ = pausing()
    program = tmp_path / "program.py"
    program.write_text("seen = pause(video)\nanswer(question, seen, choices)\n")
    registry = Registry.builtin().with_tools([pause])
    session = open_session(short, registry=registry)
    with pytest.raises(KeyboardInterrupt):
        ask_session(session, QUESTION, CHOICES, Settings(program=str(program)))
    assert ask_session(session, QUESTION, CHOICES, Settings(program="read_screen")).choice == 1


# ---- killed inside of a node: the work of it is done, and nobody knows


@pytest.fixture(scope="module")
def paid(signs, signs_store, models, tmp_path_factory):
    """What an uninterrupted run gives, and the calls that it pays."""
    folder = tmp_path_factory.mktemp("paid")
    result = ask_paid(signs, shutil.copytree(signs_store, folder / "store"), folder / "log", models)
    assert [round_["move"] for round_ in result.rounds] == ["planned", "other_tool"]
    assert result.rounds[0]["diagnosis"] == "critic"
    assert result.rounds[0]["planner"] == "llm:scripted:paid-llm"  # planned, refused and rewritten
    return result, paid_calls(folder / "log")


def test_every_node_calls_for_something(paid):
    """The question is one that tests it: planning, repairing, looking, weighing and doubting are paid for."""
    calls = [json.loads(line) for line in paid[1]]
    assert {kind for kind, *_ in calls} == {"complete", "look", "score"}
    assert any(DOUBTING in text for _, text, *_ in calls)
    assert len(paid[1]) == len(set(paid[1]))


NODES = [
    ("recall", 1), ("plan", 1), ("check", 1), ("repair", 1), ("check", 2), ("run", 1), ("answer", 1), ("judge", 1),
    ("refine", 1), ("plan", 2), ("check", 3), ("run", 2), ("answer", 2), ("judge", 2),
]  # fmt: skip


@pytest.mark.parametrize(("node", "visit"), NODES)
def test_a_run_that_ended_inside_of_a_node_goes_on_and_pays_nothing_twice(
    signs, signs_store, models, tmp_path, monkeypatch, paid, node, visit
):
    def stop():
        raise KeyboardInterrupt

    store = shutil.copytree(signs_store, tmp_path / "store")
    with monkeypatch.context() as patch:
        patch.setattr(Loop, node, ending_in(node, visit, stop))
        with pytest.raises(KeyboardInterrupt):
            ask_paid(signs, store, tmp_path / "log", models)
    before = paid_calls(tmp_path / "log")
    again = ask_paid(signs, store, tmp_path / "log", models)
    assert essence(again) == essence(paid[0])
    assert paid_calls(tmp_path / "log") == paid[1]
    assert set(before) <= set(paid[1])


def test_all_nodes_of_the_graph_are_ended_in(open_session, signs):
    graph = Loop(open_session(signs), Settings(), lambda event: None).compile()
    assert {name for name, _ in NODES} == set(graph.get_graph().nodes) - {"__start__", "__end__"}


@pytest.mark.parametrize(("node", "visit"), [("plan", 1), ("run", 1)])
def test_a_killed_process_pays_nothing_twice(signs, signs_store, tmp_path, paid, node, visit):
    store = shutil.copytree(signs_store, tmp_path / "store")
    script = Path(sys.modules["paid"].__file__)
    command = [sys.executable, str(script), str(signs), str(store), str(tmp_path / "log")]
    killed = subprocess.run([*command, node, str(visit)], capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert paid_calls(tmp_path / "log")
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    document = json.loads(finished.stdout)
    assert (document["answer"], document["choice"]) == (paid[0].text, paid[0].choice)
    assert [round_["source"] for round_ in document["rounds"]] == [round_["source"] for round_ in paid[0].rounds]
    assert paid_calls(tmp_path / "log") == paid[1]
