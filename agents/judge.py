"""Is the answer good enough, and if not, what is wrong with it?"""

from dataclasses import dataclass
from typing import Any, Literal

Diagnosis = Literal["good", "error", "no_answer", "no_evidence", "not_grounded", "low_confidence"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says about a round."""

    accepted: bool
    diagnosis: Diagnosis


def judge(round_: dict[str, Any], threshold: float) -> Verdict:
    """Look at a round: did it run, did it find anything, did the video move the answer, is it sure?

    Args:
        round_: A finished round as :mod:`.state` keeps it.
        threshold: Confidence from which an answer is accepted.
    """
    answer = round_["answer"]
    if answer is None:
        return Verdict(False, "error" if round_["error"] else "no_answer")
    # An empty timeline can be the evidence itself: nobody speaks, so "nothing" is said.
    if not answer["evidence"] and answer["basis"] == "no evidence":
        return Verdict(False, "no_evidence")
    if answer["abstained"]:
        return Verdict(False, "not_grounded")
    if answer["confidence"] < threshold:
        return Verdict(False, "low_confidence")
    return Verdict(True, "good")


def worth(round_: dict[str, Any]) -> tuple[bool, bool, float]:
    """Orders rounds: answered, grounded, then confidence as far as the program fits the question."""
    answer = round_["answer"]
    if answer is None:
        return (False, False, 0.0)
    return (answer["basis"] != "no evidence", not answer["abstained"], answer["confidence"] * round_["fit"])


def best_round(rounds: list[dict[str, Any]]) -> int:
    """Index of the best round, the earliest of equals: never simply the last."""
    return max(range(len(rounds)), key=lambda index: (worth(rounds[index]), -index))
