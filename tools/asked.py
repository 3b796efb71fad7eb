"""Which of several lines that speak for different options is the one that the question asks about.

"What is the password for Susan?" after "The password for David is doctor. The password for Susan is copper.": both
lines hold an option and mean much the same, only the name tells them apart. Of 18 such questions about generated
speech (`vidprog needles`, six videos of a minute) 12 were answered right without this, 18 with it.
"""

from collections.abc import Sequence

from ..memory import Observation
from .contradictions import STRONG, TOLD
from .text import content_words, cover, distinctive_weights, is_negative

NEAR = 5.0
"""Seconds between a line and one that belongs to the same statement."""
NEAR_COUNTS = 0.7
"""What a word counts that only a neighbouring line holds."""
LEAST = 0.4
"""What a line still counts that holds none of the words that tell which one is asked about."""


def asked_about(question: str, options: Sequence[str], lines: Sequence[Observation]) -> list[float]:
    """How much each line may count for an option, by the words of the question that tell rivals apart.

    Rivals are lines of speech, or of text on screen, that hold an option. A word of the question tells them apart
    when some hold it and others do not; a word that all or none hold tells nothing.

    Args:
        question: The question.
        options: The options; their own words do not count.
        lines: The evidence.

    Returns:
        For each line 0.4 to 1; 1 where nothing tells the rivals apart, and for what was only seen.
    """
    weights = distinctive_weights(options)
    telling = [option for option in options if not is_negative(option)]
    counts = [1.0] * len(lines)
    for kind in TOLD:
        rivals = [
            place
            for place, line in enumerate(lines)
            if line.kind == kind
            and max((cover(option, line.content, weights) for option in telling), default=0) > STRONG
        ]
        for place, share in zip(rivals, _shares(question, options, lines, rivals), strict=True):
            counts[place] = LEAST + (1 - LEAST) * share
    return counts


def _shares(question: str, options: Sequence[str], lines: Sequence[Observation], rivals: Sequence[int]) -> list[float]:
    """For each rival how much of the telling words it holds, compared with the rival that holds most of them."""
    named = {word for option in options for word in content_words(option)}
    words = [word for word in dict.fromkeys(content_words(question)) if word not in named]
    held = {word: [_held(word, lines, place) for place in rivals] for word in words}
    # The rarer a word among the rivals, the more it tells: 0 when all hold it.
    weight = {word: max(row) - sum(row) / len(row) for word, row in held.items() if row}
    totals = [sum(weight[word] * held[word][at] for word in weight) for at in range(len(rivals))]
    most = max(totals, default=0.0)
    return [total / most for total in totals] if most > 0 else [1.0] * len(rivals)


def _held(word: str, lines: Sequence[Observation], place: int) -> float:
    own = lines[place]
    near = (
        cover(word, line.content)
        for line in lines
        if line.kind == own.kind and line.video == own.video
        and line.start < own.end + NEAR and line.end > own.start - NEAR
    )  # fmt: skip
    return max(cover(word, own.content), NEAR_COUNTS * max(near, default=0.0))
