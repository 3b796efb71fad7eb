"""Reads QR codes with OpenCV's own reader."""

import cv2
import numpy as np
from vidprog import Clip, Observation, Timeline, tool
from vidprog.tools.context import Context

FRAMES = 16
"""Looks at a clip; a code that is to be read by people stays for seconds."""


@tool(kind="read", cost="16 frames")
def read_qr_codes(clip: Clip, *, context: Context) -> Timeline:
    """Read the QR codes that are shown.

    Use when: The question is about a QR code and what it says or links to.

    Args:
        clip: Where to look.

    Returns:
        What each code says and when it is seen, with its box.

    Examples:
        - What does the QR code say?
        - Which address is in the QR code?
    """
    step = clip.duration / FRAMES
    reader = cv2.QRCodeDetector()
    found = []
    for frame in context.frames([clip.start + step * (number + 0.5) for number in range(FRAMES)]):
        _, texts, corners, _ = reader.detectAndDecodeMulti(cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY))
        for text, four in zip(texts, () if corners is None else corners, strict=False):
            if text:
                start, end = max(clip.start, frame.time - step / 2), min(clip.end, frame.time + step / 2)
                found.append(Observation(start, end, "text", text, 1.0, "qr_codes", box=_box(four, frame.image)))
    return Timeline(found, f"no QR code in {FRAMES} frames").merge(gap=step)


def _box(corners, image) -> tuple[float, float, float, float]:
    """Left, top, right, bottom as shares of the picture, which a code may touch."""
    height, width = image.shape[:2]
    left, top = np.clip(corners.min(axis=0) / (width, height), 0, 1)
    right, bottom = np.clip(corners.max(axis=0) / (width, height), 0, 1)
    return float(left), float(top), float(right), float(bottom)
