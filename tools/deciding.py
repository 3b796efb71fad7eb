"""Which of many frames stand for an answer in its evidence: those that have to do with it, not every n-th one."""

from collections.abc import Sequence

import numpy as np

from ..memory import Observation
from ..models.errors import ModelError
from ..video import Frames
from .contents import MOST_MOMENTS
from .context import Context
from .meter import BudgetExceeded
from .values import Grid
from .vectors import described_vector, picture_vectors

COMPARED = 64
"""Frames that are compared with the answer, evenly chosen of more: each is a look of the image embedder."""


def deciding(
    pictures: Frames | Grid, question: str, text: str, lines: Sequence[Observation], context: Context
) -> Frames | Grid:
    """At most six of the pictures that an answer was given from, in their order; all where there are no more.

    An image embedder finds those most like the question and the answer; without one they are those at the times of the
    lines that support the answer, and evenly chosen ones where there are not enough of them.

    Args:
        pictures: What the model looked at.
        question: The question.
        text: The answer; empty when there is none.
        lines: Evidence that supports it.
        context: The host's side.
    """
    if isinstance(pictures, Grid) or len(pictures) <= MOST_MOMENTS:
        return pictures
    likes = _likes(pictures, f"{question} {text}", context) if text else []
    even = np.linspace(0, len(pictures) - 1, MOST_MOMENTS).round().astype(int).tolist()
    places = list(dict.fromkeys([*likes, *_at_lines(pictures, lines), *even]))[:MOST_MOMENTS]
    return tuple(pictures[place] for place in sorted(places))


def _likes(pictures: Frames, query: str, context: Context) -> list[int]:
    """The places of the pictures most like a text, best first; none without an image embedder that works."""
    if not context.models.has("image_embedder"):
        return []
    count = min(COMPARED, len(pictures))
    places = np.linspace(0, len(pictures) - 1, count).round().astype(int).tolist()
    try:
        vectors = picture_vectors([pictures[place].image for place in places], context)
        scores = vectors @ described_vector(query, context)
    except (ModelError, BudgetExceeded):
        return []  # the answer is there; only its frames are chosen more plainly
    return [places[rank] for rank in np.argsort(-scores, kind="stable")[:MOST_MOMENTS]]


def _at_lines(pictures: Frames, lines: Sequence[Observation]) -> list[int]:
    """For each line the place of the picture nearest to its middle; lines of no moment of their own have none."""
    times = np.array([picture.time for picture in pictures])
    inside = [line for line in lines if not line.video and line.end - line.start < np.ptp(times) / 2]
    return [int(np.abs(times - (line.start + line.end) / 2).argmin()) for line in inside]
