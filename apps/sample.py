"""The demo clip: thirty seconds with a known truth, for a first question when no video is at hand.

A morning at a small railway station. Every fact sits in one channel only, so that a question shows which tool found it:

    seconds   picture                        speech
     0 -  4   title: opened in 1887          welcome
     4 - 11   departures: times, platforms   the train to Pine Valley is late because of snow
    11 - 16   a cup of coffee (photograph)   breakfast is served until eleven
    16 - 21   a cat (framed photograph)      his name is Oliver
    21 - 25   notice: lost property, Room 12 (silence)
    25 - 30   a red train crosses the bridge farewell

``sample_facts()`` is that truth as data, with questions and choices. The pictures and the speech in ``sample_media/``
were made by ``examples/make_sample_media.py`` from the tables below; nothing here needs a font, a voice or a network.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ..video.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.video.stream import VideoStream

MEDIA = Path(__file__).parent / "sample_media"
SIZE = (960, 540)  # width, height in pixels
FRAMES_PER_SECOND = 24
AUDIO_RATE = 48_000  # what Opus decodes to, so nothing is resampled
AUDIO_BLOCK = 1024  # samples in one AAC frame

Box = tuple[float, float, float, float]
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Fact:
    """One question about the clip, and where its answer is.

    Attributes:
        question: What to ask.
        choices: The options; ``answer`` is one of them.
        answer: The right option.
        kind: The channel that holds the answer: ``speech``, ``text`` or ``object``; ``order`` needs several moments,
            ``look`` needs eyes that a detector does not have (a colour).
        start: Second from which the answer can be seen or heard.
        end: Second at which it is gone.
    """

    question: str
    choices: tuple[str, ...]
    answer: str
    kind: str
    start: float
    end: float

    @property
    def choice(self) -> int:
        """0-based index of the answer among the choices."""
        return self.choices.index(self.answer)


@dataclass(frozen=True, slots=True)
class Sprite:
    """A small picture that slides over a shot; ``left`` and ``right`` are its left edge in pixels at start and end."""

    picture: str
    left: int
    right: int
    top: int


@dataclass(frozen=True, slots=True)
class Shot:
    """One still picture with a slow camera move from one relative box to another, in seconds of the clip."""

    start: float
    end: float
    picture: str
    first: Box = WHOLE
    last: Box = WHOLE
    sprite: Sprite | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One spoken sentence and the second at which it begins."""

    start: float
    text: str


SHOTS = (
    Shot(0, 4, "title.jpg", WHOLE, (0.03, 0.03, 0.97, 0.97)),
    Shot(4, 11, "departures.jpg", WHOLE, (0.02, 0.02, 0.98, 0.98)),
    Shot(11, 16, "coffee.jpg", WHOLE, (0.05, 0.0, 0.93, 0.88)),
    Shot(16, 21, "cat.jpg", WHOLE, (0.03, 0.02, 0.97, 0.96)),
    Shot(21, 25, "notice.jpg", (0.02, 0.02, 0.98, 0.98), WHOLE),
    Shot(25, 30, "bridge.jpg", sprite=Sprite("train.png", left=-640, right=970, top=217)),
)
DURATION = SHOTS[-1].end

NARRATION = (
    Sentence(0.6, "Good morning, and welcome."),
    Sentence(5.4, "The train to Pine Valley is late today, because of snow."),
    Sentence(11.6, "In the cafe, breakfast is served until eleven o'clock."),
    Sentence(16.6, "And this is Oliver. He lives in the ticket office."),
    Sentence(26.0, "Thank you for your visit, and have a pleasant journey."),
)

FACTS = (
    Fact("In which year was the station opened?", ("1902", "1887", "1954", "1921"), "1887", "text", 0, 4),
    Fact(
        "At what time does the train to Harbour Town leave?",
        ("09:40", "10:05", "09:15", "11:30"),
        "09:15",
        "text",
        4,
        11,
    ),
    Fact("From which platform does the train to Pine Valley leave?", ("1", "2", "3", "4"), "4", "text", 4, 11),
    Fact(
        "Why is the train to Pine Valley late?",
        ("because of snow", "because of a strike", "because of a fallen tree", "because of a broken signal"),
        "because of snow",
        "speech",
        5.4,
        9.5,
    ),
    Fact("What stands on the table?", ("a bottle", "a laptop", "a cup", "a vase"), "a cup", "object", 11, 16),
    Fact(
        "What is shown right after the cup of coffee?",
        ("a departures board", "a cat", "a bridge", "a title"),
        "a cat",
        "order",
        11,
        21,
    ),
    Fact(
        "Until when is breakfast served in the cafe?",
        ("nine o'clock", "eleven o'clock", "noon", "ten o'clock"),
        "eleven o'clock",
        "speech",
        11.6,
        15.4,
    ),
    Fact("Which animal is shown?", ("a dog", "a bird", "a horse", "a cat"), "a cat", "object", 16, 21),
    Fact(
        "What is the name of the one who lives in the ticket office?",
        ("Oliver", "Simon", "Martha", "Charlie"),
        "Oliver",
        "speech",
        16.6,
        19.9,
    ),
    Fact(
        "Where can lost property be collected?", ("Room 3", "Room 7", "Room 12", "Room 20"), "Room 12", "text", 21, 25
    ),
    Fact(
        "Which colour is the train that crosses the bridge?", ("blue", "green", "yellow", "red"), "red", "look", 25, 30
    ),
)


def sample_facts() -> tuple[Fact, ...]:
    """The truth about the clip, in the order of its moments.

    Returns:
        Questions with choices, the right answer and the span in seconds in which it can be seen or heard.
    """
    return FACTS


def write_sample(path: str | Path, *, overwrite: bool = False) -> Path:
    """Write the demo clip: mp4, H.264 960x540 at 24 frames per second, AAC mono, thirty seconds.

    The same installation writes the same bytes each time. The file appears under its name only when it is whole.

    Args:
        path: Where to write; the name ends in ``.mp4``.
        overwrite: Whether a file of that name may be replaced.

    Returns:
        The path that was written.

    Raises:
        UsageError: The name is not that of an mp4 file, the folder is missing or closed to writing, or the file exists
            and ``overwrite`` is false.

    Example:
        >>> vidprog.open_video(vidprog.write_sample("another.mp4")).duration
        30.0
    """
    path = Path(path)
    part = path.parent / f".vidprog-sample-{os.getpid()}.part"
    try:
        _check_target(path, overwrite)
        _encode(part)
        part.replace(path)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror or error}"
        raise UsageError(message, code="sample.unwritable", hint="choose another folder") from error
    finally:
        with suppress(OSError):
            part.unlink()
    return path


def _check_target(path: Path, overwrite: bool) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a directory", code="sample.directory", hint=f"name a file: {path / 'demo.mp4'}")
    if path.suffix.lower() != ".mp4":
        hint = f"name it {path.with_suffix('.mp4').name}" if path.name else "name it demo.mp4"
        raise UsageError(f"the sample is an mp4 file, {path} is not", code="sample.suffix", hint=hint)
    if not path.parent.is_dir():
        raise UsageError(f"no folder {path.parent}", code="sample.folder", hint="create it, or choose another place")
    if path.exists() and not overwrite:
        raise UsageError(f"{path} exists", code="sample.exists", hint="choose another name, or allow overwriting")


def _encode(path: Path) -> None:
    import av

    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        pictures, sound = _add_pictures(container), _add_sound(container)
        blocks = _sound_blocks()
        for index, image in enumerate(_images()):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts = index
            container.mux(pictures.encode(frame))
            _mux_sound(container, sound, blocks, until=(index + 1) / FRAMES_PER_SECOND)
        container.mux(pictures.encode(None))
        container.mux(sound.encode(None))


def _add_pictures(container: "OutputContainer") -> "VideoStream":
    stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
    stream.width, stream.height = SIZE
    stream.pix_fmt = "yuv420p"
    stream.time_base = Fraction(1, FRAMES_PER_SECOND)
    # A fixed number of threads: the bytes x264 writes depend on it. A key frame every two seconds keeps seeking quick.
    stream.options = {"crf": "20", "preset": "veryfast", "threads": "2", "g": str(2 * FRAMES_PER_SECOND)}
    stream.codec_context.flags |= _bitexact()
    return stream


def _add_sound(container: "OutputContainer") -> "AudioStream":
    stream = container.add_stream("aac", rate=AUDIO_RATE, layout="mono", bit_rate=96_000)
    stream.codec_context.flags |= _bitexact()
    return stream


def _bitexact() -> int:
    from av.codec.context import Flags

    return int(Flags.bitexact)


def _mux_sound(
    container: "OutputContainer", stream: "AudioStream", blocks: Iterator[tuple[int, "np.ndarray"]], until: float
) -> None:
    """Encode the blocks of sound that begin before a second of the clip."""
    import av

    for offset, block in blocks:
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = AUDIO_RATE, offset, Fraction(1, AUDIO_RATE)
        container.mux(stream.encode(frame))
        if (offset + AUDIO_BLOCK) / AUDIO_RATE >= until:
            return


def _sound_blocks() -> Iterator[tuple[int, "np.ndarray"]]:
    """The narration cut into encoder frames: sample offset and samples (1 x AUDIO_BLOCK, -1 to 1)."""
    import av
    import numpy as np

    with av.open(str(MEDIA / "narration.opus")) as container:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=AUDIO_RATE)
        parts = [out.to_ndarray() for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    length = int(DURATION * AUDIO_RATE)
    samples = np.concatenate(parts, axis=1)[:, :length]
    samples = np.pad(samples, ((0, 0), (0, length - samples.shape[1])))
    for offset in range(0, length, AUDIO_BLOCK):
        yield offset, np.ascontiguousarray(samples[:, offset : offset + AUDIO_BLOCK])


def _images() -> Iterator["np.ndarray"]:
    """Every frame of the clip in order (height x width x 3, RGB)."""
    for shot in SHOTS:
        picture = _load(shot.picture)
        sprite = _load(shot.sprite.picture, "RGBA") if shot.sprite else None
        count = round((shot.end - shot.start) * FRAMES_PER_SECOND)
        for index in range(count):
            progress = index / (count - 1)
            image = _look_at(picture, shot, progress)
            if shot.sprite and sprite is not None:
                left = shot.sprite.left + (shot.sprite.right - shot.sprite.left) * progress
                _paste(image, sprite, round(left), shot.sprite.top)
            yield image


def _load(name: str, mode: str = "RGB") -> "np.ndarray":
    """A picture of the clip (height x width x 3, or 4 with mode ``RGBA``)."""
    import numpy as np
    from PIL import Image

    with Image.open(MEDIA / name) as image:
        return np.asarray(image.convert(mode))


def _look_at(picture: "np.ndarray", shot: Shot, progress: float) -> "np.ndarray":
    """What the camera sees of a picture, 0 to 1 of the way through its shot, in the clip's size."""
    import cv2
    import numpy as np

    eased = progress * progress * (3 - 2 * progress)  # starts and stops gently
    height, width = picture.shape[:2]
    left, top, right, bottom = (a + (b - a) * eased for a, b in zip(shot.first, shot.last, strict=True))
    across, down = (right - left) * width / SIZE[0], (bottom - top) * height / SIZE[1]
    # Pixel centres, not corners, are mapped onto each other.
    view = np.array([[across, 0, left * width + (across - 1) / 2], [0, down, top * height + (down - 1) / 2]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(picture, view, SIZE, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _paste(image: "np.ndarray", sprite: "np.ndarray", left: int, top: int) -> None:
    """Lay a transparent picture over an image, in place; what hangs over the edge is cut off."""
    first, last = max(0, -left), min(sprite.shape[1], image.shape[1] - left)
    if first >= last:
        return
    seen = sprite[:, first:last].astype("float32")
    under = image[top : top + sprite.shape[0], left + first : left + last]
    opacity = seen[..., 3:] / 255
    under[:] = (seen[..., :3] * opacity + under * (1 - opacity)).round()
