"""Geometry of boxes: left, top, right, bottom as shares of the picture's width and height, origin at the top left."""

from collections.abc import Iterable

from ..memory import Box
from .tool import ToolError

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def box_centre(box: Box) -> tuple[float, float]:
    """The middle of a box, x and y."""
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def box_area(box: Box) -> float:
    """The share of the picture that a box has."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def box_intersection(one: Box, two: Box) -> float:
    """The share of the picture that two boxes have in common."""
    return box_area((max(one[0], two[0]), max(one[1], two[1]), min(one[2], two[2]), min(one[3], two[3])))


def box_overlap(one: Box, two: Box) -> float:
    """Intersection over union of two boxes."""
    both = box_intersection(one, two)
    return both / (box_area(one) + box_area(two) - both) if both else 0.0


def box_union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all of them; at least one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


def box_between(one: Box, two: Box, share: float) -> Box:
    """A box on the way from one (share 0) to another (share 1)."""
    left, top, right, bottom = (a + (b - a) * share for a, b in zip(one, two, strict=True))
    return (left, top, right, bottom)


def box_part(box: Box, part: Box) -> Box:
    """A part of a box, given in shares of it; what would lie outside of the picture is cut off."""
    wide, tall = box[2] - box[0], box[3] - box[1]
    left, top, right, bottom = (
        min(max(start + share * side, 0.0), 1.0)
        for start, share, side in zip((box[0], box[1]) * 2, part, (wide, tall) * 2, strict=True)
    )
    return (left, top, right, bottom)


def window_around(centre: tuple[float, float], width: float, height: float) -> Box:
    """A box of this size around a point, moved (never cut) until it lies inside the picture."""
    width, height = min(width, 1.0), min(height, 1.0)
    left = min(max(centre[0] - width / 2, 0.0), 1.0 - width)
    top = min(max(centre[1] - height / 2, 0.0), 1.0 - height)
    return (left, top, left + width, top + height)


def pixels_of(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The rows and columns of a picture that a box covers, at least one of each.

    Args:
        box: Inside the picture.
        shape: Height and width of the picture in pixels, then anything.
    """
    return _range(box[1], box[3], shape[0]), _range(box[0], box[2], shape[1])


def _range(low: float, high: float, size: int) -> slice:
    first = min(max(round(low * size), 0), size - 1)
    return slice(first, max(first + 1, min(round(high * size), size)))


def checked_box(numbers: list[float]) -> Box:
    """A box that a program wrote, its part inside the picture.

    Raises:
        ToolError: `tool.argument`: not four numbers, in pixels, in another order, or outside of the picture.
    """
    if len(numbers) != 4:
        raise _refused(f"a box has 4 numbers, not {len(numbers)}")
    if any(abs(number) > 2.0 for number in numbers):
        raise _refused("a box has shares of the picture, 0 to 1, not pixels")
    left, top, right, bottom = (min(max(number, 0.0), 1.0) for number in numbers)
    if right <= left or bottom <= top:
        raise _refused("the box holds nothing of the picture")
    return (left, top, right, bottom)


def _refused(problem: str) -> ToolError:
    return ToolError(problem, code="tool.argument", hint="Left, top, right, bottom, each 0 to 1, e.g. [0, 0.5, 1, 1].")
