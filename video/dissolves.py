"""Where one shot turns slowly into the next: dissolves, told from motion by what the pictures in between are made of.

While a shot dissolves every picture is a mixture of the first and the last one, more and more of the last (the linear
model of gradual transitions: Hampapur, Jain and Weymouth, 1994). A pan or a moving thing shows what is in neither.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

LENGTHS = (0.5, 0.8, 1.2, 1.6, 2.2)
"""Seconds of the stretches that are tried; a dissolve may be a little shorter, or half as long again."""
PERIOD = 0.11
"""Seconds between the pictures that are compared, at least."""
SIDE = 36
"""Rows and columns of the pictures: things that move a little stay where they are."""
LEAST_CHANGE = 14.0
"""Mean difference of first and last picture (luma and both chromas together, 0 to 765) that is another shot."""
CHANGED, MOST_OF_IT = 12.0, 0.55
"""Difference of a pixel that changed, and share of the picture that does: a title that comes up slowly changes less."""
SAME_SCENE = 0.72
"""Correlation of first and last picture (luma) from which it is one scene in another light."""
FLAT, FAINT = 5.0, 0.3
"""Contrast (standard deviation of luma) of a black or a white picture, and share of the other picture's contrast that a
picture has which is on its way there: those are fades."""
HALFWAY = 0.45
"""Contrast of a mixture of two scenes as a share of theirs: 0.7 where they have nothing in common, 0 through black."""
LEFT_OVER = 0.38
"""What a mixture of first and last picture leaves unexplained of one between, as a share of their difference."""
SAME_MOVED, EDGE = 0.7, 4
"""Correlation from which a picture is another one moved: in a dissolve the first and the middle picture, or the middle
and the last, have less in common. Pixels at the edges that are left out."""
LONGEST_STEP = 0.5
"""Share of the way that one picture may be from the next: more is a cut."""
LEAST_BETWEEN = 3
APART = 0.6
"""Seconds between two dissolves: findings that are nearer are one."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    time: float
    change: float


@dataclass(slots=True)
class DissolveFinder:
    """Gets pictures in order, and holds no more of them than two seconds."""

    _recent: deque[tuple[float, np.ndarray]] = field(default_factory=deque)
    _found: list[_Candidate] = field(default_factory=list)

    def add(self, time: float, planes: np.ndarray) -> None:
        """Take a picture.

        Args:
            time: Seconds.
            planes: 3 x height x width, uint8: luma and both chromas.
        """
        if self._recent and time - self._recent[-1][0] < PERIOD:
            return
        picture = _coarse(planes)
        if self._recent and self._recent[-1][1].shape != picture.shape:
            self._recent.clear()
        self._recent.append((time, picture))
        while self._recent and time - self._recent[0][0] > LENGTHS[-1] + PERIOD:
            self._recent.popleft()
        self._found += self._candidates(time)

    def dissolves(self) -> list[tuple[float, float]]:
        """The middle of each dissolve in seconds, and how much it changes, in order."""
        kept: list[_Candidate] = []
        for found in sorted(self._found, key=lambda candidate: -candidate.change):
            if all(abs(found.time - other.time) > APART for other in kept):
                kept.append(found)
        return sorted((found.time, found.change) for found in kept)

    def _candidates(self, time: float) -> Iterator[_Candidate]:
        pictures = list(self._recent)
        for length in LENGTHS:
            inside = [item for item in pictures if item[0] >= time - length - 1e-6]
            if len(inside) >= LEAST_BETWEEN + 2 and inside[0][0] <= time - length + 1.5 * PERIOD:
                found = _dissolve(inside)
                if found is not None:
                    yield found


def _coarse(planes: np.ndarray) -> np.ndarray:
    """Planes averaged over blocks, as float32."""
    _, height, width = planes.shape
    tall, wide = max(1, height // SIDE), max(1, width // SIDE)
    cut = planes[:, : height // tall * tall, : width // wide * wide].astype(np.float32)
    return np.asarray(cut.reshape(3, height // tall, tall, width // wide, wide).mean(axis=(2, 4)))


def _dissolve(pictures: list[tuple[float, np.ndarray]]) -> _Candidate | None:
    """The dissolve that a stretch is, with its middle where both pictures have equal parts; None when it is none."""
    (_, first), (_, last) = pictures[0], pictures[-1]
    way = last - first
    change = float(np.abs(way).mean(axis=(1, 2)).sum())
    contrasts = sorted((float(first[0].std()), float(last[0].std())))
    if change < LEAST_CHANGE or contrasts[0] < max(FLAT, FAINT * contrasts[1]):
        return None
    if float((np.abs(way).sum(axis=0) > CHANGED).mean()) < MOST_OF_IT:
        return None
    if float(np.corrcoef(first[0].ravel(), last[0].ravel())[0, 1]) > SAME_SCENE:
        return None
    if _left_over(pictures[len(pictures) // 2][1] - first, way) > LEFT_OVER:  # most of what moves ends here
        return None
    shown = np.stack([picture for _, picture in pictures])
    if float(shown[:, 0].std(axis=(1, 2)).min()) < HALFWAY * contrasts[0]:
        return None
    between = shown - first
    flat = between.reshape(len(between), -1)
    parts = flat @ way.ravel() / float((way**2).sum())
    steps = np.diff(parts)
    if steps.max() > LONGEST_STEP or steps.min() < -0.1:
        return None
    middle = (parts > 0.1) & (parts < 0.9)
    if middle.sum() < LEAST_BETWEEN:
        return None
    left = np.linalg.norm(flat - parts[:, None] * way.ravel(), axis=1) / float(np.linalg.norm(way))
    if float(left[middle].max()) > LEFT_OVER:
        return None
    middle_one = pictures[int(np.abs(parts - 0.5).argmin())][1]
    if min(_moved(first[0], middle_one[0]), _moved(middle_one[0], last[0])) > SAME_MOVED:
        return None
    times = np.array([time for time, _ in pictures])
    return _Candidate(float(np.interp(0.5, np.maximum.accumulate(parts), times)), change)


def _left_over(step: np.ndarray, way: np.ndarray) -> float:
    """What is not on the way from the first to the last picture, as a share of its length."""
    part = float((step * way).sum() / (way**2).sum())
    return float(np.linalg.norm(step - part * way) / np.linalg.norm(way))


def _moved(one: np.ndarray, two: np.ndarray) -> float:
    """Correlation of two pictures where the second is moved onto the first as well as it can be."""
    import cv2

    window = cv2.createHanningWindow((one.shape[1], one.shape[0]), cv2.CV_32F)
    (right, down), _ = cv2.phaseCorrelate(np.ascontiguousarray(one), np.ascontiguousarray(two), window)
    shift = np.array([[1, 0, -right], [0, 1, -down]], np.float32)
    moved = cv2.warpAffine(two, shift, (one.shape[1], one.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    inside = np.s_[EDGE:-EDGE, EDGE:-EDGE]
    return float(np.corrcoef(one[inside].ravel(), moved[inside].ravel())[0, 1])
