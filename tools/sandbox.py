"""The worker processes in which programs run and are type-checked; nothing of a program ever runs in this process.

A `Sandbox` is a pool of Monty workers. It takes about 10 ms to start, so one is shared by the whole process.
"""

from __future__ import annotations

import atexit
import functools
import os
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pydantic_monty

_HALT = "halt_after_type_check"
"""A host function put before a program that is only checked: Monty checks the whole text, starts it, and stops here."""

_TURN_SECONDS = 30.0
"""A worker that neither answers nor stops itself is killed."""

_DIAGNOSTIC = re.compile(
    r"^main\.py:(?P<line>\d+):(?P<column>\d+): (?P<level>\w+)(?:\[(?P<code>[\w-]+)\])? (?P<text>.*)$"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run of a program may use of the sandbox; tools run outside it and are not counted here."""

    seconds: float = 10.0
    """Computing by the program itself, the time in tools left out."""
    memory: int = 256 * 2**20
    """Bytes."""
    recursion: int = 200
    calls: int = 300
    """Tool calls."""


_CHECKING = Limits(seconds=5.0)
"""For the type checker itself: 20,000 characters of plain lines take it 0.1 s, but 120 nested lists over 10 s."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding of the type checker."""

    line: int
    """From 1; 0 when it is about no line."""
    code: str
    """The checker's own name for it, e.g. `unresolved-reference`; `invalid-syntax` for what cannot be parsed."""
    message: str


class Sandbox:
    """A pool of workers, started at the first use.

    Args:
        processes: At most this many at once; None for as many as there are processors.
    """

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes
        self._pool: pydantic_monty.Monty | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers; the next use starts new ones."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.__exit__(None, None, None)

    def session(self, limits: Limits) -> pydantic_monty.MontySession:
        """A fresh interpreter in a worker, to be used with `with`."""
        return self._started().checkout(limits=_monty_limits(limits))

    def check_types(self, code: str, stubs: str) -> tuple[Diagnostic, ...]:
        """Type-check a program without running any of it.

        Args:
            code: Any text.
            stubs: The `.pyi` text with everything the program may use.
        """
        import pydantic_monty

        session = self._started().checkout(
            limits=_monty_limits(_CHECKING),
            type_check=True,
            type_check_stubs=f"{stubs}\ndef {_HALT}() -> None: ...\n",
            type_check_format="concise",
        )
        with session as opened:
            try:
                opened.feed_start(f"{_HALT}()\n{code}")
            except pydantic_monty.MontyTypingError as error:
                return _diagnostics(error.display())
            except (pydantic_monty.MontySyntaxError, pydantic_monty.MontyRuntimeError) as error:
                return (_unparsable(error),)
            except pydantic_monty.MontyCrashedError as error:
                return (Diagnostic(0, "crashed", f"the checker gave up on this program: {error}"),)
        return ()

    def _started(self) -> pydantic_monty.Monty:
        with self._lock:
            if self._pool is None:
                import pydantic_monty

                pool = pydantic_monty.Monty(max_processes=self._processes, request_timeout=_TURN_SECONDS)
                self._pool = pool.__enter__()
            return self._pool


def shared_sandbox() -> Sandbox:
    """The sandbox of this process, closed when it ends."""
    return _sandbox_of(os.getpid())  # by process: a fork must not talk to its parent's workers


@functools.cache
def _sandbox_of(process: int) -> Sandbox:
    sandbox = Sandbox()
    atexit.register(sandbox.close)
    return sandbox


def _monty_limits(limits: Limits) -> pydantic_monty.ResourceLimits:
    return {
        "max_feed_duration_secs": limits.seconds,
        "max_memory": limits.memory,
        "max_recursion_depth": limits.recursion,
        # Calls are counted by whoever answers them; this also stops floods of look-ups and refused system calls.
        "max_suspensions": 4 * limits.calls + 100,
    }


def _diagnostics(text: str) -> tuple[Diagnostic, ...]:
    """The errors among the checker's lines, numbered as in the program; a line of another form is kept as it is."""
    found = []
    for line in text.splitlines():
        match = _DIAGNOSTIC.match(line)
        if match and match["level"] == "error":
            found.append(Diagnostic(int(match["line"]) - 1, match["code"] or "", match["text"]))
        elif line.strip() and not match:
            found.append(Diagnostic(0, "", line.strip()))
    return tuple(found)


def _unparsable(error: pydantic_monty.MontySyntaxError | pydantic_monty.MontyRuntimeError) -> Diagnostic:
    frames = error.traceback()
    return Diagnostic(frames[-1].line - 1 if frames else 0, "invalid-syntax", error.display("msg"))
