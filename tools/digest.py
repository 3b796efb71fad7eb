"""Captions made short: the digest of LifelongMemory, which lets hours fit into one prompt."""

import re
from dataclasses import replace

from ..memory import Observation, Timeline
from .context import Context
from .text import words_of
from .tool import tool
from .vectors import text_vectors

TAGS = re.compile(r"#\w+\s*")
"""Marks that captioners put before a line, e.g. `#C` for the one who wears the camera."""
_SOMEBODY = (
    r"(the |a |an )?(c|x|y|he|she|they|it|i|we|someone|somebody|(old |young )?(man|woman|person|boy|girl|lady)|people|"
    r"camera( wearer)?|cameraman|video|clip|scene|shot|frame|picture|image)"
)
VAGUE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_SOMEBODY} (is |are |keeps? )?(look|looks|looking|stare|stares|staring|gaze|gazes|gazing)"
        r"( (around|about|ahead|away|on))?( (the|a|an) (room|place|area|surroundings|distance))?",
        rf"{_SOMEBODY} (is |are )?(stand|stands|standing|sit|sits|sitting|pauses?|waits?)( (still|there|around))?",
        rf"{_SOMEBODY} (is |are )?(pans?|panning|moves?|moving|continues?|goes on|going on|unclear|blurry|blurred|dark)"
        r"( (around|about|on|slightly))?",
        r"(there is |there's )?(nothing|no (significant |visible |notable |further )?(change|changes|action|movement))"
        r"( (is )?(happening|happens|changes|changed|visible|to see|occurs))?",
        r"(unclear|unknown|not visible|blurry|n/?a|none|same( as before)?|(a |the )?(black|blank) (screen|frame))",
    )
)
"""Whole captions that say nothing; a caption with any word more is kept."""


@tool(kind="remember", needs="embedder", cost="5 to 20 ms a new caption")
def digest(captions: Timeline, threshold: float = 0.8, *, context: Context) -> Timeline:
    """Leave out captions that say nothing, and join neighbours that say the same.

    Args:
        captions: Captions in the order of time.
        threshold: Cosine of meaning above which a caption is joined to the last one that was kept, 0 to 1.

    Returns:
        The captions that are left, each over the time of all that were joined, in the words of the longest.

    Source: LifelongMemory (arXiv 2312.05269), whose joined captions are written by a language model.
    """
    lines = [replace(line, content=TAGS.sub("", line.content).strip()) for line in captions]
    telling = [line for line in lines if not is_vague(line.content)]
    if not telling:
        return Timeline((), f"none of {len(lines)} captions says anything" if lines else captions.why)
    vectors = text_vectors([line.content for line in telling], context)
    kept: list[Observation] = []
    reference = vectors[0]
    for line, vector in zip(telling, vectors, strict=True):
        if kept and kept[-1].video == line.video and float(vector @ reference) > threshold:
            kept[-1] = _joined(kept[-1], line)
        else:
            kept.append(line)
            reference = vector
    return Timeline(kept)


def is_vague(caption: str) -> bool:
    """Whether a caption says nothing that could answer a question.

    Example:
        >>> is_vague("The man looks around."), is_vague("The man looks around for his keys.")
        (True, False)
    """
    text = caption.strip(" .!\n")
    return not words_of(text) or any(pattern.fullmatch(text) for pattern in VAGUE)


def _joined(first: Observation, second: Observation) -> Observation:
    longest = max(first, second, key=lambda line: len(line.content))
    return replace(longest, start=first.start, end=max(first.end, second.end), score=max(first.score, second.score))
