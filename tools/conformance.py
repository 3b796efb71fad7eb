"""The test that every tool must pass, built-in or not: `vidprog tools check` and the test suite run it."""

from __future__ import annotations

import ast
import inspect
import keyword
import re
import textwrap
from collections.abc import Callable, Iterator

from ..models import ROLES
from ..models.roles import CAPABILITIES
from .sandbox import Sandbox, shared_sandbox
from .tool import Tool
from .types import GIVEN, SANDBOX_CLASSES, declarations

_SNAKE_CASE = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")


def check(tool: Tool, sandbox: Sandbox | None = None) -> tuple[str, ...]:
    """What is wrong with a tool, one sentence each; nothing when it conforms.

    Args:
        tool: The tool.
        sandbox: Where its stub is type-checked; the shared one when left out.
    """
    written = [problem for rule in _RULES for problem in rule(tool)]
    if written:
        return tuple(written)  # the type checker would only repeat them, less clearly
    return tuple(_type_problems(tool, sandbox or shared_sandbox()))


def _name(tool: Tool) -> Iterator[str]:
    if not _SNAKE_CASE.match(tool.name) or keyword.iskeyword(tool.name):
        yield f"the name {tool.name!r} is not a snake_case identifier"
    taken = {*GIVEN, *(item.host.__name__ for item in SANDBOX_CLASSES)}
    if tool.name in taken:
        yield f"the name {tool.name!r} is one that every program is given"


def _texts(tool: Tool) -> Iterator[str]:
    if not tool.summary.endswith("."):
        yield "the first line of the docstring does not end with a full stop"
    for parameter in tool.parameters:
        if not parameter.text:
            yield f"argument {parameter.name!r} is not described under Args:"


def _types(tool: Tool) -> Iterator[str]:
    for parameter in tool.parameters:
        if not parameter.type.options:
            yield f"argument {parameter.name!r} has no type"
    if not tool.returns.options:
        yield "the result has no type"


def _needs(tool: Tool) -> Iterator[str]:
    for role in tool.needs:
        if role not in (*ROLES, *CAPABILITIES):
            yield f"it needs {role!r}, which is none of the roles {', '.join((*ROLES, *CAPABILITIES))}"


def _stub(tool: Tool) -> Iterator[str]:
    try:
        tree = ast.parse(tool.stub())
    except SyntaxError as error:
        yield f"its stub is not Python: {error.msg}"
        return
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef):
        yield "its stub is more than one function"


def _manners(tool: Tool) -> Iterator[str]:
    """Calls that disturb whoever runs the tool; of a tool without a source file nothing is known."""
    try:
        lines, first = inspect.getsourcelines(tool.target)
    except (OSError, TypeError):
        return
    for node in ast.walk(ast.parse(textwrap.dedent("".join(lines)))):
        if isinstance(node, ast.Call) and not any(named.arg == "file" for named in node.keywords):
            remedy = _REMEDIES.get(ast.unparse(node.func))
            if remedy:
                yield f"line {first + node.lineno - 1} calls {ast.unparse(node.func)}(): {remedy}"


_PROGRESS = 'results are on stdout; say progress with context.report("...", None), or write to sys.stderr'
_ENDS = "it would end the question; return, or raise an error that says what is wrong"
_REMEDIES = {
    "print": _PROGRESS,
    "sys.stdout.write": _PROGRESS,
    "input": "nobody may be there to answer; make it an argument with a default",
    **dict.fromkeys(("exit", "quit", "sys.exit", "os._exit", "os.abort"), _ENDS),
}
"""Call -> what to do instead."""

_RULES: tuple[Callable[[Tool], Iterator[str]], ...] = (_name, _texts, _types, _needs, _stub, _manners)


def _type_problems(tool: Tool, sandbox: Sandbox) -> Iterator[str]:
    """The stub's own types, then a program that calls the tool in both ways: all by position, and all by name."""
    body = tool.stub().removesuffix("...") + "raise NotImplementedError\n"
    for found in sandbox.check_types(body, declarations()):
        yield f"its stub does not type-check: {found.message}"
    for found in sandbox.check_types(_trial(tool), f"{declarations()}\n\n{tool.stub()}\n"):
        yield f"a program that calls it does not type-check: {found.message}"


def _trial(tool: Tool) -> str:
    parameters = ", ".join(f"{parameter.name}: {parameter.type}" for parameter in tool.parameters)
    needed = ", ".join(
        f"{p.name}={p.name}" if p.keyword_only else p.name for p in tool.parameters if p.required or p.keyword_only
    )
    named = ", ".join(f"{parameter.name}={parameter.name}" for parameter in tool.parameters)
    lines = [f"def trial({parameters}) -> {tool.returns}:", f"    {tool.name}({needed})"]
    return "\n".join([*lines, f"    return {tool.name}({named})", ""])
