"""How far one vision-language model says the same as another.

A reduced model is compared with itself unreduced, a faster kernel with the reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .roles import Content, VisionLanguageModel


@dataclass(frozen=True, slots=True)
class Agreement:
    """Over contents and options.

    Attributes:
        same: Share of the contents for which both find the same option likeliest, 0 to 1.
        difference: Mean distance of the options' log probabilities, in nats.
        largest: The largest such distance.
        contents: How many there were.
    """

    same: float
    difference: float
    largest: float
    contents: int

    def __str__(self) -> str:
        return (
            f"same option for {self.same:.0%} of {self.contents}, "
            f"log p apart by {self.difference:.3f} nats on average, {self.largest:.3f} at most"
        )


def agreement(
    one: VisionLanguageModel, other: VisionLanguageModel, contents: Sequence[Content], options: Sequence[str]
) -> Agreement:
    """Scores of both for the same options after the same contents.

    Args:
        one: Can score.
        other: Can score.
        contents: At least one.
        options: At least one.
    """
    pairs = [(_scores(one, content, options), _scores(other, content, options)) for content in contents]
    apart = [abs(a - b) for mine, theirs in pairs for a, b in zip(mine, theirs, strict=True)]
    same = sum(_best(mine) == _best(theirs) for mine, theirs in pairs)
    return Agreement(same / len(pairs), sum(apart) / len(apart), max(apart), len(pairs))


def _scores(model: VisionLanguageModel, content: Content, options: Sequence[str]) -> list[float]:
    return [score.log_probability for score in model.score(content, options)]


def _best(scores: Sequence[float]) -> int:
    return max(range(len(scores)), key=scores.__getitem__)
