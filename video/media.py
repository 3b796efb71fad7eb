"""A video file, opened once: what is in it, how long it really is, and what is odd about it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .clip import Clip

if TYPE_CHECKING:
    from .probe import Facts


@dataclass(frozen=True, slots=True)
class SubtitleTrack:
    """Subtitles that belong to a video, inside the file or beside it."""

    source: str
    """Name used as the source of its cues, e.g. ``subtitles:en`` or ``sidecar:clip.en.srt``."""
    language: str
    """Two- or three-letter code in lower case; empty when the file does not say."""
    codec: str
    """Format, e.g. ``mov_text``, ``subrip``; for a file beside the video its suffix, e.g. ``srt``."""
    stream: int | None = None
    """Number of the stream in the container; None for a file beside the video."""
    path: Path | None = None
    """The file beside the video; None for a stream."""
    why_unreadable: str = ""
    """Why no text can be had from it; empty when it can be read."""


@dataclass(frozen=True, slots=True)
class Video:
    """A file that can be watched or heard. Made by :func:`open_video`; holds facts, no open file.

    Times are seconds on the player's clock: 0 is the start of the earliest picture or audio stream, wherever the
    container's own numbers begin. (An audio stream that starts a few milliseconds below 0 is encoder delay, which
    players drop: it does not move the clock.)

    Example:
        >>> video = vidprog.open_video("sample.mp4")
        >>> video.duration, video.size, video.has_audio
        (30.0, (960, 540), True)
    """

    path: Path
    fingerprint: str
    """Identity of the content, 32 hexadecimal digits; the same for a copy under another name."""
    duration: float
    """Seconds to the end of the last picture, or of the sound when there are no pictures; above 0."""
    container_duration: float
    """Seconds that the file claims for itself: the longest of what its headers say."""
    fps: float
    """Average pictures per second; 0 without pictures."""
    size: tuple[int, int]
    """Width and height as displayed: square pixels, after rotation; (0, 0) without pictures."""
    rotation: int
    """Degrees clockwise that the stored pictures are turned for display: 0, 90, 180 or 270."""
    has_video: bool
    has_audio: bool
    subtitles: tuple[SubtitleTrack, ...] = ()
    warnings: tuple[str, ...] = ()
    """What is odd about the file, one sentence each."""
    origin: float = field(default=0.0, repr=False)
    """What the container's own clock shows at time 0, in seconds."""
    picture_stream: int = field(default=-1, repr=False)
    """Number of the stream that the pictures are read from; -1 for none."""
    sound_stream: int = field(default=-1, repr=False)
    """Number of the stream that the sound is read from; -1 for none."""

    def clip(self) -> Clip:
        """The whole video."""
        return Clip(self, 0.0, self.duration)


def open_video(path: str | os.PathLike[str]) -> Video:
    """Open a file and find out what can be asked of it.

    Reads the headers, the first picture and the packets of the last seconds; only when these contradict each other is
    the file walked in full, without decoding.

    Args:
        path: A local file.

    Returns:
        What is in the file; ``warnings`` says what is odd about it.

    Raises:
        MediaError: One code per trouble: ``media.url``, ``media.missing``, ``media.directory``, ``media.unreadable``,
            ``media.empty``, ``media.not_video``, ``media.still_image``, ``media.corrupt``.

    Example:
        >>> vidprog.open_video("sample.mp4").fps
        24.0
    """
    from .probe import probe
    from .source import check_source, fingerprint
    from .subtitles import find_sidecars

    source = check_source(path)
    facts = probe(source)
    sidecars = find_sidecars(source)
    return _assemble(source, fingerprint(source), facts, sidecars)


def _assemble(path: Path, identity: str, facts: Facts, sidecars: tuple[SubtitleTrack, ...]) -> Video:
    broken = tuple(f"the subtitles in {s.path} {s.why_unreadable}" for s in sidecars if s.path and s.why_unreadable)
    return Video(
        path=path,
        fingerprint=identity,
        duration=facts.duration,
        container_duration=facts.container_duration,
        fps=facts.look.fps,
        size=facts.look.size,
        rotation=facts.look.rotation,
        has_video=facts.picture_stream >= 0,
        has_audio=facts.sound_stream >= 0,
        subtitles=facts.subtitles + sidecars,
        warnings=facts.warnings + broken,
        origin=facts.origin,
        picture_stream=facts.picture_stream,
        sound_stream=facts.sound_stream,
    )
