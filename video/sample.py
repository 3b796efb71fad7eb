"""Which pictures of a clip to look at: at given times, so many evenly, so many per second, or all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .clip import Clip, Frame, Frames
from .decode import SAME_MOMENT, DecodeStats, PictureReader
from .errors import UsageError
from .picture import to_frame

if TYPE_CHECKING:
    from .media import Video


def frames_at(
    video: Video, times: Iterable[float], max_side: int | None = None, stats: DecodeStats | None = None
) -> Iterator[Frame]:
    """The picture on screen at each of some times.

    Args:
        video: What to read.
        times: Seconds on the video's clock, in any order.
        max_side: Longest side of the images in pixels; None keeps the full size.
        stats: Counts what is decoded.

    Yields:
        One frame per time, in the order of time. ``Frame.time`` is when the picture appears, at or before the time
        asked; only before the first picture it is later. Times in the same picture give the same ``Frame`` object;
        times after the last picture give the last picture.

    Raises:
        MediaError: ``media.no_pictures`` when the video has none; ``media.corrupt`` when none can be decoded.
        UsageError: ``video.times`` when a time is not a number.
    """
    wanted = sorted(times)
    if any(math.isnan(time) for time in wanted):
        raise UsageError("a frame was asked for at 'not a number' seconds", code="video.times")
    _check_side(max_side)
    return _frames_at(video, wanted, max_side, stats)


def sample_uniform(clip: Clip, count: int, max_side: int | None = None, stats: DecodeStats | None = None) -> Frames:
    """Pictures spread evenly over a clip: those on screen at the centres of ``count`` equal windows.

    Args:
        clip: Where to look.
        count: How many, at least 1.
        max_side: Longest side of the images in pixels; None keeps the full size.
        stats: Counts what is decoded.

    Returns:
        Up to ``count`` frames in the order of time, none twice: fewer when the clip has fewer pictures.

    Raises:
        MediaError: ``media.no_pictures`` when the video has none.
        UsageError: ``video.count`` when ``count`` is below 1.
    """
    if count < 1:
        raise UsageError(f"cannot take {count} frames", code="video.count", hint="ask for at least 1")
    times = (clip.start + clip.duration * (number + 0.5) / count for number in range(count))
    return tuple(_distinct(frames_at(clip.video, times, max_side, stats)))


def sample_fps(
    clip: Clip, fps: float, max_side: int | None = None, stats: DecodeStats | None = None
) -> Iterator[Frame]:
    """Pictures at a steady rate from the start of a clip.

    Args:
        clip: Where to look.
        fps: Pictures per second, above 0. Above the video's own rate each picture comes once.
        max_side: Longest side of the images in pixels; None keeps the full size.
        stats: Counts what is decoded.

    Yields:
        Frames in the order of time, none twice.

    Raises:
        MediaError: ``media.no_pictures`` when the video has none.
        UsageError: ``video.fps`` when ``fps`` is not above 0.
    """
    if not (math.isfinite(fps) and fps > 0):
        raise UsageError(f"cannot take {fps:g} frames per second", code="video.fps", hint="use a rate above 0")
    count = max(1, math.ceil(clip.duration * fps - SAME_MOMENT))
    times = [clip.start + number / fps for number in range(count)]
    return _distinct(frames_at(clip.video, times, max_side, stats))


def iter_frames(clip: Clip, max_side: int | None = None, stats: DecodeStats | None = None) -> Iterator[Frame]:
    """Every picture of a clip, in order, beginning with the one on screen at its start.

    Args:
        clip: Where to look.
        max_side: Longest side of the images in pixels; None keeps the full size.
        stats: Counts what is decoded.

    Yields:
        Frames in the order of time.

    Raises:
        MediaError: ``media.no_pictures`` when the video has none.
    """
    _check_side(max_side)
    with PictureReader(clip.video, stats) as reader:
        yield to_frame(reader, reader.at(clip.start), max_side)
        for picture in reader.following():
            if reader.time_of(picture) >= clip.end - SAME_MOMENT:
                return
            yield to_frame(reader, picture, max_side)


def _frames_at(video: Video, times: list[float], max_side: int | None, stats: DecodeStats | None) -> Iterator[Frame]:
    last_picture: object = None
    with PictureReader(video, stats) as reader:
        for time in times:
            picture = reader.at(min(time, video.duration))
            if picture is not last_picture:
                last_picture, frame = picture, to_frame(reader, picture, max_side)
            yield frame


def _distinct(frames: Iterator[Frame]) -> Iterator[Frame]:
    """Leave out a frame that is the one before it."""
    last: Frame | None = None
    for frame in frames:
        if frame is not last:
            yield frame
        last = frame


def _check_side(max_side: int | None) -> None:
    if max_side is not None and max_side < 1:
        raise UsageError(f"cannot make images of {max_side} pixels", code="video.max_side", hint="use at least 1")
