"""Calls tools that do not come with vidprog: somebody else's code must neither hold up a question nor end the process.

Such a tool runs in a thread of its own. One that does not come back is left behind when its time is over (Python cannot
end a thread; it ends with the process), one that calls `sys.exit` has failed, and what one prints goes to stderr, as
stdout is for results.
"""

from __future__ import annotations

import contextvars
import inspect
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from .meter import BudgetExceeded, Meter
from .notes import Notes
from .tool import Tool, ToolError

PRINTED = "it printed, which went to stderr: say progress with context.report(text, None), a reason with context.notes"


LOOK = 0.2
"""Seconds between two looks at whether the question was cancelled."""


class Books(Protocol):
    """What is needed of a context."""

    @property
    def meter(self) -> Meter:
        """Knows how much time is left."""

    @property
    def notes(self) -> Notes:
        """Is told what the tool should not have done."""


def run_guarded(tool: Tool, args: tuple[object, ...], kwargs: Mapping[str, object], context: Books) -> Any:
    """Call a tool as `Tool.run` does, for as long as it may take.

    Args:
        tool: Anybody's.
        args: Passed by position.
        kwargs: Passed by name.
        context: Given to the tool where it takes one.

    Raises:
        ToolError: `tool.time`, `tool.failed` (it broke, or wanted to end the process), `tool.argument`, `tool.result`.
        BudgetExceeded: The time of the question was over first.
        Stopped: The question was cancelled.
        VidprogError: The tool's own.
    """
    left = context.meter.budget.seconds
    left = None if left is None else max(0.0, left - context.meter.usage.seconds)
    allowed = tool.seconds if left is None else min(tool.seconds, left)
    call = _Call(tool, args, kwargs, context)
    thread = threading.Thread(
        target=contextvars.copy_context().run, args=(call,), daemon=True, name=f"tool {tool.name}"
    )
    with _prints.away(thread):
        thread.start()
        _wait(thread, allowed, context.meter)
    if thread.is_alive():
        if left is not None and left <= tool.seconds:
            raise BudgetExceeded("seconds", context.meter.budget.seconds or 0.0)
        raise ToolError(
            f"the tool {tool.name!r} did not return within {allowed:g} s: look for what it waits for, or allow it more "
            "with @tool(seconds=...)",
            code="tool.time",
        )
    if _prints.forget(thread):
        context.notes.add(why=PRINTED)
    return call.result()


def _wait(thread: threading.Thread, seconds: float, meter: Meter) -> None:
    """Until the thread ends or its time is over; a question that is cancelled waits no longer."""
    end = time.monotonic() + seconds
    while thread.is_alive() and (left := end - time.monotonic()) > 0:
        thread.join(min(left, LOOK))
        meter.cancellation.check()


def what_broke(tool: Tool, error: BaseException) -> str:
    """An error of a tool in one line, with the line of the tool's own file.

    Args:
        tool: Whose code it was.
        error: What it raised.
    """
    file = file_of(tool)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    place = f" in line {own[-1].lineno} of {file}" if own else ""
    return f"the tool {tool.name!r} broke with {' '.join(f'{type(error).__name__}: {error}'.split())}{place}"


def file_of(tool: Tool) -> str:
    """The file that a tool was written in; empty where there is none."""
    try:
        return inspect.getsourcefile(tool.target) or ""
    except TypeError:  # a class of a notebook's main module has no file
        return ""


class _Call:
    """One call, made in another thread."""

    def __init__(self, tool: Tool, args: tuple[object, ...], kwargs: Mapping[str, object], context: Books) -> None:
        self._given = (args, kwargs, context)
        self._tool = tool
        self._result: Any = None
        self._error: BaseException | None = None

    def __call__(self) -> None:
        try:
            self._result = self._tool.run(*self._given)
        except BaseException as error:  # also SystemExit: it is raised again where the question is answered
            self._error = error

    def result(self) -> Any:
        """What the tool returned, or raised."""
        if isinstance(self._error, SystemExit):
            message = f"the tool {self._tool.name!r} wanted to end the process: let it return, or raise an error"
            raise ToolError(message, code="tool.failed") from self._error
        if self._error is not None:
            raise self._error
        return self._result


class _Prints:
    """Stands for `sys.stdout` while tools of others run: what their threads print goes to stderr."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stdout: Any = None
        self._threads: set[threading.Thread] = set()
        self._printed: set[threading.Thread] = set()

    def __getattr__(self, name: str) -> Any:
        thread = threading.current_thread()
        if thread not in self._threads:
            return getattr(self._stdout, name)
        if name == "write":
            self._printed.add(thread)
        return getattr(sys.stderr, name)

    @contextmanager
    def away(self, thread: threading.Thread) -> Iterator[None]:
        """Until this ends, and for as long as the thread lives, its prints stay off stdout."""
        with self._lock:
            if sys.stdout is not self:
                self._stdout, sys.stdout = sys.stdout, self
            self._threads.add(thread)
        try:
            yield
        finally:
            with self._lock:
                self._threads = {other for other in self._threads if other.is_alive()}
                if not self._threads and sys.stdout is self:
                    sys.stdout = self._stdout

    def forget(self, thread: threading.Thread) -> bool:
        """Whether a thread that has ended printed; asked once."""
        printed = thread in self._printed
        self._printed.discard(thread)
        return printed


_prints = _Prints()
