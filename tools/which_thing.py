"""Which of several things a question means: by side, by order, by its colour, or by that of a thing near it in time."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..memory import Observation
from .boxes import WHOLE, box_area, box_centre
from .color_names import ColorTerm, color_terms, term_places
from .motion import ORDINALS

_SIDE = re.compile(r"\b(left|right)(?:most|-hand)?\b", re.IGNORECASE)
_ORDINAL = re.compile(rf"\b({'|'.join(ORDINALS)})\b(?!\s+(?:part|half|few|seconds?|scene|time))", re.IGNORECASE)
_WEARS = re.compile(r"\b(?:in|wearing|wears|with|has|have)\s+(?:(?:the|an?|his|her|their)\s+)?$", re.IGNORECASE)
STEADY = 1 / 3
"""Share of the sightings of the longest track that a thing has when it counts among several."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing that was followed."""

    sightings: tuple[Observation, ...]
    start: float
    end: float
    moves: bool
    """Whether it goes from one place to another, so that the background is seen without it."""
    named: bool = True
    """Whether the detector knows what it is; parts of it have their usual places then."""

    @property
    def prominence(self) -> float:
        """Seconds in sight times share of the picture times score, added up over its sightings."""
        return sum(box_area(seen.box or WHOLE) * seen.score for seen in self.sightings)

    @property
    def across(self) -> float:
        """Mean place from left (0) to right (1)."""
        return float(np.mean([box_centre(seen.box or WHOLE)[0] for seen in self.sightings]))


Fits = Callable[[Thing, ColorTerm], float]
"""How well the pixels of a thing fit a colour, 0 to 1."""


Known = Callable[[str], Sequence[str]]
"""The names of the things that a text speaks of, in their order."""


def chosen(things: Sequence[Thing], names: Sequence[str], query: str, known: Known, fits: Fits) -> list[Thing]:
    """The things that a query means, the one most in sight first.

    Args:
        things: All of the kind that is asked about.
        names: What that kind is called.
        query: The whole question: "the car that is there at the same time as the blue car", "the man on the left".
        known: Reads a part of the query.
        fits: Compares a thing with a colour; called only where the query names one.
    """
    ranked = sorted(things, key=lambda thing: -thing.prominence)
    if len(ranked) < 2:
        return ranked
    return _by_color(ranked, names, query, known, fits) or _by_side(ranked, query) or _by_order(ranked, query) or ranked


def _by_color(things: Sequence[Thing], names: Sequence[str], query: str, known: Known, fits: Fits) -> list[Thing]:
    for term, before, after in _mentions(query):
        worn = bool(_WEARS.search(before))
        owner = known(before)[-1:] if worn else known(" ".join(after.split()[:2]))[:1]
        if not set(owner) & set(names):
            continue
        best = max(things, key=lambda thing: fits(thing, term))
        if worn:
            return [best]
        # "the car that comes after the red car": a second one of the kind, whose colour is known, is not asked about.
        rest = [thing for thing in things if thing is not best]
        together = [min(thing.end, best.end) - max(thing.start, best.start) for thing in rest]
        return [rest[int(np.argmax(together))]] if max(together) > 0 else rest
    return []


def _mentions(query: str) -> list[tuple[ColorTerm, str, str]]:
    """Each colour that a question names, with the texts before and after it."""
    found = []
    for start, end in term_places(query):
        (term, *_) = color_terms(query[start:end])
        found.append((term, query[:start], query[end:]))
    return found


def _by_side(things: Sequence[Thing], query: str) -> list[Thing]:
    side = _SIDE.search(query)
    if side is None:
        return []
    longest = max(len(thing.sightings) for thing in things)
    steady = [thing for thing in things if len(thing.sightings) >= longest * STEADY]
    choose = min if side[1].casefold() == "left" else max
    return [choose(steady, key=lambda thing: thing.across)]


def _by_order(things: Sequence[Thing], query: str) -> list[Thing]:
    ordinal = _ORDINAL.search(query)
    place = ORDINALS[ordinal[1].casefold()] if ordinal else len(things)
    return [sorted(things, key=lambda thing: thing.start)[place]] if place < len(things) else []
