"""A question as a stream of events, for a loop that draws them as they come: ``for`` and ``async for`` alike."""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress

from ..tools.cancellation import Cancellation
from .events import Event, Listener
from .result import Result

Work = Callable[[Listener, Cancellation], Result]


class Stream:
    """The events of one question, once; it starts when it is read, and stops when nobody reads on.

    Args:
        work: Answers the question: gets whom to tell, and the switch that stops it.

    Example:
        >>> with vidprog.open("sample.mp4") as session:
        ...     stream = session.stream("Which animal is shown?", ["a dog", "a cat"])
        ...     steps = [event.step.tool for event in stream if isinstance(event, vidprog.events.StepDone)]
        >>> stream.result.text
        'a cat'
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._cancellation = Cancellation()
        self._answer: Future[Result] = Future()
        self._thread: threading.Thread | None = None

    def __iter__(self) -> Iterator[Event]:
        """The events; a failure of the question is raised after the last.

        Raises:
            VidprogError: As `vidprog.ask` does; `Cancelled` after `cancel`.
        """
        events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._start(events.put)
        try:
            while (event := events.get()) is not None:
                yield event
        finally:  # also where the reader leaves the loop: the question must not go on unseen
            self._stop()
        self._answer.result()

    async def __aiter__(self) -> AsyncIterator[Event]:
        """The events, without holding up the event loop.

        Raises:
            VidprogError: As `vidprog.ask` does; `Cancelled` after `cancel`.
        """
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[Event | None] = asyncio.Queue()

        def tell(event: Event | None) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody listens any more
                loop.call_soon_threadsafe(events.put_nowait, event)

        self._start(tell)
        try:
            while (event := await events.get()) is not None:
                yield event
        finally:
            await asyncio.to_thread(self._stop)
        self._answer.result()

    @property
    def result(self) -> Result:
        """The answer; waits for it, reading no events where nobody has.

        Raises:
            VidprogError: As `vidprog.ask` does; `Cancelled` after `cancel`.
        """
        if self._thread is None:
            self._start(lambda event: None)
        return self._answer.result()

    def cancel(self) -> None:
        """Stop the question at its next tool or model call; asked again, it goes on where it was."""
        self._cancellation.cancel()

    def _start(self, tell: Callable[[Event | None], None]) -> None:
        if self._thread is not None:
            raise RuntimeError("a stream is read once; ask again for another")
        self._thread = threading.Thread(target=self._run, args=(tell,), daemon=True, name="vidprog question")
        self._thread.start()

    def _run(self, tell: Callable[[Event | None], None]) -> None:
        try:
            self._answer.set_result(self._work(tell, self._cancellation))
        except BaseException as error:  # whoever waits for the answer gets it, whatever it is
            self._answer.set_exception(error)
        finally:
            tell(None)

    def _stop(self) -> None:
        self._cancellation.cancel()
        if self._thread is not None:
            self._thread.join()
