"""Needles as pictures: letters on a plate, coloured shapes on a card, photographs; and how one is laid over a frame."""

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from ...video.errors import UsageError
from .needle import Colour, Needle
from .words import COLOURS

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image as PillowImage
    from PIL.ImageDraw import ImageDraw

PLATE: Colour = (18, 22, 30)
CARD: Colour = (246, 246, 242)
SMOOTH = 3
"""Shapes are drawn so many times larger and made smaller, which gives smooth edges."""
MOST_WIDTH = {"text": 0.9, "picture": 0.6, "object": 0.7}
MOST_SIDE = 2048
"""Pixels of a photograph that are kept."""
MOVING_WIDTH = 0.4
"""Share of the picture's width that a moving needle has at most: the rest is its way."""
Size = tuple[int, int]


def picture_of(needle: Needle, scale: float, size: Size) -> "np.ndarray":
    """A needle as it is laid over a frame.

    Args:
        needle: What is shown.
        scale: By what its size is multiplied.
        size: Width and height of the frame in pixels.

    Returns:
        Height x width x 3, uint8, RGB; even sides, as chroma is stored for two by two pixels.
    """
    import numpy as np

    most = MOVING_WIDTH if needle.look.goal is not None else MOST_WIDTH[needle.subject.kind]
    height = needle.look.size * size[1]
    largest, image = (_drawn(needle, max(8.0, height * one)) for one in (max(1.0, needle.look.growth), scale))
    # Where there is no room for its largest size, it is smaller at every moment: it still grows by what it is to.
    factor = min(1.0, most * size[0] / largest.width, size[1] / largest.height)
    sides = (_even(image.width * factor), _even(image.height * factor))
    return np.asarray(image.resize(sides) if sides != image.size else image)


def slide_of(needle: Needle, size: Size) -> "np.ndarray":
    """A needle that fills the frame, on a plain ground (height x width x 3, uint8, RGB)."""
    import numpy as np

    ground = PLATE if needle.subject.kind == "text" else CARD
    image = np.empty((size[1], size[0], 3), np.uint8)
    image[:] = ground
    lay_over(image, picture_of(needle, 1.0, size), (0.5, 0.5))
    return image


def lay_over(image: "np.ndarray", picture: "np.ndarray", place: tuple[float, float]) -> None:
    """Put a picture on a frame, in place.

    Args:
        image: The frame.
        picture: Not larger than the frame.
        place: Share of the room that is left, to the right and down: 0 touches the left or upper edge, 1 the other.
    """
    height, width = picture.shape[:2]
    left, top = round(place[0] * (image.shape[1] - width)), round(place[1] * (image.shape[0] - height))
    image[top : top + height, left : left + width] = picture


def _even(side: float) -> int:
    return max(2, round(side / 2) * 2)


def _drawn(needle: Needle, height: float) -> "PillowImage":
    subject = needle.subject
    if subject.file is not None:
        return _photograph(str(subject.file), round(height))
    if subject.kind == "text":
        return _caption(subject.content, round(height), needle.look.colour)
    colour, shape = subject.content.split(" ", 1)
    return _shape(shape, COLOURS[colour], round(height))


@lru_cache(maxsize=8)
def _caption(text: str, height: int, colour: Colour) -> "PillowImage":
    """Letters on a dark plate; the height is that of the plate."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(max(6, height * 0.72))
    pad = max(2, height // 4)
    image = Image.new("RGB", (_even(font.getlength(text) + 2 * pad), _even(height)), PLATE)
    ImageDraw.Draw(image).text((image.width / 2, image.height / 2), text, font=font, fill=colour, anchor="mm")
    return image


@lru_cache(maxsize=8)
def _photograph(file: str, height: int) -> "PillowImage":
    from PIL import Image

    image = image_of(file)
    width = max(2, round(image.width * height / image.height))
    return image.resize((_even(width), _even(height)), Image.Resampling.LANCZOS)


@lru_cache(maxsize=8)
def image_of(file: str) -> "PillowImage":
    """A file of the user's as it is meant to be seen: upright, on a card where it is transparent.

    Args:
        file: An image.

    Returns:
        RGB, no side longer than ``MOST_SIDE`` pixels.

    Raises:
        UsageError: ``needles.image``, it cannot be read.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as opened:
            opened.draft("RGB", (MOST_SIDE, MOST_SIDE))
            image = ImageOps.exif_transpose(_eight_bits(opened)).convert("RGBA")
            image.thumbnail((MOST_SIDE, MOST_SIDE))
            card = Image.new("RGBA", image.size, (*CARD, 255))
            return Image.alpha_composite(card, image).convert("RGB")
    except (OSError, Image.DecompressionBombError) as error:
        raise UsageError(
            f"{file} is no image that can be read", code="needles.image", hint="Give PNG or JPEG files."
        ) from error


def _eight_bits(image: "PillowImage") -> "PillowImage":
    """Gray of 16 bits as gray of 8: Pillow would cut off what is brighter than 255."""
    import numpy as np
    from PIL import Image

    if not image.mode.startswith("I;16"):
        return image
    return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))


@lru_cache(maxsize=8)
def _shape(shape: str, colour: Colour, height: int) -> "PillowImage":
    """A shape on a light card."""
    from PIL import Image, ImageDraw

    side = _even(height)
    large = Image.new("RGB", (side * SMOOTH, side * SMOOTH), CARD)
    _paint(ImageDraw.Draw(large), shape, colour, side * SMOOTH)
    return large.resize((side, side), Image.Resampling.LANCZOS)


def _paint(draw: "ImageDraw", shape: str, colour: Colour, side: int) -> None:
    if shape == "circle":
        draw.ellipse([0.15 * side, 0.15 * side, 0.85 * side, 0.85 * side], fill=colour)
        return
    draw.polygon([(x * side, y * side) for x, y in _CORNERS[shape]], fill=colour)


def _star(points: int = 5, outer: float = 0.4, inner: float = 0.16) -> tuple[tuple[float, float], ...]:
    turns = [math.pi * number / points - math.pi / 2 for number in range(2 * points)]
    radii = [outer if number % 2 == 0 else inner for number in range(2 * points)]
    return tuple((0.5 + r * math.cos(t), 0.53 + r * math.sin(t)) for t, r in zip(turns, radii, strict=True))


def _heart() -> tuple[tuple[float, float], ...]:
    turns = [math.tau * number / 60 for number in range(60)]
    across = [16 * math.sin(turn) ** 3 for turn in turns]
    up = [13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t) for t in turns]
    return tuple((0.5 + x * 0.023, 0.46 - y * 0.023) for x, y in zip(across, up, strict=True))


_CORNERS = {
    "square": ((0.18, 0.18), (0.82, 0.18), (0.82, 0.82), (0.18, 0.82)),
    "triangle": ((0.5, 0.13), (0.88, 0.82), (0.12, 0.82)),
    "diamond": ((0.5, 0.1), (0.85, 0.5), (0.5, 0.9), (0.15, 0.5)),
    "cross": (
        (0.38, 0.14), (0.62, 0.14), (0.62, 0.38), (0.86, 0.38), (0.86, 0.62), (0.62, 0.62), (0.62, 0.86), (0.38, 0.86),
        (0.38, 0.62), (0.14, 0.62), (0.14, 0.38), (0.38, 0.38),
    ),
    "arrow": ((0.1, 0.4), (0.52, 0.4), (0.52, 0.2), (0.9, 0.5), (0.52, 0.8), (0.52, 0.6), (0.1, 0.6)),
    "star": _star(),
    "heart": _heart(),
}  # fmt: skip
"""Corners of each shape in shares of its card."""
