"""The frames that support an answer, small enough to travel inside a page."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...video.errors import MediaError
from ..cli.words import clock
from .markup import Markup, element

if TYPE_CHECKING:
    import numpy as np

MOST_FRAMES = 8
MAX_SIDE = 400
"""Pixels; twice what a strip shows, for screens with two pixels in the place of one."""
QUALITY = 72
"""Of the JPEG: 8 frames of the sample clip take 120 kB."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame with what it shows.

    Attributes:
        time: Seconds.
        uri: ``data:image/jpeg;base64,...``
        captions: Contents of the moments that it stands for.
        video: Path of its video.
    """

    time: float
    uri: str
    captions: tuple[str, ...]
    video: str = ""


def pictures_of(document: Mapping[str, Any], most: int = MOST_FRAMES, max_side: int = MAX_SIDE) -> tuple[Picture, ...]:
    """The frames of an answer's evidence, in the order of time.

    Args:
        document: ``vidprog.answer/1``.
        most: Of the moments, those with the best scores.
        max_side: Longest side of a frame in pixels.

    Returns:
        None where the video is away, has no pictures, or another file took its place.
    """
    return tuple(
        picture
        for video in document["videos"]
        for picture in _pictures(
            video, [moment for moment in document["evidence"] if moment["video"] == video["path"]], most, max_side
        )
    )


def _pictures(
    entry: Mapping[str, Any], moments: Sequence[Mapping[str, Any]], most: int, max_side: int
) -> list[Picture]:
    from ...video import frames_at, open_video

    wanted = _moments_by_time(moments, most)
    if not wanted or not Path(entry["path"]).is_file():
        return []
    try:
        video = open_video(entry["path"])
        if video.fingerprint != entry["fingerprint"] or not video.has_video:
            return []
        frames = list(frames_at(video, wanted, max_side=max_side))
    except MediaError:  # what was asked may be damaged by now; the answer is still worth showing
        return []
    return [
        Picture(time, jpeg_uri(frame.image), tuple(captions), entry["path"])
        for (time, captions), frame in zip(wanted.items(), frames, strict=False)
    ]


def _moments_by_time(moments: Sequence[Mapping[str, Any]], most: int) -> dict[float, list[str]]:
    """Middle of the best moments -> what was found there, in the order of time; one that holds it shares the frame."""
    best = sorted(moments, key=lambda moment: -moment["score"])
    times: dict[float, list[str]] = {}
    for moment in best:
        middle = (moment["start"] + moment["end"]) / 2
        near = next((time for time in times if moment["start"] <= time <= moment["end"]), None)
        if near is None and len(times) >= most:
            continue
        contents = times.setdefault(middle if near is None else near, [])
        if moment["content"] not in contents:
            contents.append(moment["content"])
    return dict(sorted(times.items()))


def jpeg_uri(image: "np.ndarray", quality: int = QUALITY) -> str:
    """An image (height x width x 3, uint8, RGB) as the address of an ``<img>``."""
    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


def film_strip(pictures: Sequence[Picture]) -> Markup | None:
    """Frames side by side with their times; None where there are none.

    Each ``<figure>`` has ``data-start`` (seconds) and ``data-video``.
    """
    if not pictures:
        return None
    several = len({picture.video for picture in pictures}) > 1
    return element("div", *(_figure(picture, several) for picture in pictures), class_="vp-strip")


def _figure(picture: Picture, several: bool) -> Markup:
    words = shortened("; ".join(picture.captions), 120)
    name = f"{Path(picture.video).name} " if several else ""
    caption = element("figcaption", name or None, element("span", clock(picture.time), class_="vp-time"), f" {words}")
    image = element("img", src=picture.uri, alt=f"Frame at {clock(picture.time)}: {words}")
    return element("figure", image, caption, data_start=picture.time, data_video=picture.video or None)


def shortened(text: str, most: int) -> str:
    """A text in one line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
