"""Faulty programs, made out of sound ones: which fault, where, and with what comes from a seed alone.

Every fault is put into a program that passes: one of the library, or one as planners write them. The checker has no
part in making them.
"""

import ast
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vidprog.programs import Catalog, Program, check
from vidprog.tools import Parameter, Registry, Tool

COUNT, SEED = 200, 7

PLANNED = """
lines = read_text(video)
answer(question, lines, choices)
---
part = named_range(video, question)
heard = transcribe(part)
if not heard:
    heard = search(question, ["speech"])
answer(question, heard, choices)
---
clip = trim(video, 2.0, 9.5)
seen = detect(clip, "dog", min_score=0.5)
answer(question, seen, choices, value=len(seen))
---
number = count(video, question, mode="distinct")
if number is None:
    answer(question, search(question, limit=5), choices)
else:
    answer(question, detect(video, question), choices, value=number)
---
frames = select_frames(video, 6, method="shots")
seen = ask(make_grid(frames, rows=2, columns=3), question)
answer(question, seen, choices)
---
moments = localize(question, choices)
best = sorted(moments, key=lambda moment: moment.score)
near = around(video, best[0].start, pad=3.0) if best else video
answer(question, read_text(near) + transcribe(near), choices)
---
found = []
for start in range(0, 60, 20):
    found += read_text(trim(video, start, start + 20))
answer(question, [line for line in found if line.score > 0.6], choices)
---
told = summarize(caption(video, 10.0), question)
answer(question, told, choices)
"""
"""Programs as planners write them."""


@dataclass(frozen=True)
class Fault:
    """A faulty program and the sound one it was made from."""

    kind: str
    source: str
    sound: str


Break = Callable[[str, Registry, random.Random], str | None]
"""Makes a program faulty; None where it has no place for that fault."""


# ---- words


def _misspelt(word: str, chance: random.Random) -> str:
    """A word with two letters swapped, one dropped, or one doubled."""
    place = chance.randrange(1, len(word) - 1)
    ways = (
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        word[:place] + word[place + 1 :],
        word[:place] + word[place] + word[place:],
    )
    return next(way for way in chance.sample(ways, 3) if way != word or way == ways[-1])


def _with_name(wanted: Callable[[ast.AST, Registry], str]) -> Break:
    """Misspells a name that is read, wherever it stands first."""

    def break_one(source: str, registry: Registry, chance: random.Random) -> str | None:
        nodes = [(node, name) for node in ast.walk(ast.parse(source)) if len(name := wanted(node, registry)) > 3]
        if not nodes:
            return None
        node, name = chance.choice(sorted(nodes, key=lambda item: (item[0].lineno, item[0].col_offset)))
        return _in_line(source, node, name, _misspelt(name, chance))

    return break_one


def _in_line(source: str, node: ast.AST, old: str, new: str) -> str | None:
    """The source with a word replaced in the text of one node."""
    text = ast.get_source_segment(source, node)
    if text is None or old not in text:
        return None
    head, found, tail = text.rpartition(old) if isinstance(node, ast.Attribute) else text.partition(old)
    lines = source.split("\n")
    before = "\n".join([*lines[: node.lineno - 1], lines[node.lineno - 1].encode()[: node.col_offset].decode()])
    return before + head + new + tail + source[len(before) + len(text) :] if found else None


def _tool(node: ast.AST, registry: Registry) -> str:
    return node.func.id if _call_of(node, registry) else ""


def _variable(node: ast.AST, registry: Registry) -> str:
    read = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    known = read and (node.id in registry or node.id in dir(__builtins__) or node.id[0] == "_")
    return node.id if read and not known and not node.id[0].isupper() and node.id not in _TYPES else ""


_TYPES = frozenset(
    ["str", "list", "float", "int", "bool", "len", "max", "min", "sum", "sorted", "range", "set", "dict"]
)


def _attribute(node: ast.AST, registry: Registry) -> str:
    read = isinstance(node, ast.Attribute) and node.attr in ("content", "start", "score", "kind", "duration")
    return node.attr if read else ""


def _keyword(source: str, registry: Registry, chance: random.Random) -> str | None:
    return _in_a_call(source, registry, chance, _misspell_keyword)


def _misspell_keyword(call: ast.Call, tool: Tool, chance: random.Random) -> ast.Call | None:
    named = [keyword for keyword in call.keywords if keyword.arg and len(keyword.arg) > 3]
    if not named:
        return None
    keyword = chance.choice(named)
    keyword.arg = _misspelt(keyword.arg or "", chance)
    return call


# ---- arguments


def _call_of(node: ast.AST, registry: Registry) -> Tool | None:
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in registry
    return registry.get(node.func.id) if named else None


def _in_a_call(
    source: str,
    registry: Registry,
    chance: random.Random,
    change: Callable[[ast.Call, Tool, random.Random], ast.Call | None],
) -> str | None:
    """A program in which the call of one tool is changed."""
    tree = ast.parse(source)
    calls = [(node, tool) for node in ast.walk(tree) if (tool := _call_of(node, registry))]
    for node, tool in chance.sample(calls, len(calls)):
        segment = ast.get_source_segment(source, node)
        changed = change(node, tool, chance)
        if changed is not None and segment is not None:
            return source.replace(segment, ast.unparse(changed), 1)
    return None


def _wrong_type(call: ast.Call, tool: Tool, chance: random.Random) -> ast.Call | None:
    """A literal where something else is expected."""
    for place in chance.sample(range(len(call.args)), len(call.args)):
        if place < len(tool.parameters) and (literal := _wrong_literal(tool.parameters[place])):
            call.args[place] = ast.parse(literal, mode="eval").body
            return call
    return None


def _wrong_literal(parameter: Parameter) -> str:
    kinds = str(parameter.type).split(" | ")
    for literal, takers in (("3.5", ("float",)), ('"all"', ("str",)), ("True", ("bool", "int", "float"))):
        if not any(kind in takers or kind.startswith("Literal") for kind in kinds):
            return literal
    return ""


def _wrong_order(call: ast.Call, tool: Tool, chance: random.Random) -> ast.Call | None:
    """Two neighbours of types that have nothing in common change places."""
    kinds = [set(str(parameter.type).split(" | ")) - {"None"} for parameter in tool.parameters]
    for first in range(min(len(call.args), len(kinds)) - 1):
        strangers = not kinds[first] & kinds[first + 1] and {"Clip", "str"} & kinds[first]
        if (
            strangers
            and kinds[first + 1] & {"str", "float", "int", TIMELINE}
            and not (kinds[first + 1] >= kinds[first])
        ):
            call.args[first], call.args[first + 1] = call.args[first + 1], call.args[first]
            return call
    return None


TIMELINE = "list[Observation]"


def _missing_argument(call: ast.Call, tool: Tool, chance: random.Random) -> ast.Call | None:
    required = [place for place, parameter in enumerate(tool.parameters) if parameter.required]
    if len(call.args) > len(required) or not call.args or call.keywords:
        return None
    del call.args[chance.choice([place for place in required if place < len(call.args)])]
    return call


def _surplus_argument(call: ast.Call, tool: Tool, chance: random.Random) -> ast.Call | None:
    if call.keywords or any(isinstance(value, ast.Starred) for value in call.args):
        return None
    extra: list[ast.expr] = [ast.Constant(1)] * (len(tool.parameters) + 1 - len(call.args))
    if len(extra) == 1:
        call.args += extra
    else:
        call.keywords.append(ast.keyword("language", ast.Constant("en")))
    return call


def _of_calls(change: Callable[[ast.Call, Tool, random.Random], ast.Call | None]) -> Break:
    return lambda source, registry, chance: _in_a_call(source, registry, chance, change)


# ---- the whole


def _no_answer(source: str, registry: Registry, chance: random.Random) -> str | None:
    """Without the lines that answer."""
    lines = source.split("\n")
    kept = [line for line in lines if not line.strip().startswith(("answer(", "return answer("))]
    tree = parsed("\n".join(kept))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} if tree else {"answer"}
    return None if "answer" in used or len(kept) == len(lines) else "\n".join(kept)


def parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except SyntaxError:
        return None


LOOPS = (
    "while True:\n    found = read_text(video)",
    "turns = 0\nwhile turns < 5:\n    found = read_text(video)",
    "turns = 0\nwhile turns < 5:\n    turns -= 1",
    "for number in range(10 ** 9):\n    half = number / 2",
    "for second in range(5000):\n    found = read_text(trim(video, second, second + 1))",
    "def _again(clip: Clip) -> Clip:\n    return _again(clip)\nclip = _again(video)",
    "words = question.split()\nfor word in words:\n    words.append(word)",
    "numbers = list(range(2 * 10 ** 8))",
)
FORBIDDEN = (
    "import os", "from pathlib import Path", 'notes = open("notes.txt").read()', 'number = eval("1 + 1")',
    "kind = video.__class__", 'path = getattr(video, "path")', "import subprocess, sys", "names = globals()",
    "number = undefined  # type: ignore",
)  # fmt: skip


def _before(texts: tuple[str, ...]) -> Break:
    """A text put before the program; before its first statement where it is a function."""

    def break_one(source: str, registry: Registry, chance: random.Random) -> str | None:
        text = chance.choice(texts)
        tree = ast.parse(source)
        function = next((node for node in reversed(tree.body) if isinstance(node, ast.FunctionDef)), None)
        if function is None:
            return f"{text}\n{source}"
        first = function.body[0]
        lines = source.split("\n")
        indented = [" " * first.col_offset + line for line in text.split("\n")]
        return "\n".join([*lines[: first.lineno - 1], *indented, *lines[first.lineno - 1 :]])

    return break_one


def _unclosed(source: str, registry: Registry, chance: random.Random) -> str | None:
    lines = source.split("\n")
    code = [number for number, line in enumerate(lines) if line.strip().endswith(")") and "(" in line]
    if not code:
        return None
    number = chance.choice(code)
    lines[number] = lines[number].rstrip()[:-1]
    return None if parsed("\n".join(lines)) else "\n".join(lines)


def _fenced(source: str, registry: Registry, chance: random.Random) -> str | None:
    end = chance.choice(["```", "```\nIt reads what is shown.", ""])
    return f"{chance.choice(['Here is the program:', 'Sure!', ''])}\n```python\n{source.strip()}\n{end}"


def _no_colon(source: str, registry: Registry, chance: random.Random) -> str | None:
    lines = source.split("\n")
    heads = [
        n for n, line in enumerate(lines) if line.strip().startswith(("if ", "for ", "else")) and line.endswith(":")
    ]
    if not heads:
        return None
    number = chance.choice(heads)
    lines[number] = lines[number][:-1]
    return None if parsed("\n".join(lines)) else "\n".join(lines)


def _returned(source: str, registry: Registry, chance: random.Random) -> str | None:
    """A statement's answer as if it stood in a function."""
    lines = source.split("\n")
    places = [number for number, line in enumerate(lines) if line.startswith("answer(")]
    return (
        "\n".join([*lines[: places[-1]], "return " + lines[places[-1]], *lines[places[-1] + 1 :]]) if places else None
    )


BREAKS: dict[str, Break] = {
    "misspelt tool": _with_name(_tool),
    "misspelt variable": _with_name(_variable),
    "misspelt attribute": _with_name(_attribute),
    "misspelt keyword": _keyword,
    "wrong type": _of_calls(_wrong_type),
    "wrong order": _of_calls(_wrong_order),
    "missing argument": _of_calls(_missing_argument),
    "surplus argument": _of_calls(_surplus_argument),
    "no answer": _no_answer,
    "endless": _before(LOOPS),
    "forbidden": _before(FORBIDDEN),
    "open bracket": _unclosed,
    "fence": _fenced,
    "no colon": _no_colon,
    "return": _returned,
}
"""Kind of fault -> what makes it."""


def sound_programs(registry: Registry) -> list[str]:
    """The library and the planners' programs, as far as they pass."""
    sources = [program.source for program in Catalog.builtin()] + PLANNED.strip().split("\n---\n")
    return [source for source in sources if not check(Program.draft(source), registry)]


def faults(registry: Registry, count: int = COUNT, seed: int = SEED) -> Iterator[Fault]:
    """Faulty programs, the kinds in turn; the same for the same seed, tools and library."""
    chance = random.Random(seed)
    sound = sound_programs(registry)
    kinds = list(BREAKS)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        yield next(
            Fault(kind, broken, source)
            for source in iter(lambda: chance.choice(sound), None)
            if (broken := BREAKS[kind](source, registry, chance)) is not None and broken != source
        )
