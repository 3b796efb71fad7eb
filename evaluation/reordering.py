"""Videos that tell less: one frame, another order, backwards. What an answer does not lose by them needs no video.

Pictures and sound are encoded anew (H.264 at a constant quality of 14, which looks the same; sound as AAC, 16 kHz,
mono, which is what recognisers hear). TempCompass and TVBench reorder the frames that a model is shown; here it is the
file that is reordered, so that every tool sees it.
"""

import os
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np

from ..video import Clip, Frame, Video, cut_clip, frames_at, iter_frames, open_video, read_audio
from ..video.audio import SAMPLE_RATE
from ..video.errors import VidprogError
from .systems import Condition

PIECES = 256
"""Of a shuffled video at most: the order of an hour is gone long before that of its seconds is."""
STILL_SECONDS, STILL_RATE = 2.0, 5
TICKS = 90_000
"""Units of a second in which pictures are timed."""
OPTIONS = {"crf": "14", "preset": "veryfast"}
Piece = tuple[Clip, bool]
"""What is shown next, and whether its pictures run backwards."""


def prepared(path: Path, condition: Condition, folder: Path, seconds: float = 1.0, seed: int = 0) -> Path:
    """The file in which a video is as a condition wants it; made once.

    Args:
        path: The video.
        condition: ``one_frame``, ``shuffled`` or ``reversed``; anything else leaves the video as it is.
        folder: Where made files are kept.
        seconds: Length of a piece; longer where there would be more than 256 to shuffle.
        seed: Of the order.

    Returns:
        The video itself or the file that was made.

    Raises:
        VidprogError: ``eval.pictures``, there is nothing to show; the video cannot be read.
    """
    if condition not in ("one_frame", "shuffled", "reversed"):
        return path
    video = open_video(path)
    if not video.has_video:
        raise VidprogError(f"{path} has no pictures to reorder", code="eval.pictures", hint="Leave --controls out.")
    target = folder / f"{video.fingerprint}-{condition}-{seconds:g}-{seed}.mp4"
    if condition == "one_frame":
        return _made(target, lambda file: _write_still(video, file))
    order = order_of(video, condition, seconds, seed)
    return _made(target, lambda file: _write_pieces(video, order, file))


def part_of(path: Path, start: float, end: float, folder: Path) -> Path:
    """A file with one part of a video; made once."""
    video = open_video(path)
    target = folder / f"{video.fingerprint}-{start:g}-{end:g}.mp4"
    return _made(target, lambda file: cut_clip(Clip(video, start, end), file, copy=False))


def pieces_of(duration: float, seconds: float, most: int | None = None) -> list[tuple[float, float]]:
    """Equal pieces of about a length, two at least.

    Example:
        >>> pieces_of(2.5, 1.0)
        [(0.0, 1.25), (1.25, 2.5)]
    """
    count = max(2, min(round(duration / seconds), most or round(duration / seconds)))
    edges = [duration * place / count for place in range(count + 1)]
    return list(pairwise(edges))


def order_of(video: Video, condition: Condition, seconds: float = 1.0, seed: int = 0) -> list[Piece]:
    """The pieces of a video as a condition wants them: no shuffled order is the one it had."""
    most = PIECES if condition == "shuffled" else None  # reversed pieces are held in memory: they stay short
    pieces = [Clip(video, start, end) for start, end in pieces_of(video.duration, seconds, most)]
    if condition == "reversed":
        return [(piece, True) for piece in reversed(pieces)]
    places = list(range(len(pieces)))
    generator = random.Random(seed)
    while places == sorted(places):
        generator.shuffle(places)
    return [(pieces[place], False) for place in places]


def _made(target: Path, write: Any) -> Path:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f"under-way-{os.getpid()}-{target.name}")
        write(beside)
        os.replace(beside, target)
    return target


def _write_still(video: Video, file: Path) -> None:
    middle = next(iter(frames_at(video, [video.duration / 2])))
    frames = [Frame(place / STILL_RATE, middle.image) for place in range(int(STILL_SECONDS * STILL_RATE))]
    with av.open(str(file), "w") as output:
        stream = _picture_stream(output, video, STILL_RATE)
        _write_frames(output, stream, frames, 0.0)
        output.mux(stream.encode(None))


def _write_pieces(video: Video, order: Sequence[Piece], file: Path) -> None:
    """All pieces behind each other; each begins where the one before it ends, in pictures and in sound."""
    with av.open(str(file), "w") as output:
        pictures = _picture_stream(output, video, video.fps or 25)
        sound = output.add_stream("aac", rate=SAMPLE_RATE, layout="mono") if video.has_audio else None
        start, written = 0.0, 0
        for piece, backwards in order:
            shown = _backwards(piece) if backwards else _frames(piece)
            _write_frames(output, pictures, shown, start - piece.start)
            start += piece.duration
            if sound is not None:
                written += _write_sound(output, sound, piece, written, round(start * SAMPLE_RATE))
        for stream in filter(None, (pictures, sound)):
            output.mux(stream.encode(None))


def _frames(piece: Clip) -> Iterator[Frame]:
    """The frames of a piece; one that was on screen before begins with the piece."""
    for frame in iter_frames(piece):
        yield Frame(max(frame.time, piece.start), frame.image)


def _backwards(piece: Clip) -> Iterator[Frame]:
    """The frames of a piece from its last one on, each for as long as it was shown."""
    frames = list(_frames(piece))
    ends = [*(frame.time for frame in frames[1:]), piece.end]
    for frame, end in zip(reversed(frames), reversed(ends), strict=True):
        yield Frame(piece.start + piece.end - end, frame.image)


def _picture_stream(output: Any, video: Video, rate: float) -> Any:
    stream = output.add_stream("libx264", rate=Fraction(rate).limit_denominator(1001), options=OPTIONS)
    stream.width, stream.height = (max(2, side // 2 * 2) for side in video.size)
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = stream.time_base = Fraction(1, TICKS)
    return stream


def _write_frames(output: Any, stream: Any, frames: Any, shift: float) -> None:
    """Frames at their time plus a shift, in seconds."""
    for frame in frames:
        image = np.ascontiguousarray(frame.image[: stream.height, : stream.width])
        picture = av.VideoFrame.from_ndarray(image, format="rgb24")
        picture.pts, picture.time_base = round(max(0.0, frame.time + shift) * TICKS), Fraction(1, TICKS)
        output.mux(stream.encode(picture))


def _write_sound(output: Any, stream: Any, piece: Clip, written: int, end: int) -> int:
    """The sound of a piece up to a place in samples; silence where the video has none any more."""
    samples = read_audio(piece).samples[: end - written]
    filled = np.zeros((1, end - written), np.float32)
    filled[0, : len(samples)] = samples
    frame = av.AudioFrame.from_ndarray(filled, format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, written, Fraction(1, SAMPLE_RATE)
    output.mux(stream.encode(frame))
    return end - written
