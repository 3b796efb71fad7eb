"""The end of a program: an answer where there is none, and answers without their question or choices."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .calling import TIMELINE, last_evidence
from .checker import Problem
from .remedy import Case, Remedy, line_of

_OPEN_ANSWER = re.compile(r"^answer\(question, .*\)$", re.DOTALL)


def answered(case: Case, problem: Problem) -> Iterator[list[Remedy]]:
    """The program with an answer: from what it ends in, else from the last evidence that it found."""
    if case.tree is None or not case.tree.body:  # an empty text says nothing about what was meant
        return
    function = next((node for node in case.tree.body if isinstance(node, ast.FunctionDef)), None)
    if case.program.kind == "function" and isinstance(function, ast.FunctionDef):
        yield [_returning(case, node) for node in ast.walk(function) if isinstance(node, ast.Return) and node.value][
            -1:
        ]
        yield [_ending_function(case, function)]
        return
    last = case.tree.body[-1]
    if isinstance(last, ast.Expr) and (evidence := _evidence_in(case, last.value)):
        yield [case.replaced(last, f"answer(question, {evidence}, choices)")]
    text = f"answer(question, {last_evidence(case)}, choices)"
    yield [Remedy(f"{case.source.rstrip()}\n{text}\n".lstrip("\n"), f"{text} is added at the end")]


def _evidence_in(case: Case, value: ast.expr) -> str:
    """The evidence that a last line names or prints; empty when it is none."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print" and value.args:
        value = value.args[0]
    if isinstance(value, ast.Constant):
        return ""
    return case.text_of(value) if case.type_of(value) in (TIMELINE, "str", "list[str]") else ""


def _returning(case: Case, node: ast.Return) -> Remedy:
    assert node.value is not None
    return case.replaced(node, f"return answer(question, {case.text_of(node.value)}, choices)")


def _ending_function(case: Case, function: ast.FunctionDef) -> Remedy:
    lines = case.source.split("\n")
    end = function.end_lineno or len(lines)
    indent = " " * function.body[0].col_offset
    text = f"return answer(question, {last_evidence(case)}, choices)"
    source = "\n".join([*lines[:end], indent + text, *lines[end:]])
    return Remedy(source, f"{text} is added at the end of {function.name}")


def with_choices(case: Case) -> Remedy | None:
    """Answers of the very question without its choices, with them: of an open question they are empty."""
    for node in case.nodes:
        if not isinstance(node, ast.Call) or (tool := case.tool_of(node)) is None or tool.name != "answer":
            continue
        given = [case.text_of(value) for value in node.args]
        if len(given) == 2 and given[0] == "question" and not any(k.arg in ("choices", None) for k in node.keywords):
            keywords = [case.text_of(keyword) for keyword in node.keywords]
            return case.replaced(node, f"answer({', '.join([*given, 'choices', *keywords])})")
    return None


def without_print(case: Case) -> Remedy | None:
    """A program without the first line that only prints; an answer that is printed stays an answer."""
    for node in case.nodes:
        call = node.value if isinstance(node, ast.Expr) else None
        if not isinstance(node, ast.Expr) or not isinstance(call, ast.Call) or case.text_of(call.func) != "print":
            continue
        change = f"line {line_of(node)}: print is removed"
        calls = [part for value in call.args for part in ast.walk(value) if isinstance(part, ast.Call)]
        if len(call.args) == 1 and any(case.tool_of(part) for part in calls):
            return case.replaced(node, case.text_of(call.args[0]), change)
        return case.without(node, change)
    return None
