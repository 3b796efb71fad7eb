"""The part of the program language that a model can be held to while it writes: which tools, which names, which values.

A program of this part is one to six lines `name = tool(...)` and ends in `answer(...)`. Each type of result has one
name, so a name's type never changes, and what may stand for an argument follows from the registry alone. `grammar`
writes this part as a grammar and `steps` as a JSON schema; both read the tables here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..tools import Parameter, Registry, Tool
from ..tools.types import GIVEN, TypeSpec

VARIABLES: Mapping[str, frozenset[str]] = {
    "clip": frozenset(["Clip"]),
    "frames": frozenset(["list[Frame]"]),
    "lines": frozenset(["list[Observation]"]),
    "text": frozenset(["str"]),
    "number": frozenset(["int", "None"]),
}
"""Name of a result -> the types it may hold. Five names make 32 states of what is defined, which can be spelt out."""

MOST_LINES = 6
ANSWER = "answer"
"""The tool that ends a program; its first argument is the question."""


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one kind are written.

    Attributes:
        pattern: In a program, as a regular expression that Python, Rust and llama.cpp read alike.
        schema: In JSON.
    """

    pattern: str
    schema: Mapping[str, Any]


_CHARACTER = r'[^"\\#\x00-\x1f\x7f-\x9f]'
"""Inside of quotes: nothing that ends or escapes them, no control characters, no comment signs (`# type: ignore`)."""
_TEXT = rf'"{_CHARACTER}{{1,80}}"'
_SHARE = r"(0\.[0-9][0-9]?|1\.0)"
_SECONDS = r"(0|[1-9][0-9]?[0-9]?[0-9]?)(\.[0-9])?"
_NUMBER = {"type": "number", "minimum": 0}

FORMS: Mapping[str, Form] = {
    "text": Form(_TEXT, {"type": "string"}),
    "texts": Form(
        rf"\[{_TEXT}(, {_TEXT}){{0,3}}\]",
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 4},
    ),
    "few": Form(r"[1-9]", {"type": "integer", "minimum": 1, "maximum": 9}),
    "some": Form(r"([1-9]|[1-5][0-9]|6[0-4])", {"type": "integer", "minimum": 1, "maximum": 64}),
    "hundreds": Form(r"[1-9][0-9]?[0-9]?", {"type": "integer", "minimum": 1, "maximum": 999}),
    "pixels": Form(r"[1-8][0-9][0-9]", {"type": "integer", "minimum": 100, "maximum": 899}),
    "share": Form(_SHARE, {**_NUMBER, "maximum": 1}),
    "seconds": Form(_SECONDS, {**_NUMBER, "maximum": 9999}),
    "truth": Form(r"(True|False)", {"type": "boolean"}),
    "box": Form(
        rf"\[{_SHARE}, {_SHARE}, {_SHARE}, {_SHARE}\]",
        {"type": "array", "items": {**_NUMBER, "maximum": 1}, "minItems": 4, "maxItems": 4},
    ),
}
"""Kind of literal -> how it is written."""

_WORDS_OF_TYPE = re.compile(r"Literal\[(.*)\]")
_WORDS_OF_TEXT = re.compile(r"Any of ((?:`\w+`(?:, )?)+)")
"""A list of texts whose description begins like this takes these words only."""


_FINDINGS = frozenset(["list[Frame]", "list[Observation]"])
"""What takes these takes what tools found, and no text that the model makes up."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What may stand for one argument.

    Attributes:
        parameter: The tool's own description of it.
        names: Given names and variables whose type fits.
        form: The kind of literal that fits, a key of ``FORMS``; empty for none.
        words: The only texts that it takes, where there are such.
        many: Whether it takes a list of these words instead of one.
    """

    parameter: Parameter
    names: tuple[str, ...] = ()
    form: str = ""
    words: tuple[str, ...] = ()
    many: bool = False

    @property
    def possible(self) -> bool:
        """Whether anything at all may stand for it."""
        return bool(self.names or self.form or self.words)

    def possible_with(self, defined: Collection[str]) -> bool:
        """Whether anything may stand for it when these variables are defined."""
        return bool(self.form or self.words or any(name in GIVEN or name in defined for name in self.names))


@dataclass(frozen=True, slots=True)
class Call:
    """A tool as this part of the language has it: where its result goes, and what it may be passed."""

    tool: Tool
    save_as: str
    required: tuple[Slot, ...]
    optional: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """The call of `answer` as this part of the language has it.

    Attributes:
        evidence: Variables that may be the evidence.
        without: Whether there may be no evidence (`None`), where another result is passed instead.
        choices: Whether it takes the choices.
        extras: Optional arguments -> the variables that may stand for them.
    """

    evidence: tuple[str, ...]
    without: bool
    choices: bool
    extras: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Subset:
    """This part of the language, for one registry.

    Attributes:
        variables: Name of a result -> the types it may hold: ``VARIABLES``, renamed where a tool has the name.
        calls: The tools, in the order of their names.
        ending: How a program ends.
    """

    variables: Mapping[str, frozenset[str]]
    calls: tuple[Call, ...]
    ending: Ending

    @classmethod
    def of(cls, registry: Registry, roles: Collection[str] | None = None) -> Subset:
        """Read it out of the registry.

        Args:
            registry: All tools.
            roles: The model roles that there are; tools that need others are left out. All tools when left out.

        Raises:
            UsageError: The registry has no `answer`.
        """
        variables = {f"{name}_" if name in registry else name: kinds for name, kinds in VARIABLES.items()}
        able = [tool for tool in registry if roles is None or set(tool.needs) <= set(roles)]
        found = tuple(call for tool in able if (call := _call(tool, variables)))
        return cls(variables, found, _ending(registry.get(ANSWER), variables))


def _ending(tool: Tool, variables: Mapping[str, frozenset[str]]) -> Ending:
    _, evidence, *others = tool.parameters
    fitting = {item.name: _names(item.type, variables) for item in others if item.name != "choices"}
    return Ending(
        _names(evidence.type, variables),
        evidence.type.optional,
        any(item.name == "choices" for item in others),
        {name: names for name, names in fitting.items() if names},
    )


def _call(tool: Tool, variables: Mapping[str, frozenset[str]]) -> Call | None:
    types = _stubs(tool.returns)
    save_as = next((name for name, kinds in variables.items() if types <= kinds), None)
    slots = [_slot(parameter, variables) for parameter in tool.parameters]
    required = [slot for slot in slots if slot.parameter.required]
    if save_as is None or not all(slot.possible for slot in required):
        return None
    optional = [slot for slot in slots if not slot.parameter.required and slot.possible]
    return Call(tool, save_as, tuple(required), tuple(optional))


def _slot(parameter: Parameter, variables: Mapping[str, frozenset[str]]) -> Slot:
    types = _stubs(parameter.type)
    literal = next((match[1] for kind in types if (match := _WORDS_OF_TYPE.fullmatch(kind))), "")
    if literal:
        return Slot(parameter, words=tuple(re.findall(r"'([^']*)'", literal)))
    listed = _WORDS_OF_TEXT.match(parameter.text)
    if listed and "list[str]" in types:
        return Slot(parameter, words=tuple(re.findall(r"\w+", listed[1])), many=True)
    if types & _FINDINGS:
        return Slot(parameter, _names(parameter.type, variables))
    given = {name: frozenset([kind]) for name, kind in GIVEN.items()}
    return Slot(parameter, _names(parameter.type, {**given, **variables}), _form(parameter, types))


def _form(parameter: Parameter, types: frozenset[str]) -> str:
    default = parameter.default if isinstance(parameter.default, (int, float)) else None
    table = {
        "str": "text",
        "list[str]": "texts",
        "bool": "truth",
        "int": _whole(parameter, default),
        "float": "share" if default is not None and 0 <= default <= 1 else "seconds",
        "list[float]": "box" if parameter.name == "box" else "",
    }
    return next((form for kind, form in table.items() if kind in types and form), "")


def _whole(parameter: Parameter, default: float | None) -> str:
    if "pixel" in parameter.text:
        return "pixels"
    return "some" if default is None else "few" if default <= 1 else "some" if default < 50 else "hundreds"


def _names(wanted: TypeSpec, known: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The names whose every type is wanted."""
    return tuple(name for name, kinds in known.items() if kinds <= _stubs(wanted))


def _stubs(spec: TypeSpec) -> frozenset[str]:
    return frozenset([option.stub for option in spec.options] + ["None"] * spec.optional)
