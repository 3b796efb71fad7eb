"""Cutting and scaling pictures: a model sees small things only when they fill the picture."""

import numpy as np

from ..memory import Box
from ..video import Frame, Frames
from .boxes import checked_box, pixels_of
from .context import WORKING_SIDE
from .tool import tool

SMALLEST_SIDE = 16


@tool(kind="frames", cost="free")
def crop(frames: Frames, box: list[float]) -> Frames:
    """Cut the same part out of every frame.

    Args:
        frames: The pictures; they stay as they are.
        box: Left, top, right, bottom, each 0 to 1 of the picture's width or height.

    Returns:
        The parts, each with the time of its frame.
    """
    part = checked_box(box)
    return tuple(cropped(frame, part) for frame in frames)


@tool(kind="frames", cost="free")
def resize(frames: Frames, side: int) -> Frames:
    """Scale frames, e.g. down to thumbnails, of which a model takes many.

    Args:
        frames: The pictures; they stay as they are.
        side: Longest side in pixels afterwards, 16 to 960; the shape stays.

    Returns:
        The scaled frames with their times.
    """
    wanted = min(max(side, SMALLEST_SIDE), WORKING_SIDE)
    return tuple(Frame(frame.time, scaled(frame.image, wanted)) for frame in frames)


def cropped(frame: Frame, box: Box) -> Frame:
    """A part of a frame as a picture of its own."""
    rows, columns = pixels_of(box, frame.image.shape)
    return Frame(frame.time, frame.image[rows, columns].copy())


def scaled(image: np.ndarray, side: int) -> np.ndarray:
    """A picture (height x width x 3) with a longest side of so many pixels."""
    import cv2

    height, width = image.shape[:2]
    factor = side / max(height, width)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
