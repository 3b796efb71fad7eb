"""Which colours things have, without a VLM: named in a perceptual colour space, weighed by how unusual they are."""

from functools import cache

import numpy as np

from ..memory import Observation, Timeline
from ..video import Clip
from .context import Context
from .regions import regions_of
from .tool import tool

PROTOTYPES: dict[str, tuple[tuple[int, int, int], ...]] = {
    "black": ((12, 12, 12), (35, 35, 35)),
    "grey": ((70, 70, 70), (110, 110, 110), (150, 150, 150), (185, 185, 185)),
    "white": ((225, 225, 225), (250, 250, 250)),
    "red": ((200, 25, 30), (140, 20, 28), (215, 65, 65), (95, 20, 25)),
    "orange": ((240, 130, 35), (225, 95, 25), (245, 165, 80)),
    "yellow": ((245, 220, 45), (200, 175, 40), (250, 235, 130)),
    "green": ((40, 140, 50), (95, 160, 65), (35, 80, 40), (130, 185, 105), (20, 200, 60)),
    "blue": ((30, 70, 185), (70, 130, 205), (22, 32, 95), (135, 185, 230)),
    "purple": ((110, 40, 150), (85, 60, 120), (150, 110, 195)),
    "pink": ((240, 130, 180), (250, 190, 210), (220, 75, 140)),
    "brown": ((110, 70, 40), (75, 48, 30), (150, 105, 70), (190, 150, 115)),
}
"""The eleven basic colour terms (Berlin and Kay, 1969) with sRGB examples of each."""
USUAL_SHARE: dict[str, float] = {
    "black": 0.20, "grey": 0.32, "white": 0.08, "red": 0.02, "orange": 0.02, "yellow": 0.03, "green": 0.08,
    "blue": 0.07, "purple": 0.01, "pink": 0.01, "brown": 0.16,
}  # fmt: skip
"""How much of an ordinary picture has the colour (rough shares); a colour tells more when it is seldom."""
ALIASES = {
    "grey": "grey (gray, silver)",
    "yellow": "yellow (golden)",
    "brown": "brown (beige)",
    "purple": "purple (violet)",
}
LOOKS = 6
SIDE = 64
MONOCHROME = 8.0
"""Chroma in CIELAB under which 98 % of a black-and-white picture's pixels are; a grey street has more."""
ALWAYS = 0.02
"""Added to the usual shares for the pixels of one thing: shade makes some of any thing grey or black, too."""
LEAST_SHARE, SEEN_SHARE = 0.02, 0.002
"""Less of a thing (of a picture, which may show it small) is noise."""


@tool(kind="look", needs="detector", cost="six frames, and that of detect", version="2")
def colors(clip: Clip, query: str, *, context: Context) -> Timeline:
    """Name the colours of a thing, a part of it, or of what is around: the sky, the floor, the background, all of it.

    Args:
        clip: Where to look.
        query: What has the colour, e.g. "the car", "her shirt", "the sky", or a whole question.

    Returns:
        Notes such as `blue`, the most telling colour with the highest score.

    Source: Basic colour terms (Berlin and Kay, 1969) in CIELAB; a thing without its background by GrabCut (Rother et
    al., 2004); the light's colour by shades of grey (Finlayson and Trezzi, 2004), half of it taken out.
    """
    context.notes.add(cached=False)  # whatever the detections below come from
    regions = regions_of(clip, query, LOOKS, context)
    if not regions:
        return Timeline((), "no pictures")
    step = clip.duration / LOOKS
    spread = context.frames([clip.start + (index + 0.5) * step for index in range(LOOKS)])
    if max(high_chroma(frame.image) for frame in spread) < MONOCHROME:
        return Timeline([Observation(clip.start, clip.end, "note", "black and white", 1.0, "colors:cielab")])
    shares = [color_shares(region.pixels()) for region in regions]
    return Timeline(_notes(clip, np.mean(shares, axis=0), own=regions[0].box is not None))


def _notes(clip: Clip, share: np.ndarray, own: bool) -> list[Observation]:
    """Colours by how telling they are; `own` when the pixels are those of one thing."""
    usual = {name: part + ALWAYS if own else part for name, part in USUAL_SHARE.items()}
    telling = {
        name: float(part) / (float(part) + usual[name])
        for name, part in zip(PROTOTYPES, share, strict=True)
        if part >= (LEAST_SHARE if own else SEEN_SHARE)
    }
    best = max(telling.values())
    return [
        Observation(clip.start, clip.end, "note", ALIASES.get(name, name), round(value / best, 3), "colors:cielab")
        for name, value in sorted(telling.items(), key=lambda item: -item[1])
    ]


@cache
def _palette() -> tuple[np.ndarray, np.ndarray]:
    colours = [(number, colour) for number, examples in enumerate(PROTOTYPES.values()) for colour in examples]
    names = np.array([number for number, _ in colours])
    return names, _lab(np.array([[colour for _, colour in colours]], np.uint8))[0]


def _lab(image: np.ndarray) -> np.ndarray:
    import cv2

    return cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def _small(image: np.ndarray) -> np.ndarray:
    import cv2

    return cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def high_chroma(image: np.ndarray) -> float:
    """How colourful the most colourful parts of an HxWx3 RGB picture are: 98th percentile of the distance from grey."""
    lab = _lab(_small(image))
    return float(np.percentile(np.hypot(lab[..., 1], lab[..., 2]), 98))


def color_shares(image: np.ndarray) -> np.ndarray:
    """Share of RGB pixels (height x width x 3, or pixels x 3) that has each colour, in the order of ``PROTOTYPES``.

    A pixel has the colour of its nearest example in CIELAB. Lightness counts half: light and shade change it first.
    """
    names, examples = _palette()
    small = _small(image) if image.ndim == 3 else image[None]
    pixels = _lab(small).reshape(-1, 3)
    weight = np.array([0.5, 1.0, 1.0], np.float32)
    distance = np.linalg.norm((pixels[:, None, :] - examples[None]) * weight, axis=2)
    return np.bincount(names[distance.argmin(axis=1)], minlength=len(PROTOTYPES)) / len(pixels)
