"""How sure an answer is, when it is none at all, and which moments are shown with it."""

import math
from collections.abc import Sequence

from ..memory import Observation, Timeline
from .text import cover
from .values import Answer

SHOWN = 6
"""Moments shown with an answer."""
MIN_GROUNDING = 0.05
"""Nats per token: below this the video did not move the answer."""
MIN_LEAD = 1.2
"""The best option's probability must be this many times that of chance..."""
MIN_LEAD_ALONE = 2.0
"""...and this many times where the text model's likelihood is all there is: it tells every option something."""
NOT_SHOWN = "The video does not show it."
UNDECIDED = "nothing told the options apart"
SAME = 1e-6
"""Probabilities that differ by less are equal."""


def token_confidence(log_probabilities: Sequence[float]) -> tuple[float, str]:
    """Mean of the tokens' probabilities and the weakest one, in equal parts (VideoICL takes the weakest alone)."""
    if not log_probabilities:
        return 0.5, "unknown: the model gives no token probabilities"
    mean = math.exp(sum(log_probabilities) / len(log_probabilities))
    return (mean + math.exp(min(log_probabilities))) / 2, "token probability: mean and minimum"


def tied(probabilities: Sequence[float]) -> bool:
    """Whether two options share the first place: taking one of them would be a guess."""
    ranked = sorted(probabilities, reverse=True)
    return len(ranked) > 1 and ranked[0] - ranked[1] < SAME


def not_shown(
    evidence: Timeline, grounding: float | None = None, *, basis: str = "no evidence", warnings: Sequence[str] = ()
) -> Answer:
    """An abstention that says why there is nothing."""
    reasons = tuple(filter(None, (evidence.why, *warnings)))
    return Answer(
        NOT_SHOWN, confidence=0.0, basis=basis, grounding=grounding, evidence=evidence, abstained=True, warnings=reasons
    )


def supporting(text: str, lines: Sequence[Observation]) -> list[Observation]:
    """The lines that hold some of an answer's words."""
    return [line for line in lines if cover(text, line.content) > 0.3]
