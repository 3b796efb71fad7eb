"""What tools hand to one another besides clips and observations: an answer, and frames laid out as one picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..memory import Timeline

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got, how sure it is, and the moments that support it.

    Example:
        >>> answer = vidprog.ask("sample.mp4", "Which animal is shown?", ["a dog", "a cat"]).answer
        >>> answer.text, answer.choice, answer.abstained, [moment.content for moment in answer.evidence]
        ('a cat', 1, False, ['cat'])
    """

    text: str
    choice: int | None = None
    """Position in the choices, from 0; None for an open question or when nothing was chosen."""
    confidence: float = 0.0
    """0 to 1; `basis` says what it was computed from."""
    basis: str = ""
    """How the confidence came about, e.g. `option likelihood` or `token probability`."""
    grounding: float | None = None
    """How much the video moved the answer (difference of log probabilities); None when it was not measured."""
    evidence: Timeline = field(default_factory=Timeline)
    abstained: bool = False
    warnings: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    """One sentence for each pair of sources that speak for different options."""
    probabilities: tuple[float, ...] = ()
    """Of each choice, in their order; they sum to 1. Empty for an open question, or where nothing weighed them."""

    def to_json(self) -> dict[str, Any]:
        """The answer as plain data; every key is always there."""
        return {
            "answer": self.text,
            "choice": self.choice,
            "confidence": self.confidence,
            "probabilities": list(self.probabilities),
            "basis": self.basis,
            "grounding": self.grounding,
            "abstained": self.abstained,
            "evidence": self.evidence.to_json(),
            "warnings": list(self.warnings),
            "contradictions": list(self.contradictions),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Frames laid out row by row in one picture, and the time of each cell."""

    image: np.ndarray
    """HxWx3 uint8 RGB."""
    times: tuple[tuple[float, ...], ...]
    """Seconds, one tuple for each row; the last row may be shorter."""

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.times)

    @property
    def columns(self) -> int:
        """How many cells the longest row has."""
        return max((len(row) for row in self.times), default=0)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A question about another video with its right answer, for a model to go by; data, never an instruction."""

    question: str
    answer: str
    video: str
    """Path of the video's file."""
    fingerprint: str = ""
    """Of the video's content when the example was made; empty when it was not known."""
    choices: tuple[str, ...] = ()
