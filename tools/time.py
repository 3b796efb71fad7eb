"""Stretches of the video: cut, before, after, around, the shots, and the time that a question names."""

from ..memory import Observation, Timeline
from ..video import Clip, find_shots
from .context import Context
from .times import times_in
from .tool import tool

MOMENT_PAD = 0.05
"""Seconds on either side of an exactly named moment: one or two frames."""


@tool(kind="time", cost="free")
def trim(clip: Clip, start: float, end: float) -> Clip:
    """Cut a clip to a range of the video's clock.

    Args:
        clip: What to cut.
        start: Seconds on the video's clock.
        end: Seconds on the video's clock.
    """
    return clip.trim(start, end)


@tool(kind="time", cost="free")
def before(clip: Clip, moment: float) -> Clip:
    """Take the part of a clip before a moment.

    Args:
        clip: What to cut.
        moment: Seconds on the video's clock.
    """
    return clip.trim(clip.start, moment)


@tool(kind="time", cost="free")
def after(clip: Clip, moment: float) -> Clip:
    """Take the part of a clip after a moment.

    Args:
        clip: What to cut.
        moment: Seconds on the video's clock.
    """
    return clip.trim(moment, clip.end)


@tool(kind="time", cost="free")
def around(clip: Clip, moment: float, pad: float = 5.0) -> Clip:
    """Take the part of a clip around a moment.

    Args:
        clip: What to cut.
        moment: Seconds on the video's clock.
        pad: Seconds on either side.
    """
    return clip.trim(moment - pad, moment + pad)


@tool(kind="time", cost="free")
def between(clip: Clip, first: Observation, second: Observation) -> Clip:
    """Take the part of a clip between two observations.

    Args:
        clip: What to cut.
        first: Where the part starts: at the end of this.
        second: Where the part ends: at the start of this.
    """
    return clip.trim(first.end, second.start)


@tool(kind="time", cost="free")
def named_range(clip: Clip, question: str) -> Clip:
    """Cut a clip to the time that a question names; leave it whole when none is named.

    Exact times are used exactly; "at the start" and "at the end" mean the first and last 15 % of the video.

    Args:
        clip: What to cut.
        question: A text such as "What is said between 20 and 35 seconds?".
    """
    span = times_in(question, clip.video.duration)
    if span is None or span.start >= clip.end or span.end < clip.start:
        return clip
    pad = MOMENT_PAD if span.start == span.end else 0.0
    return clip.trim(span.start - pad, span.end + pad)


@tool(kind="time", cost="decodes the clip once, at low resolution")
def shots(clip: Clip, *, context: Context) -> Timeline:
    """Find the shots: stretches between two cuts.

    Args:
        clip: Where to look.

    Returns:
        One observation of kind `shot` for each, without gaps.
    """
    context.report("shots", None)
    found = find_shots(clip)
    return Timeline(
        [
            Observation(shot.start, shot.end, "shot", f"shot {number}", 1.0, "shots:content")
            for number, shot in enumerate(found, 1)
        ]
    )
