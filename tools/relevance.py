"""How well each frame fits a text: by its pixels where a model can compare them, else by what was seen at its time."""

from collections.abc import Callable

import numpy as np

from ..prompts import prompt
from ..video import Frames
from .ask import NO_FRAMES, yes_scores
from .context import Context
from .search import is_current, perceive
from .tool import tool
from .vectors import WORDS, described_vector, picture_vectors, text_relevance

AROUND = 0.5
"""Seconds before and after a frame whose observations count for it: looks are up to two seconds apart."""

Way = Callable[[Frames, str, Context], list[float]]


@tool(kind="look", cost="one look of the image embedder or VLM at each frame; else that of search")
def relevance(frames: Frames, query: str, *, context: Context) -> list[float]:
    """Say how well each frame fits a text.

    The image embedder compares pictures and text; without one the VLM is asked about each frame; without that, what was
    said, read and detected at the frame's time is compared with the text. The scale differs: compare within one call.

    Args:
        frames: What to look at.
        query: A question, an event or a thing.

    Returns:
        One number for each frame in the same order, higher is better, 0 to 1.
    """
    if not frames:
        context.notes.add(why=NO_FRAMES)
        return []
    role = next((role for role in _WAYS if context.models.has(role)), "")
    context.notes.add(why=f"compared by the {role}" if role else "compared by what was seen, read and said")
    return _WAYS.get(role, _by_timeline)(frames, query, context)


def _by_embedder(frames: Frames, query: str, context: Context) -> list[float]:
    """Cosines; those of CLIP go from about 0.1 to 0.35."""
    pictures = picture_vectors([frame.image for frame in frames], context)
    return [max(0.0, float(cosine)) for cosine in pictures @ described_vector(query, context)]


def _by_vlm(frames: Frames, query: str, context: Context) -> list[float]:
    return list(yes_scores.run((frames, prompt("relevance", query=query)), {}, context))


def _by_timeline(frames: Frames, query: str, context: Context) -> list[float]:
    times = [frame.time for frame in frames]
    kinds = perceive(context, context.whole.trim(min(times) - AROUND, max(times) + AROUND))
    lines = [line for found in kinds.values() for line in found if is_current(line, context.models)]
    if not lines:
        context.notes.add(why="; ".join(f"{kind}: {found.why}" for kind, found in kinds.items()))
        return [0.0] * len(frames)
    texts = list(dict.fromkeys(line.content for line in lines))
    known = dict(zip(texts, text_relevance(query, texts, context) / (1 + WORDS), strict=True))
    starts, ends = np.array([line.start for line in lines]), np.array([line.end for line in lines])
    scores = np.array([known[line.content] for line in lines])
    covers = [(starts <= time + AROUND) & (ends >= time - AROUND) for time in times]
    return [float(scores[cover].max(initial=0.0)) for cover in covers]


_WAYS: dict[str, Way] = {"image_embedder": _by_embedder, "vlm": _by_vlm}
"""Role -> how it compares, best first."""
