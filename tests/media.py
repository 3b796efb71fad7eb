"""Makers of media files for tests: every kind of video that can go wrong, in milliseconds, without an ffmpeg program.

Test modules use it as ``from media import make_video, read_number`` (``tests/`` is on the path because of its
``conftest.py``)::

    path = make_video(tmp_path / "clip.mp4", frames=75, fps=25, audio="tone")     # 3 s, 440 Hz
    frame = next(frames_at(open_video(path), [1.0]))
    assert read_number(frame.image) == 25                                        # exact picture, from its pixels

Every picture carries its number as twelve black or white bars (bits, most significant first) across its top quarter;
``read_number`` reads it back from any size. The rest is one colour, or what ``picture`` gives. The container follows
the suffix (mp4, mov, mkv, webm, ts, avi, ...), the codecs follow the container unless named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

BITS = 12
CLOCK = 90_000  # ticks per second of the time stamps handed to the encoders
SOUND_RATE = 16_000

Colour = tuple[int, int, int]
Picture = Callable[[int, float], "Colour | np.ndarray"]
Sound = Callable[[np.ndarray], np.ndarray]

_VIDEO_CODECS = {".webm": "libvpx-vp9", ".avi": "mpeg4"}
_AUDIO_CODECS = {".webm": "libopus", ".opus": "libopus", ".mp3": "libmp3lame", ".wav": "pcm_s16le", ".flac": "flac"}
_SUBTITLE_CODECS = {".mp4": "mov_text", ".mov": "mov_text", ".webm": "webvtt"}
_QUICK = {
    "libx264": {"preset": "ultrafast", "crf": "28"},
    "libx265": {"preset": "ultrafast", "crf": "28"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "40", "b": "0"},
}
_ASS_HEADER = (
    b"[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n"
    b"Style: Default,Arial,16\n\n[Events]\n"
    b"Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)


def has_encoder(name: str) -> bool:
    """Whether this build of PyAV can encode with a codec."""
    try:
        av.Codec(name, "w")
    except av.codec.codec.UnknownCodecError:
        return False
    return True


def make_video(
    path: Path,
    *,
    frames: int = 50,
    fps: float | Fraction = 25,
    times: Sequence[float] | None = None,
    start: float = 0.0,
    size: tuple[int, int] = (160, 96),
    picture: Picture | None = None,
    number: bool = True,
    codec: str | None = None,
    gop: int = 12,
    bframes: int = 2,
    options: dict[str, str] | None = None,
    rotation: int = 0,
    aspect: Fraction | None = None,
    audio: str | Sound | None = None,
    audio_start: float | None = None,
    audio_seconds: float | None = None,
    subtitles: Iterable[tuple[float, float, str]] = (),
    subtitle_languages: Sequence[str] = ("eng",),
    more_pictures: Sequence[tuple[int, int]] = (),
) -> Path:
    """Write a video.

    Args:
        path: Where; the suffix names the container.
        frames: How many pictures (ignored when ``times`` is given).
        fps: Pictures per second.
        times: Presentation time of each picture in seconds from ``start``, for a variable rate.
        start: Time stamp of the first picture in seconds.
        size: Width and height as stored, even numbers.
        picture: Gives the colour (r, g, b) or the whole image (height x width x 3, uint8, RGB) of picture ``i`` shown
            at ``t`` seconds from the start; the default is grey.
        number: Whether the number of each picture is drawn on it.
        codec: Encoder of the pictures, e.g. ``libx264``, ``libx265``, ``libvpx-vp9``, ``mpeg4``.
        gop: Pictures from key frame to key frame.
        bframes: Pictures decoded out of order between two others.
        options: Further options of the encoder.
        rotation: Degrees clockwise by which players turn the pictures.
        aspect: Width of a pixel over its height.
        audio: ``"tone"`` (440 Hz), ``"silence"``, a function from times in seconds to samples -1..1, or None.
        audio_start: Time stamp of the first sample in seconds; default ``start``.
        audio_seconds: Length of the sound; default that of the pictures.
        subtitles: Cues (start, end, text) in seconds, written once for each language.
        subtitle_languages: Three-letter codes, one stream each.
        more_pictures: Sizes of further picture streams with the same pictures.

    Returns:
        ``path``.
    """
    moments = list(times) if times is not None else [float(i / Fraction(fps)) for i in range(frames)]
    length = moments[-1] + float(1 / Fraction(fps)) if moments else 0.0
    cues = list(subtitles)
    with av.open(str(path), "w") as output:
        streams = [_add_pictures(output, path, s, fps, codec, gop, bframes, options) for s in (size, *more_pictures)]
        if rotation:
            streams[0].set_display_rotation(-rotation)
        if aspect is not None:
            streams[0].codec_context.sample_aspect_ratio = aspect
        sound = _add_sound(output, path) if audio is not None else None
        texts = [_add_text(output, path, language) for language in subtitle_languages] if cues else []
        output.start_encoding()
        for stream in streams:
            _write_pictures(output, stream, moments, start, picture, number)
        if sound is not None:
            _write_sound(output, sound, audio, start if audio_start is None else audio_start, audio_seconds or length)
        for stream in texts:
            _write_text(output, stream, cues)
    return path


def make_audio(
    path: Path, *, seconds: float = 2.0, audio: str | Sound = "tone", cover: bool = False, start: float = 0.0
) -> Path:
    """Write a file with sound only; ``cover`` adds a picture of the album, which is no video."""
    with av.open(str(path), "w", format="mp4" if path.suffix == ".m4a" else None) as output:
        sound = _add_sound(output, path)
        art = None
        if cover:
            art = output.add_stream("mjpeg", rate=1)
            art.width, art.height, art.pix_fmt = 64, 64, "yuvj420p"
            art.disposition = av.stream.Disposition.attached_pic
        output.start_encoding()
        if art is not None:
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 200, np.uint8), format="rgb24")
            output.mux(art.encode(frame.reformat(format="yuvj420p")))
        _write_sound(output, sound, audio, start, seconds)
    return path


def make_picture(path: Path, size: tuple[int, int] = (64, 48)) -> Path:
    """Write a still picture; the suffix names the format."""
    from PIL import Image

    Image.new("RGB", size, (200, 30, 30)).save(path)
    return path


def cut_file(source: Path, target: Path, keep: float = 0.5) -> Path:
    """Copy the first part of a file, as an interrupted download leaves it."""
    data = source.read_bytes()
    target.write_bytes(data[: int(len(data) * keep)])
    return target


def damage_file(source: Path, target: Path, start: float, end: float) -> Path:
    """Copy a file with the bytes between two shares (0 to 1) of its length replaced by noise."""
    data = bytearray(source.read_bytes())
    first, last = int(len(data) * start), int(len(data) * end)
    data[first:last] = np.random.default_rng(7).integers(0, 256, last - first, dtype=np.uint8).tobytes()
    target.write_bytes(data)
    return target


def write_number(image: np.ndarray, number: int) -> None:
    """Draw a number below 4096 as black and white bars across the top quarter of an image."""
    height, width = image.shape[:2]
    edges = np.linspace(0, width, BITS + 1).round().astype(int)
    for bit in range(BITS):
        image[: height // 4, edges[bit] : edges[bit + 1]] = 255 if number >> (BITS - 1 - bit) & 1 else 0


def read_number(image: np.ndarray) -> int:
    """The number drawn by ``write_number``, from an image of any size."""
    height, width = image.shape[:2]
    strip = image[height // 16 : max(height // 16 + 1, height * 3 // 16)].mean(axis=(0, 2))
    centres = [
        strip[int((bit + 0.3) * width / BITS) : int((bit + 0.7) * width / BITS) + 1].mean() for bit in range(BITS)
    ]
    return sum(1 << (BITS - 1 - bit) for bit, level in enumerate(centres) if level > 127)


def _add_pictures(
    output: Any, path: Path, size: tuple[int, int], fps: Any, codec: str | None, gop: int, bframes: int, options: Any
) -> Any:
    name = codec or _VIDEO_CODECS.get(path.suffix, "libx264")
    stream = output.add_stream(name, rate=Fraction(fps).limit_denominator(1001))
    stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
    stream.codec_context.time_base = Fraction(1, CLOCK) if name != "mpeg4" else 1 / Fraction(fps)
    stream.codec_context.gop_size = gop
    if name not in ("libvpx-vp9", "mpeg4"):
        stream.codec_context.max_b_frames = bframes
    extra = {"x265-params": "log-level=none:open-gop=1:bframes=4"} if name == "libx265" else {}
    fixed = {"sc_threshold": "0"} if name == "libx264" else {}
    quick = dict(_QUICK.get(name, {}))
    if name == "libx264" and bframes:
        fixed |= {"bf": str(bframes)}
    stream.options = {**quick, **extra, **fixed, **(options or {})}
    return stream


def _write_pictures(
    output: Any, stream: Any, moments: list[float], start: float, picture: Picture | None, number: bool
) -> None:
    base = stream.codec_context.time_base
    for index, moment in enumerate(moments):
        image = np.zeros((stream.height, stream.width, 3), np.uint8)
        image[:] = picture(index, moment) if picture is not None else (96, 96, 96)
        if number:
            write_number(image, index)
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts, frame.time_base = round((start + moment) / base), base
        if index + 1 < len(moments):
            frame.duration = round((moments[index + 1] - moment) / base)
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def _add_sound(output: Any, path: Path) -> Any:
    codec = _AUDIO_CODECS.get(path.suffix, "aac")
    stream = output.add_stream(codec, rate=48_000 if codec == "libopus" else SOUND_RATE)
    stream.layout = "mono"
    return stream


def _write_sound(output: Any, stream: Any, audio: Any, start: float, seconds: float) -> None:
    rate, block = stream.rate, 1024
    times = np.arange(round(seconds * rate)) / rate
    samples = _samples(audio, times).astype(np.float32)
    resampler = av.AudioResampler(
        format=stream.format.name, layout="mono", rate=rate, frame_size=stream.codec_context.frame_size or block
    )
    for first in range(0, len(samples), block):
        frame = av.AudioFrame.from_ndarray(samples[None, first : first + block], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, first + round(start * rate), Fraction(1, rate)
        for piece in resampler.resample(frame):
            output.mux(stream.encode(piece))
    for piece in resampler.resample(None):
        output.mux(stream.encode(piece))
    output.mux(stream.encode(None))


def _samples(audio: Any, times: np.ndarray) -> np.ndarray:
    if audio == "tone":
        return 0.5 * np.sin(2 * np.pi * 440 * times)
    if audio == "silence":
        return np.zeros_like(times)
    return np.asarray(audio(times))


def _add_text(output: Any, path: Path, language: str) -> Any:
    stream = output.add_stream(_SUBTITLE_CODECS.get(path.suffix, "subrip"))
    stream.codec_context.subtitle_header = _ASS_HEADER
    stream.codec_context.time_base = Fraction(1, 1000)
    stream.time_base = Fraction(1, 1000)
    stream.metadata["language"] = language
    return stream


def _write_text(output: Any, stream: Any, cues: list[tuple[float, float, str]]) -> None:
    for number, (start, end, text) in enumerate(cues):
        line = f"{number},0,Default,,0,0,0,,{text}".encode()
        cue = av.subtitles.subtitle.SubtitleSet.create(
            line, 0, round((end - start) * 1000), pts=round(start * av.time_base)
        )
        packet = stream.codec_context.encode_subtitle(cue)
        packet.stream, packet.time_base = stream, Fraction(1, 1000)
        packet.pts = packet.dts = round(start * 1000)
        packet.duration = round((end - start) * 1000)
        output.mux(packet)
