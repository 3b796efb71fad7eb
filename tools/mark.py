"""Numbers drawn on things, so that a model that sees can say which one it means (GPT4Scene, Set-of-Mark)."""

import numpy as np

from ..memory import Box, Timeline
from ..video import Frame, Frames
from .boxes import pixels_of
from .tool import tool
from .tracks import box_at, by_track

COLOURS = (
    (230, 25, 75), (60, 180, 75), (0, 130, 200), (245, 130, 48), (145, 30, 180), (70, 240, 240), (240, 50, 230),
    (255, 225, 25), (0, 128, 128), (170, 110, 40),
)  # fmt: skip
"""Sasha Trubetskoy's list of colours that are easy to tell apart, the ten most distinct."""
NUMBER_HEIGHT = 0.05
"""Height of a number as a share of the picture's shorter side: 27 pixels of 540, which OCR reads."""
SMALLEST_NUMBER = 11
"""Pixels; below this the digits of OpenCV's font run together."""
LINE_WIDTH = 0.006
BRIGHT = 140
"""Luma above which black is easier to read than white."""


@tool(kind="frames", cost="free")
def mark(frames: Frames, things: Timeline) -> Frames:
    """Draw a numbered box around each thing; a followed thing has one number and colour in all frames.

    Args:
        frames: The pictures; they stay as they are.
        things: Observations with boxes, as `detect` and `track` give them; the number is that of the track.

    Returns:
        Marked copies of the frames, those without a thing included.

    Source: GPT4Scene (arXiv 2501.01428), Set-of-Mark (arXiv 2310.11441).
    """
    tracks = by_track(things)
    return tuple(
        _marked(frame, {number: box for number, seen in tracks.items() if (box := box_at(seen, frame.time))})
        for frame in frames
    )


def colour_of(number: int) -> tuple[int, int, int]:
    """The colour of a number, RGB."""
    return COLOURS[(number - 1) % len(COLOURS)]


def _marked(frame: Frame, boxes: dict[int, Box]) -> Frame:
    import cv2

    image = np.array(frame.image)
    side = min(image.shape[:2])
    width = max(2, round(LINE_WIDTH * side))
    for number, box in boxes.items():
        rows, columns = pixels_of(box, image.shape)
        cv2.rectangle(image, (columns.start, rows.start), (columns.stop - 1, rows.stop - 1), colour_of(number), width)
    for number, box in boxes.items():  # after all lines, which would cross the numbers
        rows, columns = pixels_of(box, image.shape)
        _write(image, str(number), (columns.start, rows.start), colour_of(number))
    return Frame(frame.time, image)


def _write(image: np.ndarray, number: str, corner: tuple[int, int], colour: tuple[int, int, int]) -> None:
    """A number on a plate of its colour at the box's upper left corner, inside the picture."""
    import cv2

    height, width = image.shape[:2]
    font, tall = cv2.FONT_HERSHEY_SIMPLEX, max(SMALLEST_NUMBER, round(NUMBER_HEIGHT * min(height, width)))
    thick = max(1, tall // 8)
    scale = cv2.getFontScaleFromHeight(font, tall, thick)
    (wide, tall), _ = cv2.getTextSize(number, font, scale, thick)
    pad = max(2, tall // 3)
    left = max(0, min(corner[0], width - wide - 2 * pad))
    top = max(0, min(corner[1], height - tall - 2 * pad))
    cv2.rectangle(image, (left, top), (left + wide + 2 * pad, top + tall + 2 * pad), colour, cv2.FILLED)
    luma = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    ink = (0, 0, 0) if luma > BRIGHT else (255, 255, 255)
    cv2.putText(image, number, (left + pad, top + pad + tall), font, scale, ink, thick, cv2.LINE_AA)
