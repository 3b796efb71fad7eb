"""A stretch of a video and a single picture: the two values that every tool takes or gives."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from .errors import MediaError

if TYPE_CHECKING:
    import numpy as np

    from .media import Video


@dataclass(frozen=True, slots=True)
class Clip:
    """The part of a video from ``start`` to ``end``, the end not included.

    Both are seconds on the video's clock. They are clamped to the video on construction; a clip in which nothing is
    left raises ``MediaError`` ``clip.empty``.

    Example:
        >>> clip = vidprog.open_video("sample.mp4").clip().trim(16, 90)
        >>> clip.start, clip.end, clip.duration
        (16.0, 30.0, 14.0)
    """

    video: Video
    start: float
    end: float

    def __post_init__(self) -> None:
        start, end = _clamp(float(self.start), float(self.end), 0.0, self.video.duration)
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "end", end)

    @property
    def duration(self) -> float:
        """Length in seconds, always above 0."""
        return self.end - self.start

    def trim(self, start: float, end: float) -> Clip:
        """The part of this clip between two moments of the video.

        Args:
            start: Seconds on the video's clock, not relative to this clip.
            end: Seconds on the video's clock.

        Returns:
            A clip that lies inside this one.

        Raises:
            MediaError: ``clip.empty`` when nothing of this clip lies between the two.
        """
        start, end = _clamp(float(start), float(end), self.start, self.end)
        return replace(self, start=start, end=end)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture: ``image`` is height x width x 3, uint8, RGB; ``time`` is when it appears, in seconds.

    Example:
        >>> from vidprog.video import frames_at
        >>> (frame,) = frames_at(vidprog.open_video("sample.mp4"), [16.5], max_side=320)
        >>> frame.time, frame.image.shape
        (16.5, (180, 320, 3))
    """

    time: float
    image: np.ndarray


Frames: TypeAlias = tuple[Frame, ...]


def _clamp(start: float, end: float, low: float, high: float) -> tuple[float, float]:
    """The overlap of two stretches, or an error that names both."""
    if math.isnan(start) or math.isnan(end):
        raise MediaError("a clip cannot start or end at 'not a number'", code="clip.empty")
    first, last = max(start, low), min(end, high)
    if last > first:
        return first, last
    raise MediaError(
        f"nothing lies between {start:g} s and {end:g} s",
        code="clip.empty",
        hint=f"choose a start before its end, within {low:g} to {high:g} s",
    )
