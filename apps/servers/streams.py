"""Replies that take long: as a stream of server-sent events, or whole; both end the work when the client goes away."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ...video.errors import VidprogError

T = TypeVar("T")
Emit = Callable[[str], Awaitable[None]]
GONE = 499
"""Status for a client that has gone; nobody reads it."""
BEAT = 15.0
"""Seconds between signs of life: proxies close connections on which nothing is sent."""


def event_text(data: Any, name: str = "") -> str:
    """One event as it is sent; JSON keeps line ends out of it."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)}\n\n"


class EventStream(Response):
    """A reply of server-sent events.

    Args:
        work: Does the work and calls what it is given with the text of each event.
    """

    media_type = "text/event-stream"

    def __init__(self, work: Callable[[Emit], Awaitable[None]]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._work = work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the reply; what is not sent when the client goes away is not worked out."""

        async def emit(text: str) -> None:
            await send({"type": "http.response.body", "body": text.encode(), "more_body": True})

        async def beat() -> None:
            while True:
                await anyio.sleep(BEAT)
                await emit(": still working\n\n")

        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with anyio.create_task_group() as group:
            group.start_soon(_until_gone, receive, group.cancel_scope)
            group.start_soon(beat)
            await self._work(emit)
            group.cancel_scope.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def while_wanted(request: Request, work: Awaitable[T]) -> T | Response:
    """What work gives; an empty reply when the client went away before.

    Raises:
        VidprogError: The work's own.
    """
    result: T | Response = Response(status_code=GONE)
    failure: VidprogError | None = None
    async with anyio.create_task_group() as group:
        group.start_soon(_until_gone, request.receive, group.cancel_scope)
        try:
            result = await work
        except VidprogError as error:  # must not leave the group, which would wrap it
            failure = error
        group.cancel_scope.cancel()
    if failure is not None:
        raise failure
    return result


async def _until_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
