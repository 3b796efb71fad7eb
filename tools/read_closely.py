"""Small and turned text: frames at full size, in tiles, and turned by quarters."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ..memory import ArtefactKey, Block, BlockResult, Box, Observation, Timeline
from ..models import TextLine, TextReader
from ..models.errors import ModelError
from ..video import Clip, DecodeStats, Frame, frames_at
from ..video.errors import VidprogError
from .boxes import box_area, box_intersection
from .context import WORKING_SIDE, Context
from .crop import scaled
from .layout import join_rows
from .looking import NotTried, observe_blocks, same_pictures
from .read_text import join_readings
from .sampling import Sampling
from .tool import tool

TILE = 960
"""Pixels of a tile's longest side, at which the reader reads without shrinking it."""
OVERLAP = 0.15
"""Share of a tile that lies in the next one too, so that a short line is whole in one of them."""
MOST_TILES = 3
"""Tiles in a row and rows at most: 9 of 960 pixels cover 4K at three quarters of its size."""
ENLARGED = 1280
"""Pixels to which the longest side of a small video is enlarged."""
SAME_PLACE = 0.5
"""Share of the smaller of two boxes that lies in the other when both hold one line."""
TURNED_SCORE = 0.85
"""Least score of a line read in a turned picture: letters of other lines, turned, are read with up to 0.8."""
TURNED_WEIGHT = 0.9
"""What a reading of a turned picture counts beside one of the upright picture."""
QUARTERS = (1, 2, 3)


@tool(
    kind="read", needs="ocr",
    cost="1 to 4 CPU-seconds a frame that changed: a read for each tile and three for the turned picture; once",
)  # fmt: skip
def read_closely(clip: Clip, turned: bool = True, min_score: float = 0.5, *, context: Context) -> Timeline:
    """Read small text and turned text: every frame that changed at full size in tiles, and turned by quarters.

    Much slower than `read_text`: give it a short clip.

    Args:
        clip: Where to look, best some seconds.
        turned: Whether to read the picture turned by 90, 180 and 270 degrees, too.
        min_score: Lines below this score are dropped, 0 to 1.

    Returns:
        One observation of kind `text` for each line, from when to when it is on screen.

    Source: Tiles with overlap as in SAHI (arXiv 2202.06934), for reading.
    """
    if not context.video.has_video:
        return Timeline((), "no pictures")
    sampling = Sampling.for_clip(clip)
    parameters = {"start": sampling.start, "interval": round(sampling.interval, 6), "turned": turned}
    key = ArtefactKey(read_closely.name, read_closely.version, context.models.identity("ocr"), parameters)
    blocks = sampling.blocks(clip)

    def observe(block: Block) -> BlockResult:
        cells = sampling.cells(block)
        try:
            reader = context.models.ocr
            context.meter.spend(frames_seen=len(cells))
        except VidprogError as reason:
            raise NotTried from reason
        found = list(_read_block(cells, reader, turned, context))
        return BlockResult(tuple(found), "" if found else f"nothing in {len(cells)} frames")

    done = observe_blocks(context, key, blocks, observe)
    if not done.timeline and done.failed:
        raise ModelError("; ".join(dict.fromkeys(done.failed)), code="tool.look")
    lines = done.timeline.between(clip.start, clip.end)
    kept = join_readings([line for line in lines if line.score >= min_score])
    return Timeline(kept, done.why or lines.why or f"nothing above score {min_score:g}")


def _read_block(
    cells: Sequence[tuple[float, float]], reader: TextReader, turned: bool, context: Context
) -> Iterator[Observation]:
    """The lines of each cell; only frames that differ from the last one that was read are decoded at full size."""
    source = f"ocr:{context.models.identity('ocr')}"
    frames = context.frames([(start + end) / 2 for start, end in cells])
    sources = same_pictures(frames)
    read = {
        place: read_everywhere(_whole(frames[place], context).image, reader, turned) for place in sorted(set(sources))
    }
    for place, (start, end) in zip(sources, cells, strict=False):
        yield from (Observation(start, end, "text", line.text, line.score, source, line.box) for line in read[place])


def _whole(frame: Frame, context: Context) -> Frame:
    """The frame at full size; small videos are enlarged."""
    side = max(context.video.size)
    if side <= WORKING_SIDE:
        return Frame(frame.time, scaled(frame.image, ENLARGED)) if side < ENLARGED // 2 else frame
    stats = DecodeStats()
    (whole,) = frames_at(context.video, [frame.time], stats=stats)
    context.meter.count(frames_decoded=stats.frames_decoded)
    return whole


def read_everywhere(image: np.ndarray, reader: TextReader, turned: bool) -> list[TextLine]:
    """The lines of a picture, read as a whole, in tiles and turned; of several readings of a place the best.

    Args:
        image: Height x width x 3, uint8, RGB, of any size.
        reader: Reads one picture.
        turned: Whether it is read turned by quarters, too.
    """
    small = scaled(image, WORKING_SIDE) if max(image.shape[:2]) > WORKING_SIDE else image
    found = list(reader.read(small))
    for tile in tiles_of(image.shape):
        found += [_in_whole(line, tile) for line in reader.read(_part(image, tile)) if not _at_seam(line, tile)]
    for quarters in QUARTERS if turned else ():
        lines = reader.read(np.ascontiguousarray(np.rot90(small, quarters)))
        found += [
            TextLine(line.text, line.score * TURNED_WEIGHT, _BACK[quarters](line.box))
            for line in lines
            if line.score >= TURNED_SCORE
        ]
    return join_rows(best_readings(found))


def tiles_of(shape: tuple[int, ...]) -> list[Box]:
    """Overlapping parts of a picture as shares of it; none when it is read whole at full size.

    Example:
        >>> len(tiles_of((540, 960, 3))), len(tiles_of((1080, 1920, 3)))
        (0, 9)
    """
    height, width = shape[:2]
    rows, columns = (min(MOST_TILES, int(np.ceil(side * (1 + OVERLAP) / TILE))) for side in (height, width))
    if max(height, width) <= TILE:
        return []
    edges = [(_edges(rows, row), _edges(columns, column)) for row in range(rows) for column in range(columns)]
    return [(left, top, right, bottom) for (top, bottom), (left, right) in edges]


def _edges(count: int, place: int) -> tuple[float, float]:
    """Start and end of one of so many parts of a side, each overlapping its neighbours."""
    length = 1 / (count - (count - 1) * OVERLAP)
    start = place * length * (1 - OVERLAP)
    return start, min(1.0, start + length)


def _part(image: np.ndarray, tile: Box) -> np.ndarray:
    height, width = image.shape[:2]
    left, top, right, bottom = tile
    return image[int(top * height) : int(np.ceil(bottom * height)), int(left * width) : int(np.ceil(right * width))]


def _in_whole(line: TextLine, tile: Box) -> TextLine:
    left, top, right, bottom = tile
    width, height = right - left, bottom - top
    x0, y0, x1, y1 = line.box
    box = (left + x0 * width, top + y0 * height, left + x1 * width, top + y1 * height)
    return TextLine(line.text, line.score, box)


def _at_seam(line: TextLine, tile: Box) -> bool:
    """Whether a line touches an edge of its tile that is none of the picture's: it is cut there."""
    pairs = zip(line.box, tile, (0.0, 0.0, 1.0, 1.0), strict=True)
    return any(abs(edge - border) < 0.005 and abs(side - border) > 1e-6 for edge, side, border in pairs)


def best_readings(lines: Sequence[TextLine]) -> list[TextLine]:
    """Of the readings of one place the likeliest: the score weighed by how much was read."""
    kept: list[TextLine] = []
    for line in sorted(lines, key=lambda line: -line.score * len(line.text) ** 0.5):
        if not any(_same_place(line.box, other.box) for other in kept):
            kept.append(line)
    return sorted(kept, key=lambda line: (line.box[1], line.box[0]))


def _same_place(one: Box, two: Box) -> bool:
    smaller = min(box_area(one), box_area(two))
    return smaller > 0 and box_intersection(one, two) > SAME_PLACE * smaller


_BACK: dict[int, Callable[[Box], Box]] = {
    1: lambda box: (1 - box[3], box[0], 1 - box[1], box[2]),
    2: lambda box: (1 - box[2], 1 - box[3], 1 - box[0], 1 - box[1]),
    3: lambda box: (box[1], 1 - box[2], box[3], 1 - box[0]),
}
"""Quarters by which a picture was turned to the left (`numpy.rot90`) -> a box of it in the picture as it was."""
