"""Scenes: longer stretches that look alike, by SceneTiling (VideoLLaMB), which needs no trained model."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..memory import ArtefactKey, Observation, Timeline
from ..video import Clip
from .context import Context
from .frame_likeness import DISTINCT, likeness_identity, likeness_vectors
from .tool import tool

WANTED_FRAMES = 240
MIN_INTERVAL = 0.5
DEPTH_SPREAD = 0.5
"""A boundary is deeper than the mean depth by this share of the standard deviation (the paper's value)."""
MIN_DEPTH = 2 * (1 - DISTINCT)
"""Least depth whatever the others are, that of a fall from 1 to what no longer shows the same: without it the noise of
one unbroken shot makes boundaries. On the development clips every shot cut is a boundary at this depth, and five clips
of one calm shot stay whole."""
FRAMES_AT_ONCE = 32


@tool(kind="time", cost="decodes up to 240 frames, once")
def scenes(clip: Clip, most: int = 15, *, context: Context) -> Timeline:
    """Find the scenes: stretches of pictures that are alike, often several shots long.

    Args:
        clip: Where to look.
        most: Scenes at most; the weakest boundaries are left out.

    Returns:
        One observation of kind `shot` with the content "scene N" for each, without gaps; the score says how clear its
        beginning is.

    Source: SceneTiling of VideoLLaMB (arXiv 2409.01071).
    """
    if not context.video.has_video:
        return Timeline((), "no pictures")
    times, likeness = _curve(clip, context)
    depths = depths_of(likeness)
    chosen = boundaries_of(depths, most - 1)
    starts = [clip.start, *((times[place] + times[place + 1]) / 2 for place in chosen)]
    scores = [1.0, *(min(1.0, depths[place]) for place in chosen)]
    source = f"scenes:{likeness_identity(context)}"
    spans = zip(starts, [*starts[1:], clip.end], scores, strict=True)
    return Timeline(
        [
            Observation(start, end, "shot", f"scene {number}", score, source)
            for number, (start, end, score) in enumerate(spans, 1)
        ]
    )


def _curve(clip: Clip, context: Context) -> tuple[list[float], list[float]]:
    """Times of frames, and the likeness of each but the last to the next one; found once for a clip."""
    interval = max(MIN_INTERVAL, clip.duration / WANTED_FRAMES)
    count = max(1, round(clip.duration / interval))
    parameters = {"start": round(clip.start, 3), "end": round(clip.end, 3), "count": count}
    key = ArtefactKey("scene_curve", "1", likeness_identity(context), parameters)
    known = context.memory.value(key)
    context.notes.add(cached=known is not None)
    if known is None:
        known = _measured([clip.start + (place + 0.5) * clip.duration / count for place in range(count)], context)
        context.memory.save_value(key, known)
    times, likeness = known
    return times, likeness


def _measured(wanted: Sequence[float], context: Context) -> list[list[float]]:
    """A few frames at once, so that hours fit into memory."""
    times: list[float] = []
    vectors: list[np.ndarray] = []
    for first in range(0, len(wanted), FRAMES_AT_ONCE):
        context.report("scenes", first / len(wanted))
        frames = context.frames(wanted[first : first + FRAMES_AT_ONCE])
        times += [frame.time for frame in frames]
        vectors += [*likeness_vectors(frames, context)]
    cosines = [float(one @ two) for one, two in pairwise(vectors)]
    return [[round(time, 4) for time in times], [round(cosine, 5) for cosine in cosines]]


def depths_of(likeness: Sequence[float]) -> list[float]:
    """How deep each valley of a curve is: what it lacks to the peak on its left plus to the peak on its right.

    A peak is where the curve stops rising as one climbs away from the place.

    Example:
        >>> [round(depth, 3) for depth in depths_of([0.9, 1.0, 0.2, 0.8, 0.7])]
        [0.1, 0.0, 1.4, 0.0, 0.1]
    """
    return [_peak(likeness, place, -1) + _peak(likeness, place, 1) - 2 * value for place, value in enumerate(likeness)]


def _peak(curve: Sequence[float], place: int, step: int) -> float:
    while 0 <= place + step < len(curve) and curve[place + step] >= curve[place]:
        place += step
    return curve[place]


def boundaries_of(depths: Sequence[float], most: int) -> list[int]:
    """Places of the deepest valleys, in order: deeper than the mean by half a standard deviation, at most so many."""
    if not depths or most <= 0:
        return []
    floor = max(MIN_DEPTH, float(np.mean(depths) + DEPTH_SPREAD * np.std(depths)))
    deep = [place for place, depth in enumerate(depths) if depth > floor]
    return sorted(sorted(deep, key=lambda place: -depths[place])[:most])
