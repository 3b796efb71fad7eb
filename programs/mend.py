"""Mends small faults of a program before any model is asked: what can be decided with certainty costs milliseconds.

A planner's program is mostly wrong in one word: a tool misspelt, the question left out, a fence around the code. Such a
fault has one remedy, and asking a model for it takes seconds and may bring another fault. For every problem of the
checker a table proposes remedies, the surest kind first; the checker tries them, and one is taken only when it is the
only one of its kind that leaves fewer problems. A program without problems is never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..tools.registry import Registry
from . import calling, ending, naming, wrapping
from .checker import Problem, check
from .program import Program
from .remedy import Case, Remedy

MOST_PROBLEMS = 20
"""A text with more is not a program with faults; mending it would only cost time."""
Maker = Callable[[Case, Problem], Iterator[list[Remedy]]]

_MAKERS: Mapping[str, tuple[Maker, ...]] = {
    "program.syntax": (wrapping.unwrapped,),
    "program.form": (wrapping.called,),
    "program.import": (wrapping.unimported,),
    "program.ignore": (wrapping.without_ignore,),
    "program.dunder": (wrapping.without_guard,),
    "program.refused": (naming.read_directly,),
    "program.name": (naming.name, calling.argument),
    "program.attribute": (naming.attribute,),
    "program.argument": (calling.argument,),
    "program.no_answer": (ending.answered,),
}
"""A problem's code -> what proposes remedies; what is not here is for whoever wrote the program."""
_HIDING = {
    "program.syntax": 3,
    "program.length": 3,
    "program.depth": 3,
    "program.form": 2,
    "program.import": 1,
    "program.ignore": 1,
}
"""Problems behind which there may be others that are not said yet."""
_POLISH: tuple[Callable[[Case], Remedy | None], ...] = (ending.with_choices, ending.without_print)
"""What is put right besides in statements that are mended anyway; a function was written with care."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A program after mending."""

    program: Program
    changes: tuple[str, ...] = ()
    """What was changed, a line each; empty when nothing was."""


def mend(program: Program, problems: Sequence[Problem], registry: Registry) -> Mended:
    """The program with everything mended that has one certain remedy.

    Args:
        program: As it was written.
        problems: What the checker found; a program without problems comes back as it is.
        registry: The tools it may call.

    Returns:
        The program, perhaps still with problems: those are for a model, or for whoever wrote it.
    """
    if not problems or len(problems) > MOST_PROBLEMS:
        return Mended(program)
    source = program.source.replace("\r\n", "\n").replace("\r", "\n")
    case = Case(_draft(program, source), tuple(problems), registry)
    changes: list[str] = []
    while (better := _mended(case)) is not None:
        case = better[0]
        changes.append(better[1])
    for polish in _POLISH if case.program.kind == "statements" else ():
        while (remedy := polish(case)) is not None and (polished := _try(case, remedy)) is not None:
            if _weight(polished) > _weight(case):
                break
            case = polished
            changes.append(remedy.change)
    return Mended(case.program, tuple(changes)) if changes else Mended(program)


def _mended(case: Case) -> tuple[Case, str] | None:
    """The program with at least one problem less, and what was changed; None when nothing is certain."""
    for problem in case.problems:
        found = [item for maker in _MAKERS.get(problem.code, ()) for item in _tried(case, problem, maker)]
        if found:
            return min(found, key=lambda item: _weight(item[0]))  # the earliest, that is the surest, of equals
    return None


def _tried(case: Case, problem: Problem, maker: Maker) -> Iterator[tuple[Case, str]]:
    """For each kind of remedy the one that helps, up to the first that leaves nothing wrong in that line."""
    for remedies in maker(case, problem):
        tried = {remedy.source: (found, remedy.change) for remedy in remedies if (found := _try(case, remedy))}
        better = [(found, change) for found, change in tried.values() if _weight(found) < _weight(case)]
        least = min((_weight(found) for found, _ in better), default=None)
        best = [item for item in better if _weight(item[0]) == least]
        if len(best) == 1:
            yield best[0]
            if not any(left.line == problem.line for left in best[0][0].problems):
                return


def _try(case: Case, remedy: Remedy) -> Case | None:
    """The program after a remedy, checked; None when the remedy changes nothing."""
    if remedy.source == case.source:
        return None
    program = _draft(case.program, remedy.source)
    return Case(program, check(program, case.registry), case.registry)


def _draft(program: Program, source: str) -> Program:
    name = program.name if program.kind == "statements" else "planned"
    return program if source == program.source else replace(Program.draft(source, name=name), path=program.path)


def _weight(case: Case) -> tuple[int, int, int]:
    """How much is wrong: first what hides other problems, then how many there are."""
    hiding = [_HIDING.get(problem.code, 0) for problem in case.problems]
    return max(hiding, default=0), sum(map(bool, hiding)), len(case.problems)
