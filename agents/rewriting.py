"""Programs made out of programs: with more frames, a finer look, another tool, or all that several of them found.

What comes out is text in the same language, which anybody can read, check and run again. A transformation that finds
nothing to change gives None.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..programs import Program, ProgramError
from ..programs.program import PARAMETERS
from ..tools import Registry
from ..tools.tool import Tool
from ..tools.types import GIVEN

LOOKS = ("read_text", "detect")
"""Tools that look at the frames of a clip at the moments of the first look, more closely in a short clip."""
ANSWER = "answer"
FRAME_COUNT = "frames"
"""A whole number of this name says how many frames a tool looks at, whatever the tool gives."""
SELECT, EVEN, CHANGE = "select_frames", ("uniform", "fps"), "change"
"""The tool that chooses frames, its methods that look at no picture, and the one that finds what is short."""
COUNT = "count"
"""A whole number of this name does so where the tool gives frames."""


def tree_of(source: str) -> ast.Module | None:
    """The syntax tree without documentation; None for what is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a planner's text can be anything
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef):
            node.body = [part for part in node.body if not _is_text(part)] or [ast.Pass()]
    return tree


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def essence(source: str) -> str:
    """What two texts of one program have in common: comments, documentation and spaces do not count."""
    tree = tree_of(source)
    return ast.dump(tree) if tree is not None else source.strip()


def called(source: str) -> frozenset[str]:
    """Names of everything that a program calls."""
    tree = tree_of(source)
    return frozenset(_name(call) for call in _calls(tree)) if tree is not None else frozenset()


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _argument(call: ast.Call, tool: Tool, name: str) -> ast.expr | None:
    """What a call passes for a parameter; None for its default."""
    position = [parameter.name for parameter in tool.parameters].index(name)
    if position < len(call.args):
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _set_argument(call: ast.Call, tool: Tool, name: str, value: ast.expr) -> None:
    position = [parameter.name for parameter in tool.parameters].index(name)
    if position < len(call.args):
        call.args[position] = value
    else:
        call.keywords = [keyword for keyword in call.keywords if keyword.arg != name] + [ast.keyword(name, value)]


def _text_of(tree: ast.Module, note: str) -> str:
    return f"# {note}\n{ast.unparse(ast.fix_missing_locations(tree))}\n"


def _read(text: str, name: str) -> Program | None:
    try:
        return Program.parse(text, name=name)
    except ProgramError:
        return None


# ---- more frames


def with_more_frames(program: Program, registry: Registry, times: int = 2) -> Program | None:
    """The program with every count of frames multiplied; grids get as many more rows."""
    tree = tree_of(program.source)
    if tree is None:
        return None
    changed = [_multiply(call, registry.get(_name(call)), times) for call in _calls(tree) if _name(call) in registry]
    if not any(changed):
        return None
    for call in _calls(tree):
        if _name(call) == "make_grid" and "make_grid" in registry:
            rows = _argument(call, registry.get("make_grid"), "rows")
            if isinstance(rows, ast.Constant) and isinstance(rows.value, int) and rows.value > 0:
                rows.value *= times
    return _read(_text_of(tree, f"{program.name} with {times} times as many frames"), program.name)


def frame_count_of(tool: Tool) -> str:
    """The parameter that says how many frames a tool looks at; empty where there is none."""
    for parameter in tool.parameters:
        gives_frames = parameter.name == COUNT and str(tool.returns) == "list[Frame]"
        if str(parameter.type) == "int" and (parameter.name == FRAME_COUNT or gives_frames):
            return parameter.name
    return ""


def _multiply(call: ast.Call, tool: Tool, times: int) -> bool:
    name = frame_count_of(tool)
    if not name:
        return False
    default = next(parameter.default for parameter in tool.parameters if parameter.name == name)
    now = _argument(call, tool, name) or ast.Constant(default if isinstance(default, int) else 1)
    if isinstance(now, ast.Constant) and isinstance(now.value, int):
        more: ast.expr = ast.Constant(now.value * times)
    else:
        more = ast.BinOp(now, ast.Mult(), ast.Constant(times))
    _set_argument(call, tool, name, more)
    return True


# ---- other frames


def with_frames_of_change(program: Program, registry: Registry) -> Program | None:
    """The program with frames from where the picture changes, wherever it takes them evenly."""
    tree = tree_of(program.source)
    if tree is None or SELECT not in registry:
        return None
    tool = registry.get(SELECT)
    calls = [call for call in _calls(tree) if _name(call) == SELECT and _is_even(_argument(call, tool, "method"))]
    if not calls:
        return None
    for call in calls:
        _set_argument(call, tool, "method", ast.Constant(CHANGE))
    return _read(_text_of(tree, f"{program.name} with frames from where the picture changes"), program.name)


def _is_even(method: ast.expr | None) -> bool:
    return method is None or (isinstance(method, ast.Constant) and method.value in EVEN)


# ---- a finer look


def with_finer_looks(program: Program, seconds: float) -> Program | None:
    """The program with each look at a clip made piece by piece, in pieces of so many seconds."""
    tree = tree_of(program.source)
    if tree is None or not any(_name(call) in LOOKS and call.args for call in _calls(tree)):
        return None
    return _read(
        _text_of(_Finer(seconds).visit(tree), f"{program.name}, looking every {seconds / 3:.2g} s"), program.name
    )


class _Finer(ast.NodeTransformer):
    """``read_text(clip)`` -> ``[line for piece in split_clip(clip, s) for line in read_text(piece)]``."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if _name(node) not in LOOKS or not node.args:
            return node
        pieces = ast.Call(ast.Name("split_clip"), [node.args[0], ast.Constant(self._seconds)], [])
        look = ast.Call(node.func, [ast.Name("piece"), *node.args[1:]], node.keywords)
        return ast.ListComp(
            ast.Name("line"),
            [
                ast.comprehension(ast.Name("piece", ast.Store()), pieces, [], 0),
                ast.comprehension(ast.Name("line", ast.Store()), look, [], 0),
            ],
        )


# ---- another tool


def with_other_tool(program: Program, registry: Registry, tool: str, other: str) -> Program | None:
    """The program with one tool exchanged for another; arguments that the other one has not are left out."""
    tree = tree_of(program.source)
    calls = [call for call in _calls(tree) if _name(call) == tool] if tree is not None else []
    if tree is None or not calls or other not in registry:
        return None
    known = {parameter.name for parameter in registry.get(other).parameters}
    for call in calls:
        call.func = ast.Name(other)
        del call.args[1:]  # both take the clip first; what follows it differs
        call.keywords = [keyword for keyword in call.keywords if keyword.arg in known]
    return _read(_text_of(tree, f"{program.name} with {other} instead of {tool}"), program.name)


def with_other_kinds(program: Program, registry: Registry, kinds: dict[str, str]) -> Program | None:
    """The program with searches in one kind of observation made in another one."""
    tree = tree_of(program.source)
    if tree is None or "search" not in registry:
        return None
    changed = set[str]()
    for call in _calls(tree):
        named = _argument(call, registry.get("search"), "kinds") if _name(call) == "search" else None
        for kind in named.elts if isinstance(named, ast.List) and len(named.elts) == 1 else ():
            if isinstance(kind, ast.Constant) and kind.value in kinds:
                kind.value = kinds[str(kind.value)]
                changed.add(str(kind.value))
    # Where several kinds are searched, they are all there already.
    return (
        _read(_text_of(tree, f"{program.name}, searching for {changed.pop()}"), program.name)
        if len(changed) == 1
        else None
    )


# ---- what a program found before it broke off


def up_to_line(program: Program, line: int, registry: Registry) -> Program | None:
    """The statements before a line, and an answer from all timelines that they make."""
    tree = tree_of(program.source)
    main = next((node for node in tree.body if _is_main(node)), None) if tree is not None else None
    body = main.body if isinstance(main, ast.FunctionDef) else tree.body if tree is not None else []
    kept = [node for node in body if (node.end_lineno or 0) < line]
    names = list(dict.fromkeys(name for node in kept for name in _timelines(node, registry)))
    if tree is None or not names or len(kept) == len(body):
        return None
    ending = ast.parse(f"answer(question, {' + '.join(names)}, choices)").body[0]
    if isinstance(main, ast.FunctionDef) and isinstance(ending, ast.Expr):
        main.body = [*kept, ast.Return(ending.value)]
    else:
        tree.body = [*kept, ending]
    return _read(_text_of(tree, f"{program.name} up to where it stopped"), program.name)


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and not node.name.startswith("_")


def _timelines(node: ast.stmt, registry: Registry) -> Iterator[str]:
    """Names that a statement gives to what a tool found."""
    made = node.value if isinstance(node, ast.Assign) else None
    if not (isinstance(made, ast.Call) and _name(made) in registry and isinstance(node, ast.Assign)):
        return
    if str(registry.get(_name(made)).returns) == "list[Observation]":
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


# ---- everything that several programs found


AS_LINES = """def _lines(found: list[Observation] | str | None, clip: Clip) -> list[Observation]:
    if isinstance(found, str):
        return [note(found, clip.start, clip.end)] if found else []
    return found if found else []
"""
"""Evidence as ``answer`` takes it, as a timeline."""
EVIDENCE = "list[Observation] | str | None"
PICTURES = "list[Frame] | Grid | None"


def merged(programs: Sequence[Program], registry: Registry, accepts: Callable[[Program], bool]) -> str:
    """The text of one program that answers from the evidence of several, and from the pictures of one.

    Args:
        programs: Of finished rounds, the best one first; those whose evidence cannot be taken out are left out.
        registry: The tools they may call.
        accepts: Whether a program passes the checker.

    Returns:
        Nothing where the evidence of fewer than two can be taken out.
    """
    lines = [part for program in programs if (part := _part(program, registry, "evidence", accepts)) is not None]
    seen = [part for program in programs if (part := _part(program, registry, "pictures", accepts)) is not None][:1]
    if not lines or len({part.program.source for part in (*lines, *seen)}) < 2:
        return ""
    functions = [AS_LINES, *(part.function(f"_found_{number}") for number, part in enumerate(lines, 1))]
    found = " + ".join(f"_lines({part.call(f'_found_{number}')}, video)" for number, part in enumerate(lines, 1))
    pictures = f", pictures={seen[0].call('_shown')}" if seen else ""
    functions += [part.function("_shown") for part in seen]
    return "\n".join([*functions, f"answer(question, {found}, choices{pictures})\n"])


@dataclass(frozen=True, slots=True)
class _Part:
    """What a program would hand to ``answer`` as one argument, as the body of a function."""

    program: Program
    body: list[ast.stmt]
    gives: str

    def function(self, name: str) -> str:
        typed = ", ".join(f"{parameter}: {GIVEN[parameter]}" for parameter in PARAMETERS[self.program.takes])
        lines = [line for node in self.body for line in ast.unparse(ast.fix_missing_locations(node)).splitlines()]
        return "\n".join([f"def {name}({typed}) -> {self.gives}:", *(f"    {line}" for line in lines), ""])

    def call(self, name: str) -> str:
        return f"{name}({', '.join(PARAMETERS[self.program.takes])})"


def _part(program: Program, registry: Registry, argument: str, accepts: Callable[[Program], bool]) -> _Part | None:
    """A program that gives what it would answer from; None where that cannot be taken out."""
    tree = tree_of(program.source)
    parameters = [parameter.name for parameter in registry.get(ANSWER).parameters] if ANSWER in registry else []
    if tree is None or argument not in parameters:
        return None
    main = next((node for node in tree.body if _is_main(node)), None) if program.kind == "function" else None
    helpers = [node for node in tree.body if node is not main]
    body = [*helpers, *main.body] if isinstance(main, ast.FunctionDef) else tree.body
    taking = _Taking(argument, parameters.index(argument))
    taken = [taking.visit(node) for node in body]
    left = any(isinstance(node, ast.Name) and node.id == ANSWER for part in taken for node in ast.walk(part))
    ending = [] if isinstance(taken[-1], ast.Return) else [ast.Return(ast.Constant(None))]
    part = _Part(program, [*taken, *ending], PICTURES if argument == "pictures" else EVIDENCE)
    if left or not taking.found:
        return None
    alone = f"{part.function('_alone')}\n{part.call('_alone')}\nanswer(question, None, choices)\n"
    return part if accepts(Program.draft(alone)) else None


class _Taking(ast.NodeTransformer):
    """``return answer(question, lines, ...)`` and ``answer(question, lines, ...)`` alone -> ``return lines``."""

    def __init__(self, argument: str, position: int) -> None:
        self._argument = argument
        self._position = position
        self.found = False

    def visit_Return(self, node: ast.Return) -> ast.AST:
        return ast.Return(self._taken(node.value)) if node.value is not None else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        taken = self._taken(node.value)
        return node if taken is node.value else ast.Return(taken)

    def _taken(self, value: ast.expr) -> ast.expr:
        if isinstance(value, ast.IfExp):
            return ast.IfExp(value.test, self._taken(value.body), self._taken(value.orelse))
        if not (isinstance(value, ast.Call) and _name(value) == ANSWER):
            return value
        passed = value.args[self._position] if len(value.args) > self._position else None
        passed = passed or next((item.value for item in value.keywords if item.arg == self._argument), None)
        self.found = self.found or not (passed is None or isinstance(passed, ast.Constant))
        return passed or ast.Constant(None)
