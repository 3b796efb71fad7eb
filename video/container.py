"""Opening a file with PyAV and walking its packets without tripping over damage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import av
import av.error
import av.stream
from av.stream import Disposition

from .errors import MediaError
from .source import shown, undecodable

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer
    from av.packet import Packet

# A demuxer that keeps failing at the same place never ends; a damaged stretch costs a handful of errors.
_MAX_ERRORS = 64

RECENT = int(av.__version__.partition(".")[0]) >= 16
"""Whether PyAV can leave streams unread and scale with one thread; lmms-eval 0.7 asks for one that cannot."""
ONE_THREAD: dict[str, Any] = {"threads": 1} if RECENT else {}
"""For ``reformat``: pictures are small, and threads cost more than they help."""

_NOT_PICTURES = Disposition.attached_pic | Disposition.timed_thumbnails


def open_container(path: Path) -> InputContainer:
    """Open a file for reading.

    Args:
        path: An absolute path to a regular file.

    Returns:
        The open container; the caller closes it.

    Raises:
        MediaError: ``media.corrupt``, ``media.not_video`` or ``media.unreadable``.
    """
    try:
        # Only local files: a playlist in disguise must not make us fetch addresses.
        return av.open(str(path), options={"protocol_whitelist": "file"}, metadata_errors="replace")
    except av.error.FFmpegError as error:
        if isinstance(error, OSError):
            raise MediaError(
                f"{shown(path)} cannot be read: {error.strerror}", code="media.unreadable", hint="check that it exists"
            ) from error
        raise undecodable(path) from error


def picture_stream(container: InputContainer) -> Any | None:
    """The stream whose pictures are the video: the best one that is no cover art; None when there is none."""
    candidates = [
        s for s in container.streams.video if s.codec_context is not None and not s.disposition & _NOT_PICTURES
    ]
    best = container.streams.best("video")
    return best if best in candidates else next(iter(candidates), None)


def sound_stream(container: InputContainer, related: Any | None = None) -> Any | None:
    """The audio stream that belongs to the pictures, or the best one; None when there is none that can be decoded."""
    candidates = [s for s in container.streams.audio if s.codec_context is not None]
    best = container.streams.best("audio", related=related)
    return best if best in candidates else next(iter(candidates), None)


def start_of(stream: Any) -> float:
    """Where a stream starts, in seconds of the container's own clock."""
    return float(stream.start_time * stream.time_base) if stream.start_time is not None else 0.0


def only(container: InputContainer, *streams: Any) -> None:
    """Tell the demuxer to skip every other stream, so that their bytes are not even read where the format allows."""
    if not RECENT:
        return  # they are read and dropped
    for stream in container.streams:
        stream.discard = av.stream.Discard.default if stream in streams else av.stream.Discard.all


def packets(container: InputContainer, *streams: Any) -> Iterator[Packet]:
    """The packets of some streams from where the container stands, ending with one empty packet per stream.

    Damage is stepped over; the walk ends at the end of the file or when nothing more can be read.
    """
    for _ in range(_MAX_ERRORS):
        try:
            yield from container.demux(*streams)
            return
        except av.error.EOFError:
            return
        except (av.error.InvalidDataError, av.error.PatchWelcomeError):
            continue
        except av.error.FFmpegError:
            return


def decoded(packet: Packet) -> list[Any]:
    """What a packet decodes to; nothing when it is damaged."""
    try:
        return packet.decode()
    except av.error.EOFError:
        return []
    except av.error.FFmpegError:
        return []


def seek(container: InputContainer, stream: Any, seconds: float) -> bool:
    """Go to the last key frame at or before a moment of the container's own clock.

    Returns:
        Whether the container moved. Where it lands is up to the format: the caller looks at the first packet.
    """
    try:
        container.seek(int(seconds / stream.time_base), stream=stream, backward=True)
    except av.error.FFmpegError:
        return False
    return True
