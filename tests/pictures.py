"""Pictures for tests: texts drawn with Pillow at known times, and the demo clip's photographs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from media import make_video

SIZE = (640, 360)
FPS = 8


@dataclass(frozen=True)
class Sign:
    """A text that is on screen from one second to another; ``height`` is where its middle is, 0 (top) to 1."""

    start: float
    end: float
    text: str
    height: float = 0.5


def draw_text(*lines: tuple[str, float], size: tuple[int, int] = SIZE, letters: int = 44) -> np.ndarray:
    """White lines, each (text, height of its middle from 0 to 1), on a dark picture (height x width x 3, RGB)."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", size, (20, 40, 70))
    draw = ImageDraw.Draw(image)
    for text, height in lines:
        place = (size[0] / 2, size[1] * height)
        draw.text(place, text, font=ImageFont.load_default(letters), fill=(255, 255, 255), anchor="mm")
    return np.asarray(image)


def write_signs(path: Path, signs: Sequence[Sign], seconds: float, **changes) -> Path:
    """A video in which each sign is on screen in its time, and a dark picture when there is none."""
    drawn: dict[tuple[Sign, ...], np.ndarray] = {}

    def picture(index: int, time: float) -> np.ndarray:
        now = tuple(sign for sign in signs if sign.start <= time < sign.end)
        if now not in drawn:
            drawn[now] = draw_text(*((sign.text, sign.height) for sign in now))
        return drawn[now]

    options = {"frames": round(seconds * FPS), "fps": FPS, "size": SIZE, "picture": picture, "number": False, "gop": 16}
    return make_video(path, **{**options, **changes})


def photograph(name: str, width: int = 960) -> np.ndarray:
    """A picture of the demo clip (``cat``, ``coffee``, ``bridge``), height x width x 3, RGB."""
    from PIL import Image
    from vidprog.apps.sample import MEDIA

    with Image.open(MEDIA / f"{name}.jpg") as image:
        height = round(image.height * width / image.width / 2) * 2
        return np.asarray(image.convert("RGB").resize((width, height)))


def placed(name: str, left: float, width: int = 520) -> np.ndarray:
    """A photograph on a light grey picture of 960x540, its left edge at a share of the width.

    The detector finds the cat and the cup in it wherever they are.
    """
    image = np.full((540, 960, 3), 200, np.uint8)
    photo = photograph(name, width)[:540]
    top, first = (540 - len(photo)) // 2, round(left * 960)
    image[top : top + len(photo), first : first + width] = photo[:, : 960 - first]
    return image
