"""Names that are written wrongly: of tools, variables, attributes; and tools called as if they were methods."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from ..tools.types import GIVEN
from .checker import Problem
from .remedy import ATTRIBUTES, Case, Remedy, fits, line_of, nearest, replace_node

_MEANT = {
    "clip": "video",
    "video_clip": "video",
    "input_video": "video",
    "options": "choices",
    "candidates": "choices",
    "clips": "videos",
    "query": "question",
    "prompt": "question",
}
"""Names that planners like -> the given name; only where the program has no variable of that name."""
_ATTRIBUTES = {
    ("Observation", "text"): "content",
    ("Observation", "label"): "content",
    ("Observation", "name"): "content",
    ("Observation", "time"): "start",
    ("Observation", "timestamp"): "start",
    ("Observation", "start_time"): "start",
    ("Observation", "end_time"): "end",
    ("Observation", "confidence"): "score",
    ("Frame", "timestamp"): "time",
    ("Frame", "start"): "time",
    ("Clip", "length"): "duration",
    ("Clip", "start_time"): "start",
    ("Clip", "end_time"): "end",
    ("Answer", "content"): "text",
    ("Answer", "answer"): "text",
    ("Answer", "score"): "confidence",
}
"""Class and attribute that it has not -> the only one of that meaning."""


def name(case: Case, problem: Problem) -> Iterator[list[Remedy]]:
    """An unknown name: misspelt, another word for a given name, or the only one of the type that is wanted there."""
    wrong = _quoted(problem.message)
    places = [node for node in case.at(problem.line, ast.Name) if node.id == wrong]
    if not places:
        return
    known = {*case.registry.names, *GIVEN, *_variables(case), *(n for n in dir(builtins) if n[0].islower())}
    called = {id(node.func) for node in case.nodes if isinstance(node, ast.Call)}
    pool = known - set(GIVEN) if id(places[0]) in called else known - set(case.registry.names)
    for meant in (nearest(wrong, pool), nearest(wrong, known), _MEANT.get(wrong, "")):
        if meant:
            yield [_renamed(case, wrong, meant)]
    yield [remedy for place in places for remedy in _by_type(case, place)]
    words = [node for node in case.nodes if isinstance(node, ast.Expr) and node.value in places]
    yield [case.without(node, f"line {line_of(node)}: {wrong} is removed") for node in words]


def _variables(case: Case) -> Iterator[str]:
    for node in case.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg


def _renamed(case: Case, wrong: str, meant: str) -> Remedy:
    """The program with a name replaced wherever it is read."""
    source = case.source
    places = [node for node in case.nodes if isinstance(node, ast.Name) and node.id == wrong]
    for place in sorted(places, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        source = replace_node(source, place, meant)
    return Remedy(source, f"line {min(map(line_of, places))}: {wrong} -> {meant}")


def _by_type(case: Case, place: ast.Name) -> Iterator[Remedy]:
    """The only variable of the type that a tool expects in that place."""
    for call in (node for node in case.nodes if isinstance(node, ast.Call)):
        tool = case.tool_of(call)
        if tool is None:
            continue
        passed = [*zip(tool.parameters, call.args, strict=False)]
        passed += [(p, keyword.value) for keyword in call.keywords for p in tool.parameters if p.name == keyword.arg]
        for parameter, value in passed:
            if value is place:
                names = [n for n, kind in case.types.items() if kind != "str" and fits(kind, parameter.type)]
                names = names or (["question"] if fits("str", parameter.type) and parameter.required else [])
                if len(names) == 1:
                    yield _renamed(case, place.id, names[0])


def attribute(case: Case, problem: Problem) -> Iterator[list[Remedy]]:
    """An unknown attribute: misspelt, another word for one that is there, or a tool called like a method."""
    quoted = problem.message.split("`")[1::2]
    owner, wrong = quoted[0], quoted[-1]
    places = [node for node in case.at(problem.line, ast.Attribute) if node.attr == wrong]
    known = ATTRIBUTES.get(owner, set().union(*ATTRIBUTES.values()) if owner == wrong else {})
    meant = nearest(wrong, known) or _ATTRIBUTES.get((owner, wrong), "")
    if meant:
        yield [case.replaced(place, f"{case.text_of(place.value)}.{meant}") for place in places][:1]
    if wrong in case.registry:
        yield [_as_function(case, call) for call in _method_calls(case, places)][:1]


def _method_calls(case: Case, places: list[ast.Attribute]) -> Iterator[ast.Call]:
    for node in case.nodes:
        if isinstance(node, ast.Call) and any(node.func is place for place in places):
            yield node


def _as_function(case: Case, call: ast.Call) -> Remedy:
    """`video.trim(1, 2)` as `trim(video, 1, 2)`."""
    method = call.func
    assert isinstance(method, ast.Attribute)
    passed = [case.text_of(value) for value in call.args]
    passed += [f"{keyword.arg}={case.text_of(keyword.value)}" for keyword in call.keywords if keyword.arg]
    return case.replaced(call, f"{method.attr}({', '.join([case.text_of(method.value), *passed])})")


def read_directly(case: Case, problem: Problem) -> Iterator[list[Remedy]]:
    """`getattr(line, "content")` as `line.content`."""
    for node in case.at(problem.line, ast.Call):
        if case.text_of(node.func) != "getattr" or len(node.args) < 2:
            continue
        wanted = node.args[1]
        if isinstance(wanted, ast.Constant) and isinstance(wanted.value, str) and wanted.value.isidentifier():
            yield [case.replaced(node, f"{case.text_of(node.args[0])}.{wanted.value}")]


def _quoted(message: str) -> str:
    parts = message.split("`")
    return parts[1] if len(parts) > 1 else ""
