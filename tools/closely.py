"""Looking closely: detection in overlapping parts of the picture too, where small and narrow things are larger.

The detector sees 300 x 300 pixels of whatever picture it gets: a cup in a wide picture is squeezed to a few of them.
"""

from collections.abc import Sequence

import numpy as np

from ..memory import Box, Observation, Timeline
from ..models import Detection
from ..video import Clip, Frame
from .boxes import WHOLE, box_area, box_intersection, box_union, pixels_of
from .context import Context
from .detect import find_in
from .labels import head_names
from .looking import look
from .tool import tool

TILE = 0.6
"""Share of the picture's longer side that a tile has; two of them overlap by a third."""
MIN_SCORE, MIN_TILE_SCORE = 0.4, 0.55
"""Three looks at a picture make three times as many mistakes: what only a part of it shows must be surer."""
OVERLAP = 0.5
"""Intersection over union from which two boxes of one name are one thing (non-maximum suppression)."""
INSIDE = 0.65
"""Or: share of the smaller box that lies in the other, which is half a thing or a thing cut by a tile."""
CUT = 0.015
"""Distance from an inner edge of a tile at which a box is cut off by it."""
THUMBNAIL = (48, 27)
SAME = 10.0
"""Grey levels by which no part of a picture may change for the things in it to be the same."""


@tool(kind="look", needs="detector", cost="0.25 CPU-seconds a frame in which something changed")
def look_closely(clip: Clip, query: str = "", *, context: Context) -> Timeline:
    """Find things as `detect` does, in the whole picture and in its two halves: for counting, and for small things.

    Args:
        clip: Where to look.
        query: Only things that this text speaks of, e.g. "cups"; everything when empty.

    Returns:
        One observation of kind `object` with a box for each thing in each look, each thing once.

    Source: Slicing-aided inference (SAHI, arXiv 2202.06934); non-maximum suppression by OpenCV.
    """
    names = head_names(query, context.models) if query else ()
    if query and not names:
        return Timeline((), f"the detector has no name for {query!r}")
    return closely_of(clip, names, context)


def closely_of(clip: Clip, names: Sequence[str], context: Context) -> Timeline:
    """Things of these names, or everything that the detector has a name for, looked at closely.

    Args:
        clip: Where to look.
        names: From `names_in` or `head_names`; none for everything.
        context: The host's side.
    """
    sought = tuple(names) if context.models.open_vocabulary else ()
    source = f"detector:{context.models.identity('detector')} (closely)"

    def see(frames: Sequence[Frame], cells: Sequence[tuple[float, float]]) -> list[Observation]:
        found: list[Observation] = []
        known: tuple[np.ndarray, list[Detection]] | None = None
        for frame, (start, end) in zip(frames, cells, strict=False):
            thumbnail = _thumbnail(frame.image)
            if known is None or np.abs(thumbnail - known[0]).max() > SAME:
                known = thumbnail, closely(frame.image, sought, context)
            found += [Observation(start, end, "object", t.label, t.score, source, t.box) for t in known[1]]
        return found

    seen = look(context, clip, look_closely.name, look_closely.version, "detector", see, sought)
    kept = [thing for thing in seen if not names or thing.content in names]
    name = " or ".join(names) or "thing"
    return Timeline(kept, seen.why or ("" if kept else f"no {name} above score {MIN_SCORE:g}, looked at closely"))


def _thumbnail(image: np.ndarray) -> np.ndarray:
    import cv2

    small = cv2.resize(image, THUMBNAIL, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)


def closely(image: np.ndarray, names: Sequence[str], context: Context) -> list[Detection]:
    """Things in a picture (height x width x 3, RGB) and in its halves, each once, the surest first."""
    tiles = tiles_of(image.shape)
    parts = [np.ascontiguousarray(image[pixels_of(tile, image.shape)]) for tile in tiles]
    whole: list[Detection] = []
    cut: list[Detection] = []
    for tile, things in zip(tiles, find_in(parts, names, context), strict=True):
        for thing in things:
            if thing.score >= (MIN_SCORE if tile == WHOLE else MIN_TILE_SCORE):
                box = _in_picture(thing.box, tile)
                (cut if _is_cut(box, tile) else whole).append(Detection(thing.label, thing.score, box))
    return suppressed([*whole, *joined(cut)])


def tiles_of(shape: tuple[int, ...]) -> tuple[Box, Box, Box]:
    """The whole picture, and two nearly square parts of it that overlap.

    Args:
        shape: Height and width of the picture in pixels, then anything.
    """
    if shape[1] >= shape[0]:
        return WHOLE, (0.0, 0.0, TILE, 1.0), (1 - TILE, 0.0, 1.0, 1.0)
    return WHOLE, (0.0, 0.0, 1.0, TILE), (0.0, 1 - TILE, 1.0, 1.0)


def _in_picture(box: Box, tile: Box) -> Box:
    wide, tall = tile[2] - tile[0], tile[3] - tile[1]
    return (tile[0] + box[0] * wide, tile[1] + box[1] * tall, tile[0] + box[2] * wide, tile[1] + box[3] * tall)


def _is_cut(box: Box, tile: Box) -> bool:
    """Whether a box ends at an edge of its tile that is none of the picture."""
    return any(abs(side - edge) < CUT and 0 < edge < 1 for side, edge in zip(box, tile, strict=True))


def _shared(one: Detection, two: Detection) -> float:
    """Share of the smaller of two boxes of one name that lies in the other."""
    smaller = min(box_area(one.box), box_area(two.box))
    return box_intersection(one.box, two.box) / smaller if one.label == two.label and smaller > 0 else 0.0


def joined(cut: Sequence[Detection]) -> list[Detection]:
    """Parts of things that tiles cut, put together where they overlap; the score is that of the surest part."""
    whole: list[Detection] = []
    for part in sorted(cut, key=lambda thing: -thing.score):
        place = next((place for place, other in enumerate(whole) if _continues(part, other)), None)
        if place is None:
            whole.append(part)
        else:
            other = whole[place]
            whole[place] = Detection(other.label, other.score, box_union([other.box, part.box]))
    return whole


def _continues(one: Detection, two: Detection) -> bool:
    """Whether two parts that overlap are of one height or one width: the halves of one thing."""
    if not _shared(one, two):
        return False
    (x1, y1, x2, y2), (u1, v1, u2, v2) = one.box, two.box
    across = (min(x2, u2) - max(x1, u1)) / (max(x2, u2) - min(x1, u1))
    along = (min(y2, v2) - max(y1, v1)) / (max(y2, v2) - min(y1, v1))
    return max(across, along) >= OVERLAP


def suppressed(things: Sequence[Detection]) -> list[Detection]:
    """Each thing once: the surest first, without those of its name that overlap it or lie in it."""
    import cv2

    kept: list[Detection] = []
    for label in dict.fromkeys(thing.label for thing in things):
        same = [thing for thing in things if thing.label == label]
        rectangles = [(b[0], b[1], b[2] - b[0], b[3] - b[1]) for b in (thing.box for thing in same)]
        # In thousandths of the picture: rectangles of less than a pixel have no area for OpenCV.
        scaled = [tuple(1000 * side for side in rectangle) for rectangle in rectangles]
        places = cv2.dnn.NMSBoxes(scaled, [thing.score for thing in same], 0.0, OVERLAP)
        for place in np.asarray(places).ravel().tolist():
            if all(_shared(same[place], other) < INSIDE for other in kept):
                kept.append(same[place])
    return sorted(kept, key=lambda thing: -thing.score)
