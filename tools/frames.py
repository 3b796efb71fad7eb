"""Choosing frames."""

from itertools import pairwise
from typing import Literal

import numpy as np

from ..video import Clip, Frame, Frames, find_shots
from .context import Context
from .frame_likeness import DISTINCT, likeness_vectors
from .relevance import relevance
from .search import search
from .tool import ToolError, tool

Method = Literal["uniform", "fps", "shots", "change", "query", "adaptive"]
CANDIDATES_PER_FRAME = 4
MOST_FRAMES = 256
"""Frames of one call at most, whatever a program asks for: 256 of 960x540 take 400 MB."""
MOST_CANDIDATES = 64
"""Frames that `adaptive` weighs: a VLM looks at each."""
STANDS_OUT = 0.6
"""How far (of 0 to 1) the best scores must be above the mean to be taken whatever their times; the paper's is 0.8 for
another scale."""
THUMBNAIL = (32, 18)


@tool(kind="frames", cost="decodes the frames")
def select_frames(
    clip: Clip, count: int = 8, method: Method = "uniform", query: str = "", *, context: Context
) -> Frames:
    """Choose frames of a clip.

    Args:
        clip: Where to look.
        count: How many frames at most; for `fps` frames a second.
        method: `uniform`, `fps`, `shots` (middle of each), `change` (where the picture changes most), `query` (around
            the moments that a search finds), or `adaptive` (frames that fit the query, spread where many do).
        query: What to look for with the methods `query` and `adaptive`.

    Returns:
        Frames in the order of time.
    """
    if count > MOST_FRAMES:
        context.notes.add(why=f"no more than {MOST_FRAMES} frames at once")
    times = _METHODS[method](clip, min(max(1, count), MOST_FRAMES), query, context)
    # a clip may have fewer pictures than are asked for: none is given twice
    frames = tuple({frame.time: frame for frame in context.frames(times)}.values())
    context.notes.add(cached=False)  # whatever a search for the moments said
    return frames


def _uniform(clip: Clip, count: int, query: str, context: Context) -> list[float]:
    step = clip.duration / count
    return [clip.start + (index + 0.5) * step for index in range(count)]


def _fps(clip: Clip, count: int, query: str, context: Context) -> list[float]:
    return _uniform(clip, min(max(1, int(clip.duration * count)), MOST_FRAMES), query, context)


def _shots(clip: Clip, count: int, query: str, context: Context) -> list[float]:
    shots = sorted(find_shots(clip), key=lambda shot: shot.start - shot.end)[:count]
    return [(shot.start + shot.end) / 2 for shot in shots]


def _change(clip: Clip, count: int, query: str, context: Context) -> list[float]:
    """The candidates that differ most from the one before; the first always counts."""
    frames = context.frames(_uniform(clip, min(count * CANDIDATES_PER_FRAME, MOST_FRAMES), query, context))
    thumbnails = [_thumbnail(frame) for frame in frames]
    changes = [float("inf")] + [float(np.abs(now - before).mean()) for before, now in pairwise(thumbnails)]
    ranked = sorted(range(len(frames)), key=lambda index: -changes[index])[:count]
    return [frames[index].time for index in ranked]


def _thumbnail(frame: Frame) -> np.ndarray:
    import cv2

    return cv2.resize(frame.image, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32)


def _query(clip: Clip, count: int, query: str, context: Context) -> list[float]:
    """Middles of the moments that a search finds; uniform frames fill up what is missing."""
    where = {"limit": count, "clip": context.whole}
    hits = search.run((query,), where, context).between(clip.start, clip.end) if query else ()
    times = [max(clip.start, min(clip.end, (hit.start + hit.end) / 2)) for hit in hits]
    if not times:
        context.notes.add(why=f"nothing like {query!r}: uniform frames instead")
    return times + _uniform(clip, count - len(times), query, context) if len(times) < count else times


def _adaptive(clip: Clip, count: int, query: str, context: Context) -> list[float]:
    """Adaptive keyframe sampling (arXiv 2502.21271): the best frames, of each half its own where none stands out."""
    if not query:
        return _uniform(clip, count, query, context)
    candidates = max(count, min(count * CANDIDATES_PER_FRAME, MOST_CANDIDATES))
    frames = context.frames(_uniform(clip, candidates, query, context))
    scores = np.array(relevance.run((frames, query), {}, context))
    span = float(np.ptp(scores)) if len(scores) else 0.0
    chosen = spread_best((scores - scores.min()) / span if span else scores, count)
    return [frames[place].time for place in chosen]


def spread_best(scores: np.ndarray, count: int, first: int = 0) -> list[int]:
    """Places of the highest scores where they stand out; where not, half of the count from either half.

    Args:
        scores: 0 to 1, in the order of time.
        count: How many.
        first: Added to the places.
    """
    count = min(count, len(scores))
    best = np.argsort(-scores, kind="stable")[:count]
    if count <= 1 or count == len(scores) or scores[best].mean() - scores.mean() > STANDS_OUT:
        return sorted(int(place) + first for place in best)
    middle, share = len(scores) // 2, count // 2
    more = count - share if scores[:middle].max() >= scores[middle:].max() else share
    return spread_best(scores[:middle], more, first) + spread_best(scores[middle:], count - more, first + middle)


_METHODS = {
    "uniform": _uniform, "fps": _fps, "shots": _shots, "change": _change, "query": _query, "adaptive": _adaptive,
}  # fmt: skip


@tool(kind="frames", cost="free; one look of the image embedder at each frame where there is one")
def distinct_frames(frames: Frames, threshold: float = DISTINCT, *, context: Context) -> Frames:
    """Leave out frames that look like the last one that was kept.

    Args:
        frames: Frames in the order of time.
        threshold: Likeness from which a frame is left out, 0 to 1.

    Returns:
        The frames that are left; the first always is.

    Source: Keyframes of ShareGPT4Video (arXiv 2406.04325), with its threshold.
    """
    vectors = likeness_vectors(frames, context)
    kept: list[int] = []
    for place in range(len(frames)):
        if not kept or float(vectors[place] @ vectors[kept[-1]]) < threshold:
            kept.append(place)
    return tuple(frames[place] for place in kept)


@tool(kind="frames", cost="free")
def best_frames(frames: Frames, scores: list[float], count: int) -> Frames:
    """Choose the frames with the highest scores.

    Args:
        frames: The frames.
        scores: One number for each frame, e.g. from `relevance` or `yes_scores`.
        count: How many at most.

    Returns:
        The chosen frames in the order of time.
    """
    if len(scores) != len(frames):
        raise ToolError(
            f"{len(scores)} scores do not fit {len(frames)} frames",
            code="tool.argument",
            hint="Give one score for each frame, in the same order.",
        )
    ranked = sorted(range(len(frames)), key=lambda place: -scores[place])[: max(0, count)]
    return tuple(sorted((frames[place] for place in ranked), key=lambda frame: frame.time))
