"""What stands around or between the code and is none: fences, prose, prompts, open brackets, imports."""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from collections.abc import Iterator

from ..tools.types import GIVEN, SANDBOX_CLASSES
from .checker import Problem
from .program import PARAMETERS
from .remedy import Case, Remedy, line_of, parsed

_FENCED = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*\n(.*?)(?:^[ \t]*(?:```|~~~)|\Z)", re.DOTALL | re.MULTILINE)
_PROMPT = re.compile(r"^(?:>>>|\.\.\.) ?", re.MULTILINE)
_NUMBERED = re.compile(r"^\s*\d+[.):] ?", re.MULTILINE)
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})
_PROSE_LINES = 12
"""Lines of prose at either end that are looked for: each pair costs a parse of 0.1 ms."""
_OPEN = {"(": ")", "[": "]", "{": "}"}
_OFFERED = frozenset(
    [*GIVEN, *(item.host.__name__ for item in SANDBOX_CLASSES), *dir(builtins), "Literal", "annotations"]
)
"""Names that are there without an import."""
_TYPES = frozenset(["typing", "__future__", "vidprog"])
"""Modules that an import may name without the program needing anything of them."""


def unwrapped(case: Case, problem: Problem) -> Iterator[list[Remedy]]:
    """The code without what is around it, then with what is missing at the end of a line."""
    source = case.source
    fenced = [
        Remedy(textwrap.dedent(match), "the fence around the code is removed") for match in _FENCED.findall(source)
    ]
    yield sorted(fenced, key=lambda remedy: -len(remedy.source))[:1]
    yield [Remedy(re.sub(r"^\s*(```|~~~).*$", "", source, flags=re.MULTILINE), "the fence is removed")]
    yield [Remedy(source.translate(_QUOTES), "typographic quotes are replaced by plain ones")]
    for pattern, what in ((_PROMPT, "prompts"), (_NUMBERED, "numbers")):
        if all(pattern.match(line) for line in source.splitlines() if line.strip()):
            yield [Remedy(pattern.sub("", source), f"{what} in front of the lines are removed")]
    yield [Remedy(textwrap.dedent(source).strip(), "the indentation of the whole is removed")]
    yield _closed(case, problem)
    yield _returned(case, problem)
    yield _without_prose(case)


def _closed(case: Case, problem: Problem) -> list[Remedy]:
    """A line completed by its closing brackets or its colon."""
    lines = case.source.split("\n")
    if not 0 < problem.line <= len(lines):
        return []
    line = lines[problem.line - 1]
    if "expected ':'" in problem.message:
        return [_with_line(case, problem.line, line.rstrip() + ":", "a colon is added")]
    missing = _missing_brackets(line)
    return [_with_line(case, problem.line, line.rstrip() + missing, f"{missing} is added")] if missing else []


def _missing_brackets(line: str) -> str:
    """The brackets that a line leaves open; texts in quotes are passed over."""
    left: list[str] = []
    for sign in re.sub(r"""("[^"\n]*"|'[^'\n]*'|#.*)""", "", line):
        if sign in _OPEN:
            left.append(_OPEN[sign])
        elif left and sign == left[-1]:
            left.pop()
    return "".join(reversed(left))


def _with_line(case: Case, number: int, text: str, change: str) -> Remedy:
    lines = case.source.split("\n")
    return Remedy("\n".join([*lines[: number - 1], text, *lines[number:]]), f"line {number}: {change}")


def _returned(case: Case, problem: Problem) -> list[Remedy]:
    """`return answer(...)` outside of a function as a plain call."""
    if "return" not in problem.message:
        return []
    lines = case.source.split("\n")
    plain = [
        re.sub(r"^(\s*)return\s+(?=\S)", r"\1", line) if number == problem.line else line
        for number, line in enumerate(lines, 1)
    ]
    return [Remedy("\n".join(plain), f"line {problem.line}: return is removed")]


def _without_prose(case: Case) -> list[Remedy]:
    """The longest run of lines that is a program and calls a tool."""
    lines = case.source.split("\n")
    best: list[str] = []
    for first in range(min(_PROSE_LINES, len(lines)) + 1):
        for cut in range(min(_PROSE_LINES, len(lines) - first) + 1):
            part = lines[first : len(lines) - cut]
            if len(part) > len(best) and _calls_a_tool("\n".join(part), case):
                best = part
    return [Remedy("\n".join(best), "the text around the code is removed")] if 0 < len(best) < len(lines) else []


def _calls_a_tool(source: str, case: Case) -> bool:
    if not any(name in source for name in case.registry.names):
        return False
    tree = parsed(source)
    nodes = ast.walk(tree) if tree else ()
    return any(isinstance(node, ast.Call) and case.tool_of(node) is not None for node in nodes)


def unimported(case: Case, problem: Problem) -> Iterator[list[Remedy]]:
    """An import removed that brings nothing which is used and not there anyway."""
    for node in case.at(problem.line, ast.stmt):
        if isinstance(node, (ast.Import, ast.ImportFrom)) and _spare(node, case):
            yield [case.without(node, f"line {line_of(node)}: {case.text_of(node)} is removed")]


def _spare(node: ast.Import | ast.ImportFrom, case: Case) -> bool:
    bound = {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    used = {other.id for other in case.nodes if isinstance(other, ast.Name)}
    module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
    offered = bound <= {*_OFFERED, *case.registry.names, "*"} and isinstance(node, ast.ImportFrom)
    return not bound & used or offered or (module.split(".")[0] in _TYPES and bound <= _OFFERED)


def without_ignore(case: Case, problem: Problem) -> Iterator[list[Remedy]]:
    """A line without the comment that would switch the checks off."""
    line = case.source.split("\n")[problem.line - 1]
    yield [_with_line(case, problem.line, line.split("#")[0].rstrip(), "the comment is removed")]


def without_guard(case: Case, problem: Problem) -> Iterator[list[Remedy]]:
    """What stands under `if __name__ == "__main__":`, without the condition."""
    for node in case.at(problem.line, ast.If):
        if "__name__" in case.text_of(node.test) and not node.orelse:
            lines = case.source.split("\n")
            inner = textwrap.dedent("\n".join(lines[line_of(node.body[0]) - 1 : node.end_lineno]))
            source = "\n".join([*lines[: line_of(node) - 1], inner, *lines[node.end_lineno or 0 :]])
            yield [Remedy(source, f"line {line_of(node)}: if __name__ is removed")]


def called(case: Case, problem: Problem) -> Iterator[list[Remedy]]:
    """A function of other parameters, called with the given names: by the parameters' names, else by their types."""
    functions = [node for node in case.tree.body if isinstance(node, ast.FunctionDef)] if case.tree else []
    inner = {node.func.id for node in case.nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    mains = [node for node in functions if node.name not in inner]
    if len(mains) == 1 and (given := _given_for(mains[0])) is not None:
        call = f"{mains[0].name}({', '.join(given)})"
        yield [Remedy(f"{case.source.rstrip()}\n\n{call}\n", f"{call} is added at the end")]


def _given_for(function: ast.FunctionDef) -> list[str] | None:
    by_type = {kind: name for name, kind in GIVEN.items()}
    arguments = function.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
        return None
    names = {name for parameters in PARAMETERS.values() for name in parameters}
    found: list[str] = []
    required = len(arguments.args) - len(arguments.defaults)
    for place, argument in enumerate(arguments.args):
        kind = ast.unparse(argument.annotation) if argument.annotation else ""
        given = argument.arg if argument.arg in names else by_type.get(kind, "")
        if given:
            found.append(given)
        elif place < required:
            return None
        else:
            break
    return found
