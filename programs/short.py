"""A program as a planner's example shows it: without words for readers, in plain statements where that says the same.

Docstrings and comments go: they cost tokens, and a comment in a program that came from somebody else could pass for an
instruction. What is left is the tree of the program, written out again.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping, Sequence

from .program import Program, ProgramError, parse_source


def short_source(program: Program) -> str:
    """The program as short as it can be said; its source as it is when that cannot be parsed.

    Args:
        program: Of either form. A function becomes statements when all of its returns can become last lines.
    """
    try:
        tree = parse_source(program.source)
    except ProgramError:
        return program.source
    statements = [node for node in tree.body if not _is_text(node)]
    if program.kind == "function":
        statements = _unwrapped(statements, program.name) or [_bare(node) for node in statements]
    return ast.unparse(ast.fix_missing_locations(ast.Module(body=list(statements), type_ignores=[])))


def needed_tools(source: str) -> frozenset[str]:
    """The functions that a program calls and does not define, builtins left out: the tools that it needs.

    Args:
        source: Of a program; of what cannot be parsed, nothing is known.
    """
    try:
        tree = parse_source(source)
    except ProgramError:
        return frozenset()
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    names = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return frozenset(names - own - set(dir(builtins)))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _bare(node: ast.stmt) -> ast.stmt:
    """A function without its docstring."""
    if isinstance(node, ast.FunctionDef):
        node.body = [inner for inner in node.body if not _is_text(inner)] or [ast.Pass()]
    return node


def _unwrapped(statements: Sequence[ast.stmt], name: str) -> list[ast.stmt]:
    """Constants and the function's body as statements; nothing where helpers or early returns stand against it."""
    *constants, function = statements
    if not isinstance(function, ast.FunctionDef) or function.name != name:
        return []
    if not all(isinstance(node, (ast.Assign, ast.AnnAssign)) for node in constants):
        return []
    body = _without_returns([node for node in function.body if not _is_text(node)])
    known, others = _literals(constants)
    return [_Inlined(known).visit(node) for node in (*others, *body)] if body else []


def _literals(constants: Sequence[ast.stmt]) -> tuple[dict[str, ast.Constant], list[ast.stmt]]:
    """Constants that are a number or a text, by name, and the others as they stand."""
    known: dict[str, ast.Constant] = {}
    others: list[ast.stmt] = []
    for node in constants:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if (
            isinstance(target, ast.Name)
            and target.id.isupper()
            and isinstance(getattr(node, "value", None), ast.Constant)
        ):
            known[target.id] = node.value  # type: ignore[attr-defined]
        else:
            others.append(node)
    return known, others


class _Inlined(ast.NodeTransformer):
    """Puts the value of a constant where its name stands."""

    def __init__(self, known: Mapping[str, ast.Constant]) -> None:
        self._known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._known.get(node.id, node) if isinstance(node.ctx, ast.Load) else node


def _without_returns(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The same with every `return call(...)` as a last line; nothing where a return is something else."""
    for place, node in enumerate(body):
        if isinstance(node, ast.Return):
            # The last answer of a run counts: a call may stand anywhere, a name only in the very last line.
            return [*body[:place], ast.Expr(node.value)] if isinstance(node.value, ast.Call) else []
        if isinstance(node, ast.If) and _returns(node):
            then = _without_returns(node.body)
            rest = _without_returns([*node.orelse, *body[place + 1 :]])
            if not then or not rest or not isinstance(node.body[-1], ast.Return):
                return []
            return [*body[:place], ast.If(node.test, then, rest)]
        if _returns(node):
            return []
    return []


def _returns(node: ast.stmt) -> bool:
    return any(isinstance(inner, ast.Return) for inner in ast.walk(node))
