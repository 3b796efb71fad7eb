"""How many faulty programs are caught before they run, and how many of them are mended without asking a model.

Usage:
    python benchmarks/faulty_programs.py [--count N] [--seed S] [--show KIND] [--set llm=SPEC]

The faults are those of :mod:`faults`. `restored` are those that mending turned back into exactly the program from
before. With a text model that writes (`--set llm=SPEC`) what is left goes to it, as in the loop.
"""

import argparse
import ast
import time
from collections import defaultdict

import vidprog
from faults import COUNT, SEED, faults, parsed
from vidprog.agents.planner import unfenced
from vidprog.programs import Program, check
from vidprog.programs.mend import mend
from vidprog.prompts import prompt
from vidprog.tools import Registry


def _same(one: str, other: str) -> bool:
    trees = parsed(one), parsed(other)
    return None not in trees and ast.dump(trees[0]) == ast.dump(trees[1])


def _rewritten(program: Program, registry: Registry, models: vidprog.Models) -> Program:
    """The program as a text model corrects it, in one go."""
    problems = "\n".join(map(str, check(program, registry)))
    text = prompt(
        "repair", program=program.source, tools=registry.stubs(), question="What is shown?", choices="none",
        problems=problems,
    )  # fmt: skip
    return Program.draft(unfenced(models.llm.complete(text, max_tokens=800).text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--show", default="", help="print what of this kind is not mended")
    parser.add_argument("--set", dest="assignments", action="append", default=[], help="llm=SPEC")
    options = parser.parse_args()
    registry = Registry.builtin()
    models = vidprog.Models(vidprog.load_profile(None, options.assignments))
    rows: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
    seconds = []
    for fault in faults(registry, options.count, options.seed):
        program = Program.draft(fault.source)
        problems = check(program, registry)
        started = time.perf_counter()
        mended = mend(program, problems, registry)
        seconds.append(time.perf_counter() - started)
        left = check(mended.program, registry)
        if left and fault.kind == options.show:
            print(f"{fault.source}\n  {left[0]}\n  {mended.changes}\n")
        rewritten = left and models.can_write and not check(_rewritten(mended.program, registry, models), registry)
        rows[fault.kind].append(
            (bool(problems), not left, not left or bool(rewritten), _same(mended.program.source, fault.sound))
        )
    print(f"{'kind':<20} {'faults':>6} {'caught':>7} {'mended':>7} {'restored':>9}" + " with model" * models.can_write)
    for kind, found in [*rows.items(), ("all", [row for part in rows.values() for row in part])]:
        caught, mended, either, restored = (sum(column) for column in zip(*found, strict=True))
        line = f"{kind:<20} {len(found):>6} {caught:>7} {mended:>7} {restored:>9}"
        print(line + f" {either:>10}" * models.can_write)
    seconds.sort()
    print(f"\nmending takes {seconds[len(seconds) // 2]:.2f} s (median), {seconds[-1]:.2f} s (longest)")


if __name__ == "__main__":
    main()
