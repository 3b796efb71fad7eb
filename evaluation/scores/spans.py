"""How well a stretch of time that was named fits the right one.

IoU and IoP as NExT-GQA's evaluation takes them (Xiao et al., CVPR 2024): the first span that was named, against the
right span that it fits best; recall at 1 over IoU thresholds as Charades-STA has it (Gao et al., ICCV 2017).
"""

from collections.abc import Sequence

from ..items import Span


def overlap(one: Span, two: Span) -> float:
    """Seconds that two spans share."""
    return max(0.0, min(one[1], two[1]) - max(one[0], two[0]))


def iou(one: Span, two: Span) -> float:
    """Intersection over union, 0 to 1; 0 where both are moments without length.

    Example:
        >>> iou((0, 4), (2, 6))
        0.3333333333333333
    """
    shared = overlap(one, two)
    return shared / (max(one[1], two[1]) - min(one[0], two[0])) if shared > 0 else 0.0


def iop(named: Span, right: Span) -> float:
    """Intersection over the span that was named, 0 to 1; a moment without length counts 1 inside the right span."""
    length = named[1] - named[0]
    if length <= 0:
        return float(right[0] <= named[0] <= right[1])
    return overlap(named, right) / length


def best_iou(named: Sequence[Span], right: Sequence[Span]) -> float:
    """IoU of the first span that was named with the right span that it fits best; 0 where none was named."""
    return max((iou(named[0], span) for span in right), default=0.0) if named else 0.0


def best_iop(named: Sequence[Span], right: Sequence[Span]) -> float:
    """IoP of the first span that was named with the right span that it fits best; 0 where none was named."""
    return max((iop(named[0], span) for span in right), default=0.0) if named else 0.0
