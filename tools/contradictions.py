"""Sources that disagree: what is read says one option, what is heard another."""

from collections.abc import Sequence
from itertools import combinations

from ..memory import KINDS, Observation
from .evidence import PROGRAM
from .text import cover, distinctive_weights, is_negative

STRONG = 0.6
"""Share of an option's distinctive words from which a line speaks for it."""
TOLD = ("speech", "text")
"""Kinds whose numbers count: a bare digit is everywhere in detections and captions."""


def contradictions(options: Sequence[str], lines: Sequence[Observation], seen: int | None = None) -> tuple[str, ...]:
    """One sentence for each two kinds of evidence that strongly support different options and none in common.

    Args:
        options: The options.
        lines: The evidence.
        seen: The option that a model chose from the pictures, which then count as a kind of their own.
    """
    claims = _claims(options, lines)
    if seen is not None:
        claims["the picture"] = {seen: 1.0}
    found: dict[tuple[int, int], str] = {}
    for (one, first), (other, second) in combinations(claims.items(), 2):
        if first.keys() & second.keys():
            continue
        a, b = max(first, key=lambda place: first[place]), max(second, key=lambda place: second[place])
        sentence = f'sources disagree: {one} says "{options[a]}", {other} says "{options[b]}"'
        found.setdefault((min(a, b), max(a, b)), sentence)
    return tuple(found.values())


def _claims(options: Sequence[str], lines: Sequence[Observation]) -> dict[str, dict[int, float]]:
    """For each kind the options that one of its lines strongly supports, and how strongly; kinds in their order."""
    weights = distinctive_weights(options)
    claims: dict[str, dict[int, float]] = {kind: {} for kind in KINDS}
    for line in lines:
        for place, option in enumerate(options):
            silent = line.source == PROGRAM or is_negative(option) or (option.isdigit() and line.kind not in TOLD)
            strength = 0.0 if silent else cover(option, line.content, weights)
            if strength >= STRONG:
                claims[line.kind][place] = max(strength, claims[line.kind].get(place, 0.0))
    return {kind: places for kind, places in claims.items() if places}
