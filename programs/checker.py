"""Finds everything that is wrong with a program before it runs, so that a planner can repair it in one go.

The rules here are about what the language leaves out and about giving useful hints. They are not what keeps a program
harmless: the sandbox does that.
"""

from __future__ import annotations

import ast
import builtins
import difflib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ..tools.registry import Registry
from ..tools.sandbox import Diagnostic, Sandbox, shared_sandbox
from ..tools.types import GIVEN, SANDBOX_CLASSES
from .loops import endless
from .program import Program, ProgramError, parse_source

MAX_CHARACTERS = 20_000

REFUSED_NAMES = frozenset(
    [
        "open",
        "exec",
        "eval",
        "compile",
        "input",
        "globals",
        "locals",
        "vars",
        "getattr",
        "setattr",
        "delattr",
        "breakpoint",
    ]
)
"""Builtins that have no use in a program: it reads attributes and calls tools."""

_CODES = {
    "unresolved-reference": "program.name",
    "unresolved-attribute": "program.attribute",
    "missing-argument": "program.argument",
    "unknown-argument": "program.argument",
    "invalid-argument-type": "program.argument",
    "too-many-positional-arguments": "program.argument",
    "parameter-already-assigned": "program.argument",
    "positional-only-parameter-as-kwarg": "program.argument",
    "invalid-syntax": "program.syntax",
    "crashed": "program.check",
}
"""The type checker's names -> ours; any other is `program.type`."""

MAX_DEPTH = 50
"""Expressions and blocks inside one another; 50 nested lists take the type checker 0.6 s, 80 take it 2 s."""

_DUNDER = re.compile(r"^__\w*__$")
_IGNORE = re.compile(r"#\s*(type|ty|mypy|pyright)\s*:\s*ignore")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to change in a program."""

    line: int
    """From 1; 0 when it is about the whole."""
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.message}" + (f" ({self.hint})" if self.hint else "")

    def to_json(self) -> dict[str, Any]:
        """Every field."""
        return asdict(self)


def check(program: Program, registry: Registry, sandbox: Sandbox | None = None) -> tuple[Problem, ...]:
    """All problems of a program, in the order of its lines; none when it can be run.

    Args:
        program: Of either form; `Program.draft` makes one of any text.
        registry: The tools it may call.
        sandbox: Where it is type-checked; the shared one when left out.
    """
    if len(program.source) > MAX_CHARACTERS:
        message = f"the program has {len(program.source)} characters, more than {MAX_CHARACTERS}"
        return (Problem(0, "program.length", message, "A program is a few lines."),)
    try:
        tree = parse_source(program.source)
        if program.kind == "statements":
            Program.parse(program.source)  # says what is wrong with a function that is not the one function
    except ProgramError as error:
        return (Problem(error.line, error.code, error.message.removeprefix(f"line {error.line}: "), error.hint),)
    if _depth(tree) > MAX_DEPTH:
        return (Problem(0, "program.depth", "the program is nested too deeply", "Use a few plain lines."),)
    found = [problem for rule in _RULES for problem in rule(tree, program, registry)]
    hints = _Hints(tree, registry)
    lines = {problem.line for problem in found}
    for diagnostic in (sandbox or shared_sandbox()).check_types(program.code, registry.stubs()):
        if diagnostic.line not in lines or diagnostic.code not in _SAID_ALREADY:
            found.append(_problem(diagnostic, hints))
    found += _unknown_attributes(tree, {problem.line for problem in found})
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: problem.line))


def _depth(tree: ast.AST) -> int:
    """How many levels the tree has, counted without recursion."""
    level: list[ast.AST] = [tree]
    depth = 0
    while level and depth <= MAX_DEPTH:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    return depth


_SAID_ALREADY = frozenset(["unresolved-import", "unresolved-reference", "unresolved-attribute"])
"""What the type checker says about a line in which an import or a refused name was found before."""


def _imports(tree: ast.Module, program: Program, registry: Registry) -> Iterator[Problem]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield Problem(
                node.lineno, "program.import", "programs import nothing", "Tools and builtins are there without it."
            )


def _names(tree: ast.Module, program: Program, registry: Registry) -> Iterator[Problem]:
    for node in ast.walk(tree):
        name = next(
            (value for field in ("id", "attr", "name", "arg") if isinstance(value := getattr(node, field, 0), str)), ""
        )
        if _DUNDER.match(name):
            hint = "Use tools and the attributes of what they return."
            yield Problem(getattr(node, "lineno", 0), "program.dunder", f"{name} is not for programs", hint)
        elif isinstance(node, ast.Name) and name in REFUSED_NAMES and name not in registry:
            yield Problem(node.lineno, "program.refused", f"{name} is not for programs", "Only tools reach outside.")


def _ignores(tree: ast.Module, program: Program, registry: Registry) -> Iterator[Problem]:
    for number, line in enumerate(program.source.splitlines(), 1):
        if _IGNORE.search(line):
            yield Problem(number, "program.ignore", "type errors cannot be switched off", "Remove the comment.")


def _no_answer(tree: ast.Module, program: Program, registry: Registry) -> Iterator[Problem]:
    answering = [tool for tool in registry if "Answer" in str(tool.returns).split(" | ")]
    names = {tool.name for tool in answering} or {"answer"}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    if not used & names:
        hint = "; ".join(f"End with {tool.signature()}" for tool in answering[:1]) or "End with answer(...)"
        yield Problem(0, "program.no_answer", "nothing in the program gives an answer", hint)


def _loops(tree: ast.Module, program: Program, registry: Registry) -> Iterator[Problem]:
    for place in endless(tree, registry.names):
        yield Problem(place.line, "program.endless", place.message, place.hint)


_RULES: tuple[Callable[[ast.Module, Program, Registry], Iterator[Problem]], ...] = (
    _imports,
    _names,
    _ignores,
    _no_answer,
    _loops,
)


_PLAIN = (str, int, float, bool, list, tuple, dict, set, frozenset, range, slice, BaseException)
"""What programs work with besides the classes of the stubs."""
_OURS = frozenset(name for item in SANDBOX_CLASSES for name in item.attributes)
ATTRIBUTES = _OURS.union(*map(dir, _PLAIN))
"""Everything that can be an attribute of anything in a program."""


def _unknown_attributes(tree: ast.Module, said: Collection[int]) -> Iterator[Problem]:
    """Attributes that nothing has: the type checker is silent where it does not know what something is.

    Args:
        tree: The program.
        said: Lines of which something was said before: what is wrong there may be just that.
    """
    nodes = list(ast.walk(tree))
    if any(isinstance(node, ast.ClassDef) for node in nodes):  # whose attributes may be called anything
        return
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr not in ATTRIBUTES and not _DUNDER.match(node.attr):
            if node.lineno in said:
                continue
            near = difflib.get_close_matches(node.attr, _OURS, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(sorted(_OURS))}"
            yield Problem(node.lineno, "program.attribute", f"nothing has an attribute `{node.attr}`", hint)


def _problem(diagnostic: Diagnostic, hints: _Hints) -> Problem:
    code = _CODES.get(diagnostic.code, "program.type")
    return Problem(diagnostic.line, code, diagnostic.message, hints.for_code(code, diagnostic.message))


class _Hints:
    """Turns a checker's message into what to write instead."""

    def __init__(self, tree: ast.Module, registry: Registry) -> None:
        self.registry = registry
        self.known = {*registry.names, *GIVEN, *_assigned(tree), *(n for n in dir(builtins) if n[0].islower())}

    def for_code(self, code: str, message: str) -> str:
        quoted = re.findall(r"`([^`]*)`", message)
        makers = {"program.name": self._name, "program.attribute": self._attribute, "program.argument": self._argument}
        return makers[code](quoted, message) if code in makers and quoted else ""

    def _name(self, quoted: list[str], message: str) -> str:
        near = difflib.get_close_matches(quoted[0], self.known, n=1)
        if not near:
            return f"Tools are {', '.join(self.registry.names)}"
        return f"Did you mean {self._signature(near[0])}?"

    def _attribute(self, quoted: list[str], message: str) -> str:
        owner, wanted = quoted[0], quoted[-1]
        if owner.startswith("list["):
            return f"{owner} is a plain list: loop over it, index it, or pass it to a tool"
        names = next((tuple(item.attributes) for item in SANDBOX_CLASSES if item.host.__name__ == owner), ())
        near = difflib.get_close_matches(wanted, names, n=1)
        return f"Did you mean {near[0]}?" if near else f"{owner} has {', '.join(names)}" if names else ""

    def _argument(self, quoted: list[str], message: str) -> str:
        match = re.search(r"function `(\w+)`", message)
        return self._signature(match[1]) if match and match[1] in self.registry else ""

    def _signature(self, name: str) -> str:
        return self.registry.get(name).signature() if name in self.registry else name


def _assigned(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef):
            yield node.name
