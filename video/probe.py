"""What the headers, the first picture and the last packets of a file say, and who is believed when they disagree.

Headers lie: a real clip here claims 16.57 s because a subtitle cue does, while its pictures end at 13.0 s; a file that
was cut off still claims its full length. The packets are the truth, and they are cheap: walking all of a 10-minute
file without decoding took 0.12 s.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from .container import decoded, only, open_container, packets, picture_stream, seek, sound_stream, start_of
from .errors import MediaError
from .media import SubtitleTrack
from .picture import display_size, orientation, quarter_turns
from .source import WANTED, shown, undecodable
from .subtitles import embedded_tracks

if TYPE_CHECKING:
    from av.container import InputContainer

# Differences above this are worth a warning, and make the file be walked in full.
DISAGREEMENT = 0.5
# Audio below 0 by less than this is encoder delay (AAC 21-46 ms, Opus 7 ms, MP3 25 ms).
_ENCODER_DELAY = 0.1
# Formats without an index land after the last picture when it is decoded before its turn.
_TAIL = 1.0
# A picture or sound that can be decoded shows up within the first packets, unless the file is damaged.
_PATIENCE = 500

_STILL = re.compile(r"^(image2|ico|.*_pipe)$")
_MAYBE_STILL = frozenset(("gif", "apng", "webp_anim"))
_STILL_BRANDS = frozenset(("avif", "heic", "heix", "mif1"))
# Demuxers that make "streams" of text or of other files.
_NOT_MEDIA = frozenset(
    ("tty", "hls", "concat", "dash", "ffmetadata", "lrc", "imf", "webm_dash_manifest", "bin", "xbin", "adf", "idf")
)


@dataclass(frozen=True, slots=True)
class Look:
    """How the pictures of a file are shown; all zero without pictures."""

    fps: float = 0.0
    size: tuple[int, int] = (0, 0)
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that opening a file finds out; the fields are explained at ``Video``."""

    duration: float
    container_duration: float
    look: Look
    picture_stream: int
    sound_stream: int
    origin: float
    subtitles: tuple[SubtitleTrack, ...]
    warnings: tuple[str, ...]


def probe(path: Path) -> Facts:
    """Look into a file.

    Args:
        path: A regular file that is not empty.

    Returns:
        What is in it.

    Raises:
        MediaError: ``media.not_video``, ``media.still_image`` or ``media.corrupt``.
    """
    with open_container(path) as container:
        _refuse_other_media(path, container)
        warnings: list[str] = []
        pictures = picture_stream(container)
        sound = sound_stream(container, pictures)
        look = Look()
        if pictures is not None:
            _warn_of_more_streams(container, pictures, warnings)
            first = _first_decoded(container, pictures)
            if first is not None:
                look = _look_of(pictures, first)
            else:
                warnings.append(f"its pictures ({pictures.codec_context.name}) cannot be decoded")
                pictures = None
        if pictures is None and (sound is None or _first_decoded(_rewound(path, container), sound) is None):
            raise _nothing_in(path, container)
        return _measured(path, container, look, pictures, sound, warnings)


def _measured(
    path: Path, container: InputContainer, look: Look, pictures: Any, sound: Any, warnings: list[str]
) -> Facts:
    """Facts with the lengths filled in."""
    origin = _origin(pictures, sound)
    main = pictures if pictures is not None else sound
    step = 1 / (look.fps or 25) if pictures is not None else 0.02
    claims = _Claims(container, main, origin)
    end = _tail_end(container, main, claims.end + origin, step)
    if end is None or not claims.agree(end - origin):
        with open_container(path) as again:
            end = _walked_end(again, main.index, step) or end
    duration = max(step, (end or 0.0) - origin)
    warnings += claims.objections(duration, "pictures" if pictures is not None else "sound")
    return Facts(
        duration=duration,
        container_duration=claims.longest or duration,
        look=look,
        picture_stream=-1 if pictures is None else pictures.index,
        sound_stream=-1 if sound is None else sound.index,
        origin=origin,
        subtitles=embedded_tracks(container),
        warnings=tuple(warnings),
    )


class _Claims:
    """What the headers say about lengths, in seconds from time 0; 0 where they say nothing."""

    def __init__(self, container: InputContainer, main: Any, origin: float) -> None:
        # Matroska writes the time of the end where others write the length.
        late = origin if "matroska" in container.format.name else 0.0
        self.file = max(0.0, (container.duration or 0) / av.time_base - late)
        self.stream = _claimed_length(main)
        if self.stream:
            self.stream += -late if late else start_of(main) - origin
        others = (_claimed_length(stream) - late for stream in container.streams)
        self.longest = max([self.file, self.stream, *others])

    @property
    def end(self) -> float:
        """Where the main stream should end."""
        return self.stream or self.file

    def agree(self, end: float) -> bool:
        """Whether a measured end is what every header says."""
        return all(abs(claim - end) <= DISAGREEMENT for claim in (self.end, self.longest))

    def objections(self, end: float, what: str) -> list[str]:
        """Warnings about the difference between the claims and the measured end."""
        if self.stream and self.stream - end > DISAGREEMENT:
            return [f"the file is cut off or damaged: its {what} end at {end:.1f} s instead of {self.stream:.1f} s"]
        if self.longest and abs(self.longest - end) > DISAGREEMENT:
            return [f"its {what} end at {end:.1f} s although the file says {self.longest:.1f} s"]
        return []


def _claimed_length(stream: Any) -> float:
    """Length of a stream by its header, in seconds; 0 when it does not say."""
    if stream.duration is not None and stream.time_base is not None and stream.duration > 0:
        return float(stream.duration * stream.time_base)
    match = re.match(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", stream.metadata.get("DURATION", ""))  # Matroska statistics tag
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else 0.0


def _tail_end(container: InputContainer, stream: Any, near: float, step: float) -> float | None:
    """End of a stream on the container's clock, by its packets after the last key frame a second before ``near``."""
    only(container, stream)
    if not seek(container, stream, near - _TAIL):
        return None
    return _last_end(container, stream, step)


def _walked_end(container: InputContainer, index: int, step: float) -> float | None:
    """End of a stream on the container's clock, by all its packets."""
    stream = container.streams[index]
    only(container, stream)
    return _last_end(container, stream, step)


def _last_end(container: InputContainer, stream: Any, step: float) -> float | None:
    """The latest end of the packets still to come; packets without a time count ``step`` seconds each."""
    exact = "mov" in container.format.name and stream.duration
    claim = start_of(stream) + _claimed_length(stream) if exact else math.inf
    latest, end, untimed = -1.0, -1.0, 0
    for packet in packets(container, stream):
        if packet.size == 0:
            continue
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None:
            untimed += 1
            continue
        start = float(time * stream.time_base)
        length = float(packet.duration * stream.time_base) if packet.duration else step
        if start >= latest:
            latest, end = start, start + length
    if end < 0:
        return untimed * step or None
    # In MP4 a packet's duration is that of its turn to be decoded: with a variable rate the header knows better.
    return min(end, claim) if claim > latest else end


def _origin(pictures: Any, sound: Any) -> float:
    """What the container's clock shows when the earliest stream starts."""
    starts = [start_of(stream) for stream in (pictures, sound) if stream is not None]
    if sound is not None and -_ENCODER_DELAY < start_of(sound) < 0:
        starts[-1] = 0.0
    return min(starts)


def _first_decoded(container: InputContainer, stream: Any) -> Any | None:
    """The first picture or sound that comes out of a stream's decoder; None when nothing does."""
    only(container, stream)
    for packet in islice(packets(container, stream), _PATIENCE):
        for frame in decoded(packet):
            return frame
    return None


def _rewound(path: Path, container: InputContainer) -> InputContainer:
    """The container at its start again, as far as it can be moved; used once, before the sound is tried."""
    first = container.streams[0]
    seek(container, first, start_of(first))
    return container


def _look_of(stream: Any, first: Any) -> Look:
    signs = orientation(first)
    turns = quarter_turns(signs)
    width, height = display_size(first.width, first.height, float(stream.sample_aspect_ratio or 1))
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate
    return Look(
        fps=float(rate) if rate else 25.0,
        size=(height, width) if turns % 2 else (width, height),
        rotation=turns * 90,
    )


def _warn_of_more_streams(container: InputContainer, chosen: Any, warnings: list[str]) -> None:
    others = [stream for stream in container.streams.video if not stream.disposition & stream.disposition.attached_pic]
    if len(others) > 1:
        size = f"{chosen.codec_context.width}x{chosen.codec_context.height}"
        warnings.append(f"the file has {len(others)} picture streams; stream {chosen.index} ({size}) is used")


def _refuse_other_media(path: Path, container: InputContainer) -> None:
    """Stop at files that the demuxer takes although they are no videos."""
    name = container.format.name
    if name in _NOT_MEDIA:
        error = undecodable(path)
        raise MediaError(error.message, code="media.not_video", hint=error.hint)
    maybe = name in _MAYBE_STILL or container.metadata.get("major_brand", "").strip() in _STILL_BRANDS
    if _STILL.match(name) or (maybe and _pictures_are_one(path)):
        raise MediaError(
            f"{shown(path)} is a still picture, not a video",
            code="media.still_image",
            hint="ask about a video, or make one of it first",
        )


def _pictures_are_one(path: Path) -> bool:
    with open_container(path) as container:
        pictures = picture_stream(container)
        if pictures is None or len(container.streams.audio):
            return False
        return sum(1 for packet in islice(packets(container, pictures), 8) if packet.size) <= 1


def _nothing_in(path: Path, container: InputContainer) -> MediaError:
    """The error for a container without anything to see or hear."""
    if container.streams.video or container.streams.audio:
        return MediaError(
            f"{shown(path)} is damaged: nothing in it can be decoded", code="media.corrupt", hint="copy it again"
        )
    return MediaError(f"{shown(path)} has neither pictures nor sound", code="media.not_video", hint=WANTED)
