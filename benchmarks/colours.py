"""Colours of painted things in photographs: how often they are named right, by the basic terms alone and among options.

Usage:
    python benchmarks/colours.py [--things N]

A shape is painted into a photograph in a colour that people named (matplotlib's table of the xkcd colour survey, names
of one basic term only; greys by hand), with shading, folds, tinted light, noise and JPEG; its box is a little wrong.
The right answer is the basic term of the name, among four options.
"""

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from vidprog.tools.color_names import PROTOTYPES, USUAL_SHARE, color_shares, color_terms, term_shares
from vidprog.tools.colors import ALWAYS, ALWAYS_ASKED, LEAST_SHARE
from vidprog.tools.pixels import foreground, neutral

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from pictures import photograph

SIZE = (400, 300)
GREYS = {"black": (8, 16, 25, 35), "grey": (90, 110, 130, 150, 170), "white": (228, 238, 248)}
GAMMA = 2.2


@dataclass(frozen=True)
class Painted:
    """A picture with a painted thing."""

    image: np.ndarray
    box: tuple[float, float, float, float]
    term: str
    options: list[str]


def named_colours() -> dict[str, list[np.ndarray]]:
    """Basic term -> colours that people called by it, with nothing but an adjective besides."""
    try:
        from matplotlib.colors import XKCD_COLORS, to_rgb
    except ImportError:
        sys.exit("this benchmark takes the colours that people named from matplotlib: pip install matplotlib")
    found: dict[str, list[np.ndarray]] = {term: [] for term in PROTOTYPES}
    for name, code in XKCD_COLORS.items():
        *others, last = name.removeprefix("xkcd:").replace("gray", "grey").split()
        if last in GREYS or last not in found or any(re.search(r"(ish|y)$", word) or word in found for word in others):
            continue
        found[last].append(np.array(to_rgb(code)) * 255)
    return found | {term: [np.full(3, float(level)) for level in levels] for term, levels in GREYS.items()}


def shape(rng: np.random.Generator, centre: tuple[int, int], width: int, height: int) -> np.ndarray:
    """An ellipse, a rectangle or a trapezium (height x width, 0 or 255)."""
    import cv2

    mask = np.zeros(SIZE[::-1], np.uint8)
    (x, y), wide, tall = centre, width // 2, height // 2
    kind = rng.integers(3)
    if kind == 0:
        cv2.ellipse(mask, (x, y), (wide, tall), float(rng.integers(-20, 20)), 0, 360, 255, cv2.FILLED)
        return mask
    top = wide if kind == 1 else wide // 2
    corners = np.array([(x - wide, y + tall), (x + wide, y + tall), (x + top, y - tall), (x - top, y - tall)])
    cv2.fillPoly(mask, [corners], 255)
    return mask


def painted(rng: np.random.Generator, colours: dict[str, list[np.ndarray]]) -> Painted:
    """A picture of a thing of a random basic term."""
    import cv2

    term = str(rng.choice(list(PROTOTYPES)))
    some = colours[term]
    colour = np.clip(some[rng.integers(len(some))] + rng.normal(0, 4, 3), 3, 252)
    photo = photograph(str(rng.choice(["cat", "coffee", "bridge"])))
    top, left = rng.integers(0, photo.shape[0] - SIZE[1]), rng.integers(0, photo.shape[1] - SIZE[0])
    around = photo[top : top + SIZE[1], left : left + SIZE[0]] / 255
    width, height = int(rng.integers(40, 150)), int(rng.integers(60, 200))
    centre = (int(rng.integers(90, 310)), int(rng.integers(110, 190)))
    mask = shape(rng, centre, width, height)
    thing = (colour / 255) ** GAMMA * shade(rng, centre, width, height)[..., None]
    part = cv2.GaussianBlur(mask, (5, 5), 1)[..., None] / 255
    light = np.exp(rng.normal(0, 0.10, 3))
    linear = (around**GAMMA * (1 - part) + thing * part) * light / light.mean() * rng.uniform(0.5, 1.1)
    noisy = np.clip(linear, 0, 1) ** (1 / GAMMA) * 255 + rng.normal(0, 4, around.shape)
    packed = cv2.imencode(".jpg", np.clip(noisy, 0, 255).astype(np.uint8)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    image = np.ascontiguousarray(cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1])
    rows, columns = np.nonzero(mask)
    wrong = rng.normal(0, 0.05, 4) * (width, height, width, height)
    edges = np.array([columns.min(), rows.min(), columns.max(), rows.max()]) + wrong
    box = tuple(np.clip(edges / (*SIZE, *SIZE), 0, 1).tolist())
    others = rng.choice([name for name in PROTOTYPES if name != term], 3, replace=False)
    return Painted(image, box, term, [str(name) for name in rng.permutation([term, *others])])


def shade(rng: np.random.Generator, centre: tuple[int, int], width: int, height: int) -> np.ndarray:
    """How light each pixel of the thing is: light from one side, and folds."""
    import cv2

    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    angle = rng.uniform(0, 2 * np.pi)
    slope = (columns - centre[0]) * np.cos(angle) / width + (rows - centre[1]) * np.sin(angle) / height
    light = np.clip(0.8 - 0.7 * slope * rng.uniform(0.2, 1), 0.25, 1.1)
    folds = cv2.GaussianBlur(rng.normal(0, 1, SIZE[::-1]), (0, 0), 6)
    return np.clip(light * (1 + 0.25 * folds / folds.std() * rng.uniform(0, 0.6)), 0.08, 1.3)


def by_basic_terms(pixels: np.ndarray) -> dict[str, float]:
    """How telling each basic term is, as `colors` ranks them."""
    shares = zip(PROTOTYPES, color_shares(pixels), strict=True)
    return {
        name: share / (share + USUAL_SHARE[name] + ALWAYS) if share >= LEAST_SHARE else 0.0 for name, share in shares
    }


def by_options(pixels: np.ndarray, options: list[str]) -> str:
    """The option that `weigh_colors` finds likeliest."""
    terms = [color_terms(option)[0] for option in options]
    shares = term_shares(pixels, terms)
    return options[int(np.argmax([s / (s + t.usual + ALWAYS_ASKED) for s, t in zip(shares, terms, strict=True)]))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--things", type=int, default=300)
    arguments = parser.parse_args()
    rng, colours = np.random.default_rng(1), named_colours()
    named = chosen = weighed = 0
    for _ in range(arguments.things):
        thing = painted(rng, colours)
        pixels = foreground(neutral(thing.image), thing.box)
        telling = by_basic_terms(pixels)
        named += max(telling, key=lambda name: telling[name]) == thing.term
        chosen += max(thing.options, key=lambda name: telling[name]) == thing.term
        weighed += by_options(pixels, thing.options) == thing.term
    for title, right in (
        ("of eleven terms", named), ("of four options by those", chosen), ("of four options weighed", weighed),
    ):  # fmt: skip
        print(f"{title:<26} {right} of {arguments.things}, {right / arguments.things:.0%}")


if __name__ == "__main__":
    main()
