"""Exact pictures at increasing times, for the price of the groups of pictures they lie in.

Containers do not say where one may start decoding: an MP4 seeks by decoding time, a transport stream lands between
key frames, open groups begin with pictures that cannot be decoded. So a second handle on the file, the scout, seeks
first and reads packets without decoding; the decoder follows only when the scout's key frame lies beyond what has
been decoded already. That way no group of pictures is decoded twice and short gaps never cost a seek.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from av.video.reformatter import VideoReformatter

from .container import decoded, only, open_container, packets, seek
from .errors import MediaError

if TYPE_CHECKING:
    from types import TracebackType

    from .media import Video

# Two times this close are the same moment: 7 * 0.04 is not 0.28 in floating point.
SAME_MOMENT = 1e-6
# Below this gap a look ahead costs more than decoding on (0.3 ms against 1 ms per 720p picture, up to 10 pictures).
_SCOUT_GAP = 0.15
_FIRST_STEP_BACK = 1.0


@dataclass(slots=True)
class DecodeStats:
    """What reading pictures cost; pass one object to several calls to add them up."""

    frames_decoded: int = 0
    """Pictures that came out of the decoder, wanted or not."""
    seeks: int = 0
    """Times the decoder was moved to another key frame."""


@dataclass(frozen=True, slots=True)
class _Landing:
    """Where decoding may start: ``seek_to`` is in the container's seconds, None for the start of the file."""

    seek_to: float | None
    key_pts: int


_BEGINNING = _Landing(seek_to=None, key_pts=-(1 << 63))


class _Scout:
    """Finds the key frame to start from, reading packets but decoding nothing."""

    def __init__(self, video: Video) -> None:
        self._video = video
        self._container = open_container(video.path)
        self._stream: Any = self._container.streams[video.picture_stream]
        only(self._container, self._stream)

    def locate(self, time: float, back: float = 0.0) -> tuple[_Landing, float]:
        """The key frame at or before ``time``, looked for ``back`` seconds earlier first, then further and further.

        Returns:
            The landing, and how far back it had to go, in seconds.
        """
        while time - back > 0:
            target = time - back + self._video.origin
            key = self._first_key(target, time + self._video.origin)
            if key is not None:
                return _Landing(target, key), back
            back = max(_FIRST_STEP_BACK, back * 2)
        return _BEGINNING, back

    def _first_key(self, target: float, limit: float) -> int | None:
        """Presentation time of the first key frame after a seek; None when it comes later than ``limit``."""
        if not seek(self._container, self._stream, target):
            return None
        for packet in packets(self._container, self._stream):
            if packet.pts is None:
                continue
            if float(packet.pts * self._stream.time_base) > limit + SAME_MOMENT:
                return None
            if packet.is_keyframe:
                return packet.pts
        return None

    def close(self) -> None:
        self._container.close()


class PictureReader:
    """Gives the picture on screen at times that do not decrease. Use it as a context manager.

    Args:
        video: What to read.
        stats: Counts what is decoded.

    Raises:
        MediaError: ``media.no_pictures`` when the video has none.
    """

    def __init__(self, video: Video, stats: DecodeStats | None = None) -> None:
        if not video.has_video:
            raise MediaError(
                f"{video.path.name} has sound but no pictures",
                code="media.no_pictures",
                hint="ask about what is said in it, or use tools that listen",
            )
        self._video = video
        self._stats = stats if stats is not None else DecodeStats()
        self._scout: _Scout | None = None
        self._stream: Any
        self._shown: Any = None  # the last picture at or before the wanted time
        self._ahead: Any = None  # the one after it, already decoded
        self._last_key = _BEGINNING.key_pts
        self._started = False
        # One for all pictures: making its tables anew for each cost 0.2-0.6 ms, as did starting threads for it.
        self.rescaler = VideoReformatter()
        self._open()

    def __enter__(self) -> PictureReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the file."""
        self._container.close()
        if self._scout is not None:
            self._scout.close()

    def time_of(self, picture: Any) -> float:
        """When a picture appears, in seconds on the video's clock."""
        return float(picture.pts * self._stream.time_base) - self._video.origin

    @property
    def sample_aspect_ratio(self) -> float:
        """Width of a pixel over its height."""
        return float(self._stream.sample_aspect_ratio or 1)

    def at(self, time: float) -> Any:
        """The picture on screen at a time: the last one that appears at or before it.

        Args:
            time: Seconds; not below the time asked before. Before the first picture the first is given, after the
                last one the last.

        Returns:
            A decoded ``av.VideoFrame``.
        """
        back, landing = 0.0, self._better_start(time)
        while True:
            if landing is not None:
                self._start_at(landing)
            self._advance(time)
            if self._shown is not None:
                return self._shown
            if landing is None or landing.seek_to is None:
                return self._first_picture()
            # Everything up to here was lost: an open group, or damage. Start earlier.
            landing, back = self._scouting().locate(time, max(_FIRST_STEP_BACK, back * 2))

    def following(self) -> Iterator[Any]:
        """The pictures after the last one given by ``at``, one by one to the end of the file."""
        while self._ahead is not None:
            self._shown, self._ahead = self._ahead, next(self._pictures, None)
            yield self._shown

    def _better_start(self, time: float) -> _Landing | None:
        """Where to jump for ``time``; None when decoding on is as good."""
        if not self._started:
            self._started = True
            return None if time < _SCOUT_GAP else self._scouting().locate(time)[0]
        nearest = self._ahead or self._shown
        if self._ahead is None or time - self.time_of(nearest) < _SCOUT_GAP:
            return None
        landing, _ = self._scouting().locate(time)
        return landing if landing.key_pts > self._last_key else None

    def _advance(self, time: float) -> None:
        """Decode until the picture after ``time`` is known."""
        while True:
            if self._ahead is None:
                self._ahead = next(self._pictures, None)
            if self._ahead is None or self.time_of(self._ahead) > time + SAME_MOMENT:
                return
            self._shown, self._ahead = self._ahead, None

    def _first_picture(self) -> Any:
        """What is on screen before the first picture: that picture."""
        if self._ahead is None:
            raise MediaError(
                f"no picture of {self._video.path.name} can be decoded", code="media.corrupt", hint="copy it again"
            )
        self._shown, self._ahead = self._ahead, next(self._pictures, None)
        return self._shown

    def _start_at(self, landing: _Landing) -> None:
        self._shown = self._ahead = None
        if landing.seek_to is None:
            if self._last_key == _BEGINNING.key_pts:
                return
            self._container.close()
            self._open()
            return
        self._stats.seeks += 1
        seek(self._container, self._stream, landing.seek_to)
        self._pictures = self._decode(wait_for_key=True)

    def _open(self) -> None:
        self._container = open_container(self._video.path)
        self._stream = self._container.streams[self._video.picture_stream]
        self._stream.thread_type = "AUTO"
        only(self._container, self._stream)
        self._last_key = _BEGINNING.key_pts
        self._pictures = self._decode(wait_for_key=False)

    def _scouting(self) -> _Scout:
        if self._scout is None:
            self._scout = _Scout(self._video)
        return self._scout

    def _decode(self, wait_for_key: bool) -> Iterator[Any]:
        """Pictures from where the container stands; those without a time get the next one at the average rate."""
        step = round(1 / (self._video.fps or 25) / self._stream.time_base)
        expected = self._stream.start_time or 0
        for packet in packets(self._container, self._stream):
            if packet.is_keyframe and packet.pts is not None:
                self._last_key = max(self._last_key, packet.pts)
                wait_for_key = False
            if wait_for_key and packet.pts is not None:
                continue
            for picture in decoded(packet):
                self._stats.frames_decoded += 1
                if picture.pts is None:
                    picture.pts = expected
                expected = picture.pts + step
                yield picture
