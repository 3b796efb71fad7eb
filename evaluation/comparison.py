"""Two systems on the same questions: what flipped, and what each did there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..video.errors import UsageError
from .items import Item
from .lines import canonical, item_to_json
from .overview import Overview, Row, overview
from .scores import Comparison, Judge, Sampling, compare

FILING = ("category", "group", "extra")
"""Parts of a question that are not asked."""
LINES = 3
"""Moments of evidence that are shown of each side."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one system did with a question.

    Attributes:
        text: Its answer.
        right: Whether it is right.
        confidence: 0 to 1.
        abstained: Whether it said that the video does not show it.
        program: The program of the round that was returned.
        moves: The moves of its rounds, in order.
        evidence: The best moments: ``start``, ``end``, ``kind``, ``content``, ``score``.
        error: Why there is no answer; empty where there is one.
    """

    text: str
    right: bool
    confidence: float
    abstained: bool
    program: str
    moves: tuple[str, ...]
    evidence: tuple[Mapping[str, Any], ...]
    error: str

    @property
    def said(self) -> str:
        """The answer in a few words."""
        return self.error or (f"abstains ({self.text})" if self.abstained else self.text)


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that only one of two systems got right."""

    item: Item
    a: Side
    b: Side

    @property
    def why(self) -> str:
        """The first of program, evidence and confidence in which the two differ, in words."""
        if self.a.error or self.b.error:
            return "one of them failed"
        if self.a.program != self.b.program:
            return f"another program: {self.a.program}, then {self.b.program}"
        if [_seen(moment) for moment in self.a.evidence] != [_seen(moment) for moment in self.b.evidence]:
            return "the same program, other evidence"
        if self.a.abstained != self.b.abstained:
            return "the same evidence, but one abstains"
        return "the same evidence, weighed differently"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two systems compared.

    Attributes:
        names: What the two are called.
        tests: Paired tests, and which questions flipped.
        flips: Those that B won, then those that it lost.
        count: Questions that both were asked, on which the tests rest.
        alone: Questions that only A was asked, and only B: unfinished, of other data, or with another wording.
    """

    names: tuple[str, str]
    tests: Comparison
    flips: tuple[Flip, ...]
    count: int
    alone: tuple[int, int]


def compared(first: str, second: str, judge: Judge | None = None, sampling: Sampling | None = None) -> Compared:
    """Compare two runs, or two systems of runs.

    Args:
        first: A run directory, or ``DIRECTORY:SYSTEM``; its first system when none is named.
        second: The same.
        judge: Marks open answers.
        sampling: How intervals are made.

    Raises:
        UsageError: ``eval.directory``, ``eval.system``; ``eval.other_data``, the runs are about other questions.
    """
    (run_a, row_a), (run_b, row_b) = named_system(first, judge), named_system(second, judge)
    shared = _same_items(row_a, row_b)
    tests = compare(shared, row_a.predictions, row_b.predictions, judge=judge, sampling=sampling)
    items = {item.id: item for item in shared}
    flips = [Flip(items[name], _side(run_a, row_a, name), _side(run_b, row_b, name)) for name in tests.flips]
    names = (row_a.name, row_b.name) if row_a.name != row_b.name else (first, second)
    alone = len(row_a.items) - len(shared), len(row_b.items) - len(shared)
    return Compared(names, tests, tuple(flips), len(shared), alone)


def named_system(name: str, judge: Judge | None = None) -> tuple[Overview, Row]:
    """The run and the system that ``DIRECTORY`` or ``DIRECTORY:SYSTEM`` names.

    Raises:
        UsageError: There is none.
    """
    directory, _, system = name.rpartition(":") if not Path(name).is_dir() else (name, "", "")
    run = overview(Path(directory or name), judge)
    if not run.rows:
        raise UsageError(f"{run.directory.path} has no answers yet", code="eval.system", hint="Run it first.")
    return run, run.row(system) if system else run.rows[0]


def _same_items(a: Row, b: Row) -> list[Item]:
    """The questions that both were asked.

    Raises:
        UsageError: Not one is the same.
    """
    known = {_asked(item) for item in b.items}
    shared = [item for item in a.items if _asked(item) in known]
    if not shared:
        hint = "Compare runs of one data set; a question is the same if its id, words, options and truth are."
        raise UsageError("the two were asked no question in common", code="eval.other_data", hint=hint)
    return shared


def _asked(item: Item) -> str:
    """What makes a question the same: all of it but how it is filed, and columns of the user's own."""
    return canonical({name: value for name, value in item_to_json(item).items() if name not in FILING})


def _side(run: Overview, row: Row, name: str) -> Side:
    line = row.lines[name]
    evidence = run.directory.trace(line.get("trace", "")).get("result", {}).get("evidence", [])
    best = sorted(evidence, key=lambda moment: -moment["score"])[:LINES]
    return Side(
        line["text"],
        row.scores.right.get(name, False),
        line["confidence"],
        line["abstained"],
        line.get("program", ""),
        tuple(part["move"] for part in line.get("rounds", ())),
        tuple(best),
        line["error"],
    )


def _seen(moment: Mapping[str, Any]) -> tuple[Any, ...]:
    return moment["kind"], moment["content"], moment["start"], moment["end"]
