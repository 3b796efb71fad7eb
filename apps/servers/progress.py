"""Events of the work as progress notifications: what is done, never what a video says."""

from collections.abc import Awaitable, Callable

from ...agents import events
from ..cli.watch import HIDDEN

Send = Callable[[float, float | None, str | None], Awaitable[None]]
"""Gets a number that only grows, the total where it is known, and a line."""


class Notifier:
    """Sends events as lines, none twice in a row.

    Args:
        send: Sends one line.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._number = 0
        self._last = ""

    async def __call__(self, event: events.Event) -> None:
        """Send an event that says something new."""
        line = said(event)
        if line and line != self._last:
            self._last = line
            self._number += 1
            await self._send(float(self._number), None, line)


def said(event: events.Event) -> str:
    """An event as a line; empty for one that says nothing to a client."""
    return next((say(event) for kind, say in SAYINGS.items() if isinstance(event, kind)), "")


def _progress(event: events.Progress) -> str:
    return event.message if event.share is None else f"{event.message}: {event.share:.0%}"


def _step(event: events.StepDone) -> str:
    return "" if event.step.tool in HIDDEN else f"{event.step.tool} {'failed' if event.step.failed else 'done'}"


def _judged(event: events.Judged) -> str:
    return "good enough" if event.accepted else "not good enough yet"


SAYINGS: dict[type[events.Event], Callable[..., str]] = {
    events.Progress: _progress,
    events.Recalled: lambda event: "choosing a program",
    events.Planned: lambda event: f"round {event.round}: running {event.program}",
    events.Repaired: lambda event: "program repaired",
    events.StepDone: _step,
    events.Judged: _judged,
}
"""Kind of event -> how it is said."""
