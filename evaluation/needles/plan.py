"""From settings to the scripts and the items of every video, before the first frame is made."""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from ..items import Item
from .brief import Brief
from .needle import Kind, Needle, Script, Subject
from .questions import items_of
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
        UsageError: ``needles.room``, needles do not fit into a video; ``needles.subjects``, there are too few things.
    """
    videos: list[Planned] = []
    notes: dict[str, None] = {}
    for task, kind in product(settings.tasks, settings.kinds):
        manner = manner_of(kind, settings.materials)
        if task in SEEN_ONLY and not manner.seen:
            notes[f"{task} with {kind} needles is left out: they cannot be seen"] = None
            continue
        for length, number in product(settings.lengths, range(1, settings.count + 1)):
            cell = _Cell(settings, task, kind, length, number)
            films = TASKS[task](cell.brief(manner, lambda note: notes.setdefault(note)))
            videos += [cell.planned(film) for film in films]
    return Plan(tuple(videos), tuple(notes))


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
            f"{self.task} with {self.kind} needles", manner, timing, settings.depths, settings.distractors, rng,
            length_of, script, note,
        )  # fmt: skip

    def planned(self, film: Film) -> Planned:
        about = {"kind": self.kind, "length": self.length, "seed": self.settings.seed}
        return Planned(film.script, tuple(items_of(film.script, film.questions, self.settings.forms, self.task, about)))


def _chance(seed: int, name: str) -> "np.random.Generator":
    import numpy as np

    return np.random.default_rng([seed, zlib.crc32(name.encode())])
