"""Where the picture changes at once: the shots of a clip.

Written here because PySceneDetect forces the OpenCV build that needs libGL. The rule is its adaptive one: a cut is a
difference that is large in itself and several times larger than the differences around it, so that a pan or a
hand-held camera does not become a row of cuts. What is added: a picture that comes back after a flash is no cut, and
a fade through black or white is one, and so is a dissolve.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from .clip import Clip
from .container import ONE_THREAD
from .decode import SAME_MOMENT, DecodeStats, PictureReader
from .dissolves import DissolveFinder

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.reformatter import VideoReformatter

MIN_SHOT = 0.5
# Longest side of the pictures compared: enough to see a cut, and grain disappears.
_SIDE = 64
_BINS = 16
# Differences are on a scale of 0 to 255. Real cuts were 75 to 104, cars crossing a still picture 11, a title 15.
_LEAST_DIFFERENCE = 20.0
_TIMES_AROUND = 3.0
# Pictures to each side that make the surroundings; a flash is shorter than this.
_AROUND = 3
# Mean brightness of a black picture (16) with a watermark on it.
_BLACK = 22.0
# And of a white one (235), which is plain besides: a page with a text on it is none.
_WHITE, _PLAIN = 225.0, 6.0
# A fade of five pictures has steps of 25 to 35, a flash one of 60 and more.
_SUDDEN = 45.0


@dataclass(frozen=True, slots=True)
class Shot:
    """A stretch filmed in one go, in seconds on the video's clock, the end not included."""

    start: float
    end: float

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, eq=False)
class _Thumbnail:
    time: float
    planes: np.ndarray  # 3 x height x width, uint8: Y, U, V
    histogram: np.ndarray  # 3 x bins, each row sums to 1, cumulated


@dataclass(frozen=True, slots=True)
class _Curve:
    """What is left of the pictures once compared: a few numbers each, so that hours fit in memory."""

    times: list[float] = field(default_factory=list)
    blank: list[bool] = field(default_factory=list)  # black or white
    steps: list[float] = field(default_factory=list)  # difference from the picture before
    spans: list[float] = field(default_factory=list)  # difference from the picture _AROUND + 1 before


def find_shots(clip: Clip, min_shot: float = MIN_SHOT, stats: DecodeStats | None = None) -> tuple[Shot, ...]:
    """Split a clip at its hard cuts, in the middle of fades through black or white, and in the middle of dissolves.

    Args:
        clip: Where to look; every picture is decoded, at the cost of playing it as fast as possible.
        min_shot: Shots shorter than this many seconds are not made.
        stats: Counts what is decoded.

    Returns:
        At least one shot; the first starts with the clip, each next one where the last ends, the last ends with it.

    Raises:
        MediaError: ``media.no_pictures`` when the video has none.
    """
    finder = DissolveFinder()
    curve = _curve(_thumbnails(clip, stats), finder)
    hard = list(_cuts(curve))
    soft = [*_fades(curve, [time for time, _ in hard]), *_away_from(hard, finder.dissolves())]
    cuts = _far_apart(sorted([*hard, *soft]), clip, min_shot)
    return tuple(Shot(start, end) for start, end in pairwise([clip.start, *cuts, clip.end]))


def _thumbnails(clip: Clip, stats: DecodeStats | None) -> Iterator[_Thumbnail]:
    with PictureReader(clip.video, stats) as reader:
        yield _thumbnail(reader.rescaler, clip.start, reader.at(clip.start))
        for picture in reader.following():
            time = reader.time_of(picture)
            if time >= clip.end - SAME_MOMENT:
                return
            yield _thumbnail(reader.rescaler, time, picture)


def _thumbnail(rescaler: VideoReformatter, time: float, picture: VideoFrame) -> _Thumbnail:
    factor = min(1.0, _SIDE / max(picture.width, picture.height))
    width, height = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    # The fast kind took 0.1 ms per 720p picture, the careful ones 0.5 ms; the grain it keeps is far below a cut.
    small = rescaler.reformat(
        picture, width, height, "yuv444p", interpolation="FAST_BILINEAR", **ONE_THREAD
    ).to_ndarray()
    counts = [np.bincount((plane // (256 // _BINS)).ravel(), minlength=_BINS) for plane in small]
    histogram = np.cumsum(counts, axis=1, dtype=np.float32) / small[0].size
    return _Thumbnail(time, small, histogram)


def _difference(one: _Thumbnail, other: _Thumbnail) -> float:
    """How different two pictures are, 0 to about 255: half by place, half by colours wherever they are."""
    if one.planes.shape != other.planes.shape:
        return 255.0
    by_place = np.abs(one.planes.astype(np.int16) - other.planes).mean(axis=(1, 2)).sum()
    # The distance that the colours moved (earth mover's), the same scale as the differences by place.
    by_colour = np.abs(one.histogram - other.histogram).sum() * (256 / _BINS)
    return float(by_place + by_colour) / 2


def _curve(thumbnails: Iterator[_Thumbnail], finder: DissolveFinder) -> _Curve:
    """Compare the pictures while they come by; only the last few are held."""
    curve = _Curve()
    recent: deque[_Thumbnail] = deque(maxlen=_AROUND + 2)
    for picture in thumbnails:
        recent.append(picture)
        finder.add(picture.time, picture.planes)
        curve.times.append(picture.time)
        curve.blank.append(_is_blank(picture.planes[0]))
        curve.steps.append(_difference(recent[-2], picture) if len(recent) > 1 else 0.0)
        curve.spans.append(_difference(recent[0], picture))
    return curve


def _cuts(curve: _Curve) -> Iterator[tuple[float, float]]:
    """Time and size of each cut, in order."""
    last = len(curve.times) - 1
    for place, size in enumerate(curve.steps):
        # After a flash the picture is what it was before: one of the spans across its edges is small.
        if min(size, curve.spans[place], curve.spans[min(place + _AROUND, last)]) < _LEAST_DIFFERENCE:
            continue
        around = curve.steps[max(1, place - _AROUND) : place] + curve.steps[place + 1 : place + 1 + _AROUND]
        if not around or size >= _TIMES_AROUND * median(around):
            yield curve.times[place], size


def _fades(curve: _Curve, cuts: list[float]) -> Iterator[tuple[float, float]]:
    """The middle of each black or white stretch that is faded into and out of."""
    first: float | None = None
    steps = zip(pairwise(curve.blank), curve.times[1:], curve.steps[1:], strict=True)
    for (before, now), time, step in steps:
        if now and not before:
            first = time if step < _SUDDEN else None
        elif before and not now and first is not None:
            if step < _SUDDEN and not any(first <= cut <= time for cut in cuts):
                yield (first + time) / 2, _LEAST_DIFFERENCE
            first = None


def _is_blank(luma: np.ndarray) -> bool:
    mean = float(luma.mean())
    return mean < _BLACK or (mean > _WHITE and float(luma.std()) < _PLAIN)


def _away_from(
    cuts: Sequence[tuple[float, float]], dissolves: Sequence[tuple[float, float]]
) -> Iterator[tuple[float, float]]:
    """The dissolves without a cut near their middle: pictures repeated around a cut look like a short one."""
    for time, size in dissolves:
        if not any(abs(time - cut) < MIN_SHOT for cut, _ in cuts):
            yield time, size


def _far_apart(cuts: list[tuple[float, float]], clip: Clip, min_shot: float) -> list[float]:
    """The cuts that leave no shot shorter than ``min_shot``; of two that are too close the larger stays."""
    kept: list[tuple[float, float]] = []
    for time, size in cuts:
        if time - clip.start < min_shot or clip.end - time < min_shot:
            continue
        if kept and time - kept[-1][0] < min_shot:
            if size > kept[-1][1]:
                kept[-1] = (time, size)
            continue
        kept.append((time, size))
    return [time for time, _ in kept]
