"""Which colours things have, without a VLM: named in a perceptual colour space, weighed by how unusual they are."""

from collections.abc import Sequence

import numpy as np

from ..memory import Observation, Timeline
from ..video import Clip
from .color_names import PROTOTYPES, USUAL_SHARE, ColorTerm, color_shares, color_terms, lab, small, term_shares
from .context import Context
from .regions import Region, regions_of
from .tool import tool

ALIASES = {
    "grey": "grey (gray, silver)",
    "yellow": "yellow (golden)",
    "brown": "brown (beige)",
    "purple": "purple (violet)",
}
LOOKS = 6
MONOCHROME = 8.0
"""Chroma in CIELAB under which 98 % of a black-and-white picture's pixels are; a grey street has more."""
ALWAYS, ALWAYS_ASKED = 0.02, 0.06
"""Added to the usual shares for the pixels of one thing: shade makes some of any thing grey or black, too. The second
where options are asked for: with 0.02 95 % of 300 painted things were right, with 0.06 and 0.15 96 %."""
LEAST_SHARE, SEEN_SHARE = 0.02, 0.002
"""Less of a thing (of a picture, which may show it small) is noise."""
LEAST_PART = 0.08
"""Share of a thing that each of the colours of a thing of several colours has at least."""
SHARPNESS = 4.0
"""Nats between a colour that all of a thing has and one that nothing of it has."""


@tool(kind="look", needs="detector", cost="six frames, and that of detect", version="3")
def colors(clip: Clip, query: str, *, context: Context) -> Timeline:
    """Name the colours of a thing, a part of it, or of what is around: the sky, the floor, the background, all of it.

    Args:
        clip: Where to look.
        query: What has the colour, e.g. "the car", "her shirt", "the sky", or a whole question.

    Returns:
        Notes such as `blue`, the most telling colour with the highest score.

    Source: Basic colour terms (Berlin and Kay, 1969) in CIELAB; a thing without its background by GrabCut (Rother et
    al., 2004), or by what changed where it moves; the light's colour by shades of grey (Finlayson and Trezzi, 2004),
    half of it taken out.
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


@tool(kind="look", needs="detector", cost="that of colors")
def weigh_colors(clip: Clip, query: str, choices: list[str], *, context: Context) -> list[float]:
    """Weigh options that name colours by the pixels of a thing: "light blue" against "blue", "brown and white".

    Args:
        clip: Where to look.
        query: What has the colour, or the whole question, as for `colors`.
        choices: The options.

    Returns:
        One number for each option, in nats, for the `scores` of `answer`; nothing when an option names no colour.

    Source: As `colors`. Measured on 300 painted things in photographs, shaded, under tinted light, as JPEG
    (benchmarks/colours.py): of four colours the right one for 94 %, by the eleven basic terms alone 93 %.
    """
    terms = [color_terms(choice) for choice in choices]
    if len(choices) < 2 or not all(terms):
        context.notes.add(why="not all options name a colour")
        return []
    regions = regions_of(clip, query, LOOKS, context)
    if not regions:
        context.notes.add(why="no pictures")
        return []
    return [SHARPNESS * telling for telling in _telling(regions, terms)]


def _telling(regions: Sequence[Region], options: Sequence[Sequence[ColorTerm]]) -> list[float]:
    """How well the pixels fit the colours of each option, 0 to 1."""
    asked = tuple({term.name: term for terms in options for term in terms}.values())
    shares = np.mean([term_shares(region.pixels(), asked) for region in regions], axis=0)
    share_of = {term.name: float(share) for term, share in zip(asked, shares, strict=True)}
    always = ALWAYS_ASKED if regions[0].box is not None else 0.0
    found = []
    for terms in options:
        parts = [share_of[term.name] for term in terms]
        whole = min(1.0, min(parts) / LEAST_PART) if len(parts) > 1 else 1.0
        found.append(whole * sum(parts) / (sum(parts) + max(term.usual for term in terms) + always))
    return found


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


def high_chroma(image: np.ndarray) -> float:
    """How colourful the most colourful parts of an HxWx3 RGB picture are: 98th percentile of the distance from grey."""
    space = lab(small(image))
    return float(np.percentile(np.hypot(space[..., 1], space[..., 2]), 98))
