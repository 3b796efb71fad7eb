"""A part of a video as a file of its own: copied where a cut without re-encoding is exact, else encoded anew.

A copied stream can only begin at a key frame. Where one lies at the wanted start, the packets are copied as they are,
which takes milliseconds and loses nothing; where none does, the pictures and the sound are encoded anew, or, when asked
for, the copy begins at the key frame before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import av.error
import numpy as np

from .container import decoded, only, open_container, packets, seek
from .errors import MediaError, UsageError
from .sample import iter_frames

if TYPE_CHECKING:
    from .clip import Clip
    from .media import Video

CODECS = {
    ".mp4": ("libx264", "aac"), ".mov": ("libx264", "aac"), ".mkv": ("libx264", "aac"),
    ".webm": ("libvpx-vp9", "libopus"), ".m4a": (None, "aac"),
}  # fmt: skip
"""Suffix of a file -> codecs of what is encoded anew."""
OPTIONS = {"libx264": {"crf": "18", "preset": "veryfast"}, "libvpx-vp9": {"crf": "30", "cpu-used": "8"}}
SOUND_RATE = 48_000
PREROLL = 0.3
"""Seconds of sound decoded before the start: codecs need some to settle."""
LEAST_SECONDS = 1.0
"""A moment is written with so much of the video around it."""
TICKS = 90_000
"""Units of a second in which pictures are timed: any frame rate, and any varying one."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A file that was written.

    Example:
        >>> with vidprog.open("sample.mp4") as session:
        ...     done = session.cut(4, 11, "departures.mp4")
        >>> done.start, round(done.end), done.copied
        (4.0, 11, True)
    """

    path: Path
    start: float
    """Seconds of the source at which it begins."""
    end: float
    """Seconds of the source at which it ends."""
    copied: bool
    """Whether the streams were copied; else they were encoded anew."""


def cut_spans(video: Video, spans: Iterable[tuple[float, float]], folder: Path) -> Iterator[Cut]:
    """Write parts of a video as files that are numbered, one after the other.

    Args:
        video: The source.
        spans: Start and end of each in seconds; a moment is written with half a second on both sides.
        folder: Where the files go; made when it is not there.

    Yields:
        Each part when it is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    whole = video.clip()
    for number, (start, end) in enumerate(spans, 1):
        pad = max(0.0, LEAST_SECONDS - (end - start)) / 2
        part = whole.trim(max(0.0, start - pad), min(whole.end, end + pad))
        yield cut_clip(part, folder / f"{video.path.stem}-{number:02d}.mp4")


def cut_clip(clip: Clip, path: Path, copy: bool | None = None) -> Cut:
    """Write a clip as a file.

    Args:
        clip: What to write.
        path: Where; the suffix says the format.
        copy: True copies, from the key frame at or before the start; False encodes; None copies where a key frame lies
            at the start (and the format takes the codecs), and encodes where none does.

    Returns:
        What was written; its start is before that of the clip when it was copied from an earlier key frame.

    Raises:
        UsageError: ``cut.format``, the suffix is unknown; ``cut.same``, the file is the video itself.
        MediaError: ``cut.copy``, the format does not take the codecs as they are; ``cut.write``.

    Example:
        >>> clip = vidprog.open_video("sample.mp4").clip().trim(16, 21)
        >>> vidprog.cut_clip(clip, Path("cat.mp4")).copied
        True
    """
    path = Path(path)
    if path.suffix.casefold() not in CODECS:
        hint = f"Use one of {', '.join(CODECS)}."
        raise UsageError(f"a clip cannot be written as {path.suffix or path.name!r}", code="cut.format", hint=hint)
    if path.exists() and path.samefile(clip.video.path):
        raise UsageError("a clip cannot replace its own video", code="cut.same", hint="Name another file.")
    if copy is False:
        return _encoded(clip, path)
    key = _key_before(clip)
    if copy is None and clip.start - key > 0.5 / (clip.video.fps or SOUND_RATE):
        return _encoded(clip, path)
    try:
        return _copied(clip, key, path)
    except (av.error.FFmpegError, ValueError) as error:
        if copy is None:
            return _encoded(clip, path)
        raise MediaError(
            f"{path.name} cannot hold the streams as they are: {error}", code="cut.copy", hint="Write an .mkv file."
        ) from error


def _key_before(clip: Clip) -> float:
    """Seconds of the key frame at or before the start of a clip; of the start itself where there are no pictures."""
    video = clip.video
    if not video.has_video or clip.start <= 0:
        return clip.start
    with open_container(video.path) as container:
        stream: Any = container.streams[video.picture_stream]
        only(container, stream)
        back = 0.0
        while True:
            seek(container, stream, max(0.0, clip.start - back) + video.origin)
            for packet in packets(container, stream):
                if packet.pts is None or not packet.is_keyframe:
                    continue
                time = float(packet.pts * stream.time_base) - video.origin
                if time <= clip.start + 0.5 / (video.fps or SOUND_RATE):
                    return max(0.0, time)
                break
            if back >= clip.start:
                return 0.0
            back = max(1.0, 2 * back)


def _copied(clip: Clip, start: float, path: Path) -> Cut:
    """The packets of both streams from a key frame on; pictures that others need may stand after the end."""
    video, end = clip.video, start
    numbers = [number for number in (video.picture_stream, video.sound_stream) if number >= 0]
    with open_container(video.path) as source, _opened(path) as output:
        streams = [source.streams[number] for number in numbers]
        copies = {stream.index: output.add_stream_from_template(stream) for stream in streams}
        only(source, *streams)
        if start > 0:
            seek(source, streams[0], start + video.origin)
        over: set[int] = set()
        for packet in packets(source, *streams):
            if packet.pts is None or packet.dts is None or packet.stream.index in over:
                continue
            base = packet.stream.time_base
            if float(packet.dts * base) - video.origin >= clip.end:
                over.add(packet.stream.index)
                if len(over) == len(streams):
                    break
                continue
            time = float(packet.pts * base) - video.origin
            if time < start - 1e-3:
                continue
            end = max(end, time + float((packet.duration or 0) * base))
            shift = round((start + video.origin) / base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = copies[packet.stream.index]
            output.mux(packet)
    return Cut(path, start, end, copied=True)


def _encoded(clip: Clip, path: Path) -> Cut:
    """Pictures and sound encoded anew, exactly from start to end."""
    picture_codec, sound_codec = CODECS[path.suffix.casefold()]
    try:
        with _opened(path) as output:
            pictures = _picture_stream(output, clip, picture_codec) if clip.video.has_video and picture_codec else None
            sound = output.add_stream(sound_codec, rate=SOUND_RATE) if clip.video.has_audio else None
            if sound is not None:
                sound.layout = "stereo"
            if pictures is None and sound is None:
                raise UsageError(f"{path.suffix} holds no pictures", code="cut.format", hint="Write an .mp4 file.")
            output.start_encoding()
            if pictures is not None:
                _write_pictures(output, pictures, clip)
            if sound is not None:
                _write_sound(output, sound, clip)
    except av.error.FFmpegError as error:
        raise MediaError(
            f"{path.name} cannot be written: {error}", code="cut.write", hint="Name another file."
        ) from error
    return Cut(path, clip.start, clip.end, copied=False)


def _opened(path: Path) -> Any:
    try:
        return av.open(str(path), "w")
    except OSError as error:
        reason = error.strerror or str(error)
        raise MediaError(f"{path} cannot be written: {reason}", code="cut.write", hint="Name another file.") from error


def _picture_stream(output: Any, clip: Clip, codec: str) -> Any:
    rate = Fraction(clip.video.fps or 25).limit_denominator(1001)
    stream = output.add_stream(codec, rate=rate, options=OPTIONS.get(codec, {}))
    stream.width, stream.height = (max(2, side // 2 * 2) for side in clip.video.size)
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = stream.time_base = Fraction(1, TICKS)
    return stream


def _write_pictures(output: Any, stream: Any, clip: Clip) -> None:
    for frame in iter_frames(clip):
        image = frame.image[: stream.height, : stream.width]
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        picture.pts, picture.time_base = round(max(0.0, frame.time - clip.start) * TICKS), Fraction(1, TICKS)
        output.mux(stream.encode(picture))
    output.mux(stream.encode(None))


def _write_sound(output: Any, stream: Any, clip: Clip) -> None:
    written = 0
    for samples in _sound(clip):
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, written, Fraction(1, SOUND_RATE)
        written += samples.shape[1]
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def _sound(clip: Clip) -> Iterator[np.ndarray]:
    """Stereo float32 pieces (2 x samples) at 48 kHz from start to end of a clip; silence before a late sound."""
    done, total = 0, round(clip.duration * SOUND_RATE)
    for first, samples in _placed_sound(clip):
        if first > done:
            yield np.zeros((2, min(first, total) - done), np.float32)
            done = min(first, total)
        fresh = samples[:, max(0, done - first) : max(0, total - first)]
        if fresh.shape[1]:
            done += fresh.shape[1]
            yield np.ascontiguousarray(fresh)
        if done >= total:
            return


def _placed_sound(clip: Clip) -> Iterator[tuple[int, np.ndarray]]:
    """Pieces of sound, each with the place of its first sample counted from the start of the clip."""
    video = clip.video
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
    place: int | None = None
    with open_container(video.path) as source:
        stream: Any = source.streams[video.sound_stream]
        only(source, stream)
        seek(source, stream, max(0.0, clip.start - PREROLL) + video.origin)
        for frame in (frame for packet in packets(source, stream) for frame in decoded(packet)):
            if place is None:
                time = float(frame.pts * frame.time_base) if frame.pts is not None else video.origin + clip.start
                place = round((time - video.origin - clip.start) * SOUND_RATE)
            for piece in resampler.resample(frame):
                samples = np.asarray(piece.to_ndarray(), np.float32)
                yield place, samples
                place += samples.shape[1]
