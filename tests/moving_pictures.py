"""Pictures that move in a known way: a camera over a texture, and a patch that goes its own way over it."""

from collections.abc import Iterable
from itertools import product
from pathlib import Path

import numpy as np
from media import make_video
from pictures import photograph

SIZE = (320, 180)
FPS = 15


def texture(kind: str, seed: int = 1, size: tuple[int, int] = (1100, 700)) -> np.ndarray:
    """A large picture (height x width x 3, uint8): `noise` of three grains, `discs`, `bricks`, or a photograph."""
    import cv2

    width, height = size
    rng = np.random.default_rng(seed)
    if kind == "noise":
        grains = [rng.random((height // side + 1, width // side + 1, 3)).astype(np.float32) for side in (4, 12, 40)]
        layers = [cv2.resize(grain, size, interpolation=cv2.INTER_CUBIC) for grain in grains]
        return np.clip(np.mean(layers, axis=0) * 255, 0, 255).astype(np.uint8)
    image = np.full((height, width, 3), 235 if kind == "discs" else 120, np.uint8)
    if kind == "discs":
        for _ in range(width * height // 400):
            middle, colour = (int(rng.integers(width)), int(rng.integers(height))), rng.integers(30, 230, 3).tolist()
            cv2.circle(image, middle, int(rng.integers(3, 16)), colour, cv2.FILLED)
        return image
    if kind == "bricks":
        for row, column in product(range(height // 24 + 1), range(width // 48 + 2)):
            x, y = 48 * column - 24 * (row % 2), 24 * row
            cv2.rectangle(image, (x + 2, y + 2), (x + 45, y + 21), rng.integers(70, 190, 3).tolist(), cv2.FILLED)
        return image
    photo = photograph(kind)
    factor = max(width / photo.shape[1], height / photo.shape[0])
    whole = cv2.resize(photo, None, fx=factor, fy=factor)
    return whole[:height, :width]


def camera_over(
    over: np.ndarray,
    speed: tuple[float, float] = (0.0, 0.0),
    zoom: float = 0.0,
    turn: float = 0.0,
    *,
    seconds: float = 1.3,
    noise: float = 0.0,
    patch: np.ndarray | None = None,
    way: tuple[float, float] = (0.0, 0.0),
) -> list[np.ndarray]:
    """What a camera sees that moves over a picture.

    Args:
        over: The picture.
        speed: Of the camera to the right and down, in picture widths a second.
        zoom: Logarithm of the growth in a second.
        turn: Degrees clockwise in a second that the camera rolls.
        seconds: Length.
        noise: Grey levels.
        patch: A thing that is in the middle half way through.
        way: Its own speed over the picture, in picture widths a second.
    """
    import cv2

    rng = np.random.default_rng(0)
    (width, height), count = SIZE, round(seconds * FPS)
    pictures = []
    for index in range(count):
        time = (index - (count - 1) / 2) / FPS
        scale, angle = np.exp(zoom * time), np.radians(turn * time)
        linear = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / scale
        middle = np.array([over.shape[1], over.shape[0]]) / 2 + np.array(speed) * width * time
        shift = middle - linear @ (width / 2, height / 2)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        image = cv2.warpAffine(over, np.column_stack([linear, shift]), SIZE, flags=flags)
        if patch is not None:
            image = _pasted(image, patch, (np.array(way) - speed) * width * time)
        if noise:
            image = np.clip(image + rng.normal(0, noise, image.shape), 0, 255).astype(np.uint8)
        pictures.append(image)
    return pictures


def _pasted(image: np.ndarray, patch: np.ndarray, shift: np.ndarray) -> np.ndarray:
    import cv2

    corner = (SIZE[0] / 2 + shift[0] - patch.shape[1] / 2, SIZE[1] / 2 + shift[1] - patch.shape[0] / 2)
    placed = np.array([[1, 0, corner[0]], [0, 1, corner[1]]], np.float32)
    layer = cv2.warpAffine(patch, placed, SIZE)
    mask = cv2.warpAffine(np.full(patch.shape[:2], 255, np.uint8), placed, SIZE)
    return np.where(mask[..., None] > 127, layer, image)


def write_pictures(path: Path, pictures: Iterable[np.ndarray]) -> Path:
    """A video of them."""
    shown = list(pictures)
    size = (shown[0].shape[1], shown[0].shape[0])
    return make_video(
        path, frames=len(shown), fps=FPS, size=size, number=False, picture=lambda index, time: shown[index]
    )
