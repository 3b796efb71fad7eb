"""The sound of a clip as speech recognisers want it: 16 kHz, mono, float32, sample 0 at the start of the clip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from .clip import Clip
from .container import decoded, only, open_container, packets, seek
from .errors import UsageError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

SAMPLE_RATE = 16000
# Codecs need some sound before the wanted moment to settle: Opus 80 ms, AAC two blocks of 21-46 ms.
_PREROLL = 0.3
# Time stamps jitter by rounding (1 ms in WebM, one block in old AVI); a larger jump is a real gap or overlap.
_JUMP = 0.1
_MOST_ZEROS = 60 * SAMPLE_RATE


@dataclass(frozen=True, slots=True, eq=False)
class AudioTrack:
    """Sound. Sample ``i`` is heard at ``start + i / sample_rate`` seconds on the video's clock."""

    samples: np.ndarray
    """One-dimensional float32, -1 to 1, mono."""
    start: float
    """Seconds on the video's clock."""
    sample_rate: int = SAMPLE_RATE
    why: str = ""
    """Why there are no samples; empty when there are."""

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


def read_audio(clip: Clip) -> AudioTrack:
    """The sound of a clip.

    Args:
        clip: Where to listen. An hour takes 230 MB; use :func:`iter_audio` for more.

    Returns:
        The samples; parts of the clip without sound before the end of the sound are zeros. When there is no sound the
        array is empty and ``why`` says so. Digital silence is sound here.
    """
    pieces = list(_pieces(clip))
    if pieces:
        return AudioTrack(np.concatenate(pieces), clip.start)
    return AudioTrack(np.zeros(0, np.float32), clip.start, why=_why_none(clip))


def iter_audio(clip: Clip, seconds: float = 30.0) -> Iterator[AudioTrack]:
    """The sound of a clip in blocks, for files of any length.

    Args:
        clip: Where to listen.
        seconds: Length of a block; the last one may be shorter.

    Yields:
        Blocks without gaps between them; nothing when the clip has no sound.

    Raises:
        UsageError: ``video.block`` when ``seconds`` is shorter than a sample.
    """
    size = int(seconds * SAMPLE_RATE)
    if size < 1:
        raise UsageError(f"cannot cut sound into blocks of {seconds:g} s", code="video.block", hint="use 1 s or more")
    return _blocks(clip, size)


def _blocks(clip: Clip, size: int) -> Iterator[AudioTrack]:
    waiting: list[np.ndarray] = []
    held, done = 0, 0
    for piece in _pieces(clip):
        waiting.append(piece)
        held += len(piece)
        while held >= size:
            joined = np.concatenate(waiting)
            yield AudioTrack(joined[:size], clip.start + done / SAMPLE_RATE)
            waiting, held, done = [joined[size:]], held - size, done + size
    if held:
        yield AudioTrack(np.concatenate(waiting), clip.start + done / SAMPLE_RATE)


def _pieces(clip: Clip) -> Iterator[np.ndarray]:
    """Samples from the start of the clip on, gaps filled with zeros, overlaps dropped, cut at the end of the clip."""
    total = round(clip.duration * SAMPLE_RATE)
    done = 0
    for position, samples in _resampled(clip):
        if position >= total:
            return
        while position > done:
            zeros = min(position - done, _MOST_ZEROS)
            yield np.zeros(zeros, np.float32)
            done += zeros
        fresh = samples[done - position : total - position]
        if len(fresh):
            yield fresh
            done += len(fresh)


def _resampled(clip: Clip) -> Iterator[tuple[int, np.ndarray]]:
    """Pieces of 16 kHz sound, each with the number of its first sample counted from the start of the clip."""
    resampler, position, expected = None, 0, 0.0
    form: object = None
    for frame in _sound_frames(clip):
        time = float(frame.pts * frame.time_base) - clip.video.origin
        if resampler is None or abs(time - expected) > _JUMP or form != _form(frame):
            if resampler is not None:
                yield from _numbered(resampler.resample(None), position)
            resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
            position, expected, form = round((time - clip.start) * SAMPLE_RATE), time, _form(frame)
        expected += frame.samples / frame.sample_rate
        for piece in _numbered(resampler.resample(frame), position):
            position = piece[0] + len(piece[1])
            yield piece
    if resampler is not None:
        yield from _numbered(resampler.resample(None), position)


def _numbered(frames: list[AudioFrame], position: int) -> Iterator[tuple[int, np.ndarray]]:
    for frame in frames:
        samples = frame.to_ndarray().reshape(-1)
        yield position, samples
        position += len(samples)


def _sound_frames(clip: Clip) -> Iterator[Any]:
    """Decoded sound from shortly before the clip to its end."""
    if not clip.video.has_audio:
        return
    with open_container(clip.video.path) as container:
        stream: Any = container.streams[clip.video.sound_stream]
        stream.thread_type = "AUTO"
        only(container, stream)
        if clip.start > _PREROLL:
            seek(container, stream, clip.start - _PREROLL + clip.video.origin)
        for packet in packets(container, stream):
            for frame in decoded(packet):
                if frame.pts is None or not frame.samples:
                    continue
                if float(frame.pts * frame.time_base) - clip.video.origin >= clip.end:
                    return
                yield frame


def _form(frame: Any) -> tuple[object, ...]:
    return frame.sample_rate, frame.layout.name, frame.format.name


def _why_none(clip: Clip) -> str:
    if not clip.video.has_audio:
        return "no audio stream"
    return f"the audio stream has nothing between {clip.start:.1f} s and {clip.end:.1f} s"
