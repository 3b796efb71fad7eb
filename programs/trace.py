"""What a run did, as data: one `Step` for each tool call. Terminal, notebook and HTML are views of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ..memory import Observation, Timeline
from ..tools.tool import Tool
from ..tools.values import Answer, Grid
from ..video import Clip, Frame

_LONGEST_TEXT = 200
_MOST_ITEMS = 10


@dataclass(frozen=True, slots=True)
class Step:
    """One tool call."""

    tool: str
    arguments: Mapping[str, Any]
    """By name; numbers and short texts as they are, everything else in words."""
    result: str
    """In words, e.g. `3 observations, 2.0-14.5 s`."""
    seconds: float
    cost: Mapping[str, float] = field(default_factory=dict)
    """What the call used, by the names of `Usage`; only what is not zero, and not its seconds."""
    cached: bool = False
    why: str = ""
    """Why there is nothing, or what went wrong."""
    failed: bool = False
    """Whether `why` is a failure, rather than the reason for an empty result."""

    def to_json(self) -> dict[str, Any]:
        """Every field as plain data."""
        return {**asdict(self), "arguments": dict(self.arguments), "cost": dict(self.cost)}


def describe(value: object) -> str:
    """A value in a few words.

    Args:
        value: Anything; of types that tools do not know, only the type's name is said.
    """
    for kind, words in _WORDS.items():
        if isinstance(value, kind):
            return words(value)
    return f"a {type(value).__name__}"


def describe_arguments(tool: Tool, args: Sequence[object], kwargs: Mapping[str, object]) -> dict[str, Any]:
    """The arguments of a call by name, JSON-safe and short.

    Args:
        tool: Whose parameter names are used for those passed by position.
        args: Passed by position.
        kwargs: Passed by name.
    """
    names = [parameter.name for parameter in tool.parameters]
    names += [f"argument {number}" for number in range(len(names) + 1, len(args) + 1)]
    return {name: _argument(value) for name, value in [*zip(names, args, strict=False), *kwargs.items()]}


def _argument(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return value if abs(value) < 1e15 else "a huge number"  # also false for nan, which JSON has not
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value[:_MOST_ITEMS]):
        return [_short(item) for item in value[:_MOST_ITEMS]] + ["..."] * (len(value) > _MOST_ITEMS)
    return describe(value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 3] + "..."


def _span(start: float, end: float) -> str:
    return f"{start:.1f}-{end:.1f} s"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + "s" * (number != 1)


def _sequence(value: Sequence[object]) -> str:
    if not value:
        return "nothing"
    first = value[0]
    if isinstance(first, Observation):
        observations = [item for item in value if isinstance(item, Observation)]
        last = max(item.end for item in observations)
        return f"{_count(len(value), 'observation')}, {_span(min(o.start for o in observations), last)}"
    if isinstance(first, Clip):
        clips = [item for item in value if isinstance(item, Clip)]
        return f"{_count(len(value), 'clip')}, {_span(min(c.start for c in clips), max(c.end for c in clips))}"
    if isinstance(first, Frame):
        times = [item.time for item in value if isinstance(item, Frame)]
        return f"{_count(len(value), 'frame')}, {_span(min(times), max(times))}"
    if isinstance(first, str):
        return _short(", ".join(str(item) for item in value[:_MOST_ITEMS] if isinstance(item, str)))
    return f"{_count(len(value), 'item')} of {type(first).__name__}"


def _answer(value: Answer) -> str:
    return f"{_short(value.text) or 'no text'} ({value.confidence:.2f})" + ", abstained" * value.abstained


def _grid(value: Grid) -> str:
    times = [time for row in value.times for time in row]
    return f"{value.rows}x{value.columns} grid" + (f", {_span(min(times), max(times))}" if times else "")


_WORDS: dict[type | tuple[type, ...], Callable[[Any], str]] = {
    type(None): lambda value: "nothing",
    str: lambda value: _short(value) or "nothing",
    (bool, int, float): lambda value: str(_argument(value)) if abs(value) < 1e15 else "a huge number",
    Clip: lambda value: _span(value.start, value.end),
    Frame: lambda value: f"the frame at {value.time:.1f} s",
    Observation: lambda value: f"{value.kind} {_short(value.content)!r}, {_span(value.start, value.end)}",
    Answer: _answer,
    Grid: _grid,
    (Timeline, list, tuple): _sequence,
}
