"""What goes on, shown in the notebook's cell that waits for it; nothing anywhere else.

The values that are displayed are plain; how they look is registered with IPython by the room above.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ..models.weights import Report, ignore_progress
from ..programs import Step
from . import events
from .events import Event, Listener, ignore

FIRST_SECONDS = 0.5
"""Work that is done before is not worth a place in the output."""
SECONDS_BETWEEN = 0.2
"""A page that is drawn more often is not read faster."""


@dataclass(slots=True)
class CellProgress:
    """The state of long work.

    Attributes:
        doing: What is going on; empty when it has ended.
        share: How much of that is done, 0 to 1; None where it is not known.
        rounds: Name of the program and the steps of each round.
        seconds: How long it has taken.
    """

    doing: str = "starting"
    share: float | None = None
    rounds: list[tuple[str, list[Step]]] = field(default_factory=list)
    seconds: float = 0.0

    def take(self, event: Event) -> None:
        """Note what happened."""
        if isinstance(event, events.Progress):
            self.doing, self.share = event.message, event.share
        elif isinstance(event, events.Planned):
            self.doing, self.share = "working", None
            self.rounds.append((event.program, []))
        elif isinstance(event, events.StepDone) and self.rounds:
            self.rounds[-1][1].append(event.step)

    def __repr__(self) -> str:
        steps = sum(len(steps) for _, steps in self.rounds)
        share = "" if self.share is None else f" {self.share:.0%}"
        return f"{self.doing or 'done'}{share} ({steps} steps, {self.seconds:.1f} s)"


class Cell:
    """A place in the output of the running cell, taken when there is something to wait for."""

    def __init__(self) -> None:
        self._view = CellProgress()
        self._started = self._drawn = time.monotonic()
        self._handle: Any = None

    def __call__(self, event: Event) -> None:
        """Draw an event, unless the last one was drawn just now."""
        self._view.take(event)
        if time.monotonic() - self._drawn >= (SECONDS_BETWEEN if self._handle else FIRST_SECONDS):
            self._draw()

    def end(self) -> None:
        """Say that it is over, where anything was said."""
        self._view.doing, self._view.share = "", None
        if self._handle is not None:
            self._draw()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        self._view.seconds = self._drawn - self._started
        if self._handle is None:
            from IPython.display import display

            self._handle = display(self._view, display_id=True)
        else:
            self._handle.update(self._view)


def shell() -> Any:
    """The notebook's shell; None outside a notebook."""
    module = sys.modules.get("IPython")  # nobody is in a notebook who has not loaded it
    found = module.get_ipython() if module is not None else None
    return found if hasattr(found, "kernel") else None


@contextmanager
def listener(on_event: Listener | None) -> Iterator[Listener]:
    """Who is told the events of one piece of work: whom the caller names, else the cell, else nobody."""
    if on_event is not None or shell() is None:
        yield on_event or ignore
        return
    cell = Cell()
    try:
        yield cell
    finally:
        cell.end()


def reporter() -> Report:
    """Who is told about long work besides questions: the running cell, or nobody."""
    return CellReport() if shell() is not None else ignore_progress


class CellReport:
    """Opens a place for each piece of work that takes long."""

    def __init__(self) -> None:
        self._cell: Cell | None = None

    def __call__(self, message: str, share: float | None) -> None:
        """Draw what is going on."""
        self._cell = self._cell or Cell()
        self._cell(events.Progress(message, share))

    def end(self) -> None:
        """The work is done: what comes next opens another place."""
        cell, self._cell = self._cell, None
        if cell is not None:
            cell.end()
