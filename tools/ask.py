"""Asking the model that sees."""

import math
import re
from collections.abc import Mapping, Sequence

from ..models import Completion, Content, VisionLanguageModel
from ..prompts import prompt
from ..video import Frames
from .contents import fitting, shown
from .context import Context
from .tool import tool
from .values import Grid

ANSWER_TOKENS = 128
YES_TOKENS = 8
UNSEEN = 1e-4
"""Probability of yes or no when it is not among the likeliest tokens."""
WRITTEN = {"yes": 0.9, "no": 0.1}
"""Probability of yes when nothing but the word is known; 0.5 for any other word."""
NO_FRAMES = "there are no frames to look at"


@tool(kind="ask", needs="vlm", cost="one call of the VLM")
def ask(pictures: Frames | Grid, question: str, *, context: Context) -> str:
    """Ask the vision-language model about frames or a grid of frames.

    Args:
        pictures: What it looks at.
        question: What it is asked.
    """
    if not pictures:
        context.notes.add(why=NO_FRAMES)
        return ""
    vlm = context.vlm
    content = shown(fitting(pictures, vlm, context), question, interleaved=vlm.interleaved)
    (reply,) = vlm.complete([content], max_tokens=ANSWER_TOKENS)
    return reply.text


@tool(kind="ask", needs="vlm", cost="one call of the VLM")
def yes_no(pictures: Frames | Grid, question: str, *, context: Context) -> bool:
    """Ask the vision-language model a question that is answered by yes or no.

    Args:
        pictures: What it looks at.
        question: What it is asked.

    Returns:
        Whether yes is likelier than no; False when it says neither.
    """
    if not pictures:
        context.notes.add(why=NO_FRAMES)
        return False
    return _yes([fitting(pictures, context.vlm, context)], question, context)[0] > 0.5


@tool(kind="ask", needs="vlm", cost="one short call of the VLM for each frame, in one batch")
def yes_scores(frames: Frames, question: str, *, context: Context) -> list[float]:
    """Ask the vision-language model a yes-or-no question about each frame alone.

    Args:
        frames: What it looks at, one by one.
        question: What it is asked, answered by yes or no.

    Returns:
        The probability of yes for each frame, 0 to 1.
    """
    if not frames:
        context.notes.add(why=NO_FRAMES)
        return []
    return _yes([(frame,) for frame in frames], question, context)


def _yes(pictures: Sequence[Frames | Grid], question: str, context: Context) -> list[float]:
    """Probability of yes for each of several pictures; the notes say what it was taken from."""
    vlm = context.vlm
    contents = [shown(some, prompt("yes_no", question=question), interleaved=vlm.interleaved) for some in pictures]
    if vlm.can_score:
        context.notes.add(why="yes and no were weighed by their likelihood")
        return [_likelihood_of_yes(vlm, content) for content in contents]
    replies = vlm.complete(contents, max_tokens=YES_TOKENS)
    found = [probability_of_yes(reply) for reply in replies]
    for why in dict.fromkeys(why for _, why in found):
        context.notes.add(why=why)
    return [probability for probability, _ in found]


def _likelihood_of_yes(vlm: VisionLanguageModel, content: Content) -> float:
    yes, no = vlm.score(content, ["Yes", "No"])
    return 1 / (1 + math.exp(min(700.0, no.log_probability - yes.log_probability)))


def probability_of_yes(reply: Completion) -> tuple[float, str]:
    """Probability of yes, and what it was taken from: the first token's alternatives, else the word that was written.

    Args:
        reply: To a question answered by yes or no.
    """
    by_word = _words(reply.alternatives or {})
    if by_word:
        yes, no = by_word.get("yes", UNSEEN), by_word.get("no", UNSEEN)
        return yes / (yes + no), "yes and no were weighed by the first token"
    first = re.match(r"\W*(\w+)", reply.text.casefold())
    word = first[1] if first else ""
    if word in WRITTEN:
        return WRITTEN[word], "yes and no are as the model wrote them: it tells no probabilities"
    return 0.5, "the model said neither yes nor no"


def _words(alternatives: Mapping[str, float]) -> dict[str, float]:
    """Probabilities of yes and no, each summed over the spellings that tokenizers have: " Yes", "yes.", "YES"."""
    sums: dict[str, float] = {}
    for token, value in alternatives.items():
        word = re.sub(r"[\W_\u0120\u2581]", "", token).casefold()
        if word in WRITTEN:
            sums[word] = sums.get(word, 0.0) + math.exp(value)
    return sums
