"""Choosing frames."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from ..memory import Observation, Timeline
from ..video import Clip, DecodeStats, Frame, Frames, find_shots, frames_at
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
FITS = 0.5
"""Share of the best score from which a frame may take the place of a better one that shows what another shows."""
THUMBNAIL = (32, 18)
SMALL_SIDE = 64
CHANGE_SECONDS = 1.0
"""What stays this long is not overlooked by `change`."""
MOST_THUMBNAILS = 1200
"""Candidates of `change` at most: one each second of 20 minutes, one each 3 seconds of an hour."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What became of one frame that could have been chosen."""

    time: float
    """Seconds."""
    kept: bool
    why: str
    score: float = 1.0
    """What it was chosen by, 0 to 1."""


@tool(kind="frames", cost="decodes the frames", version="2")
def select_frames(
    clip: Clip, count: int = 8, method: Method = "uniform", query: str = "", *, context: Context
) -> Frames:
    """Choose frames of a clip.

    Args:
        clip: Where to look.
        count: How many frames at most; for `fps` frames a second.
        method: `uniform`, `fps`, `shots` (middle of each), `change` (where the picture changes most), `query` (around
            the moments that a search finds), or `adaptive` (frames that fit the query, spread where many do, none
            like another while there are others).
        query: What to look for with the methods `query` and `adaptive`.

    Returns:
        Frames in the order of time.
    """
    times = [choice.time for choice in _choices(clip, count, method, query, context) if choice.kept]
    # a clip may have fewer pictures than are asked for: none is given twice
    frames = tuple({frame.time: frame for frame in context.frames(times)}.values())
    context.notes.add(cached=False)  # whatever a search for the moments said
    return frames


@tool(kind="frames", cost="that of select_frames")
def frame_report(
    clip: Clip, count: int = 8, method: Method = "uniform", query: str = "", *, context: Context
) -> Timeline:
    """Say of every frame that `select_frames` weighs whether it is kept, and why.

    Args:
        clip: Where to look.
        count: How many frames at most; for `fps` frames a second.
        method: As for `select_frames`.
        query: As for `select_frames`.

    Returns:
        Notes such as "kept: changes by 31.2" or "dropped: like the frame at 4.5 s (0.98)", one for each frame.
    """
    if not context.video.has_video:
        return Timeline((), "no pictures")
    weighed = _choices(clip, count, method, query, context)
    source = f"frames:{method}"
    return Timeline(
        [
            Observation(
                one.time, one.time, "note", f"{'kept' if one.kept else 'dropped'}: {one.why}", one.score, source
            )
            for one in weighed
        ],
        "no frame was weighed",
    )


def _choices(clip: Clip, count: int, method: Method, query: str, context: Context) -> list[Choice]:
    if count > MOST_FRAMES:
        context.notes.add(why=f"no more than {MOST_FRAMES} frames at once")
    return _METHODS[method](clip, min(max(1, count), MOST_FRAMES), query, context)


def _grid(clip: Clip, count: int) -> list[float]:
    step = clip.duration / count
    return [clip.start + (index + 0.5) * step for index in range(count)]


def _uniform(clip: Clip, count: int, query: str, context: Context) -> list[Choice]:
    return [Choice(time, True, f"one each {clip.duration / count:.2f} s") for time in _grid(clip, count)]


def _fps(clip: Clip, count: int, query: str, context: Context) -> list[Choice]:
    return _uniform(clip, min(max(1, int(clip.duration * count)), MOST_FRAMES), query, context)


def _shots(clip: Clip, count: int, query: str, context: Context) -> list[Choice]:
    shots = sorted(find_shots(clip), key=lambda shot: shot.start - shot.end)
    return [
        Choice(
            (shot.start + shot.end) / 2,
            place < count,
            f"middle of a shot of {shot.duration:.1f} s" + ("" if place < count else ", shorter than the others"),
        )
        for place, shot in enumerate(shots)
    ]


def _change(clip: Clip, count: int, query: str, context: Context) -> list[Choice]:
    """The candidates that differ most from the one before; the first always counts."""
    dense = min(MOST_THUMBNAILS, round(clip.duration / CHANGE_SECONDS))
    frames = _looked_over(clip, max(count * CANDIDATES_PER_FRAME, dense), context)
    thumbnails = [_thumbnail(frame) for frame in frames]
    changes = [float("inf")] + [float(np.abs(now - before).mean()) for before, now in pairwise(thumbnails)]
    ranked = sorted(range(len(frames)), key=lambda index: -changes[index])[:count]
    return [
        Choice(
            frame.time,
            place in ranked,
            f"changes by {changes[place]:.1f} grey levels" if place else "the first",
            min(1.0, changes[place] / 255),
        )
        for place, frame in enumerate(frames)
    ]


def _looked_over(clip: Clip, count: int, context: Context) -> Frames:
    """Even frames, small and none twice: so many that nothing that stays for long falls between them."""
    stats = DecodeStats()
    found = frames_at(clip.video, _grid(clip, count), max_side=SMALL_SIDE, stats=stats)
    frames = tuple({frame.time: frame for frame in found}.values())
    context.meter.count(frames_decoded=stats.frames_decoded)
    return frames


def _thumbnail(frame: Frame) -> np.ndarray:
    import cv2

    return cv2.resize(frame.image, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32)


def _query(clip: Clip, count: int, query: str, context: Context) -> list[Choice]:
    """Middles of the moments that a search finds; uniform frames fill up what is missing."""
    where = {"limit": count, "clip": context.whole}
    hits = list(search.run((query,), where, context).between(clip.start, clip.end)) if query else []
    found = [
        Choice(
            max(clip.start, min(clip.end, (hit.start + hit.end) / 2)), True, f"found: {hit.content[:60]!r}", hit.score
        )
        for hit in hits
    ]
    if not found:
        context.notes.add(why=f"nothing like {query!r}: uniform frames instead")
    missing = count - len(found)
    return found + [Choice(time, True, "fills up") for time in _grid(clip, missing)] if missing > 0 else found


def _adaptive(clip: Clip, count: int, query: str, context: Context) -> list[Choice]:
    """Adaptive keyframe sampling (arXiv 2502.21271): the best frames, of each half its own where none stands out."""
    if not query:
        return _uniform(clip, count, query, context)
    candidates = max(count, min(count * CANDIDATES_PER_FRAME, MOST_CANDIDATES))
    frames = context.frames(_grid(clip, candidates))
    scores = np.array(relevance.run((frames, query), {}, context))
    span = float(np.ptp(scores)) if len(scores) else 0.0
    scaled = (scores - scores.min()) / span if span else scores
    alike = _repetitions(likeness_vectors(frames, context), scaled, count)
    unlike = np.array([0.0 if place in alike else score for place, score in enumerate(scaled)])
    chosen = set(spread_best(unlike, count)) - alike.keys()

    def reason(place: int) -> str:
        if place in alike:
            other, likeness = alike[place]
            return f"like the frame at {frames[other].time:.1f} s ({likeness:.2f})"
        fits = f"fits {scores[place]:.2f}"
        return fits if place in chosen else f"{fits}, others fit better"

    return [
        Choice(frame.time, place in chosen, reason(place), min(1.0, max(0.0, float(scores[place]))))
        for place, frame in enumerate(frames)
    ]


def _repetitions(vectors: np.ndarray, scores: np.ndarray, count: int) -> dict[int, tuple[int, float]]:
    """Places of frames that show the same as one that fits better, with its place and the likeness.

    Where too few others fit, the best of them stay: a calm shot gives like frames rather than unfitting ones.

    Args:
        vectors: Of the frames, rows of length 1.
        scores: How well each fits, 0 to 1.
        count: How many are to be chosen.
    """
    kept: list[int] = []
    alike: list[tuple[int, int, float]] = []
    for place in np.argsort(-scores, kind="stable").tolist():
        likeness = vectors[kept] @ vectors[place] if kept else np.zeros(1)
        if kept and float(likeness.max()) >= DISTINCT:
            alike.append((place, kept[int(likeness.argmax())], float(likeness.max())))
        else:
            kept.append(place)
    fitting = sum(float(scores[place]) >= FITS for place in kept)
    return {place: (other, value) for place, other, value in alike[max(0, count - fitting) :]}


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
