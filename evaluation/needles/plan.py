"""From settings to the scripts and the items of every video, before the first frame is made."""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from ...video import open_video
from ...video.errors import UsageError
from ..items import Item
from .brief import Brief
from .drawing import image_of
from .needle import Kind, Needle, Script, Subject
from .questions import items_of, unasked
from .settings import NeedleSettings
from .subjects import Manner, manner_of
from .tasks import SEEN_ONLY, TASKS, Film, Task
from .timing import Timing
from .voices import RATE, sound_of

if TYPE_CHECKING:
    import numpy as np

GAP = 0.25
"""Pause between two needles at least, in lengths of a needle."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A video and its items."""

    script: Script
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that will be made.

    Attributes:
        videos: In the order in which they are made.
        left_out: What was asked for and cannot be, each with its reason.
    """

    videos: tuple[Planned, ...]
    left_out: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Length of all videos together."""
        return sum(video.script.seconds for video in self.videos)


def plan_needles(settings: NeedleSettings) -> Plan:
    """Write the scripts and the truth of a set; the same settings give the same.

    Args:
        settings: What is wanted.

    Raises:
        UsageError: ``needles.room``, needles do not fit into a video; ``needles.subjects``, there are too few things;
            ``needles.frames``, a needle is too short to move; ``needles.image``, a file is no image.
        MediaError: The background or a sound cannot be used.
    """
    _check_media(settings)
    videos: list[Planned] = []
    notes: dict[str, None] = {}
    for task, kind in product(settings.tasks, settings.kinds):
        manner = manner_of(kind, settings.materials)
        if task in SEEN_ONLY and not manner.seen:
            notes[f"{task} with {kind} needles is left out: they cannot be seen"] = None
            continue
        for length, number in product(settings.lengths, range(1, settings.count + 1)):
            cell = _Cell(settings, task, kind, length, number)
            films = cell.films(manner, lambda note: notes.setdefault(note))
            for film in films:
                notes.update({f"{cell.asked}: {note}": None for note in unasked(film.questions, settings.forms)})
            videos += [cell.planned(film) for film in films]
    return Plan(tuple(videos), tuple(notes))


def _check_media(settings: NeedleSettings) -> None:
    """Read the user's files once: one that is broken is known before an hour of video is made."""
    if settings.background is not None:
        open_video(settings.background)
    for kind in settings.kinds:
        for file in settings.materials.files(kind) if manner_of(kind, settings.materials).seen else ():
            image_of(str(file))


@dataclass(frozen=True, slots=True)
class _Cell:
    """One task with one kind of needles at one length, one of several alike."""

    settings: NeedleSettings
    task: Task
    kind: Kind
    length: float
    number: int

    @property
    def name(self) -> str:
        return f"{self.task}-{self.kind}-{self.length:g}min-{self.number}"

    @property
    def asked(self) -> str:
        """In words of errors and notes."""
        return f"{self.task} with {self.kind} needles"

    def films(self, manner: Manner, note: Callable[[str], None]) -> list[Film]:
        """What the task makes of it.

        Raises:
            UsageError: It cannot be; where there is no room, the message says in which of many videos.
        """
        brief = self.brief(manner, note)
        try:
            return TASKS[self.task](brief)
        except UsageError as error:
            if error.code != "needles.room":
                raise
            raise UsageError(f"{self.asked}: {error.message}", code=error.code, hint=error.hint) from error

    def brief(self, manner: Manner, note: Callable[[str], None]) -> Brief:
        settings = self.settings
        # Chance depends on the cell only: more lengths or tasks leave the others as they were.
        rng = _chance(settings.seed, self.name)
        seed = int(rng.integers(2**31))
        timing = Timing.of(self.length, settings.fps, GAP * settings.needle_seconds)

        def script(end: str, needles: tuple[Needle, ...], reverse: bool = False, silent: bool = False) -> Script:
            return Script(
                self.name + end, timing.frames, settings.fps, settings.size, seed, needles, reverse,
                settings.background, settings.voice, silent,
            )  # fmt: skip

        def length_of(subject: Subject) -> int:
            if subject.kind != "spoken":
                return timing.count(settings.needle_seconds)
            return math.ceil(len(sound_of(subject, settings.voice)) / RATE * settings.fps)

        return Brief(
            self.asked, manner, timing, settings.depths, settings.distractors, rng,
            length_of, script, note,
        )  # fmt: skip

    def planned(self, film: Film) -> Planned:
        about = {"kind": self.kind, "length": self.length, "seed": self.settings.seed}
        return Planned(film.script, tuple(items_of(film.script, film.questions, self.settings.forms, self.task, about)))


def _chance(seed: int, name: str) -> "np.random.Generator":
    import numpy as np

    return np.random.default_rng([seed, zlib.crc32(name.encode())])
