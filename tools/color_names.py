"""What people call colours: the basic terms, other words for shades of them, and which of them pixels have."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

Rgb = tuple[int, int, int]

PROTOTYPES: dict[str, tuple[Rgb, ...]] = {
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
SHADES: dict[str, tuple[str, tuple[Rgb, ...]]] = {
    "gold": ("yellow", ((219, 180, 12), (196, 154, 72), (218, 165, 32))),
    "blond": ("yellow", ((222, 196, 130), (190, 160, 100))),
    "silver": ("grey", ((192, 196, 200), (160, 165, 170))),
    "beige": ("brown", ((230, 218, 166), (215, 195, 160), (196, 174, 140))),
    "tan": ("brown", ((209, 178, 111), (180, 145, 100))),
    "cream": ("white", ((255, 248, 210), (240, 230, 205))),
    "navy": ("blue", ((1, 21, 62), (20, 30, 75))),
    "turquoise": ("blue", ((6, 194, 172), (64, 190, 190), (20, 140, 145))),
    "maroon": ("red", ((101, 0, 33), (95, 20, 35))),
    "violet": ("purple", ((154, 14, 234), (120, 70, 180))),
    "lilac": ("purple", ((206, 162, 253), (180, 150, 205))),
    "magenta": ("pink", ((194, 0, 120), (225, 50, 160))),
    "olive": ("green", ((110, 117, 14), (90, 95, 40))),
    "khaki": ("brown", ((170, 166, 98), (145, 135, 95))),
    "lime": ("green", ((170, 255, 50), (150, 215, 50))),
    "peach": ("orange", ((255, 176, 124), (240, 190, 155))),
    "salmon": ("pink", ((255, 121, 108), (235, 140, 125))),
    "copper": ("brown", ((182, 99, 37), (160, 90, 60))),
}
"""Other words: the basic term whose usual share they have, with examples after the xkcd colour survey (2010, CC0)."""
SAME = {
    "gray": "grey", "golden": "gold", "blonde": "blond", "silvery": "silver", "violett": "violet", "teal": "turquoise",
    "cyan": "turquoise", "aqua": "turquoise", "burgundy": "maroon", "crimson": "red", "scarlet": "red",
    "lavender": "lilac", "mauve": "lilac", "fuchsia": "magenta", "ivory": "cream", "bronze": "copper", "rose": "pink",
    "reddish": "red", "bluish": "blue", "greenish": "green", "yellowish": "yellow", "brownish": "brown",
    "greyish": "grey", "grayish": "grey", "whitish": "white", "blackish": "black", "pinkish": "pink",
    "purplish": "purple", "orangish": "orange",
}  # fmt: skip
LIGHTER, DARKER = ("light", "pale", "pastel", "baby", "sky"), ("dark", "deep", "navy")
MIXED = 0.5
"""Share of white (of black) in the light (the dark) shade of a colour."""
NEAR = 8.0
"""Distance in CIELAB within which a pixel may as well have another of two colours."""
LIGHTNESS = 0.5
"""Weight of lightness in a distance: light and shade change it first."""
SIDE = 64

_WORD = "|".join(sorted({*PROTOTYPES, *SHADES, *SAME}, key=len, reverse=True))
_TERM = re.compile(
    rf"\b(?:(?P<shade>{'|'.join((*LIGHTER, *DARKER))})[\s-]*)?(?P<first>{_WORD})(?:-(?P<second>{_WORD}))?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ColorTerm:
    """A colour as a text names it."""

    name: str
    usual: float
    """Share of an ordinary picture that has it."""
    examples: tuple[Rgb, ...]


def basic_terms() -> tuple[ColorTerm, ...]:
    """The eleven basic terms."""
    return tuple(ColorTerm(name, USUAL_SHARE[name], examples) for name, examples in PROTOTYPES.items())


def color_terms(text: str) -> tuple[ColorTerm, ...]:
    """The colours that a text names, in the order of their mention: "light-blue" and "orange-red" are one each.

    Example:
        >>> [term.name for term in color_terms("a light-blue car, brown and white")]
        ['light blue', 'brown', 'white']
    """
    return tuple(_term(match["shade"], match["first"], match["second"]) for match in _TERM.finditer(text))


def term_places(text: str) -> tuple[tuple[int, int], ...]:
    """Where the colours stand that a text names: first character, and the one behind the last."""
    return tuple(match.span() for match in _TERM.finditer(text))


def _term(shade: str | None, first: str, second: str | None) -> ColorTerm:
    words = [SAME.get(word.casefold(), word.casefold()) for word in (first, second) if word]
    known = [SHADES.get(word) or (word, PROTOTYPES[word]) for word in words]
    examples = tuple(example for _, some in known for example in some)
    if len(known) == 2:  # what lies between the two, too
        examples += tuple(_mixed(one, two) for one in known[0][1] for two in known[1][1])
    if shade:
        other = (255, 255, 255) if shade.casefold() in LIGHTER else (0, 0, 0)
        ranked = sorted(examples, key=sum, reverse=other == (255, 255, 255))[: max(1, len(examples) // 2)]
        examples = (*ranked, *(_mixed(example, other) for example in ranked))
    name = " ".join(filter(None, (shade and shade.casefold(), "-".join(words))))
    return ColorTerm(name, max(USUAL_SHARE[basic] for basic, _ in known), examples)


def _mixed(one: Rgb, two: Rgb) -> Rgb:
    red, green, blue = (round(a + MIXED * (b - a)) for a, b in zip(one, two, strict=True))
    return (red, green, blue)


def lab(image: np.ndarray) -> np.ndarray:
    """CIELAB (lightness 0 to 100, a, b) of RGB pixels (height x width x 3, uint8)."""
    import cv2

    return cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def small(image: np.ndarray) -> np.ndarray:
    """A picture at 64 x 64 pixels: enough for shares of colours."""
    import cv2

    return cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


@cache
def _palette(terms: tuple[ColorTerm, ...]) -> tuple[np.ndarray, np.ndarray]:
    owners = np.array([number for number, term in enumerate(terms) for _ in term.examples])
    return owners, lab(np.array([[example for term in terms for example in term.examples]], np.uint8))[0]


def _distances(image: np.ndarray, terms: tuple[ColorTerm, ...]) -> np.ndarray:
    """Distance of each pixel to the nearest example of each term: pixels x terms."""
    owners, examples = _palette(terms)
    pixels = lab(small(image) if image.ndim == 3 else image[None]).reshape(-1, 3)
    weight = np.array([LIGHTNESS, 1.0, 1.0], np.float32)
    distances = np.linalg.norm((pixels[:, None, :] - examples[None]) * weight, axis=2)
    return np.stack([distances[:, owners == number].min(axis=1) for number in range(len(terms))], axis=1)


def color_shares(image: np.ndarray) -> np.ndarray:
    """Share of RGB pixels (height x width x 3, or pixels x 3) that has each colour, in the order of ``PROTOTYPES``.

    A pixel has the colour of its nearest example in CIELAB. Lightness counts half: light and shade change it first.
    """
    nearest = _distances(image, basic_terms()).argmin(axis=1)
    return np.bincount(nearest, minlength=len(PROTOTYPES)) / len(nearest)


def term_shares(image: np.ndarray, terms: Sequence[ColorTerm]) -> np.ndarray:
    """Share of RGB pixels that may be called by each term, when what they are called by no term at all is left out.

    A pixel is shared between the terms that are about as near as the nearest; the basic terms that nobody asks about
    take theirs, too.

    Args:
        image: Height x width x 3, or pixels x 3, uint8.
        terms: What the options name.
    """
    others = tuple(term for term in basic_terms() if term.name not in {asked.name for asked in terms})
    distances = _distances(image, (*terms, *others))
    gains = np.exp(-((distances - distances.min(axis=1, keepdims=True)) ** 2) / (2 * NEAR**2))
    return np.asarray((gains / gains.sum(axis=1, keepdims=True)).mean(axis=0)[: len(terms)])
