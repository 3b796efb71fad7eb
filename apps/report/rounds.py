"""How an answer came about: each program, why it was chosen, what every step returned, how it was judged."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...agents.refine import REASONS
from ..cli.watch import ROUTES
from ..cli.words import grounded, sure
from ..views import Markup, element, program, steps
from .answer import described

if TYPE_CHECKING:
    from ...agents import Result

GOOD = ("", "good")
COSTS = {
    "llm_calls": "Text model calls", "vlm_calls": "Vision model calls", "prompt_tokens": "Tokens read",
    "completion_tokens": "Tokens written", "frames_decoded": "Frames decoded", "frames_seen": "Frames seen",
}  # fmt: skip
"""Name in a usage -> words."""


def rounds_part(result: "Result") -> Markup:
    """Every round in order."""
    rounds = enumerate(result.rounds, 1)
    return element("ol", *(_round(number, round_, result) for number, round_ in rounds), class_="rounds")


def _round(number: int, round_: Mapping[str, Any], result: "Result") -> Markup:
    given = round_["source"] == result.program["source"] and round_["answer"] == result.text
    mark = element("span", "gave the answer", class_="tag") if given and len(result.rounds) > 1 else None
    return element(
        "li",
        element("h3", f"Round {number}: ", element("code", round_["program"]), " " if mark else None, mark),
        described(_facts(round_)),
        steps(round_["steps"]),
        element("details", element("summary", "The program"), program(round_["source"])),
    )


def _facts(round_: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Why this program", why(round_["move"], round_["planner"])
    others = {
        "Video": round_.get("video", ""),
        "Models": ", ".join(f"{role}: {spec}" for role, spec in round_["models"].items()),
        "Mended": "; ".join(round_["changes"]),
        "Broke off": (round_["error"] or {}).get("message", ""),
        "Stopped": round_["stopped"],
    }
    yield from ((name, text) for name, text in others.items() if text)
    if round_["answer"]:
        yield "Answer", round_["answer"]
        yield "Confidence", sure(round_["confidence"])
        yield "Grounding", grounded(round_["grounding"])
    if round_.get("critic") is not None:
        yield "Critic", f"{round_['critic']:.2f}"
    yield "Judged", judged(round_["diagnosis"], round_["reason"])


def why(move: str, planner: str) -> str:
    """Why a program was run, in words."""
    words = ROUTES.get(move, move.replace("_", " "))
    return f"{words} ({planner})" if planner != move else words


def judged(diagnosis: str, reason: str) -> str:
    """What came of a round, in words."""
    if diagnosis in GOOD:
        return "good enough"
    return REASONS.get(diagnosis, diagnosis) + (f" ({reason})" if reason else "")


def cost_facts(usage: Mapping[str, float]) -> list[tuple[str, str]]:
    """What the whole question used."""
    counts = [(words, f"{usage[name]:,.0f}") for name, words in COSTS.items()]
    return [("Time", f"{usage['seconds']:.1f} s"), *counts]
