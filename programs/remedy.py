"""What mending works with: a faulty program taken apart, and the ways in which one fault may be mended."""

from __future__ import annotations

import ast
import difflib
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from rapidfuzz.distance import OSA

from ..tools.registry import Registry
from ..tools.tool import Tool
from ..tools.types import GIVEN, SANDBOX_CLASSES
from .checker import Problem
from .program import Program

NEAR = 0.8
"""Likeness (difflib) from which a name may be meant: `read_txt` for `read_text` (0.94), but not `lines` for `video`."""
_LONG = 4
"""Letters of a name from which one slip (a letter missing, doubled, wrong or in its neighbour's place) is just that."""
LEAD = 0.1
"""By so much the nearest name must be nearer than the next."""


Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Remedy:
    """A program with one thing changed."""

    source: str
    change: str
    """What was changed, for a reader."""


@dataclass(frozen=True)
class Case:
    """A faulty program and what is known about it."""

    program: Program
    problems: tuple[Problem, ...]
    registry: Registry

    @property
    def source(self) -> str:
        """Its text."""
        return self.program.source

    @functools.cached_property
    def tree(self) -> ast.Module | None:
        """Its syntax tree; None where it cannot be parsed."""
        return parsed(self.source)

    @functools.cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the tree."""
        return tuple(ast.walk(self.tree)) if self.tree else ()

    @functools.cached_property
    def types(self) -> dict[str, str]:
        """Variable -> its type in the stubs, as far as that can be told at a glance."""
        return variable_types(self.tree, self.registry) if self.tree else dict(GIVEN)

    def type_of(self, node: ast.expr) -> str:
        """The type of an expression, or an empty text."""
        return type_of(node, self.types, self.registry)

    def text_of(self, node: ast.AST) -> str:
        """The text of a node."""
        return ast.get_source_segment(self.source, node) or ast.unparse(node)

    def at(self, line: int, kind: type[Node]) -> Iterator[Node]:
        """The nodes of a kind that a line has a part in."""
        for node in self.nodes:
            if isinstance(node, kind) and getattr(node, "lineno", 0) <= line <= (getattr(node, "end_lineno", 0) or 0):
                yield node

    def tool_of(self, call: ast.Call) -> Tool | None:
        """The tool that a call calls."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        return self.registry.get(name) if name in self.registry else None

    def replaced(self, node: ast.AST, text: str, change: str = "") -> Remedy:
        """The program with another text in the place of a node."""
        old = self.text_of(node)
        return Remedy(
            replace_node(self.source, node, text), change or f"line {line_of(node)}: {_short(old)} -> {_short(text)}"
        )

    def without(self, statement: ast.stmt, change: str) -> Remedy:
        """The program without a statement; with `pass` in its place where it does not stand alone."""
        first, last = line_of(statement), statement.end_lineno or line_of(statement)
        alone = "\n".join(self.source.split("\n")[first - 1 : last]).strip() == self.text_of(statement).strip()
        remedy = self.without_lines(first, last, change)
        return remedy if alone and parsed(remedy.source) else self.replaced(statement, "pass", change)

    def without_lines(self, first: int, last: int, change: str) -> Remedy:
        """The program without some lines (from 1, both included)."""
        lines = self.source.split("\n")
        return Remedy("\n".join([*lines[: first - 1], *lines[last:]]), change)


def parsed(source: str) -> ast.Module | None:
    """The syntax tree, or None."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def line_of(node: ast.AST) -> int:
    """The line on which a node begins, from 1."""
    return int(getattr(node, "lineno", 0))


def replace_node(source: str, node: ast.AST, text: str) -> str:
    """The source with the text of a node replaced; the tree counts columns in UTF-8 bytes."""
    lines = source.split("\n")
    first, last = line_of(node) - 1, int(getattr(node, "end_lineno", 0)) - 1
    head = lines[first].encode()[: getattr(node, "col_offset", 0)].decode()
    tail = lines[last].encode()[getattr(node, "end_col_offset", 0) :].decode()
    return "\n".join([*lines[:first], head + text + tail, *lines[last + 1 :]])


def nearest(name: str, known: Iterable[str]) -> str:
    """The one name that is meant by a misspelt one; empty when none or more than one may be.

    Example:
        >>> nearest("read_txt", ["read_text", "trim"]), nearest("readText", ["read_text"]), nearest("x", ["y"])
        ('read_text', 'read_text', '')
    """
    known = [other for other in dict.fromkeys(known) if other != name]
    same = [other for other in known if _bare(other) == _bare(name)]
    slips = [other for other in known if len(other) >= _LONG and OSA.distance(name, other) == 1]
    for alike in (same, slips):
        if len(alike) == 1:
            return alike[0]
    likeness = sorted(
        ((difflib.SequenceMatcher(None, name, other).ratio(), other) for other in known),
        reverse=True,
    )
    if not likeness or likeness[0][0] < NEAR:
        return ""
    clear = len(likeness) == 1 or likeness[1][0] < NEAR or likeness[0][0] - likeness[1][0] >= LEAD
    return likeness[0][1] if clear else ""


def _bare(name: str) -> str:
    return name.replace("_", "").casefold()


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:77] + "..."


ATTRIBUTES = {item.host.__name__: dict(item.attributes) for item in SANDBOX_CLASSES}
"""Class -> attribute -> its type."""
LITERALS: dict[type, str] = {str: "str", bool: "bool", int: "int", float: "float", type(None): "None"}


def variable_types(tree: ast.Module, registry: Registry) -> dict[str, str]:
    """Variable -> type, from the order of the text; one that gets two types has the later one."""
    types: dict[str, str] = dict(GIVEN)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            types[node.arg] = ast.unparse(node.annotation)
    for node in sorted(
        ast.walk(tree), key=lambda node: line_of(node.iter if isinstance(node, ast.comprehension) else node)
    ):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            types.update(dict.fromkeys(names, type_of(node.value, types, registry)))
        elif isinstance(node, (ast.For, ast.comprehension)) and isinstance(node.target, ast.Name):
            types[node.target.id] = item_of(type_of(node.iter, types, registry))
    return {name: kind for name, kind in types.items() if kind}


def type_of(node: ast.expr, types: dict[str, str], registry: Registry) -> str:
    """The type of an expression as the stubs write it, or an empty text where it takes more than a glance."""
    if isinstance(node, ast.Constant):
        return LITERALS.get(type(node.value), "")
    if isinstance(node, ast.JoinedStr):
        return "str"
    if isinstance(node, ast.Name):
        return types.get(node.id, "")
    if isinstance(node, ast.Call):
        return _result(node, types, registry)
    if isinstance(node, ast.BinOp):
        return type_of(node.left, types, registry) or type_of(node.right, types, registry)
    if isinstance(node, ast.Subscript):
        kind = type_of(node.value, types, registry)
        return kind if isinstance(node.slice, ast.Slice) else item_of(kind)
    if isinstance(node, ast.Attribute):
        return ATTRIBUTES.get(type_of(node.value, types, registry), {}).get(node.attr, "")
    if isinstance(node, (ast.List, ast.Tuple)):
        kinds = {type_of(item, types, registry) for item in node.elts}
        return f"list[{kind}]" if len(kinds) == 1 and (kind := kinds.pop()) else "list"
    return ""


def _result(call: ast.Call, types: dict[str, str], registry: Registry) -> str:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name in registry:
        return str(registry.get(name).returns)
    if name in ("sorted", "list", "reversed") and call.args:
        return type_of(call.args[0], types, registry)
    return {"len": "int", "str": "str", "int": "int", "float": "float", "round": "int", "range": "list[int]"}.get(
        name, ""
    )


def item_of(kind: str) -> str:
    """The type of the items of a list."""
    return kind.removeprefix("list[").removesuffix("]") if kind.startswith("list[") else ""


def fits(kind: str, tool_type: object) -> bool:
    """Whether a value of a type may be passed where a tool expects another; what is not known may.

    Args:
        kind: As the stubs write it; empty when it is not known.
        tool_type: A `TypeSpec`.
    """
    expected = str(tool_type).split(" | ")
    given = kind.split(" | ")
    if not kind or kind == "list":
        return not kind or any(option.startswith("list[") for option in expected)
    wider = {"int": "float"}
    literal = any(option.startswith("Literal[") for option in expected) and kind == "str"
    return literal or any(option in expected or wider.get(option) in expected for option in given)
