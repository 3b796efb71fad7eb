"""Is the answer good enough, and if not, what is wrong with it? And which round is the best?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..tools.text import cover, numbers_in

Diagnosis = Literal[
    "good", "error", "no_answer", "no_evidence", "not_grounded", "low_confidence", "contradiction", "critic"
]
SAME_WORDS = 0.5
"""Two open answers agree when one of them holds this share of the other's words: "42" and "EXIT 42" do."""
DOUBT = 0.5
"""What a round counts for when its sources contradict one another, or the critic does not believe it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says about a round."""

    accepted: bool
    diagnosis: Diagnosis
    reason: str = ""
    """What exactly is wrong, where there is more to say than the diagnosis."""


def judge(rounds: Sequence[dict[str, Any]], threshold: float) -> Verdict:
    """Look at the last round: did it run, did it find anything, did the video move the answer, is it sure?

    And do its sources agree with one another, and it with the rounds before? An error counts only where the round has
    no answer that is good enough without what broke.

    Args:
        rounds: Finished rounds in order as :mod:`.state` keeps them.
        threshold: Confidence from which an answer is accepted.
    """
    *earlier, round_ = rounds
    answer = round_["answer"]
    if answer is None:
        return Verdict(False, "error" if round_["error"] else "no_answer")
    verdict = _of_answer(answer, threshold)
    if not verdict.accepted:
        return Verdict(False, "error", round_["error"]["message"]) if round_["error"] else verdict
    return _beside(earlier, round_, threshold) or verdict


def _of_answer(answer: dict[str, Any], threshold: float) -> Verdict:
    """What an answer is worth by itself."""
    # An empty timeline can be the evidence itself: nobody speaks, so "nothing" is said.
    if not answer["evidence"] and answer["basis"] == "no evidence":
        return Verdict(False, "no_evidence")
    if answer["abstained"]:
        return Verdict(False, "not_grounded")
    if answer.get("contradictions"):  # it is why the answer is not sure, where it is not
        return Verdict(False, "contradiction", "; ".join(answer["contradictions"]))
    if answer["confidence"] < threshold:
        return Verdict(False, "low_confidence")
    return Verdict(True, "good")


def _beside(earlier: Sequence[dict[str, Any]], round_: dict[str, Any], threshold: float) -> Verdict | None:
    """A contradiction: earlier rounds were as sure of another answer, and no fewer of them than are of this one."""
    sure = [(number, other) for number, other in enumerate(earlier, 1) if is_sure(other, threshold)]
    others = [(number, other) for number, other in sure if not same_answer(other["answer"], round_["answer"])]
    if not others or len(sure) - len(others) + 1 > len(others):
        return None
    number, other = others[-1]
    return Verdict(False, "contradiction", f"round {number} is sure of {other['answer']['answer']!r}")


def is_sure(round_: dict[str, Any], threshold: float) -> bool:
    """Whether a round has an answer that reaches the threshold."""
    answer = round_["answer"]
    return answer is not None and not answer["abstained"] and answer["confidence"] >= threshold


def same_answer(one: dict[str, Any], two: dict[str, Any]) -> bool:
    """Whether two answers say the same: one choice, or mostly the same words and no other numbers."""
    if one["choice"] is not None and two["choice"] is not None:
        return bool(one["choice"] == two["choice"])
    first, second = one["answer"], two["answer"]
    numbers = set(numbers_in(first)), set(numbers_in(second))
    if all(numbers) and not (numbers[0] <= numbers[1] or numbers[1] <= numbers[0]):
        return False
    return first == second or max(cover(first, second), cover(second, first)) >= SAME_WORDS


def worth(round_: dict[str, Any]) -> tuple[bool, bool, float]:
    """Orders rounds: answered, grounded, then confidence as far as the program fits and nothing speaks against it."""
    answer = round_["answer"]
    if answer is None:
        return (False, False, 0.0)
    doubts = bool(answer.get("contradictions")) + (round_.get("diagnosis") == "critic")
    value = answer["confidence"] * round_["fit"] * DOUBT**doubts
    return (answer["basis"] != "no evidence", not answer["abstained"], value)


def best_round(rounds: Sequence[dict[str, Any]]) -> int:
    """Index of the best round, the earliest of equals: never simply the last.

    Where rounds that were judged sure contradict one another, those that agree in greater number are better.
    """
    votes = _votes(rounds)

    def rank(index: int) -> tuple[bool, bool, bool, int, float, int]:
        answered, grounded, value = worth(rounds[index])
        ended = rounds[index]["answer"] is not None  # that nothing was found is more than an error
        return answered, grounded, ended, votes[index], value, -index

    return max(range(len(rounds)), key=rank)


def _votes(rounds: Sequence[dict[str, Any]]) -> list[int]:
    """How many sure rounds say what each sure round says; 0 for all where they do not contradict one another."""
    sure = [round_["answer"] for round_ in rounds if round_.get("sure")]
    counts = [
        sum(same_answer(round_["answer"], answer) for answer in sure) if round_.get("sure") else 0 for round_ in rounds
    ]
    agreed = all(count in (0, len(sure)) for count in counts)
    return [0] * len(rounds) if agreed else counts
