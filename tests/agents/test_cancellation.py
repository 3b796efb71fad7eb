"""A question that is called off: it ends at its next step, the store stays sound, and asked again it goes on."""

import asyncio
import shutil
import sqlite3
import threading
import time

import pytest
from vidprog.agents import Settings, events
from vidprog.agents.ask import ask, ask_async
from vidprog.tools import Cancellation, Cancelled, Meter
from vidprog.tools.cancellation import Stopped
from vidprog.video import MediaError

QUESTION, CHOICES = "What number is written on the exit sign?", ("17", "42", "8", "63")
ROUNDS = Settings(threshold=1.0, max_rounds=3)
"""Nothing is sure enough: the loop goes through several rounds."""


def cancelling(cancel, kind, number=1):
    """A listener that calls a question off at the n-th event of a kind."""
    seen = []

    def listen(event):
        seen.append(event)
        if sum(isinstance(each, kind) for each in seen) == number:
            cancel()

    listen.seen = seen
    return listen


def whole(store):
    """Whether every file of a store is sound."""
    files = list(store.glob("*.sqlite"))
    return files and all(
        sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",) for path in files
    )


def test_a_meter_stops_before_it_counts():
    cancellation = Cancellation()
    meter = Meter(cancellation=cancellation)
    meter.spend(llm_calls=1)
    cancellation.cancel()
    with pytest.raises(Stopped):
        meter.check()
    with pytest.raises(Stopped):
        meter.spend(llm_calls=1)


@pytest.mark.parametrize(
    ("kind", "number"), [(events.Planned, 1), (events.StepDone, 1), (events.Judged, 1), (events.Planned, 2)]
)
def test_a_cancelled_question_ends_at_the_next_step_and_goes_on_when_asked_again(
    open_session, signs, signs_store, tmp_path, kind, number
):
    store = shutil.copytree(signs_store, tmp_path / "copy")
    plain = open_session(signs, store=signs_store).ask(QUESTION, CHOICES, ROUNDS)
    session = open_session(signs, store=store)
    listener = cancelling(session.cancel, kind, number)
    with pytest.raises(Cancelled) as caught:
        session.ask(QUESTION, CHOICES, ROUNDS, listener)
    assert isinstance(listener.seen[-1], kind), "nothing is told after it was cancelled"
    assert caught.value.code == "cancelled"
    assert session.history == []
    assert whole(store)
    told = []
    again = session.ask(QUESTION, CHOICES, ROUNDS, told.append)
    assert any(isinstance(event, events.Recalled) and event.resumed for event in told)
    assert (again.text, again.confidence) == (plain.text, plain.confidence)
    assert [r["program"] for r in again.rounds] == [r["program"] for r in plain.rounds]


def test_a_first_look_that_is_called_off_keeps_its_blocks(open_session, sample, tmp_path):
    session = open_session(sample, store=tmp_path / "first")
    told = []

    def report(message, share):
        told.append((message, share))
        if share is not None and share > 0:
            session.cancel()

    with pytest.raises(Cancelled):
        session.index(report)
    assert told[-1][0] != "done"
    assert len(session.memory.timeline()) > 0
    assert whole(tmp_path / "first")


def test_a_switch_that_is_off_already_lets_nothing_begin(signs, signs_store, models):
    cancellation, told = Cancellation(), []
    cancellation.cancel()
    with pytest.raises(Cancelled):
        ask(signs, QUESTION, models=models, store=signs_store, cancellation=cancellation, on_event=told.append)
    assert told == []


def test_of_several_videos_none_is_asked_after_a_cancellation(signs, more_signs, signs_memory, models):
    cancellation = Cancellation()
    listener = cancelling(cancellation.cancel, events.Judged)
    with pytest.raises(Cancelled):
        ask(
            [signs, more_signs], QUESTION, models=models, store=signs_memory, cancellation=cancellation,
            on_event=listener, settings=Settings(max_rounds=1),
        )  # fmt: skip
    assert sum(isinstance(event, events.Recalled) for event in listener.seen) == 1


def test_cancelling_a_task_stops_the_thread_before_it_returns(open_session, signs, signs_store, tmp_path):
    session = open_session(signs, store=shutil.copytree(signs_store, tmp_path / "copy"))
    seen = threading.Event()

    async def main():
        task = asyncio.create_task(session.ask_async(QUESTION, CHOICES, ROUNDS, lambda event: seen.set()))
        while not seen.is_set():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return session._cancellation

    assert asyncio.run(main()) is None, "the thread still runs"


def test_the_event_loop_goes_on_while_a_question_is_answered(signs, signs_store, models):
    async def main():
        ticks = 0
        task = asyncio.create_task(ask_async(signs, QUESTION, CHOICES, models=models, store=signs_store))
        while not task.done():
            await asyncio.sleep(0.005)
            ticks += 1
        return (await task).text, ticks

    text, ticks = asyncio.run(main())
    assert text == "42"
    assert ticks > 3


def test_sessions_in_threads_do_not_disturb_one_another(open_session, signs, more_signs, sample, signs_memory, models):
    """Three at once over shared models, one of them cancelled: the others answer what they answer alone."""
    asked = {
        signs: ("What number is written on the exit sign?", ("17", "42", "8")),
        more_signs: ("What is open?", ("the library", "the harbour", "the bank")),
    }
    alone = {path: ask(path, *asked[path], models=models, store=signs_memory).text for path in asked}
    answers, errors = {}, []
    cancelled = open_session(sample, store=signs_memory)

    def answer(path):
        answers[path] = ask(path, *asked[path], models=models, store=signs_memory).text

    def look():
        try:
            cancelled.index()
        except Cancelled as error:
            errors.append(error)

    threads = [threading.Thread(target=answer, args=(path,)) for path in asked] + [threading.Thread(target=look)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 60
    while cancelled._cancellation is None and time.monotonic() < deadline:
        time.sleep(0.01)
    cancelled.cancel()
    for thread in threads:
        thread.join(120)
    assert answers == alone
    assert len(errors) == 1


def test_two_threads_of_one_session_wait_for_one_another(open_session, signs, signs_store):
    session = open_session(signs, store=signs_store)
    found = []
    threads = [threading.Thread(target=lambda: found.append(session.ask(QUESTION, CHOICES).text)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert found == ["42", "42"]
    assert [turn.question for turn in session.history] == [QUESTION, QUESTION]


def test_a_failure_is_no_cancellation(tmp_path, models):
    async def main():
        await ask_async(tmp_path / "missing.mp4", QUESTION, models=models, store=tmp_path)

    with pytest.raises(MediaError):
        asyncio.run(main())
