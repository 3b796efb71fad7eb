"""How a tool tells the trace what its result cannot say: that it came from the cache, or why there is nothing.

A context owns one `Notes`. Whoever runs tools clears it before a call and reads it after; a tool (or the cache that
the context offers) writes into it.
"""

from __future__ import annotations


class Notes:
    """What was noted during one tool call.

    Examples:
        >>> notes = Notes()
        >>> notes.add(cached=True)
        >>> notes.add(why="no audio stream")
        >>> notes.cached, notes.why
        (True, 'no audio stream')
    """

    def __init__(self) -> None:
        self._cached: list[bool] = []
        self._reasons: dict[str, None] = {}

    def add(self, *, cached: bool | None = None, why: str = "") -> None:
        """Note something about the call that is going on.

        Args:
            cached: Whether a part of the result was taken from the cache; None says nothing about it.
            why: A reason for an empty or partial result; the same reason counts once.
        """
        if cached is not None:
            self._cached.append(cached)
        if why:
            self._reasons[why] = None

    def clear(self) -> None:
        """Forget everything, before the next call."""
        self._cached.clear()
        self._reasons.clear()

    @property
    def cached(self) -> bool:
        """Whether every part of the result that was noted came from the cache."""
        return bool(self._cached) and all(self._cached)

    @property
    def why(self) -> str:
        """The reasons, in the order they were given."""
        return "; ".join(self._reasons)
