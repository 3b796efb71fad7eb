"""How hard the loop tries."""

from dataclasses import dataclass, field

from ..tools import Budget
from ..video.errors import UsageError

THRESHOLD = 0.6
"""Confidence that ends the loop. VideoPro stops at 0.75 and AVP at 0.7 of other measures; see docs/measurements.md."""
MAX_ROUNDS = 3
"""VURF, VideoAgent and AVP use 1 to 3."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Stop rules and the like.

    Attributes:
        threshold: Confidence from 0 to 1 at which an answer is accepted.
        max_rounds: Programs run at most.
        program: Name or file of a program to run instead of planning; it is run once.
        budget: Limits for the whole question.
    """

    threshold: float = THRESHOLD
    max_rounds: int = MAX_ROUNDS
    program: str | None = None
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if not 0 <= self.threshold <= 1:
            raise UsageError(
                f"a threshold of {self.threshold:g} cannot be", code="settings.threshold", hint="Give 0 to 1."
            )
        if self.max_rounds < 1:
            raise UsageError(
                f"{self.max_rounds} rounds cannot be", code="settings.rounds", hint="Give --max-rounds 1 or more."
            )
