"""A script becomes a video file, frame by frame: no more than a scene and a frame is ever held."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...video.errors import MediaError
from .backgrounds import Background, Film, Scenes
from .drawing import lay_over, picture_of, slide_of
from .needle import Needle, Script
from .voices import RATE, sound_of

if TYPE_CHECKING:
    import numpy as np

BLOCK = 1024
"""Samples of an AAC frame."""
HUSH = 0.25
"""What the background's sound is multiplied by while a needle is said."""
KEY_SECONDS = 4
"""From key frame to key frame: seeking stays quick, and still pictures cost little."""
REPORT_FRAMES = 250
Told = Callable[[float], None]
"""Is told the share of a video that is done."""


def background_of(script: Script) -> Background:
    """The background that a script names.

    Raises:
        MediaError: Its video cannot be used.
    """
    if script.background is None:
        return Scenes(script.seed, script.fps, script.size)
    return Film.open(script.background, script.fps, script.size)


def write_script(script: Script, path: Path, told: Told) -> None:
    """Make the video of a script; it appears under its name only when it is whole.

    The same installation writes the same bytes each time. Videos without spoken needles and without a sound
    behind them have no sound.

    Args:
        script: What is in it.
        path: The file to write; its name ends in ``.mp4``.
        told: Is told how much is done.

    Raises:
        MediaError: ``needles.write``, the file cannot be written; the background cannot be read.
    """
    part = path.with_name(f".{path.stem}.part")
    try:
        _encode(script, part, told)
        part.replace(path)
    except OSError as error:
        raise MediaError(
            f"{path} cannot be written: {error.strerror or error}", code="needles.write", hint="Choose another folder."
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()


def frames_of(script: Script) -> Iterator[tuple[Hashable, "np.ndarray"]]:
    """Every picture of a video (height x width x 3, uint8, RGB), with a key that changes when it does.

    Args:
        script: What is in it.
    """
    background = background_of(script)
    moments = reversed(range(script.frames)) if script.reverse else range(script.frames)
    overlays = _Overlays(script)
    for index, (key, image) in zip(moments, background.pictures(script.frames, script.reverse), strict=True):
        drawn = overlays.at(index)
        if not drawn:
            yield (key, ()), image
            continue
        slide = next((picture for _, picture, _, fills in drawn if fills), None)
        yield (None if slide is not None else key, tuple(state for state, *_ in drawn)), _laid(image, slide, drawn)


def _laid(image: "np.ndarray", slide: "np.ndarray | None", drawn: "list[_Drawn]") -> "np.ndarray":
    whole = (image if slide is None else slide).copy()
    for _, picture, place, fills in drawn:
        if not fills:
            lay_over(whole, picture, place)
    return whole


_Drawn = tuple[Hashable, "np.ndarray", tuple[float, float], bool]
"""State that changes when the needle looks different, its picture, its place, whether it fills the frame."""


class _Overlays:
    """What the needles that can be seen look like at a moment; each is drawn once while it stays as it is."""

    def __init__(self, script: Script) -> None:
        self._size = script.size
        self._needles = [needle for needle in script.needles if needle.subject.kind != "spoken"]
        self._pictures: dict[int, tuple[float, np.ndarray]] = {}

    def at(self, index: int) -> list[_Drawn]:
        """Everything that is shown in a frame of the forward video."""
        there = [(number, one) for number, one in enumerate(self._needles) if one.start <= index < one.end]
        self._pictures = {number: self._pictures[number] for number, _ in there if number in self._pictures}
        return [self._drawn(number, needle, index) for number, needle in there]

    def _drawn(self, number: int, needle: Needle, index: int) -> _Drawn:
        share = (index - needle.start) / max(1, needle.end - needle.start - 1)
        scale = needle.look.growth**share
        place, goal = needle.look.place, needle.look.goal or needle.look.place
        at = (place[0] + (goal[0] - place[0]) * share, place[1] + (goal[1] - place[1]) * share)
        return (number, scale, at), self._picture(number, needle, scale), at, needle.slide

    def _picture(self, number: int, needle: Needle, scale: float) -> "np.ndarray":
        known = self._pictures.get(number)
        if known is None or known[0] != scale:
            drawn = slide_of(needle, self._size) if needle.slide else picture_of(needle, scale, self._size)
            known = self._pictures[number] = (scale, drawn)
        return known[1]


def _encode(script: Script, path: Path, told: Told) -> None:
    import av

    sound = sound_blocks(script)
    with av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        pictures = _picture_stream(container, script)
        heard = _sound_stream(container) if sound is not None else None
        shown: tuple[Hashable, Any] = (None, None)
        for index, (key, image) in enumerate(frames_of(script)):
            if shown[1] is None or key != shown[0]:
                frame = av.VideoFrame.from_ndarray(_contiguous(image), format="rgb24").reformat(format="yuv420p")
                shown = (key, frame)
            shown[1].pts = index
            container.mux(pictures.encode(shown[1]))
            if heard is not None and sound is not None:
                _mux_sound(container, heard, sound, float((index + 1) / script.fps))
            if index % REPORT_FRAMES == 0:
                told(index / script.frames)
        container.mux(pictures.encode(None))
        if heard is not None:
            container.mux(heard.encode(None))
    told(1.0)


def _contiguous(image: "np.ndarray") -> "np.ndarray":
    import numpy as np

    return np.ascontiguousarray(image)


def _picture_stream(container: Any, script: Script) -> Any:
    stream = container.add_stream("libx264", rate=script.fps)
    stream.width, stream.height = script.size
    stream.pix_fmt = "yuv420p"
    stream.time_base = stream.codec_context.time_base = 1 / script.fps
    # The bytes x264 writes depend on the number of threads.
    key = str(max(1, round(KEY_SECONDS * script.fps)))
    stream.options = {"crf": "23", "preset": "veryfast", "threads": "2", "g": key, "rc-lookahead": "10"}
    stream.codec_context.flags |= _bitexact()
    return stream


def _sound_stream(container: Any) -> Any:
    stream = container.add_stream("aac", rate=RATE, layout="mono", bit_rate=48_000)
    stream.codec_context.flags |= _bitexact()
    return stream


def _bitexact() -> int:
    from av.codec.context import Flags

    return int(Flags.bitexact)


def _mux_sound(container: Any, stream: Any, blocks: Iterator[tuple[int, "np.ndarray"]], until: float) -> None:
    """Encode the blocks of sound that begin before a second of the video."""
    import av

    for offset, block in blocks:
        frame = av.AudioFrame.from_ndarray(block[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, offset, Fraction(1, RATE)
        container.mux(stream.encode(frame))
        if (offset + BLOCK) / RATE >= until:
            return


def sound_blocks(script: Script) -> Iterator[tuple[int, "np.ndarray"]] | None:
    """The sound of a video in the encoder's blocks: place of the first sample, and samples (float32, -1 to 1).

    Args:
        script: What is in it.

    Returns:
        Blocks of 1024 samples to the end of the video; None where nothing is to be heard.
    """
    said = [needle for needle in script.needles if needle.subject.kind == "spoken"]
    behind = None if script.silent else background_of(script).sound(script.frames)
    if not said and behind is None:
        return None
    return _blocks(script, said, behind)


def _blocks(
    script: Script, said: list[Needle], behind: "Iterator[np.ndarray] | None"
) -> Iterator[tuple[int, "np.ndarray"]]:
    import numpy as np

    starts = [(round(needle.start / script.fps * RATE), needle) for needle in said]
    under = _cut(behind) if behind is not None else None
    for offset in range(0, round(script.frames / script.fps * RATE), BLOCK):
        block = np.zeros(BLOCK, np.float32) if under is None else next(under, np.zeros(BLOCK, np.float32))
        for start, needle in starts:
            if start >= offset + BLOCK or needle.end / script.fps * RATE <= offset:
                continue
            samples = sound_of(needle.subject, script.voice)
            first = max(0, offset - start)
            piece = samples[first : first + BLOCK - max(0, start - offset)]
            place = slice(max(0, start - offset), max(0, start - offset) + len(piece))
            block[place] = block[place] * HUSH + piece
        yield offset, np.clip(block, -1.0, 1.0)


def _cut(pieces: "Iterator[np.ndarray]") -> "Iterator[np.ndarray]":
    """The same samples in the encoder's blocks; the rest is filled up with silence."""
    import numpy as np

    held = np.zeros(0, np.float32)
    for piece in pieces:
        held = np.concatenate([held, piece])
        while len(held) >= BLOCK:
            yield held[:BLOCK].copy()
            held = held[BLOCK:]
    if len(held):
        yield np.pad(held, (0, BLOCK - len(held)))
