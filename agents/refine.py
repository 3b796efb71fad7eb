"""What to try next: one table from what went wrong to the moves that can mend it, in this order.

A move looks at the finished rounds and gives a plan, or None when it does not apply. Its plan is run like any other;
whether it helped is for the judge to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..programs import Program
from .judge import best_round
from .planner import Plan, Planner

CLOSE_UP_SECONDS = 1.0
SPECIAL = {"how_many", "is_it_there", "what_color", "when_does_it_happen"}
"""Programs for one kind of question each; on any other they only make noise."""
MERGED = "merge_evidence"


@dataclass(frozen=True, slots=True)
class Situation:
    """What a move may look at."""

    question: str
    choices: tuple[str, ...]
    facts: str
    rounds: list[dict[str, Any]]
    planner: Planner
    fallback: Planner

    @property
    def tried(self) -> set[str]:
        """Names of the programs that were run."""
        return {round_["program"] for round_ in self.rounds}


Move = Callable[[Situation], Plan | None]


def other_program(situation: Situation) -> Plan | None:
    """The next best fitting program among those that suit any question."""
    plan = situation.fallback.plan(situation.question, situation.choices, situation.facts, situation.tried | SPECIAL)
    return Plan(plan.program, plan.planner, "other_program", plan.fit) if plan else None


def direct_to_program(situation: Situation) -> Plan | None:
    """After a named program, one that the text model writes (where it can write)."""
    if situation.planner is situation.fallback or any(
        round_["planner"] == situation.planner.name for round_ in situation.rounds
    ):
        return None
    plan = situation.planner.plan(situation.question, situation.choices, situation.facts, situation.tried)
    return Plan(plan.program, plan.planner, "direct_to_program", plan.fit) if plan else None


def look_closer(situation: Situation) -> Plan | None:
    """Frames near the best moment so far, closer together than the first look's, read and looked at together."""
    answer = situation.rounds[best_round(situation.rounds)]["answer"]
    moments = answer["evidence"] if answer else []
    if not moments:
        return None
    best = max(moments, key=lambda moment: moment["score"])
    middle = round((best["start"] + best["end"]) / 2, 2)
    source = (
        f"part = around(video, {middle}, {CLOSE_UP_SECONDS})\n"
        "answer(question, read_text(part) + detect(part) + transcribe(part), choices)\n"
    )
    return Plan(Program.parse(source, name="look_closer"), "refiner", "look_closer", fit=0.7)


def merge_evidence(situation: Situation) -> Plan | None:
    """Everything the rounds found, answered from together."""
    contents = {
        moment["content"] for round_ in situation.rounds for moment in (round_["answer"] or {}).get("evidence", ())
    }
    if len(situation.rounds) < 2 or len(contents) < 2:
        return None
    source = (
        'asked = question + " " + ", ".join(choices)\n'
        "answer(question, read_text(video) + transcribe(video) + search(asked), choices)\n"
    )
    return Plan(Program.parse(source, name=MERGED), "refiner", MERGED, fit=0.9)


MOVES: dict[str, tuple[Move, ...]] = {
    "error": (other_program,),
    "no_answer": (other_program,),
    "no_evidence": (other_program, merge_evidence),
    "not_grounded": (direct_to_program, other_program, merge_evidence),
    "low_confidence": (direct_to_program, look_closer, other_program, merge_evidence),
}
"""Diagnosis -> moves, the first that applies and was not made yet is taken."""

REASONS = {
    "error": "the program stopped with an error",
    "no_answer": "the program gave no answer",
    "no_evidence": "the program found nothing",
    "not_grounded": "the video did not move the answer",
    "low_confidence": "the answer is not sure enough",
}


def next_plan(diagnosis: str, situation: Situation) -> Plan | None:
    """The plan of the first move that applies; a move is not made twice except for trying other programs."""
    made = {round_["route"] for round_ in situation.rounds}
    for move in MOVES.get(diagnosis, ()):
        if move is not other_program and move.__name__ in made:
            continue
        plan = move(situation)
        if plan is not None and plan.program.source not in {round_["source"] for round_ in situation.rounds}:
            return plan
    return None


def no_news(rounds: list[dict[str, Any]]) -> bool:
    """Whether the last round found nothing that an earlier one had not, and answered the same."""
    if len(rounds) < 2:
        return False
    *earlier, last = rounds
    known = {_mark(moment) for round_ in earlier for moment in (round_["answer"] or {}).get("evidence", ())}
    found = {_mark(moment) for moment in (last["answer"] or {}).get("evidence", ())}
    same = any((round_["answer"] or {}).get("answer") == (last["answer"] or {}).get("answer") for round_ in earlier)
    return same and found <= known


def _mark(moment: dict[str, Any]) -> tuple[float, str, str]:
    return (round(moment["start"], 1), moment["kind"], moment["content"])
