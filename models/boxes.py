"""Boxes as all models here give them: shares of the picture, inside of it."""

from collections.abc import Iterable

from .roles import Box


def clamped(values: Iterable[float]) -> Box:
    """Left, top, right and bottom as shares of the picture, cut at its edges and rounded to 4 digits.

    Example:
        >>> clamped([-0.1, 0.25, 0.5, 1.5])
        (0.0, 0.25, 0.5, 1.0)
    """
    left, top, right, bottom = (round(min(1.0, max(0.0, float(value))), 4) for value in values)
    return (left, top, right, bottom)
