"""Choosing frames."""

from itertools import pairwise
from typing import Literal

import numpy as np

from ..video import Clip, Frame, Frames, find_shots
from .context import Context
from .search import search
from .tool import tool

Method = Literal["uniform", "fps", "shots", "change", "query"]
CANDIDATES_PER_FRAME = 4
MOST_FRAMES = 256
"""Frames of one call at most, whatever a program asks for: 256 of 960x540 take 400 MB."""
THUMBNAIL = (32, 18)


@tool(kind="frames", cost="decodes the frames")
def select_frames(
    clip: Clip, count: int = 8, method: Method = "uniform", query: str = "", *, context: Context
) -> Frames:
    """Choose frames of a clip.

    Args:
        clip: Where to look.
        count: How many frames at most; for `fps` frames a second.
        method: `uniform`, `fps`, `shots` (middle of each), `change` (where the picture changes most), or `query`
            (around the moments that a search finds).
        query: What to search for with method `query`.

    Returns:
        Frames in the order of time.
    """
    if count > MOST_FRAMES:
        context.notes.add(why=f"no more than {MOST_FRAMES} frames at once")
    times = _METHODS[method](clip, min(max(1, count), MOST_FRAMES), query, context)
    frames = context.frames(times)
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
    hits = search.run((query,), {"limit": count}, context).between(clip.start, clip.end) if query else ()
    times = [max(clip.start, min(clip.end, (hit.start + hit.end) / 2)) for hit in hits]
    if not times:
        context.notes.add(why=f"nothing like {query!r}: uniform frames instead")
    return times + _uniform(clip, count - len(times), query, context) if len(times) < count else times


_METHODS = {"uniform": _uniform, "fps": _fps, "shots": _shots, "change": _change, "query": _query}
