"""A needle in a video, and the script of a whole video: everything that decides its pictures and its sound."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from ..items import Span

Kind = Literal["text", "picture", "spoken", "object"]
KINDS: tuple[Kind, ...] = ("text", "picture", "spoken", "object")
Colour = tuple[int, int, int]
Place = tuple[float, float]
"""Where a needle is: shares of the room that it leaves, to the right and down (0 touches the left or upper edge)."""

MIDDLE: Place = (0.5, 0.5)
WHITE: Colour = (255, 255, 255)
LARGE = 50_000_000
"""Bytes from which a file is known by name and size."""
GENERATOR = "2"
"""Changes when the same script would be drawn or spoken differently."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What can be a needle.

    Attributes:
        kind: How it comes into the video.
        name: What an option calls it: ``HARBOUR``, ``red star``, ``cat``, ``lemon``.
        content: What is drawn or said: the letters of a text, the colour and shape of a picture, or the sentences.
        file: The image or sound of the user's, or of the package; None for what is drawn or said by the voice.
    """

    kind: Kind
    name: str
    content: str
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Where a needle is, how large, and how both change while it is shown.

    Attributes:
        place: Where it is, or begins.
        size: Its height as a share of the picture's height; less where it would be too wide.
        colour: Of letters (RGB).
        goal: Where it ends; ``place`` where it stays.
        growth: By what its size has been multiplied at its end.
    """

    place: Place = MIDDLE
    size: float = 0.12
    colour: Colour = WHITE
    goal: Place | None = None
    growth: float = 1.0


@dataclass(frozen=True, slots=True)
class Needle:
    """A subject in a video, from one frame to another.

    Attributes:
        subject: What is shown or said.
        start: First frame in which it is there.
        end: First frame in which it is there no longer.
        look: How it is shown; nothing to a spoken one.
        slide: Whether it takes the place of the background.
    """

    subject: Subject
    start: int
    end: int
    look: Look = field(default_factory=Look)
    slide: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """A video to be made.

    Attributes:
        name: Of its file, without the suffix.
        frames: How many pictures it has.
        fps: Pictures a second.
        size: Width and height in pixels.
        seed: Of the generated background.
        needles: In the order of time.
        reverse: Whether the pictures come in the reverse order; needles are given for the forward one.
        background: A video whose pictures and sound lie behind the needles; None for generated pictures.
        voice: Who says spoken needles.
        silent: Whether the background is not heard; so in both videos of a pair of which one is reversed.
    """

    name: str
    frames: int
    fps: Fraction
    size: tuple[int, int]
    seed: int
    needles: tuple[Needle, ...]
    reverse: bool = False
    background: Path | None = None
    voice: str = "shipped"
    silent: bool = False

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.mp4"

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return float(self.frames / self.fps)

    @property
    def shown(self) -> tuple[Needle, ...]:
        """The needles where they are in the finished video, in the order of its time."""
        if not self.reverse:
            return self.needles
        turned = (self._turned(needle) for needle in self.needles)
        return tuple(sorted(turned, key=lambda needle: needle.start))

    def _turned(self, needle: Needle) -> Needle:
        return replace(needle, start=self.frames - needle.end, end=self.frames - needle.start)

    def span(self, needle: Needle) -> Span:
        """When a needle is there, in seconds: from its first picture to the first one without it."""
        return float(needle.start / self.fps), float(needle.end / self.fps)

    @property
    def digest(self) -> str:
        """Of everything that decides the pictures and the sound; files by their content."""
        described = asdict(self) | {"fps": str(self.fps), "generator": GENERATOR, "files": self._files()}
        del described["name"]
        text = json.dumps(described, sort_keys=True, default=lambda path: path.name)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _files(self) -> list[str]:
        files = [needle.subject.file for needle in self.needles] + [self.background]
        return [_content(file, file.stat().st_size) for file in files if file is not None]


@lru_cache(maxsize=256)
def _content(file: Path, size: int) -> str:
    """Hash of a file; of a large one name and size, as hashing a film would take longer than what it is asked for."""
    if size > LARGE:
        return f"{file.name}:{size}"
    return hashlib.sha256(file.read_bytes()).hexdigest()


def described(needle: Needle) -> dict[str, Any]:
    """A needle as the truth's JSON names it: what, in which frames (the second is not included), and where."""
    what = {"kind": needle.subject.kind, "content": needle.subject.content, "frames": [needle.start, needle.end]}
    if needle.subject.kind == "spoken" or needle.slide:
        return what
    look = needle.look
    return what | {
        "place": list(look.place), "goal": list(look.goal or look.place), "size": look.size, "growth": look.growth,
    }  # fmt: skip
