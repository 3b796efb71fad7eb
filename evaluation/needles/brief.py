"""What a task is given to write the script of a video: room in time, things to show, and chance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .needle import Look, Needle, Place, Script, Subject
from .subjects import Fact, Manner, draw_subjects
from .timing import Stretch, Timing

if TYPE_CHECKING:
    import numpy as np

LETTERS = ((255, 255, 255), (255, 235, 90), (140, 240, 255), (170, 255, 170))
"""Colours of captions: bright, as they stand on a dark plate."""
PLACES: tuple[Place, ...] = tuple((across, down) for across in (0.1, 0.5, 0.9) for down in (0.1, 0.5, 0.9))
SIZES = {"text": (0.1, 0.16), "picture": (0.3, 0.45), "object": (0.75, 0.8), "spoken": (0.1, 0.1)}
"""Heights, as shares of the picture's: the detector finds a photograph from about 0.7 of 360 pixels on."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a task works with.

    Attributes:
        task: What is asked for, in words of errors.
        manner: Of the kind of needles.
        timing: The frames of the video.
        depths: 0 to 1.
        distractors: How many needles there are that nothing is asked about.
        rng: Draws everything that is random.
        length: Frames that a subject is shown, or said in.
        script: Makes a script of needles; twins and reversed ones differ in the end of their names.
        note: Takes what could not be done as it was asked for.
    """

    task: str
    manner: Manner
    timing: Timing
    depths: tuple[float, ...]
    distractors: int
    rng: "np.random.Generator"
    length: Callable[[Subject], int]
    script: Callable[..., Script]
    note: Callable[[str], None]

    def subjects(self, count: int) -> tuple[list[Subject], list[Subject]]:
        """Different subjects, and others to distract.

        Raises:
            UsageError: ``needles.subjects``, there are not so many.
        """
        wanted = draw_subjects(self.manner, count, self.rng, self.task)
        everything = draw_subjects(self.manner, len(self.manner.subjects()), self.rng, self.task)
        return wanted, self._distracting([subject for subject in everything if subject not in wanted])

    def facts(self, count: int) -> tuple[list[Fact], list[Fact]]:
        """Facts, and others to distract.

        Raises:
            UsageError: ``needles.subjects``, there are not so many.
        """
        draw_subjects(self.manner, count, self.rng, self.task)
        drawn = self.manner.facts(self.rng)
        return drawn[:count], self._distracting(drawn[count:])

    def _distracting(self, others: list) -> list:
        if len(others) < self.distractors:
            some = "1 distractor" if len(others) == 1 else f"{len(others)} distractors"
            self.note(f"{self.task} has {some}, as there are no more {self.manner.things}")
        return others[: self.distractors]

    def look(self, moves: bool = False) -> Look:
        """A place, a size and a colour of letters."""
        kind = self.manner.subjects()[0].kind
        low, high = SIZES[kind]
        size = low if moves and kind == "text" else round(float(self.rng.uniform(low, high)), 3)
        place = PLACES[int(self.rng.integers(len(PLACES)))]
        return Look(place, size, LETTERS[int(self.rng.integers(len(LETTERS)))])

    def needle(self, subject: Subject, stretch: Stretch, look: Look | None = None) -> Needle:
        """A needle with a look of its own where none is given; a spoken one ends with its last sound."""
        start, end = stretch
        if not self.manner.seen:
            end = start + self.length(subject)
        return Needle(subject, start, end, look or self.look())

    def between(self, needles: Sequence[Needle], others: Sequence[Subject]) -> tuple[Needle, ...]:
        """Needles whose times are given, and others at random times between them, in the order of time."""
        taken = [(needle.start, needle.end) for needle in needles]
        stretches = self.timing.fill(taken, [self.length(subject) for subject in others], self.rng)
        return in_time([*needles, *map(self.needle, others, stretches)])

    def spread(self, lengths: Sequence[int], others: Sequence[Subject]) -> tuple[list[Stretch], list[Needle]]:
        """Random times for needles of these lengths, in this order, with others anywhere between them.

        Args:
            lengths: Frames of each.
            others: What distracts.

        Returns:
            The times in the order of the lengths, and the needles that distract.
        """
        numbers = self.rng.permutation(len(lengths) + len(others))[: len(lengths)]
        mine, own, foreign = {*numbers.tolist()}, iter(lengths), iter(others)
        order = [None if place in mine else next(foreign) for place in range(len(lengths) + len(others))]
        every = [next(own) if subject is None else self.length(subject) for subject in order]
        stretches = list(zip(order, self.timing.spread(every, self.rng), strict=True))
        distracting = [self.needle(subject, stretch) for subject, stretch in stretches if subject is not None]
        return [stretch for subject, stretch in stretches if subject is None], distracting


def in_time(needles: Sequence[Needle]) -> tuple[Needle, ...]:
    """The needles in the order of time."""
    return tuple(sorted(needles, key=lambda needle: needle.start))
