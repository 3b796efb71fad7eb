"""Events of the work on their way to a client that waits, without ever holding up the work."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import anyio

from ...agents.events import Event

Sink = Callable[[Event], Awaitable[None]]
KEPT = 1000
"""Events that wait to be sent; later ones are dropped while a client is slow."""


class Relay:
    """Takes events from the work and has them sent one after the other."""

    def __init__(self) -> None:
        self._sender, self._receiver = anyio.create_memory_object_stream[Event](KEPT)

    def tell(self, event: Event) -> None:
        """Have an event sent."""
        with suppress(anyio.WouldBlock, anyio.ClosedResourceError, anyio.BrokenResourceError):
            self._sender.send_nowait(event)

    @classmethod
    @asynccontextmanager
    async def to(cls, sink: Sink) -> AsyncIterator["Relay"]:
        """A relay for as long as this lasts; all events are sent when it ends.

        Args:
            sink: Sends one event. An error in the body must be caught in the body: the group of tasks would wrap it.
        """
        relay = cls()
        async with anyio.create_task_group() as group:
            group.start_soon(relay._forward, sink)
            try:
                yield relay
            finally:
                relay._sender.close()

    async def _forward(self, sink: Sink) -> None:
        async with self._receiver:
            async for event in self._receiver:
                await sink(event)
