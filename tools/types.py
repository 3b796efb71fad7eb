"""The types that tools may use, as one table: what a program sees, what the host accepts, what "nothing" looks like.

Stubs, the argument check at call time and the crossing into the sandbox all read this table, so they cannot disagree.
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ..memory import Observation, Timeline
from ..video import Clip, Frame, Frames
from .values import Answer, Demonstration, Grid

Coerce = Callable[[object], object]
"""Gives the value as the host wants it, or raises `Mismatch`."""


class Mismatch(Exception):  # noqa: N818 - a signal inside this room, never shown
    """The value is not of that type; the text says what it is instead."""


@dataclass(frozen=True, slots=True)
class ValueType:
    """One row of the table."""

    stub: str
    """The type in a program, e.g. `list[Observation]`."""
    coerce: Coerce
    empty: Callable[[str], object] | None = None
    """Makes the empty value from a reason; None where a type has no empty value."""


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """The type of a parameter or a result: one or more rows, perhaps None."""

    options: tuple[ValueType, ...]
    optional: bool = False

    def __str__(self) -> str:
        return " | ".join([option.stub for option in self.options] + ["None"] * self.optional)

    def coerce(self, value: object) -> object:
        """The value as the first row that takes it gives it.

        Raises:
            Mismatch: No row takes it.
        """
        if value is None and self.optional:
            return None
        for option in self.options:
            try:
                return option.coerce(value)
            except Mismatch:
                continue
        raise Mismatch(describe_type(value))

    @property
    def has_empty(self) -> bool:
        """Whether a failed tool of this type can give an empty result instead."""
        return self.optional or any(option.empty for option in self.options)

    def empty(self, why: str) -> object:
        """The empty value; meaningful only where `has_empty`.

        Args:
            why: The reason, kept by the types that can.
        """
        makers = (option.empty for option in self.options if option.empty)
        return next((make(why) for make in makers), None)


def describe_type(value: object) -> str:
    """Names a value's type for an error; never shows the value, which may be huge or refer to itself."""
    if isinstance(value, str) and len(value) <= 40:
        return repr(value)
    if isinstance(value, float) and math.isnan(value):
        return "nan, which is no number"
    if isinstance(value, (list, tuple)) and value:
        return f"a {type(value).__name__} of {type(value[0]).__name__}"
    return "None" if value is None else type(value).__name__


def _instance(kind: type) -> Coerce:
    def coerce(value: object) -> object:
        if not isinstance(value, kind):
            raise Mismatch(describe_type(value))
        return value

    return coerce


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Mismatch(describe_type(value))
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Mismatch(describe_type(value))
    try:
        number = float(value)
    except OverflowError as error:
        raise Mismatch("an integer too large for a float") from error
    if math.isnan(number):
        raise Mismatch("not a number (nan)")
    return number


def _sequence(item: Coerce, build: Callable[[list], object]) -> Coerce:
    def coerce(value: object) -> object:
        if not isinstance(value, (list, tuple)):
            raise Mismatch(describe_type(value))
        return build([item(part) for part in value])

    return coerce


def _timeline(value: object) -> Timeline:
    if isinstance(value, Timeline):  # keeps its reason for being empty
        return value
    observations = _sequence(_instance(Observation), list)(value)
    return Timeline(typing.cast("list[Observation]", observations))


VOCABULARY: Mapping[object, ValueType] = {
    str: ValueType("str", _instance(str), lambda why: ""),
    int: ValueType("int", _integer),
    float: ValueType("float", _number),
    bool: ValueType("bool", _instance(bool)),
    list[str]: ValueType("list[str]", _sequence(_instance(str), list), lambda why: []),
    list[float]: ValueType("list[float]", _sequence(_number, list), lambda why: []),
    Clip: ValueType("Clip", _instance(Clip)),
    list[Clip]: ValueType("list[Clip]", _sequence(_instance(Clip), list), lambda why: []),
    Frame: ValueType("Frame", _instance(Frame)),
    Frames: ValueType("list[Frame]", _sequence(_instance(Frame), tuple), lambda why: ()),
    Observation: ValueType("Observation", _instance(Observation)),
    Timeline: ValueType("list[Observation]", _timeline, lambda why: Timeline((), why)),
    Grid: ValueType("Grid", _instance(Grid)),
    Answer: ValueType("Answer", _instance(Answer)),
    list[Demonstration]: ValueType("list[Demonstration]", _sequence(_instance(Demonstration), list), lambda why: []),
}
"""Annotation in a tool's signature -> its row. `Literal["a", "b"]` and unions of rows are allowed as well."""


def resolve_type(annotation: object) -> TypeSpec | None:
    """The rows that an annotation stands for, or None when it is none of the vocabulary."""
    parts = typing.get_args(annotation) if _is_union(annotation) else (annotation,)
    rows = [_row(part) for part in parts if part not in (None, type(None))]
    if not rows or not all(rows):
        return None
    return TypeSpec(tuple(row for row in rows if row), optional=len(rows) < len(parts))


def allowed_types() -> str:
    """The vocabulary in words, for hints."""
    names = [
        getattr(key, "__name__", "") if isinstance(key, type) else row.stub
        for key, row in VOCABULARY.items()
        if key != Frames
    ]
    return ", ".join([*names, "Frames", "Literal of texts", "X | None", "unions of these"])


def _is_union(annotation: object) -> bool:
    return typing.get_origin(annotation) in (types.UnionType, typing.Union)


def _row(annotation: object) -> ValueType | None:
    if typing.get_origin(annotation) is typing.Literal:
        return _literal(typing.get_args(annotation))
    try:
        return VOCABULARY.get(annotation)
    except TypeError:  # an annotation that cannot be hashed is none of ours
        return None


def _literal(words: tuple[object, ...]) -> ValueType | None:
    if not all(isinstance(word, str) for word in words):
        return None

    def coerce(value: object) -> object:
        if value not in words:
            raise Mismatch(describe_type(value))
        return value

    return ValueType(f"Literal[{', '.join(map(repr, words))}]", coerce)


@dataclass(frozen=True, slots=True)
class SandboxClass:
    """A class as programs see it: nothing but these attributes, no methods."""

    host: type
    summary: str
    attributes: Mapping[str, str]
    """Name -> type in the stub. A tuple on the host becomes a list where the stub says so."""

    def declaration(self) -> str:
        """The class statement of the stub."""
        lines = [f"    {name}: {stub}" for name, stub in self.attributes.items()]
        return "\n".join([f"class {self.host.__name__}:", f'    """{self.summary}"""', *lines, ""])


SANDBOX_CLASSES: tuple[SandboxClass, ...] = (
    SandboxClass(Clip, "A stretch of the video, in seconds.", {"start": "float", "end": "float", "duration": "float"}),
    SandboxClass(Frame, "One picture; pass it to tools.", {"time": "float"}),
    SandboxClass(
        Observation,
        "One thing that was seen, heard or read, from start to end in seconds.",
        {
            "start": "float",
            "end": "float",
            "kind": "str",
            "content": "str",
            "score": "float",
            "source": "str",
            "box": "list[float] | None",
            "track": "int | None",
            "video": "str",
        },
    ),
    SandboxClass(
        Grid,
        "Frames laid out in one picture; times holds one list of seconds for each row.",
        {"rows": "int", "columns": "int", "times": "list[list[float]]"},
    ),
    SandboxClass(
        Answer,
        "An answer; confidence is 0 to 1, choice counts from 0.",
        {"text": "str", "choice": "int | None", "confidence": "float", "abstained": "bool"},
    ),
    SandboxClass(
        Demonstration,
        "A question about another video with its right answer; pass it to tools.",
        {"question": "str", "answer": "str"},
    ),
)


GIVEN: Mapping[str, str] = {"video": "Clip", "videos": "list[Clip]", "question": "str", "choices": "list[str]"}
"""The names that every program starts with, and their types in the stub; `video` is the first of `videos`."""


def declarations(classes: Iterable[SandboxClass] = SANDBOX_CLASSES) -> str:
    """The head of a stub file: the classes, then the names that are given."""
    names = "".join(f"{name}: {stub}\n" for name, stub in GIVEN.items())
    return "\n\n".join(["from typing import Literal as Literal\n", *(item.declaration() for item in classes), names])
