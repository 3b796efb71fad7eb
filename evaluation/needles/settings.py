"""What a set of needles is to be, checked before anything is made."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from ...video.errors import UsageError
from .needle import KINDS, Kind
from .questions import FORMS, Form
from .subjects import Materials
from .tasks import TASKS, Task
from .voices import SHIPPED, check_voice

LEAST_SIDE, MOST_SIDE = 64, 4096
MOST_MINUTES = 24 * 60
MOST_FPS = 120


@dataclass(frozen=True, slots=True)
class NeedleSettings:
    """A set of videos with needles.

    Attributes:
        lengths: Minutes of the videos.
        depths: Where needles are that are asked about one by one, 0 (start) to 1 (end).
        kinds: Of needles.
        tasks: What is asked.
        forms: How it is asked.
        background: A video behind the needles; generated pictures where it is None.
        size: Width and height in pixels, even numbers.
        fps: Pictures a second.
        seed: Decides everything that is random.
        count: How many videos (or pairs) of each length, kind and task.
        needle_seconds: How long a needle is shown.
        distractors: Needles in each video that nothing is asked about.
        voice: Who says spoken needles.
        materials: Files of the user's.

    Raises:
        UsageError: A value that cannot be.
    """

    lengths: tuple[float, ...] = (1.0, 10.0)
    depths: tuple[float, ...] = (0.1, 0.5, 0.9)
    kinds: tuple[Kind, ...] = KINDS
    tasks: tuple[Task, ...] = ("retrieval", "ordering", "counting")
    forms: tuple[Form, ...] = ("choice",)
    background: Path | None = None
    size: tuple[int, int] = (640, 360)
    fps: Fraction = Fraction(25, 2)
    seed: int = 0
    count: int = 1
    needle_seconds: float = 4.0
    distractors: int = 3
    voice: str = SHIPPED
    materials: Materials = field(default_factory=Materials)

    def __post_init__(self) -> None:
        _check_names("kind", self.kinds, KINDS)
        _check_names("task", self.tasks, tuple(TASKS))
        _check_names("form", self.forms, FORMS)
        _check_numbers("depth", self.depths, lambda depth: 0 <= depth <= 1, "between 0 and 1")
        between = f"more than 0 and up to {MOST_MINUTES} minutes"
        _check_numbers("length", self.lengths, lambda length: 0 < length <= MOST_MINUTES, between)
        even = all(side % 2 == 0 and LEAST_SIDE <= side <= MOST_SIDE for side in self.size)
        _check(even, f"width and height are even, {LEAST_SIDE} to {MOST_SIDE} pixels", "x".join(map(str, self.size)))
        _check(1 <= self.fps <= MOST_FPS, f"frames a second are between 1 and {MOST_FPS}", float(self.fps))
        _check(self.count >= 1, "the count is at least 1", self.count)
        _check(self.seed >= 0, "a seed is 0 or more", self.seed)
        _check(self.distractors >= 0, "distractors are 0 or more", self.distractors)
        _check(0 < self.needle_seconds < math.inf, "a needle is there for some time", self.needle_seconds)
        check_voice(self.voice)
        for file in (*self._files(), *([self.background] if self.background else [])):
            _check_file(file)
        for kind in self.kinds:
            _check_called(kind, self.materials.files(kind))

    def _files(self) -> tuple[Path, ...]:
        return (*self.materials.pictures, *self.materials.objects, *self.materials.spoken)


def _check(right: bool, rule: str, value: Any) -> None:
    if not right:
        raise UsageError(f"{rule}, not {value}", code="needles.setting", hint="See vidprog needles --help.")


def _check_names(what: str, names: Sequence[str], known: Sequence[str]) -> None:
    wrong = [name for name in names if name not in known]
    if wrong or not names:
        message = f"there is no {what} {wrong[0]!r}" if wrong else f"no {what} is named"
        raise UsageError(message, code="needles.setting", hint=f"Known: {', '.join(known)}.")
    if len(set(names)) < len(names):
        raise UsageError(f"a {what} is named twice", code="needles.setting", hint=f"You named {', '.join(names)}.")


def _check_numbers(what: str, numbers: Sequence[float], right: Callable[[float], bool], rule: str) -> None:
    _check(bool(numbers), f"there is at least one {what}", "none")
    for number in numbers:
        _check(right(number), f"a {what} is {rule}", number)
    # Files and items are named after what is written so.
    named = [f"{number:g}" for number in numbers]
    _check(len(set(named)) == len(named), f"each {what} is named once", ", ".join(named))


def _check_called(kind: Kind, files: Sequence[Path]) -> None:
    """Two files of one name could not be told apart in a question; in a list of names a comma ends a name."""
    names = [file.stem.casefold() for file in files]
    for file, name in zip(files, names, strict=True):
        if names.count(name) > 1 or "," in name:
            why = "contains a comma" if "," in name else "is that of another file"
            raise UsageError(
                f"{file}: the name {file.stem!r} {why}", code="needles.file",
                hint=f"A {kind} needle is called after its file: rename it.",
            )  # fmt: skip


def _check_file(file: Path) -> None:
    if not file.is_file():
        raise UsageError(f"there is no file {file}", code="needles.file", hint="Check its name.")
