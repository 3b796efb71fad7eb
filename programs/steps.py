"""Programs as JSON, for servers that can hold a model to a JSON schema but not to a grammar.

The schema keeps tools, arguments and the names of results to what fits together; that a name is saved before it is used
is more than a schema can say, so the rendered program still goes through the checker like any other.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..tools import Registry
from ..tools.types import GIVEN
from .checker import Problem
from .subset import ANSWER, FORMS, MOST_LINES, Call, Ending, Slot, Subset


@dataclass(frozen=True, slots=True)
class Rendered:
    """A program that was read from JSON.

    Attributes:
        source: Everything that could be read, as a program; what could not stands in it as a comment.
        problems: What is wrong with the data; empty when the checker will find nothing either.
    """

    source: str
    problems: tuple[Problem, ...] = ()


def steps_schema(registry: Registry, roles: Collection[str] | None = None) -> str:
    """The JSON schema of a program, for ``Constraint("json_schema", ...)``.

    It keeps to what OpenAI's strict mode allows: every property is required, and one that may be left out is null.

    Args:
        registry: The tools.
        roles: The model roles that there are; tools that need others are left out. All tools when left out.

    Returns:
        As JSON text. A program in this form takes up to about 900 tokens.
    """
    subset = Subset.of(registry, roles)
    steps = {"anyOf": [_step_schema(call) for call in subset.calls]}
    listed = {"type": "array", "items": steps, "minItems": 1, "maxItems": MOST_LINES}
    return json.dumps(_object({"steps": listed, ANSWER: _answer_schema(subset.ending)}))


def program_from_steps(data: object, registry: Registry) -> str:
    """The source of a program that was written as JSON.

    Args:
        data: What the model wrote: the JSON text, or its value.
        registry: The tools.

    Returns:
        A program for the checker. Nothing is raised: what could not be read is a comment that says what is wrong.
    """
    return read_steps(data, registry).source


def read_steps(data: object, registry: Registry) -> Rendered:
    """The same with the list of what is wrong with the data.

    Args:
        data: What the model wrote: the JSON text, or its value.
        registry: The tools.
    """
    try:
        value = _parsed(data) if isinstance(data, str) else data
    except (ValueError, RecursionError) as error:
        return _rendered([_Bad(f"this is no JSON: {(str(error).splitlines() or ['nested too deeply'])[0]}")])
    if not isinstance(value, Mapping):
        return _rendered([_Bad("the program is no JSON object with steps and answer")])
    subset = Subset.of(registry)
    renderer = _Renderer({call.tool.name: call for call in subset.calls})
    steps = list(renderer.steps(value.get("steps")))
    return _rendered([*steps, _answer(value.get(ANSWER), subset.ending, renderer.defined)])


class _Bad(str):
    """A line that could not be rendered: what is wrong with it."""

    __slots__ = ()


def _rendered(lines: Sequence[str]) -> Rendered:
    problems = tuple(
        Problem(number, "program.steps", line, "Write what the JSON schema says.")
        for number, line in enumerate(lines, 1)
        if isinstance(line, _Bad)
    )
    return Rendered("\n".join(f"# {line}" if isinstance(line, _Bad) else line for line in lines), problems)


def _parsed(text: str) -> object:
    """The JSON value in a reply, whatever stands around it."""
    start, end = text.find("{"), text.rfind("}")
    return json.loads(text[start : end + 1] if 0 <= start < end else text)


@dataclass(slots=True)
class _Renderer:
    """Renders one line after the other and knows what is defined by then."""

    calls: Mapping[str, Call]
    defined: frozenset[str] = frozenset(GIVEN)

    def steps(self, data: object) -> Iterator[str]:
        if not isinstance(data, Sequence) or isinstance(data, str):
            yield _Bad("steps is no list")
            return
        for step in data:
            yield self._step(step)

    def _step(self, step: object) -> str:
        if not isinstance(step, Mapping):
            return _Bad("a step is no object")
        name, tool, arguments = (step.get(key) for key in ("save_as", "tool", "arguments"))
        if not (_is_name(name) and _is_name(tool)):
            return _Bad("a step has no save_as or no tool that is a name")
        if not isinstance(arguments, Mapping) or not all(map(_is_name, arguments)):
            return _Bad(f"the arguments of {tool} are no object")
        try:
            line = f"{name} = {tool}({', '.join(self._arguments(str(tool), arguments))})"
        except ValueError as error:
            return _Bad(f"{tool}: {error}")
        self.defined |= {str(name)}
        return line

    def _arguments(self, tool: str, arguments: Mapping[str, object]) -> Iterator[str]:
        call = self.calls.get(tool)
        slots = {slot.parameter.name: slot for slot in (*call.required, *call.optional)} if call else {}
        by_place = True
        for name in [*slots, *(name for name in arguments if name not in slots)]:
            slot, value = slots.get(name), arguments.get(name)
            by_place = by_place and slot is not None and slot.parameter.required and not slot.parameter.keyword_only
            if value is not None:
                yield ("" if by_place else f"{name}=") + self._value(value, slot)
            by_place = by_place and value is not None

    def _value(self, value: object, slot: Slot | None) -> str:
        """A value of JSON as Python: a text that names something defined, or that can be nothing but a name, is one."""
        if isinstance(value, str) and not (slot and slot.words):
            only_names = slot is not None and not slot.form and value.isidentifier()
            return value if value in self.defined or only_names else repr(value)
        if isinstance(value, list):
            return f"[{', '.join(_literal(item) for item in value)}]"
        return _literal(value)


def _answer(data: object, end: Ending, defined: Collection[str]) -> str:
    """The last line; a name that nothing was saved as is left out of it, so far as something else is left."""
    if not isinstance(data, Mapping):
        return _Bad(f"{ANSWER} is no object")
    evidence = data.get("evidence")
    named = {name: data.get(name) for name in end.extras if data.get(name) is not None}
    wrong = [value for value in (evidence, *named.values()) if value is not None and not _is_name(value)]
    if wrong:
        return _Bad(f"{ANSWER}: {str(wrong[0])[:40]!r} is no name")
    extras = [f"{name}={value}" for name, value in named.items() if value in defined]
    if end.without and extras and evidence not in defined:
        evidence = None
    return f"{ANSWER}({', '.join(['question', str(evidence), *(['choices'] * end.choices), *extras])})"


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value.isidentifier()


def _literal(value: object) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is not finite")
    if not isinstance(value, (str, int, float)):
        raise ValueError("an argument is neither a text, a number nor a list of these")
    return repr(value)


def _step_schema(call: Call) -> dict[str, Any]:
    arguments = {
        slot.parameter.name: _value_schema(slot, optional=slot in call.optional)
        for slot in (*call.required, *call.optional)
    }
    return _object(
        {"save_as": _one_of([call.save_as]), "tool": _one_of([call.tool.name]), "arguments": _object(arguments)}
    )


def _value_schema(slot: Slot, optional: bool) -> dict[str, Any]:
    options: list[dict[str, Any]] = []
    if slot.words:
        words = _one_of(slot.words)
        options.append({"type": "array", "items": words, "minItems": 1, "maxItems": 4} if slot.many else words)
    elif slot.form == "text":  # a text that is the name of a variable stands for it
        options.append(dict(FORMS["text"].schema))
    else:
        options += [_one_of(slot.names)] if slot.names else []
        options += [dict(FORMS[slot.form].schema)] if slot.form else []
    return _nullable(options) if optional else options[0] if len(options) == 1 else {"anyOf": options}


def _answer_schema(end: Ending) -> dict[str, Any]:
    evidence = _one_of(end.evidence)
    extras = {name: _nullable([_one_of(names)]) for name, names in end.extras.items()}
    return _object({"evidence": _nullable([evidence]) if end.without else evidence, **extras})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _one_of(words: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


def _nullable(options: list[dict[str, Any]]) -> dict[str, Any]:
    return {"anyOf": [*options, {"type": "null"}]}
