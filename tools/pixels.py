"""Pixels of a thing without its background, in neutral light: by GrabCut, or by what changed where it moves."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..memory import Box
from .boxes import WHOLE, box_centre, pixels_of, window_around
from .color_names import lab

MASK_SIDE, MARGIN, ROUNDS = 96, 0.12, 3
LEAST_MASK = 0.15
"""Share of a box that is at least the thing; GrabCut that finds less has failed."""
GREY_POWER, LIGHT, MOST_LIGHT = 6, 0.5, 1.2
CHANGED, MOSTLY_STILL = 14.0, 0.65
"""Distance in CIELAB from the background by which something stands before it; share of a picture that is background."""
SHADOW_HUE, LEAST_LIT = 7.0, 0.5
"""A shadow changes a and b by less; where more than half of what changed is one, it is a grey thing."""

COARSE, GATHER, SMALLEST, MOST_PARTS = 320, 7, 0.006, 6
"""Width at which things are told from the background; pixels that join their parts; share of the picture of one."""


def neutral(image: np.ndarray) -> np.ndarray:
    """A picture with half of the light's colour taken out: shades of grey, at most 20 % for each channel.

    Args:
        image: Height x width x 3, uint8, RGB.
    """
    return np.clip(image * gains_of(image), 0, 255).astype(np.uint8)


def gains_of(image: np.ndarray) -> np.ndarray:
    """What the three channels are multiplied with."""
    some = image[::8, ::8].reshape(-1, 3).astype(np.float64) / 255
    light = np.maximum((some**GREY_POWER).mean(axis=0) ** (1 / GREY_POWER), 1e-3)
    return np.asarray(np.clip((light.mean() / light) ** LIGHT, 1 / MOST_LIGHT, MOST_LIGHT))


def still_background(images: Sequence[np.ndarray]) -> np.ndarray | None:
    """What stands behind things that move (height x width x 3): the median; None where the camera moves.

    Args:
        images: Frames of one size from all over a clip, at least five.
    """
    if len(images) < 5 or len({image.shape for image in images}) > 1:
        return None
    background = np.median(np.stack(images), axis=0).astype(np.uint8)
    coarse = lab(background[::4, ::4])
    still = [(np.linalg.norm(lab(image[::4, ::4]) - coarse, axis=2) < CHANGED).mean() for image in images]
    return background if np.median(still) >= MOSTLY_STILL else None


def moving(image: np.ndarray, background: np.ndarray, box: Box) -> np.ndarray | None:
    """The pixels in a box (pixels x 3) that stand before the background, without their shadow; None for too few.

    Args:
        image: Height x width x 3, uint8, RGB.
        background: The same place without the thing.
        box: Around the thing.
    """
    import cv2

    window = pixels_of(box, image.shape)
    picture, difference = image[window], lab(image[window]) - lab(background[window])
    changed = np.linalg.norm(difference, axis=2) > CHANGED
    changed = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    if changed.mean() < LEAST_MASK:
        return None
    shadow = (difference[..., 0] < 0) & (np.hypot(difference[..., 1], difference[..., 2]) < SHADOW_HUE)
    lit = changed & ~shadow
    kept = lit if lit.sum() >= LEAST_LIT * changed.sum() else changed
    return np.asarray(np.clip(picture[kept] * gains_of(image), 0, 255).astype(np.uint8))


def standing_out(image: np.ndarray, background: np.ndarray) -> list[Box]:
    """Boxes of what stands before a background, the largest first.

    Args:
        image: Height x width x 3, uint8, RGB.
        background: The same place without things that move.
    """
    import cv2

    size = (COARSE, max(1, round(COARSE * image.shape[0] / image.shape[1])))
    coarse = [lab(cv2.resize(picture, size, interpolation=cv2.INTER_AREA)) for picture in (image, background)]
    changed = (np.linalg.norm(coarse[0] - coarse[1], axis=2) > CHANGED).astype(np.uint8)
    opened = cv2.morphologyEx(changed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    gathered = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((GATHER, GATHER), np.uint8))
    _, _, rows, _ = cv2.connectedComponentsWithStats(gathered)
    parts = sorted((row for row in rows[1:].tolist() if row[4] >= SMALLEST * gathered.size), key=lambda row: -row[4])
    return [
        (left / size[0], top / size[1], (left + wide) / size[0], (top + tall) / size[1])
        for left, top, wide, tall, _ in parts[:MOST_PARTS]
    ]


def foreground(image: np.ndarray, box: Box, part: Box = WHOLE) -> np.ndarray:
    """The pixels of the thing in a box (pixels x 3), without the background in its corners; all where that fails.

    Args:
        image: Height x width x 3, uint8, RGB.
        box: Around the thing.
        part: Of the box; only these pixels are given back.
    """
    import cv2

    wide, tall = box[2] - box[0], box[3] - box[1]
    outer = window_around(box_centre(box), wide * (1 + 2 * MARGIN), tall * (1 + 2 * MARGIN))
    picture = image[pixels_of(outer, image.shape)]
    picture = cv2.resize(picture, (MASK_SIDE, MASK_SIDE), interpolation=cv2.INTER_AREA)
    left, top = (box[0] - outer[0]) / (outer[2] - outer[0]), (box[1] - outer[1]) / (outer[3] - outer[1])
    right, bottom = (box[2] - outer[0]) / (outer[2] - outer[0]), (box[3] - outer[1]) / (outer[3] - outer[1])
    rows, columns = pixels_of((max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom)), picture.shape)
    own = _mask(picture, rows, columns)
    wanted = np.zeros_like(own)
    inner = pixels_of(part, (rows.stop - rows.start, columns.stop - columns.start))
    wanted[rows, columns][inner] = True
    kept = wanted & own
    return picture[kept if kept.sum() >= LEAST_MASK * wanted.sum() else wanted]


def _mask(picture: np.ndarray, rows: slice, columns: slice) -> np.ndarray:
    """Which pixels GrabCut takes for the thing; all where a plain picture has no two kinds of pixels."""
    import cv2

    last = MASK_SIDE - 1  # GrabCut wants some background outside of the rectangle
    x, y = max(1, columns.start), max(1, rows.start)
    rectangle = (x, y, max(1, min(last, columns.stop) - x), max(1, min(last, rows.stop) - y))
    mask = np.zeros(picture.shape[:2], np.uint8)
    models: tuple[Any, Any] = (np.zeros((1, 65)), np.zeros((1, 65)))
    try:
        cv2.setRNGSeed(0)
        cv2.grabCut(np.ascontiguousarray(picture), mask, rectangle, *models, ROUNDS, cv2.GC_INIT_WITH_RECT)
    except cv2.error:
        return np.ones(picture.shape[:2], bool)
    return np.asarray((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD))
