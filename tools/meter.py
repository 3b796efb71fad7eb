"""What an answer may cost and what it has cost so far.

One `Meter` goes with a question through all of its rounds. Work that is about to be done is asked for with `spend`,
which refuses when the limit would be passed; what only shows afterwards (tokens, decoded frames) is recorded with
`count`, so that a result that was paid for is never thrown away.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace

from ..video.errors import UsageError, VidprogError
from .cancellation import Cancellation


class BudgetExceeded(VidprogError):  # noqa: N818 - it is a reason to stop, not a failure
    """A limit of the budget is reached: the run stops with what it has."""

    def __init__(self, limit: str, allowed: float) -> None:
        super().__init__(
            f"{limit.replace('_', ' ')} limited to {allowed:g}",
            code="budget.exceeded",
            hint="Raise the budget or ask a smaller question.",
        )
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits for one question; None means no limit.

    Example:
        >>> little = vidprog.Settings(budget=vidprog.Budget(seconds=600, frames=500))
        >>> vidprog.ask("sample.mp4", "Which animal is shown?", ["a dog", "a cat"], settings=little).usage["vlm_calls"]
        0
    """

    llm_calls: int | None = None
    vlm_calls: int | None = None
    frames: int | None = None
    """Frames shown to a model (`Usage.frames_seen`)."""
    seconds: float | None = None
    """Wall-clock time since the meter started."""
    tokens: int | None = None
    """Prompt and completion tokens together."""

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not None and not value >= 0:
                raise UsageError(
                    f"a budget of {value} {item.name} cannot be", code="budget.value", hint="Give 0 or more."
                )


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used; the names are those of `usage` in the JSON of an answer."""

    llm_calls: int = 0
    vlm_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    frames_decoded: int = 0
    frames_seen: int = 0
    seconds: float = 0.0

    def __sub__(self, earlier: Usage) -> Usage:
        """What was used since `earlier`."""
        return Usage(**{item.name: getattr(self, item.name) - getattr(earlier, item.name) for item in fields(self)})

    def to_json(self) -> dict[str, float]:
        """The counts by name, zeros included."""
        return asdict(self)


_COUNTED: dict[str, Callable[[Usage], float]] = {
    "llm_calls": lambda usage: usage.llm_calls,
    "vlm_calls": lambda usage: usage.vlm_calls,
    "frames": lambda usage: usage.frames_seen,
    "seconds": lambda usage: usage.seconds,
    "tokens": lambda usage: usage.prompt_tokens + usage.completion_tokens,
}


class Meter:
    """Counts what tools and models use, and stops them at the budget.

    Args:
        budget: The limits; may be replaced between rounds by setting `meter.budget`.
        used: What earlier runs of the same question used, when one is resumed.
        clock: A clock in seconds.
        cancellation: Looked at whenever the budget is.
    """

    def __init__(
        self,
        budget: Budget | None = None,
        used: Usage | None = None,
        clock: Callable[[], float] = time.monotonic,
        cancellation: Cancellation | None = None,
    ) -> None:
        self.budget = budget or Budget()
        self.cancellation = cancellation or Cancellation()
        self._used = used or Usage()
        self._clock = clock
        self._started = clock() - self._used.seconds

    @property
    def usage(self) -> Usage:
        """What has been used up to now."""
        return replace(self._used, seconds=self._clock() - self._started)

    def count(
        self,
        *,
        llm_calls: int = 0,
        vlm_calls: int = 0,
        prompt_tokens: int = 0,
        completion_tokens: int = 0,
        frames_decoded: int = 0,
        frames_seen: int = 0,
    ) -> None:
        """Record what was done. Never refuses: the next `check` or `spend` does."""
        used = self._used
        self._used = Usage(
            used.llm_calls + llm_calls,
            used.vlm_calls + vlm_calls,
            used.prompt_tokens + prompt_tokens,
            used.completion_tokens + completion_tokens,
            used.frames_decoded + frames_decoded,
            used.frames_seen + frames_seen,
            used.seconds,
        )

    def spend(self, *, llm_calls: int = 0, vlm_calls: int = 0, frames_seen: int = 0) -> None:
        """Ask for work that is about to be done, and record it.

        Raises:
            BudgetExceeded: It would pass a limit; nothing is recorded then.
        """
        before = self._used
        self.count(llm_calls=llm_calls, vlm_calls=vlm_calls, frames_seen=frames_seen)
        try:
            self.check()
        except BudgetExceeded:
            self._used = before
            raise

    def check(self) -> None:
        """Refuse to go on when something was used beyond its limit.

        Raises:
            BudgetExceeded: It names the first limit that was passed.
            Stopped: The question was cancelled.
        """
        self.cancellation.check()
        usage = self.usage
        for name, used in _COUNTED.items():
            allowed = getattr(self.budget, name)
            if allowed is not None and used(usage) > allowed:
                raise BudgetExceeded(name, allowed)
