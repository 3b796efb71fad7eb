"""The state of the loop: plain data, so that a checkpoint can hold it and another process can go on."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from ..programs import Program

if TYPE_CHECKING:  # they bring the sandbox, which only a run needs
    from ..programs import RunResult
    from .planner import Plan


BESIDE = "the program's answer is none of the choices"


class State(TypedDict, total=False):
    """What the nodes of the graph hand on."""

    question: str
    choices: list[str]
    facts: str
    plan: dict[str, Any]
    """The plan of the current round, see :func:`plan_data`."""
    problems: list[str]
    """What the checker said about it; none when it may run."""
    repairs: int
    """Rewritings of the current round's program by a model."""
    mended: bool
    """Whether the program, as it is now, was mended without one."""
    rounds: list[dict[str, Any]]
    """Finished rounds in order, see :func:`round_data`."""
    diagnosis: str
    stop: bool
    usage: dict[str, Any]
    """What was used up to the last finished node."""
    warnings: list[str]


def plan_data(plan: "Plan") -> dict[str, Any]:
    """A plan as plain data."""
    return {
        "name": plan.program.name,
        "source": plan.program.source,
        "planner": plan.planner,
        "route": plan.route,
        "fit": plan.fit,
        "models": dict(plan.models),
    }


def program_of(plan: dict[str, Any]) -> Program:
    """The program of a plan."""
    return Program.draft(plan["source"], name=plan["name"])


def round_data(plan: dict[str, Any], result: "RunResult", choices: Sequence[str] = ()) -> dict[str, Any]:
    """A finished round as plain data."""
    answer = result.answer.to_json() if result.answer is not None else None
    return {
        "program": plan["name"],
        "source": plan["source"],
        "planner": plan["planner"],
        "route": plan["route"],
        "fit": plan["fit"],
        "models": plan["models"],
        "changes": list(plan.get("changes", ())),
        "answer": None if answer is None else with_choice(answer, choices),
        "error": None if result.error is None else result.error.to_json()["error"],
        "stopped": result.stopped,
        "steps": [step.to_json() for step in result.steps],
        "seconds": round(result.seconds, 3),
    }


def with_choice(answer: dict[str, Any], choices: Sequence[str]) -> dict[str, Any]:
    """An answer with its place among the choices that were asked: a program may have weighed others, or none."""
    text = answer["answer"]
    chosen = text in choices and not (answer["abstained"] and answer["choice"] is None)
    choice = list(choices).index(text) if chosen else None
    beside = bool(choices) and not chosen and not answer["abstained"]
    warnings = [*answer["warnings"], *([BESIDE] if beside else [])]
    return {**answer, "choice": choice, "abstained": answer["abstained"] or beside, "warnings": warnings}


def public_round(round_: dict[str, Any]) -> dict[str, Any]:
    """A round as an answer's JSON shows it."""
    answer = round_["answer"] or {}
    return {
        "program": round_["program"],
        "answer": answer.get("answer", ""),
        "choice": answer.get("choice"),
        "confidence": round(answer.get("confidence", 0.0), 4),
        "grounding": answer.get("grounding"),
        "move": round_["route"],
        "planner": round_["planner"],
        "models": round_["models"],
        "diagnosis": round_.get("diagnosis", ""),
        "changes": round_.get("changes", []),
        "reason": round_.get("reason", ""),
        "critic": round_.get("critic"),
        "error": round_["error"],
        "stopped": round_["stopped"],
        "source": round_["source"],
        "seconds": round_["seconds"],
        "steps": round_["steps"],
    }
