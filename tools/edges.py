"""When exactly something begins or ends: by bisection on the event, not by the grid of the looks.

Looks are half a second to two seconds apart. Between a look without the thing and one with it the frames are decoded a
few at a time, and the model is asked about the middle one, then the middle of the half that is left, down to one frame:
five to seven questions to the model for each edge, however long the video is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from ..video import Clip, Frame
from .context import Context

Holds = Callable[[Frame], bool]
"""Whether the thing is in a frame."""
FRAMES_AT_ONCE = 16
"""Frames decoded for each four questions: a group of pictures is walked once instead of once a question."""
STEPS_OUT = 4
"""Looks by which an edge may lie further out than the looks said: a text that fades in is read late."""
USUAL_FPS = 25.0
ROUNDING = 1e-3


@dataclass(frozen=True, slots=True)
class Edges:
    """The refined start and end of a span, seconds, and whether each was seen to change there."""

    start: float
    end: float
    start_seen: bool
    end_seen: bool

    @property
    def certainty(self) -> float:
        """1 when both edges were seen or are those of the clip, less for each that is only known to the grid."""
        return 1.0 - 0.15 * ((not self.start_seen) + (not self.end_seen))


def refined(first: float, last: float, step: float, holds: Holds, clip: Clip, context: Context) -> Edges:
    """The frame in which something is first there, and the one in which it is first gone.

    Args:
        first: Middle of the first look in which it was seen, seconds.
        last: Middle of the last look in which it was seen, seconds.
        step: Seconds between two looks.
        holds: Asks the model about one frame.
        clip: Edges never lie outside of it.
        context: The host's side.
    """
    start, start_seen = _edge(first, -step, holds, clip, context)
    end, end_seen = _edge(last, step, holds, clip, context)
    return Edges(start, max(start, end), start_seen, end_seen)


def _edge(look: float, step: float, holds: Holds, clip: Clip, context: Context) -> tuple[float, bool]:
    """The edge on one side of a look (the side of the sign of ``step``), and whether it was seen."""
    grid = min(clip.end, max(clip.start, look + step / 2))
    inside = _within(look, clip)
    if not _holds_at(inside, holds, context):
        return grid, False
    for number in range(1, STEPS_OUT + 1):
        outside = _within(look + number * step, clip)
        if not _holds_at(outside, holds, context):
            if step < 0:
                return change_between(outside, inside, holds, context), True
            return change_between(inside, outside, lambda frame: not holds(frame), context), True
        inside = outside
        if outside in (clip.start, _within(clip.end, clip)):
            return (clip.start if step < 0 else clip.end), True
    return _within(inside, clip), False


def change_between(before: float, after: float, has_changed: Holds, context: Context) -> float:
    """When the first frame appears that has changed; it is known that the one at ``after`` has.

    Args:
        before: Seconds; the frame there has not changed.
        after: Seconds; the frame there has.
        has_changed: Asked about few of the frames in between.
        context: The host's side.

    Returns:
        Seconds, the time at which that frame appears.
    """
    frame_length = 1.0 / (context.video.fps or USUAL_FPS)
    (found,) = context.frames([after])
    while True:
        count = min(FRAMES_AT_ONCE, ceil((after - before) / frame_length - ROUNDING) - 1)
        gap = (after - before) / (max(0, count) + 1)
        frames = context.frames([before + (place + 1) * gap for place in range(count)]) if count > 0 else ()
        low, high = 0, len(frames)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if _asked(frames[middle], has_changed, context) else (middle + 1, high)
        if low < len(frames):
            found, after = frames[low], before + (low + 1) * gap
        if gap <= frame_length + ROUNDING:  # then no frame lies between two that were looked at
            return found.time
        before += low * gap


def _holds_at(time: float, holds: Holds, context: Context) -> bool:
    frames = context.frames([time])
    return bool(frames) and _asked(frames[0], holds, context)


def _asked(frame: Frame, holds: Holds, context: Context) -> bool:
    context.meter.spend(frames_seen=1)
    return holds(frame)


def _within(time: float, clip: Clip) -> float:
    """A time at which there is a frame of the clip."""
    last = max(clip.start, clip.end - 0.5 / (clip.video.fps or USUAL_FPS))
    return round(min(last, max(clip.start, time)), 3)
