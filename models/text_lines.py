"""What every reader of text does with its lines: shares of the picture instead of pixels, and no specks."""

from collections.abc import Iterable
from typing import Any

from .boxes import clamped
from .roles import TextLine

SHORT_LINE = 3
SHORT_LINE_SCORE = 0.9
"""RapidOCR reads a stray letter on texture with a score of 0.5 to 0.85, a real single digit with more than 0.95."""


def text_line(text: str, score: float, corners: Iterable[Any], shape: tuple[int, ...]) -> TextLine:
    """A line in the form of the role.

    Args:
        text: As it was read.
        score: 0 to 1.
        corners: Points (x, y) around it, in pixels.
        shape: Height and width of the picture in pixels, then anything.
    """
    points = [(float(x) / shape[1], float(y) / shape[0]) for x, y in corners]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    box = clamped((min(xs), min(ys), max(xs), max(ys)))
    return TextLine(text.strip(), float(score), box)


def believable(lines: Iterable[TextLine]) -> tuple[TextLine, ...]:
    """Without specks of one or two signs, unless the score is high."""
    return tuple(line for line in lines if _is_believable(line))


def _is_believable(line: TextLine) -> bool:
    signs = sum(character.isalnum() for character in line.text)
    return signs >= SHORT_LINE or (signs > 0 and line.score >= SHORT_LINE_SCORE)
