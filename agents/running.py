"""Work that can be called off: what a thread began ends at its next tool or model call, and nothing found is lost."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from ..tools.cancellation import Cancellation, Cancelled, Stopped

Result = TypeVar("Result")


@contextmanager
def cancelled_in_words() -> Iterator[None]:
    """Turns the end of cancelled work into an error that its caller can handle.

    Raises:
        Cancelled: The work was stopped.
    """
    try:
        yield
    except Stopped:
        raise Cancelled from None


async def in_thread(work: Callable[[Cancellation], Result]) -> Result:
    """Wait for work without holding up the event loop; cancelling the task stops the work.

    Args:
        work: Called in a thread with the switch that stops it.

    Raises:
        asyncio.CancelledError: The task was cancelled; the thread has ended by then.
    """
    cancellation = Cancellation()
    running = asyncio.ensure_future(asyncio.to_thread(work, cancellation))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        cancellation.cancel()
        with suppress(Cancelled):
            await running
        raise
