"""Arguments that do not fit a tool: misspelt keywords, the wrong order, too many, too few, one instead of a list.

Every remedy is tried by the checker, so what stands here only has to propose; the surest proposals come first.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..tools.tool import Parameter, Tool
from .checker import Problem
from .remedy import Case, Remedy, fits, nearest

MOST_ARGUMENTS = 6
"""Of a call that is put in order: there are 30 ways to move one of six."""
MOST_PROPOSALS = 24
"""Tried at most for one remedy: each takes the checker 20 ms."""
TIMELINE = "list[Observation]"
_WORD = re.compile(r'Literal\["([^"]*)"\]')


@dataclass(frozen=True, slots=True)
class _Given:
    """One argument of a call."""

    text: str
    kind: str
    keyword: str = ""

    def __str__(self) -> str:
        return f"{self.keyword}={self.text}" if self.keyword else self.text


def argument(case: Case, problem: Problem) -> Iterator[list[Remedy]]:
    """Ways to mend the call of a tool that the checker complains of."""
    match = re.search(r"function `(\w+)`", problem.message)
    for node in case.at(problem.line, ast.Call):
        tool = case.tool_of(node)
        if tool is not None and (match is None or tool.name == match[1]) and _plain(node):
            yield from _mended_call(case, problem, node, tool)


def _plain(call: ast.Call) -> bool:
    """Whether nothing is passed on with stars."""
    return not any(isinstance(value, ast.Starred) for value in call.args) and all(k.arg for k in call.keywords)


def _mended_call(case: Case, problem: Problem, call: ast.Call, tool: Tool) -> Iterator[list[Remedy]]:
    given = [_Given(case.text_of(value), case.type_of(value)) for value in call.args]
    given += [_Given(case.text_of(k.value), case.type_of(k.value), k.arg or "") for k in call.keywords]
    proposals: Iterable[Iterable[Sequence[_Given]]] = (
        _keywords(given, tool),
        _converted(given, tool, case),
        _by_keyword(given, tool),
        *([way] for way in itertools.islice(_filled(given, tool, case), MOST_PROPOSALS)),
        _moved(given),
        _swapped(given),
        _keywords_by_type(given, tool),
        _words(given, problem, tool),
        _fewer(given, tool),
    )
    for ways in proposals:
        texts = dict.fromkeys(
            f"{tool.name}({', '.join(map(str, way))})" for way in itertools.islice(ways, MOST_PROPOSALS)
        )
        yield [case.replaced(call, text) for text in texts]


def _keywords(given: Sequence[_Given], tool: Tool) -> Iterator[Sequence[_Given]]:
    """Misspelt keywords."""
    names = [parameter.name for parameter in tool.parameters]
    free = set(names[sum(not g.keyword for g in given) :]) - {g.keyword for g in given}
    for place, one in enumerate(given):
        if one.keyword and one.keyword not in names and (meant := nearest(one.keyword, free)):
            yield _with(given, place, _Given(one.text, one.kind, meant))


def _converted(given: Sequence[_Given], tool: Tool, case: Case) -> Iterator[Sequence[_Given]]:
    """One thing where a list of them is expected, a number in quotes, a clip where its frames are expected."""
    for place, one in enumerate(given):
        parameter = _parameter_of(place, one, tool)
        if parameter is None or not one.kind or fits(one.kind, parameter.type):
            continue
        expected = str(parameter.type).split(" | ")
        for text in _conversions(one, expected, case):
            yield _with(given, place, _Given(text, "", one.keyword))


def _conversions(one: _Given, expected: Sequence[str], case: Case) -> Iterator[str]:
    word = one.kind != "str" or one.text[:1] in "\"'"  # a variable that holds a text is no list of kinds
    if f"list[{one.kind}]" in expected and one.text != "video" and word:
        yield f"[{one.text}]"
    if one.text == "video" and "list[Clip]" in expected:
        yield "videos"
    if one.text == "videos" and "Clip" in expected:
        yield "video"
    if one.kind == "Clip" and "list[Frame]" in expected and "select_frames" in case.registry:
        yield f"select_frames({one.text})"
    if one.kind == "str" and re.fullmatch(r"""["']\d+["']""", one.text) and {"int", "float"} & set(expected):
        yield one.text[1:-1]
    if one.kind == "float" and re.fullmatch(r"\d+\.0*", one.text) and "int" in expected:
        yield one.text.split(".")[0]


def _by_keyword(given: Sequence[_Given], tool: Tool) -> Iterator[Sequence[_Given]]:
    """What was passed by position and must be passed by name."""
    plain = [parameter for parameter in tool.parameters if not parameter.keyword_only]
    named = [parameter for parameter in tool.parameters if parameter.keyword_only]
    extra = [one for one in given if not one.keyword][len(plain) :]
    if extra and len(extra) <= len(named):
        head = [one for one in given if not one.keyword][: len(plain)]
        renamed = [_Given(one.text, one.kind, p.name) for one, p in zip(extra, named, strict=False)]
        yield [*head, *renamed, *(one for one in given if one.keyword)]


def _filled(given: Sequence[_Given], tool: Tool, case: Case) -> list[Sequence[_Given]]:
    """What is there in its order, with the given names (and the last evidence) where a required one is missing.

    A parameter that is the question gets `question` if any way leads to that; then the way Python reads a call.
    """
    positional = [one for one in given if not one.keyword]
    named = [one for one in given if one.keyword]
    plain = [parameter for parameter in tool.parameters if not parameter.keyword_only]
    taken = {one.keyword for one in named}
    ways: list[Sequence[_Given]] = []
    for chosen in itertools.combinations([p for p in plain if p.name not in taken], len(positional)):
        if not all(fits(one.kind, parameter.type) for one, parameter in zip(positional, chosen, strict=True)):
            continue
        by_name = {parameter.name: one for parameter, one in zip(chosen, positional, strict=True)}
        filled = _fill(tool, by_name, taken, case)
        if filled is not None:
            ways.append([*filled, *named])
    asks = [place for place, parameter in enumerate(plain) if parameter.name == "question"]
    return sorted(ways, key=lambda way: any(len(way) > place and way[place].text != "question" for place in asks))


def _fill(tool: Tool, by_name: dict[str, _Given], taken: set[str], case: Case) -> list[_Given] | None:
    """The positional arguments in order; None when a required one cannot be had."""
    found: list[_Given] = []
    skipped = False
    for parameter in tool.parameters:
        if parameter.name in taken:
            skipped = True
        elif parameter.name in by_name:
            one = by_name[parameter.name]
            found.append(_Given(one.text, one.kind, parameter.name if skipped else ""))
        elif parameter.required:
            text = stand_in(parameter, case)
            if not text:
                return None
            found.append(_Given(text, "", parameter.name if skipped else ""))
        else:
            skipped = True
    return found


def stand_in(parameter: Parameter, case: Case) -> str:
    """What a required argument can only mean when it was left out; empty where it may mean several things."""
    kinds = str(parameter.type).split(" | ")
    if "Clip" in kinds:
        clips = [name for name, kind in case.types.items() if kind == "Clip"]
        return "video" if clips == ["video"] else ""
    if "list[Clip]" in kinds:
        return "videos"
    if parameter.name in ("question", "query") and "str" in kinds:
        return "question"
    if "list[str]" in kinds and parameter.name in ("choices", "options"):
        return "choices"
    if TIMELINE in kinds:
        return last_evidence(case)
    return ""


def last_evidence(case: Case) -> str:
    """The variable that last got evidence, or a text of a tool; a search for the question where there is none."""
    found: dict[str, ast.expr] = {}
    for part in main_body(case):
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            found[part.targets[0].id] = part.value
    evidence = [name for name in found if case.types.get(name) == TIMELINE]
    told = [name for name, value in found.items() if _is_told(value, case)]
    if evidence or told:
        return (evidence or told)[-1]
    return "search(question)" if "search" in case.registry else "[]"


def _is_told(value: ast.expr, case: Case) -> bool:
    """Whether a value is a text that a tool gave."""
    tool = case.tool_of(value) if isinstance(value, ast.Call) else None
    return tool is not None and str(tool.returns) == "str"


def main_body(case: Case) -> Iterator[ast.stmt]:
    """The statements that run in any case: of the program, or of its one function."""
    body = case.tree.body if case.tree else []
    if case.program.kind == "function":
        body = next(
            (node.body for node in body if isinstance(node, ast.FunctionDef) and node.name == case.program.name), []
        )
    yield from body


def _moved(given: Sequence[_Given]) -> Iterator[Sequence[_Given]]:
    """One argument in another place."""
    positional = [one for one in given if not one.keyword]
    named = [one for one in given if one.keyword]
    if len(positional) <= MOST_ARGUMENTS:
        for place, target in itertools.permutations(range(len(positional)), 2):
            rest = [*positional[:place], *positional[place + 1 :]]
            yield [*rest[:target], positional[place], *rest[target:], *named]


def _swapped(given: Sequence[_Given]) -> Iterator[Sequence[_Given]]:
    """Two arguments that change places."""
    positional = [one for one in given if not one.keyword]
    named = [one for one in given if one.keyword]
    if len(positional) <= MOST_ARGUMENTS:
        for first, second in itertools.combinations(range(len(positional)), 2):
            swapped = list(positional)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            yield [*swapped, *named]


def _keywords_by_type(given: Sequence[_Given], tool: Tool) -> Iterator[Sequence[_Given]]:
    """An unknown keyword as the only parameter left that takes such a value and no other."""
    names = [parameter.name for parameter in tool.parameters]
    taken = {*names[: sum(not g.keyword for g in given)], *(g.keyword for g in given)}
    for place, one in enumerate(given):
        if one.keyword and one.keyword not in names and one.kind:
            free = [p for p in tool.parameters if p.name not in taken and one.kind == str(p.type)]
            if len(free) == 1:
                yield _with(given, place, _Given(one.text, one.kind, free[0].name))


def _words(given: Sequence[_Given], problem: Problem, tool: Tool) -> Iterator[Sequence[_Given]]:
    """A text that is none of those to choose from: the one that is meant."""
    written = _WORD.search(problem.message.partition("found")[2])
    for place, one in enumerate(given):
        parameter = _parameter_of(place, one, tool)
        if parameter is None or written is None or one.text[1:-1] != written[1]:
            continue
        words = re.findall(r"'([^']*)'", str(parameter.type))
        if meant := nearest(written[1], words):
            yield _with(given, place, _Given(repr(meant).replace("'", '"'), "str", one.keyword))


def _fewer(given: Sequence[_Given], tool: Tool) -> Iterator[Sequence[_Given]]:
    """Without a keyword that the tool does not know, or a positional argument too many."""
    names = [parameter.name for parameter in tool.parameters]
    known = [one for one in given if not one.keyword or one.keyword in names]
    if len(known) < len(given):
        yield known
    plain = sum(not parameter.keyword_only for parameter in tool.parameters)
    positional = [one for one in given if not one.keyword]
    if len(positional) > plain:
        yield [*positional[:plain], *(one for one in given if one.keyword)]


def _parameter_of(place: int, one: _Given, tool: Tool) -> Parameter | None:
    if one.keyword:
        return next((parameter for parameter in tool.parameters if parameter.name == one.keyword), None)
    return tool.parameters[place] if place < len(tool.parameters) else None


def _with(given: Sequence[_Given], place: int, one: _Given) -> Sequence[_Given]:
    return [*given[:place], one, *given[place + 1 :]]
