"""A question as a stream of events, for plain and for asynchronous loops."""

import asyncio

import pytest
from vidprog.agents import Settings, events
from vidprog.agents.ask import stream
from vidprog.tools import Cancelled
from vidprog.video import MediaError

QUESTION, CHOICES = "What number is written on the exit sign?", ("17", "42", "8", "63")
ROUNDS = Settings(threshold=1.0, max_rounds=3)
"""Nothing is sure enough: there is time to stop it."""


async def collected(given):
    return [event async for event in given]


def plainly(given):
    return list(given)


def asynchronously(given):
    return asyncio.run(collected(given))


@pytest.fixture
def session(open_session, signs, signs_store):
    return open_session(signs, store=signs_store)


@pytest.mark.parametrize("read", [plainly, asynchronously])
def test_a_stream_has_the_events_that_a_listener_is_told(session, read):
    told = []
    answer = session.ask(QUESTION, CHOICES, on_event=told.append)
    given = session.stream(QUESTION, CHOICES)
    names = [type(event).__name__ for event in read(given) if not isinstance(event, events.Progress)]
    assert names == [type(event).__name__ for event in told if not isinstance(event, events.Progress)]
    assert {"Recalled", "Planned", "StepDone", "Answered", "Judged"} <= set(names)
    assert given.result.text == answer.text == "42"


def test_the_answer_can_be_had_without_reading(session):
    assert session.stream(QUESTION, CHOICES).result.choice == 1


def test_a_reader_who_leaves_stops_the_question(session):
    given = session.stream(QUESTION, CHOICES, ROUNDS)
    for _ in given:
        break
    with pytest.raises(Cancelled):
        given.result  # noqa: B018 - asking for it raises
    assert session._cancellation is None
    assert session.history == []


def test_an_asynchronous_reader_who_is_cancelled_stops_the_question(session):
    async def read(given, seen):
        async for event in given:
            seen.append(event)

    async def main():
        given, seen = session.stream(QUESTION, CHOICES, ROUNDS), []
        task = asyncio.create_task(read(given, seen))
        while not seen:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return given

    given = asyncio.run(main())
    assert session._cancellation is None
    with pytest.raises(Cancelled):
        given.result  # noqa: B018 - asking for it raises


def test_cancelling_a_stream_ends_it_with_an_error(session):
    given = session.stream(QUESTION, CHOICES, ROUNDS)
    with pytest.raises(Cancelled):
        for _ in given:
            given.cancel()


@pytest.mark.parametrize("read", [plainly, asynchronously])
def test_a_failure_is_raised_after_the_last_event(tmp_path, models, read):
    with pytest.raises(MediaError):
        read(stream(tmp_path / "missing.mp4", QUESTION, models=models, store=tmp_path))


def test_a_stream_is_read_once(session):
    given = session.stream(QUESTION, CHOICES)
    plainly(given)
    with pytest.raises(RuntimeError):
        plainly(given)
