"""Frames as pictures for agents, small and few."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path

from mcp_types import ContentBlock, ImageContent

from ...video import Frame, Frames, frames_at, open_video, sample_uniform
from ...video.errors import UsageError
from .shapes import Picture

MAX_FRAMES, MAX_SIDE = 8, 1024
"""Of one reply: eight pictures of 1024 pixels are about 1 MB."""
QUALITY = 80
"""Of JPEG: words on screen stay readable."""


def look(path: Path, times: Sequence[float] | None, count: int, max_side: int) -> tuple[float, Frames]:
    """The length of a video and some of its frames.

    Args:
        path: The video.
        times: Seconds; evenly spread when None.
        count: How many where no times are given.
        max_side: Longest side in pixels.

    Raises:
        MediaError: It has no pictures, or cannot be read.
        UsageError: A time lies outside the video.
    """
    video = open_video(path)
    outside = [time for time in times or () if not 0 <= time <= video.duration]
    if outside:
        message = f"{outside[0]:g} s lies outside the video"
        raise UsageError(message, code="video.times", hint=f"It is {video.duration:.2f} s long.")
    if times is None:
        return video.duration, sample_uniform(video.clip(), count, max_side=max_side)
    return video.duration, tuple(frames_at(video, times, max_side=max_side))


def as_images(frames: Sequence[Frame]) -> tuple[list[Picture], list[ContentBlock]]:
    """What the frames are, and the frames as JPEG."""
    shown = [
        Picture(time=round(each.time, 3), width=each.image.shape[1], height=each.image.shape[0]) for each in frames
    ]
    return shown, [ImageContent(type="image", data=_jpeg(frame), mime_type="image/jpeg") for frame in frames]


def _jpeg(frame: Frame) -> str:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(frame.image).save(stream, "JPEG", quality=QUALITY)
    return base64.b64encode(stream.getvalue()).decode("ascii")
