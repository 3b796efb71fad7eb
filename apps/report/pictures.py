"""Frames as pictures inside of a page, so that it shows its evidence where the video is away."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from ...video.errors import VidprogError
from ..views import jpeg_uri

SIDE = 480
"""Pixels of a picture's longest side: sharp on a phone, 12 KB for a frame of the sample clip."""
SMALL_SIDE = 160
"""The same in the strip above the lanes: 2-3 KB."""


def pictures_at(path: Path, times: Iterable[float], side: int) -> Mapping[float, str]:
    """The frames on screen at some times, as data URLs of JPEG pictures.

    Args:
        path: The video.
        times: Seconds.
        side: Pixels of the longest side.

    Returns:
        Time -> URL; empty where there is no file, or no pictures in it.
    """
    from ...video import frames_at, open_video

    wanted = sorted(set(times))
    if not wanted:
        return {}
    try:
        frames = list(frames_at(open_video(path), wanted, max_side=side))
    except VidprogError:  # moved, deleted, or sound only: the page says what it can without
        return {}
    return {time: jpeg_uri(frame.image) for time, frame in zip(wanted, frames, strict=True)}
