"""From a decoded picture to the RGB array the rest of the package works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .clip import Frame
from .container import ONE_THREAD

if TYPE_CHECKING:
    from .decode import PictureReader

_UPRIGHT = (1, 0, 0, 1)


def to_frame(reader: PictureReader, picture: Any, max_side: int | None = None) -> Frame:
    """Convert a picture of a reader.

    Args:
        reader: Where the picture comes from; it knows the clock and the shape of the pixels.
        picture: A decoded ``av.VideoFrame``.
        max_side: Longest side in pixels. The picture is scaled while its colours are converted, so the full-size
            RGB image never exists; small pictures are not enlarged.

    Returns:
        The picture upright, with square pixels.
    """
    width, height = scaled_size(display_size(picture.width, picture.height, reader.sample_aspect_ratio), max_side)
    image = reader.rescaler.reformat(picture, width, height, format="rgb24", **ONE_THREAD).to_ndarray()
    return Frame(time=reader.time_of(picture), image=turn_upright(image, orientation(picture)))


def display_size(width: int, height: int, sample_aspect_ratio: float) -> tuple[int, int]:
    """Size with square pixels, before rotation."""
    return max(1, round(width * sample_aspect_ratio)), height


def scaled_size(size: tuple[int, int], max_side: int | None) -> tuple[int, int]:
    """The size whose longest side is at most ``max_side``, same shape, never larger than ``size``."""
    width, height = size
    if max_side is None or max(width, height) <= max_side:
        return size
    factor = max_side / max(width, height)
    return max(1, round(width * factor)), max(1, round(height * factor))


def orientation(picture: Any) -> tuple[int, int, int, int]:
    """The display matrix of a picture as the signs (a, b, c, d): x' = a x + c y, y' = b x + d y."""
    data = picture.side_data.get("DISPLAYMATRIX")
    if data is None:
        return _UPRIGHT
    matrix = np.frombuffer(bytes(data), np.int32).astype(np.int64)
    a, b, c, d = (int(matrix[place]) for place in (0, 1, 3, 4))
    if abs(b) > abs(a):  # nearest quarter turn: players do not draw slanted pictures either
        a = d = 0
    else:
        b = c = 0
    signs = tuple(int(np.sign(value)) for value in (a, b, c, d))
    return signs if len(signs) == 4 and any(signs) else _UPRIGHT


def quarter_turns(signs: tuple[int, int, int, int]) -> int:
    """Clockwise quarter turns, 0 to 3, that an orientation applies after any mirroring."""
    a, b, _, _ = signs
    return {(1, 0): 0, (0, 1): 1, (-1, 0): 2, (0, -1): 3}[(a, b)]


def turn_upright(image: np.ndarray, signs: tuple[int, int, int, int]) -> np.ndarray:
    """Apply an orientation to a height x width x 3 array."""
    a, b, c, d = signs
    if b:
        image = image.swapaxes(0, 1)
    if a + c < 0:
        image = image[:, ::-1]
    if b + d < 0:
        image = image[::-1]
    return np.ascontiguousarray(image)
