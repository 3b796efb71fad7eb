"""Loops and functions that cannot end, found before they run.

Refused is what can be seen to go on for ever, or for longer than a run may take: `while` whose condition nothing in the
loop changes, huge constant ranges, lists that grow under the loop over them, functions that call themselves on every
path. Whether any other loop ends cannot be decided by looking at it (conditions over what tools find, recursion with a
way out, ranges whose length is computed); those are ended from outside, by the sandbox's limits on time, memory,
recursion and tool calls.
"""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..tools.sandbox import Limits

MAX_TURNS = 10_000_000
"""Turns of constant loops, nested ones multiplied: the sandbox makes 15 million plain turns a second and has ten."""
_MAX_BITS = 256
_GROWING = frozenset(["append", "extend", "insert"])
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_ARITHMETIC: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


@dataclass(frozen=True, slots=True)
class Endless:
    """A place that cannot end."""

    line: int
    message: str
    hint: str


def endless(tree: ast.Module, tools: Iterable[str]) -> Iterator[Endless]:
    """The loops and functions of a program that can be seen not to end, or not in time.

    Args:
        tree: The program.
        tools: The names of the tools: a run may call them only so many times.
    """
    facts = _Facts.of(tree, tools)
    for node in ast.walk(tree):
        if isinstance(node, ast.While):
            yield from _while(node, facts)
        elif isinstance(node, ast.For):
            yield from _for(node, facts)
    yield from _ranges(tree, facts)
    yield from _recursion(tree)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What holds all over a program."""

    tools: frozenset[str]
    constants: Mapping[str, int]
    """Variables that are set once, to a number."""
    aliases: Mapping[str, frozenset[str]]
    """Names that may mean the same list."""
    helpers: frozenset[str] = field(default_factory=frozenset)
    """Functions of the program itself: they may change what they are given."""

    @classmethod
    def of(cls, tree: ast.Module, tools: Iterable[str]) -> _Facts:
        stores = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        constants: dict[str, int] = {}
        aliases: dict[str, set[str]] = {}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
                continue
            name, value = node.targets[0].id, _number(node.value, constants)
            if value is not None and stores.count(name) == 1 and name not in arguments:
                constants[name] = value
            if isinstance(node.value, ast.Name):
                together = {name, node.value.id} | aliases.get(name, set()) | aliases.get(node.value.id, set())
                aliases.update(dict.fromkeys(together, together))
        helpers = frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
        return cls(frozenset(tools), constants, {name: frozenset(names) for name, names in aliases.items()}, helpers)


def _while(loop: ast.While, facts: _Facts) -> Iterator[Endless]:
    if _leaves(loop.body) or _number(loop.test, facts.constants) == 0:
        return
    names = {node.id for node in ast.walk(loop.test) if isinstance(node, ast.Name)}
    changed = _changed([loop.test, *loop.body], facts)
    if not names & changed:
        what = ", ".join(sorted(names - facts.tools - set(dir(builtins)))) or "what it asks"
        hint = f"Change {what} in the loop, or leave it with break." if names else "Leave it with break."
        yield Endless(loop.lineno, "this while loop never ends", hint)
    elif _wrong_way(loop, facts):
        yield Endless(loop.lineno, "this while loop counts away from its end", "Count the other way.")


def _wrong_way(loop: ast.While, facts: _Facts) -> bool:
    """Whether the condition is `name < limit` and the name only ever gets smaller, or the other way round."""
    test = loop.test
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.left, ast.Name):
        return False
    if _changed([ast.Expr(test.comparators[0])], facts) or test.left.id not in _changed(loop.body, facts):
        return False
    limit = {node.id for node in ast.walk(test.comparators[0]) if isinstance(node, ast.Name)}
    if limit & _changed(loop.body, facts):
        return False
    away = {ast.Lt: ast.Sub, ast.LtE: ast.Sub, ast.Gt: ast.Add, ast.GtE: ast.Add}.get(type(test.ops[0]))
    steps = [node for part in loop.body for node in ast.walk(part) if test.left.id in _stored(node)]
    return bool(steps) and all(
        isinstance(step, ast.AugAssign)
        and isinstance(step.op, away or ast.MatMult)
        and (_number(step.value, facts.constants) or -1) > 0
        for step in steps
    )


def _for(loop: ast.For, facts: _Facts) -> Iterator[Endless]:
    if _leaves(loop.body):
        return
    if isinstance(loop.iter, ast.Call) and _called(loop.iter) == "iter" and len(loop.iter.args) == 2:
        yield Endless(loop.lineno, "this loop may never end", "Loop over a list or a range.")
    if isinstance(loop.iter, ast.Name) and loop.iter.id in _grown(loop.body):
        yield Endless(
            loop.lineno, f"{loop.iter.id} grows while the loop goes over it", "Collect what is new in another list."
        )
    turns = _turns(loop, facts)
    calls = sum(_calls_each_turn(part, facts) for part in loop.body) * (_length(loop.iter, facts) or 1)
    if turns > MAX_TURNS:
        yield Endless(loop.lineno, f"this loop makes {turns} turns", f"At most {MAX_TURNS} can be made in time.")
    elif calls > Limits().calls:
        message = f"this loop calls tools {calls} times"
        yield Endless(loop.lineno, message, f"A run may call tools {Limits().calls} times.")


def _ranges(tree: ast.Module, facts: _Facts) -> Iterator[Endless]:
    """Constant ranges outside of `for` that are too long, such as `list(range(10 ** 9))`."""
    loops = {id(node.iter) for node in ast.walk(tree) if isinstance(node, ast.For)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            turns = 1
            for generator in node.generators:
                loops.add(id(generator.iter))
                turns *= _length(generator.iter, facts) or 1
            if turns > MAX_TURNS:
                hint = f"At most {MAX_TURNS} can be made in time."
                yield Endless(node.lineno, f"this comprehension makes {turns} turns", hint)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and id(node) not in loops and (_length(node, facts) or 0) > MAX_TURNS:
            yield Endless(node.lineno, f"this range has {_length(node, facts)} numbers", f"At most {MAX_TURNS}.")


def _turns(loop: ast.For, facts: _Facts) -> int:
    """Turns of the innermost loops, as far as constants tell."""
    inner = [_turns(part, facts) for part in loop.body if isinstance(part, ast.For) and not _leaves(part.body)]
    return (_length(loop.iter, facts) or 1) * max(inner, default=1)


def _length(node: ast.expr, facts: _Facts) -> int | None:
    """How many numbers a constant range has; None for everything else."""
    if not isinstance(node, ast.Call) or _called(node) != "range" or node.keywords or not 1 <= len(node.args) <= 3:
        return None
    numbers = [_number(argument, facts.constants) for argument in node.args]
    start, stop, step = {1: (0, numbers[0], 1), 2: (*numbers, 1), 3: tuple(numbers)}[len(numbers)]
    if start is None or stop is None or not step:
        return None
    return max(0, -((start - stop) // step))


def _calls_each_turn(part: ast.stmt, facts: _Facts) -> int:
    """Tool calls that a statement makes whenever it is reached; 0 where a condition decides."""
    if isinstance(part, ast.For):
        if _leaves(part.body):
            return 0
        return sum(_calls_each_turn(inner, facts) for inner in part.body) * (_length(part.iter, facts) or 0)
    if not isinstance(part, (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign)):
        return 0
    return sum(isinstance(node, ast.Call) and _called(node) in facts.tools for node in _unconditional(part))


def _unconditional(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a statement that are evaluated in any case."""
    yield node
    if isinstance(node, (ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return
    if isinstance(node, _FUNCTIONS):
        return
    for child in ast.iter_child_nodes(node):
        yield from _unconditional(child)


def _leaves(body: Iterable[ast.stmt]) -> bool:
    """Whether a loop with this body can be left from inside."""
    for part in body:
        if isinstance(part, (ast.Break, ast.Return, ast.Raise)):
            return True
        if isinstance(part, (ast.For, ast.While)):  # its own `break` leaves only itself
            ends = any(isinstance(node, (ast.Return, ast.Raise)) for inner in part.body for node in ast.walk(inner))
            if ends or _leaves(part.orelse):
                return True
        elif any(_leaves(block) for block in _blocks(part)):
            return True
    return False


def _blocks(part: ast.AST) -> Iterator[list[ast.stmt]]:
    """The statements inside a compound statement, those of functions left out."""
    if isinstance(part, _FUNCTIONS):
        return
    for name in ("body", "orelse", "finalbody"):
        yield getattr(part, name, [])
    for inner in (*getattr(part, "handlers", ()), *getattr(part, "cases", ())):
        yield inner.body


def _changed(parts: Iterable[ast.AST], facts: _Facts) -> set[str]:
    """Names that may mean something else, or hold something else, after these parts."""
    found: set[str] = set()
    for node in (node for part in parts for node in ast.walk(part)):
        found |= _stored(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found |= _root(node.func)
        elif isinstance(node, ast.Call) and _called(node) in facts.helpers:
            found |= {_called(node)} | {n for argument in node.args for n in _root(argument)}
    return found | {alias for name in found for alias in facts.aliases.get(name, ())}


def _stored(node: ast.AST) -> set[str]:
    """The names that a node itself sets or changes."""
    if isinstance(node, ast.AugAssign):
        return _root(node.target)
    if isinstance(node, (ast.Assign, ast.Delete)):
        return {name for target in node.targets for name in _roots(target)}
    if isinstance(node, (ast.For, ast.AnnAssign, ast.NamedExpr)):
        return set(_roots(node.target))
    return set()


def _roots(target: ast.expr) -> Iterator[str]:
    parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
    for part in parts:
        yield from _root(part)


def _root(node: ast.expr) -> set[str]:
    """The name that an attribute or an item belongs to."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _grown(body: Iterable[ast.stmt]) -> set[str]:
    """Lists that get longer in a loop."""
    grown: set[str] = set()
    for node in (node for part in body for node in ast.walk(part)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GROWING:
            grown |= _root(node.func)
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and isinstance(node.target, ast.Name):
            grown.add(node.target.id)
    return grown


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _number(node: ast.expr, constants: Mapping[str, int]) -> int | None:
    """The whole number that an expression of constants gives; None for everything else."""
    if isinstance(node, ast.Constant):
        return int(node.value) if isinstance(node.value, int) else None
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _number(node.operand, constants)
        return None if value is None else -value
    if not isinstance(node, ast.BinOp) or type(node.op) not in _ARITHMETIC:
        return None
    left, right = _number(node.left, constants), _number(node.right, constants)
    if left is None or right is None or max(left.bit_length(), right.bit_length()) > _MAX_BITS:
        return None
    if isinstance(node.op, ast.Pow) and not 0 <= right * left.bit_length() <= _MAX_BITS:
        return None
    return (
        _ARITHMETIC[type(node.op)](left, right) if right or not isinstance(node.op, (ast.FloorDiv, ast.Mod)) else None
    )


def _recursion(tree: ast.Module) -> Iterator[Endless]:
    """Functions that call themselves, perhaps through others, on every path or with nothing changed."""
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    always = {
        name: {called for called in functions if _always_calls(node.body, called)} for name, node in functions.items()
    }
    for name, node in functions.items():
        if name in _reached(name, always):
            yield Endless(node.lineno, f"{name} calls itself without an end", "Return before it does, or use a loop.")
        elif _repeats(node):
            yield Endless(node.lineno, f"{name} calls itself with nothing changed", "Pass on less than it got.")


def _reached(name: str, calls: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = list(calls[name])
    while left:
        called = left.pop()
        if called not in found:
            found.add(called)
            left += calls[called]
    return found


def _always_calls(body: Iterable[ast.stmt], name: str) -> bool:
    """Whether every way through these statements calls a function."""
    for part in body:
        if isinstance(part, ast.If):
            called = _evaluates(part.test, name) or (
                bool(part.orelse) and _always_calls(part.body, name) and _always_calls(part.orelse, name)
            )
        elif isinstance(part, (ast.For, ast.While)):
            called = _evaluates(part.iter if isinstance(part, ast.For) else part.test, name)
        else:
            called = not isinstance(part, (*_FUNCTIONS, ast.Try)) and _evaluates(part, name)
        if called:
            return True
        if any(isinstance(node, (ast.Return, ast.Raise)) for node in ast.walk(part)):
            return False
    return False


def _evaluates(node: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Call) and _called(part) == name for part in _unconditional(node))


def _repeats(function: ast.FunctionDef) -> bool:
    """Whether a function calls itself with exactly the arguments it got."""
    names = [argument.arg for argument in function.args.args]
    nodes = list(ast.walk(function))
    stored = {name for node in nodes for name in _stored(node)}
    methods = any(isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) for node in nodes)
    if not names or methods or stored & set(names):  # what it works on may get less
        return False
    calls = [node for node in nodes if isinstance(node, ast.Call) and _called(node) == function.name]
    return any(not call.keywords and [ast.unparse(argument) for argument in call.args] == names for call in calls)
