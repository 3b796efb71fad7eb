"""What is tried next: the policy's moves for what went wrong, and when there is nothing more to try."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..tools.contents import LOOKED
from .moves import MOVES, Situation
from .planner import Plan

REASONS = {
    "error": "the program stopped with an error",
    "no_answer": "the program gave no answer",
    "no_evidence": "the program found nothing",
    "not_grounded": "nothing that was found shows the answer",
    "low_confidence": "the answer is not sure enough",
    "contradiction": "what was found contradicts itself",
    "critic": "the evidence does not support the answer",
}
"""Diagnosis -> what it means to a reader."""


def next_plan(diagnosis: str, situation: Situation, moves: Mapping[str, Sequence[str]]) -> Plan | None:
    """The plan of the first move that applies: one that was not made yet, or else one that has something new.

    Args:
        diagnosis: What went wrong.
        situation: What the moves look at.
        moves: Of the policy, by diagnosis.
    """
    made = {round_["route"] for round_ in situation.rounds}
    names = moves.get(diagnosis, ())
    for name in (*(name for name in names if name not in made), *(name for name in names if name in made)):
        plan = MOVES[name](situation)
        if plan is not None and not situation.ran(plan):
            return plan
    return None


def no_news(rounds: Sequence[dict[str, Any]]) -> bool:
    """Whether the last round found nothing that an earlier one had not, and answered the same."""
    if len(rounds) < 2:
        return False
    *earlier, last = rounds
    known = {mark for round_ in earlier for mark in _marks(round_)}
    same = any((round_["answer"] or {}).get("answer") == (last["answer"] or {}).get("answer") for round_ in earlier)
    return same and _marks(last) <= known


def _marks(round_: dict[str, Any]) -> set[tuple[str, float, str, str]]:
    """What a round found; that a frame was looked at is no finding."""
    moments = (round_["answer"] or {}).get("evidence", ())
    found = (m for m in moments if m["content"] != LOOKED)
    return {(m.get("video", ""), round(m["start"], 1), m["kind"], m["content"]) for m in found}
