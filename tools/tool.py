"""`@tool`: one typed, documented function is the stub, the argument check, the documentation and the prompt.

A tool is a function, or a class with `__call__` (and, if it likes, `setup()` and `identity`). Its parameters are what a
program passes; one named `context` is different: the host fills it in and no program ever sees it.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, overload

from ..video.errors import VidprogError
from .docstring import Docstring, parse_docstring
from .several import Place
from .stateful import Stateful
from .types import Mismatch, TypeSpec, allowed_types, resolve_type

CONTEXT = "context"
REQUIRED = inspect.Parameter.empty
"""The default of a parameter that has none."""
SECONDS = 600.0
"""Of one call of a user's tool; reading an hour of video with a model on a processor takes about as long."""
DOCTEST = (">>>", "...")


class ToolError(VidprogError):
    """A tool was called wrongly (`tool.argument`), gave a wrong result (`tool.result`) or broke (`tool.failed`)."""


class ToolDefinitionError(ToolError):
    """A tool that cannot be registered (`tool.invalid`, `tool.duplicate`, `tool.file`)."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a program may pass to a tool."""

    name: str
    type: TypeSpec
    text: str
    default: object = REQUIRED
    keyword_only: bool = False

    @property
    def required(self) -> bool:
        """Whether a call must pass it."""
        return self.default is REQUIRED

    def stub(self) -> str:
        """The parameter as it stands in the signature."""
        return f"{self.name}: {self.type}" + ("" if self.required else f" = {_literal(self.default)}")

    def to_json(self) -> dict[str, Any]:
        """Plain data; `default` (as it is written in the stub) only where there is one."""
        plain: dict[str, Any] = {"name": self.name, "type": str(self.type), "text": self.text}
        return plain if self.required else {**plain, "default": _literal(self.default)}


@dataclass(frozen=True, slots=True, eq=False)
class Tool:
    """A registered tool; calling it checks the arguments and the result."""

    name: str
    kind: str
    needs: tuple[str, ...]
    cost: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    returns: TypeSpec
    source: str
    version: str
    function: Callable[..., object]
    takes_context: bool = False
    replaces: bool = False
    """Whether it may take the place of a tool of the same name."""
    when: str = ""
    """`Use when:`, by which a planner finds a tool that a user added."""
    examples: tuple[str, ...] = ()
    """`Examples:`, questions it is good for."""
    seconds: float = SECONDS
    """One call of a tool that does not come with vidprog may take so long."""

    def __call__(self, *args: object, context: object = None, **kwargs: object) -> Any:
        """Run the tool.

        Args:
            *args: Values for the parameters, in order.
            context: What the host offers to tools; left out for tools that take none.
            **kwargs: Values by name.

        Raises:
            ToolError: `tool.argument` or `tool.result`; and whatever the tool itself raises.
        """
        return self.run(args, kwargs, context)

    def run(self, args: tuple[object, ...], kwargs: Mapping[str, object], context: object) -> Any:
        """Run the tool with arguments that come from a program, as `__call__` does.

        Raises:
            ToolError: `tool.argument`, `tool.result`; and whatever the tool itself raises.
        """
        values = self.bind(args, kwargs)
        place = Place.of_call(context, values.values())
        if self.takes_context:
            values[CONTEXT] = place.context
        result = self.function(**values)
        try:
            return place.mark(self.returns.coerce(result))
        except Mismatch as found:
            raise ToolError(
                f"the tool {self.name!r} promises {self.returns} and returned {found}: "
                "return the promised type, or write another one behind -> in the tool",
                code="tool.result",
                hint="This is a mistake in the tool, not in the program.",
            ) from None

    def bind(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> dict[str, object]:
        """The arguments by name, checked and coerced, defaults filled in.

        Raises:
            ToolError: `tool.argument`; it names the argument, what was expected and what was passed.
        """
        try:
            bound = self.host_signature().bind(*args, **kwargs)
        except TypeError as error:
            raise self._refuse(str(error)) from None
        bound.apply_defaults()
        kinds = {parameter.name: parameter.type for parameter in self.parameters}
        values: dict[str, object] = {}
        for name, value in bound.arguments.items():
            try:
                values[name] = kinds[name].coerce(value)
            except Mismatch as found:
                raise self._refuse(f"argument {name!r} expects {kinds[name]}, got {found}") from None
        return values

    def _refuse(self, problem: str) -> ToolError:
        return ToolError(f"{self.name}: {problem}", code="tool.argument", hint=self.signature())

    def host_signature(self) -> inspect.Signature:
        """The signature without the context."""
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        return inspect.Signature(
            [inspect.Parameter(p.name, kinds[p.keyword_only], default=p.default) for p in self.parameters]
        )

    def signature(self) -> str:
        """`read_text(clip: Clip, min_score: float = 0.5) -> list[Observation]`."""
        parts = [parameter.stub() for parameter in self.parameters]
        first = next((index for index, p in enumerate(self.parameters) if p.keyword_only), None)
        if first is not None:
            parts.insert(first, "*")
        return f"{self.name}({', '.join(parts)}) -> {self.returns}"

    def stub(self) -> str:
        """The tool as a function of a `.pyi` file, docstring included."""
        arguments = "\n".join(f"    {parameter.name}: {parameter.text}" for parameter in self.parameters)
        parts = [self.summary, self.description, f"Args:\n{arguments}" if arguments else ""]
        text = "\n\n".join(filter(None, parts)).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        closing = '\n"""' if "\n" in text or text.endswith('"') else '"""'
        return f"def {self.signature()}:\n" + textwrap.indent(f'"""{text}{closing}\n...', "    ")

    @property
    def target(self) -> Callable[..., object]:
        """The function or the class, as it was written."""
        return self.function.made_by if isinstance(self.function, Stateful) else self.function

    @property
    def identity(self) -> str:
        """What goes into the cache key: name, version and, for a stateful tool, its own identity."""
        own = self.function.identity if isinstance(self.function, Stateful) else ""
        return "/".join(filter(None, (self.name, self.version, own)))

    def to_json(self) -> dict[str, Any]:
        """Everything but the function, as plain data."""
        return {
            "name": self.name,
            "kind": self.kind,
            "needs": list(self.needs),
            "cost": self.cost,
            "summary": self.summary,
            "description": self.description,
            "when": self.when,
            "examples": list(self.examples),
            "parameters": [parameter.to_json() for parameter in self.parameters],
            "returns": str(self.returns),
            "source": self.source,
            "version": self.version,
            "signature": self.signature(),
        }


@overload
def tool(function: Callable[..., Any], /) -> Tool: ...
@overload
def tool(
    *,
    kind: str = ...,
    needs: str | tuple[str, ...] = ...,
    cost: str = ...,
    version: str = ...,
    replaces: bool = ...,
    seconds: float = ...,
) -> Callable[[Callable[..., Any]], Tool]: ...
def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    kind: str = "user",
    needs: str | tuple[str, ...] = (),
    cost: str = "",
    version: str = "1",
    replaces: bool = False,
    seconds: float = SECONDS,
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a typed, documented function (or class with `__call__`) a tool.

    Args:
        function: The function, when the decorator stands without arguments.
        kind: The group it is listed in: time, frames, look, read, hear, remember, ask, user.
        needs: The model role or roles it calls; `detector.mask` for what only some models of a role give.
        cost: What it uses, in words, e.g. `frames` or `one vlm call`.
        version: Changes when its results change: part of the cache key.
        replaces: Whether it may take the place of a built-in tool of the same name.
        seconds: How long one call may take before the program goes on without it; a budget of time may be shorter.

    Raises:
        ToolDefinitionError: `tool.invalid`; it names every type and text that is missing.

    Example:
        >>> @vidprog.tool
        ... def long_ones(timeline: vidprog.Timeline, seconds: float = 2.0) -> vidprog.Timeline:
        ...     '''Keep the moments that last.
        ...
        ...     Args:
        ...         timeline: The moments.
        ...         seconds: How long at least.
        ...     '''
        ...     return vidprog.Timeline([moment for moment in timeline if moment.end - moment.start >= seconds])
        >>> vidprog.check_program("answer(question, long_ones(read_text(video)), choices)", tools=[long_ones])
        ()
    """

    def make(target: Callable[..., Any]) -> Tool:
        roles = (needs,) if isinstance(needs, str) else tuple(needs)
        fixed = {"kind": kind, "cost": cost, "version": version, "replaces": replaces, "seconds": seconds}
        return _build(target, needs=tuple(filter(None, roles)), **fixed)

    return make if function is None else make(function)


def _build(target: Callable[..., Any], **fixed: Any) -> Tool:
    stateful = Stateful(target) if isinstance(target, type) else None
    name = _snake(target.__name__) if stateful else target.__name__
    function = _call_method(target) if isinstance(target, type) else target
    if function is None:
        raise _invalid(name, target, ["a class that is a tool has a method __call__"])
    documentation = _joined(parse_docstring(target.__doc__), parse_docstring(function.__doc__))
    reader = _Reader(function, documentation)
    parameters, returns = reader.parameters(), reader.returns()
    if reader.faults or returns is None:
        raise _invalid(name, function, reader.faults)
    return Tool(
        name=name,
        summary=documentation.summary,
        description=documentation.description,
        parameters=parameters,
        returns=returns,
        source=documentation.section("Source"),
        when=documentation.section("Use when"),
        examples=_questions(documentation),
        function=stateful or target,
        takes_context=reader.takes_context,
        **fixed,
    )


def _call_method(kind: type) -> Callable[..., Any] | None:
    return next((vars(base)["__call__"] for base in kind.__mro__ if "__call__" in vars(base)), None)


def _questions(documentation: Docstring) -> tuple[str, ...]:
    """The example questions; an example of Python is none."""
    items = documentation.items("Examples")
    return () if any(item.startswith(DOCTEST) for item in items) else items


def _joined(first: Docstring, second: Docstring) -> Docstring:
    """What a class says about itself, completed by what its method says."""
    return Docstring(
        first.summary or second.summary,
        first.description or second.description,
        {**second.sections, **first.sections},
    )


def _invalid(name: str, function: Callable[..., Any], faults: list[str]) -> ToolDefinitionError:
    code = getattr(function, "__code__", None)
    place = f" (line {code.co_firstlineno})" if code else ""
    return ToolDefinitionError(
        f"the tool {name!r}{place} cannot be registered: {'; '.join(faults)}",
        code="tool.invalid",
        hint=f"Types that tools may use: {allowed_types()}.",
    )


class _Reader:
    """Reads a function's signature against its docstring and collects every fault."""

    def __init__(self, function: Callable[..., Any], documentation: Docstring) -> None:
        self.function = function
        self.texts = documentation.arguments()
        self.signature = inspect.signature(function)
        self.takes_context = CONTEXT in self.signature.parameters
        self.faults: list[str] = [] if documentation.summary else ["it has no docstring"]

    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters that programs see; faults are kept in `faults`."""
        visible = [p for p in self.signature.parameters.values() if p.name not in (CONTEXT, "self")]
        parameters = [self._parameter(item) for item in visible]
        for name in self.texts.keys() - {item.name for item in visible} - {CONTEXT}:
            self.faults.append(f"Args: describes {name!r}, which is not an argument")
        return tuple(parameter for parameter in parameters if parameter)

    def returns(self) -> TypeSpec | None:
        """The type of the result; a fault when it is missing or unknown."""
        return self._type("the result", self.signature.return_annotation)

    def _parameter(self, item: inspect.Parameter) -> Parameter | None:
        label = f"argument {item.name!r}"
        if item.kind in (item.VAR_POSITIONAL, item.VAR_KEYWORD, item.POSITIONAL_ONLY):
            self.faults.append(f"{label} must be a plain named argument (no *args, **kwargs or /)")
            return None
        kind = self._type(label, item.annotation)
        text = self.texts.get(item.name, "")
        if not text:
            self.faults.append(f"{label} is not described under Args:")
        if kind is None:
            return None
        return Parameter(item.name, kind, text, self._default(label, item, kind), item.kind is item.KEYWORD_ONLY)

    def _default(self, label: str, item: inspect.Parameter, kind: TypeSpec) -> object:
        if item.default is not REQUIRED:
            try:
                kind.coerce(item.default)
            except Mismatch as found:
                self.faults.append(f"the default of {label} is {found}, not {kind}")
        return item.default

    def _type(self, label: str, annotation: object) -> TypeSpec | None:
        if annotation is inspect.Signature.empty:
            self.faults.append(f"{label} has no type")
            return None
        try:
            kind = resolve_type(_evaluated(annotation, self.function))
        except (NameError, AttributeError, TypeError, SyntaxError):
            kind = None
        if kind is None:
            shown = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
            self.faults.append(f"{label} has the type {shown}, which programs do not know")
        return kind


def _evaluated(annotation: object, function: Callable[..., Any]) -> object:
    """The annotation as an object; one by one, so that a context type known only to checkers does no harm."""
    holder = types.SimpleNamespace(__annotations__={"it": annotation})
    return typing.get_type_hints(holder, globalns=getattr(function, "__globals__", {}))["it"]


def _literal(default: object) -> str:
    """The default as a program could write it; `...` where it could not (`inf`, an object)."""
    text = repr(default)
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return "..."
    return text


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")
