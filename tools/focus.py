"""Where in the picture to look: the region of interest of Free Video-LLM, in pixels instead of tokens.

The published rule is kept: the best share of the patches by their likeness to the question, and a window of that share
of the area around their mean place. What differs is where the patches' weights come from, as no text-image model may be
there: its likeness to parts of the picture, else boxes of things that the text names, else what changes.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..memory import Box
from ..video import Frame, Frames
from .ask import NO_FRAMES
from .boxes import WHOLE, box_centre, box_union, pixels_of, window_around
from .context import Context
from .detect import MIN_SCORE, find_in
from .labels import names_in
from .tool import tool
from .vectors import described_vector, picture_vectors

PATCHES = 5
"""Parts to a side for the image embedder: 25 of 192 pixels in a frame of 960."""
LOOKS = 4
"""Frames that are looked at, spread over those given: the part is one for all."""
CELLS = (18, 32)
"""Rows and columns in which change is measured."""
CHANGED = 8.0
"""Grey levels of mean change under which a cell is still: noise of compression is below, a walking person far above."""
SMALLEST = 0.01


@tool(kind="look", cost="25 parts of 4 frames for the image embedder; else one look of the detector")
def focus_box(frames: Frames, query: str, keep: float = 0.8, *, context: Context) -> list[float]:
    """Find the part of the picture that a text is about, the same for all frames.

    By the image embedder where there is one; else the things that the text names; else where the picture changes.

    Args:
        frames: The pictures.
        query: A question or a thing.
        keep: Share of the picture's area that the part has, above 0 to 1; a named thing is never cut.

    Returns:
        Left, top, right, bottom, each 0 to 1, for `crop`; the whole picture when nothing stands out.

    Source: Free Video-LLM (arXiv 2410.10441).
    """
    share = min(max(keep, SMALLEST), 1.0)
    if not frames or share == 1.0:
        context.notes.add(why="the whole picture is asked for" if frames else f"{NO_FRAMES}: the whole picture")
        return list(WHOLE)
    looks = [frames[place] for place in sorted({round(spot) for spot in np.linspace(0, len(frames) - 1, LOOKS)})]
    if context.models.has("image_embedder"):
        return list(window_of(_fitting(looks, query, context), share))
    named = _named(looks, query, context)
    if named:
        return list(_window_with(box_union(named), share))
    changes = _changes(frames)
    if changes is None:
        context.notes.add(why="the text names nothing that is in sight, and nothing moves: the whole picture")
        return list(WHOLE)
    context.notes.add(why="the text names nothing that is in sight: where the picture changes")
    return list(window_of(changes, share))


def window_of(weights: np.ndarray, share: float) -> Box:
    """A window with this share of the picture's area, around the mean place of the best share of its cells.

    Args:
        weights: (pictures, rows, columns), 0 or more; cells of weight 0 never count.
        share: Above 0 to 1.
    """
    _, rows, columns = weights.shape
    wanted = max(1, round(share * rows * columns))
    places = []
    for picture in weights.reshape(len(weights), -1):
        best = np.argsort(-picture, kind="stable")[:wanted]
        best = best[picture[best] > 0]
        places += [((cell % columns + 0.5) / columns, (cell // columns + 0.5) / rows) for cell in best.tolist()]
    middle = np.mean(places, axis=0) if places else (0.5, 0.5)
    return window_around((float(middle[0]), float(middle[1])), share**0.5, share**0.5)


def _window_with(box: Box, share: float) -> Box:
    """A window of that share around a box, larger where the box needs it."""
    width, height = max(share**0.5, box[2] - box[0]), max(share**0.5, box[3] - box[1])
    return window_around(box_centre(box), width, height)


def _fitting(frames: Sequence[Frame], query: str, context: Context) -> np.ndarray:
    """How well each part of each frame fits the text, above the part that fits worst."""
    edges = np.linspace(0, 1, PATCHES + 1).tolist()
    boxes = [(left, top, right, bottom) for top, bottom in pairwise(edges) for left, right in pairwise(edges)]
    parts = [np.ascontiguousarray(frame.image[pixels_of(box, frame.image.shape)]) for frame in frames for box in boxes]
    cosines = (picture_vectors(parts, context) @ described_vector(query, context)).reshape(len(frames), -1)
    above = cosines - cosines.min(axis=1, keepdims=True)
    return np.asarray(above.reshape(len(frames), PATCHES, PATCHES))


def _named(frames: Sequence[Frame], query: str, context: Context) -> list[Box]:
    """Where the things are that the text names."""
    if not context.models.has("detector"):
        return []
    wanted = names_in(query, context.models)
    if not wanted:
        return []
    context.meter.spend(frames_seen=len(frames))
    found = find_in([frame.image for frame in frames], wanted, context)
    return [thing.box for things in found for thing in things if thing.label in wanted and thing.score >= MIN_SCORE]


def _changes(frames: Frames) -> np.ndarray | None:
    """Mean change of each cell between neighbouring frames; None when nothing moves."""
    import cv2

    rows, columns = CELLS
    small = [cv2.resize(frame.image, (columns, rows), interpolation=cv2.INTER_AREA) for frame in frames]
    steps = [np.abs(now.astype(np.float32) - before).mean(axis=2) for before, now in pairwise(small)]
    change = np.mean(steps, axis=0) if steps else np.zeros(CELLS)
    moving = np.where(change >= CHANGED, change, 0.0)
    return moving[None] if moving.any() else None
