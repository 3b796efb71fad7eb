"""A timeline as a figure: one lane for each kind, drawn over the seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..video.errors import VidprogError
from .observation import KINDS, Observation

COLOURS = {
    "speech": "#1f6fb8", "text": "#c07a10", "object": "#2a9363", "caption": "#8d5cc4", "action": "#c2507f",
    "shot": "#7a8691", "note": "#a39a1c",
}  # fmt: skip
"""Kind -> colour, told apart on white and on black."""
INK, OTHER_INK = "#7b858f", "#747d86"
"""Read on white and on black. Jupyter lays a dark page under a figure whose labels are all light, and a light one
under one whose labels are all dark: of these two one is light, the other is not."""
WIDTH, LANE = 9.0, 0.45
"""Inches."""
SHORTEST = 0.003
"""Share of the time that a moment is drawn at least: it would else be thinner than a pixel."""
MOST_LINES = 6
"""Contents of one kind that get a line of their own; the others share the last."""


def plot(observations: Sequence[Observation], axes: Any = None, kinds: Sequence[str] = KINDS) -> Any:
    """See `Timeline.plot`."""
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise VidprogError(
            "A plot needs matplotlib, which is not installed.", code="package.missing", hint="pip install matplotlib"
        ) from error
    lanes = _lanes([o for o in observations if o.kind in kinds])
    if axes is None:
        figure, axes = pyplot.subplots(figsize=(WIDTH, 0.8 + LANE * max(1, len(lanes))), layout="constrained")
        figure.patch.set_alpha(0.0)  # the page behind may be light or dark
    length = max((o.end for o in observations), default=1.0)
    for place, (kind, _, found) in enumerate(lanes):
        spans = [(o.start, max(o.end - o.start, SHORTEST * length)) for o in found]
        axes.broken_barh(spans, (place - 0.35, 0.7), facecolors=COLOURS[kind], alpha=0.8)
    axes.set_yticks(range(len(lanes)), [name for _, name, _ in lanes])
    axes.set_xlim(0, length)
    axes.set_ylim(len(lanes) - 0.4, -0.6)
    axes.set_xlabel("seconds", color=INK)
    axes.patch.set_alpha(0.0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    axes.tick_params(colors=INK)
    axes.tick_params(axis="y", length=0, labelcolor=OTHER_INK)
    return axes


def _lanes(observations: Sequence[Observation]) -> list[tuple[str, str, list[Observation]]]:
    """Kind, name and moments of each lane: of things and actions the commonest have one each."""
    lanes = []
    for kind in KINDS:
        found = [o for o in observations if o.kind == kind]
        contents = list(dict.fromkeys(o.content for o in found))
        if kind not in ("object", "action") or len(contents) == 1:
            lanes += [(kind, kind, found)] if found else []
            continue
        contents.sort(key=lambda content: -sum(o.end - o.start for o in found if o.content == content))
        named, rest = contents[:MOST_LINES], set(contents[MOST_LINES:])
        lanes += [(kind, content, [o for o in found if o.content == content]) for content in named]
        lanes += [(kind, f"other {kind}s", [o for o in found if o.content in rest])] if rest else []
    return lanes
