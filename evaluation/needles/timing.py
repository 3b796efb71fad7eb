"""Where needles lie in time: frames, depths, and places that do not overlap."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from ...video.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

Stretch = tuple[int, int]
"""First frame, and first frame after it."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The frames of a video.

    Attributes:
        frames: How many there are.
        fps: How many a second.
        gap: Frames between two needles at least.
    """

    frames: int
    fps: Fraction
    gap: int

    @classmethod
    def of(cls, minutes: float, fps: Fraction, gap_seconds: float) -> "Timing":
        """The frames of a video of a length."""
        frames = max(1, round(Fraction(minutes) * 60 * fps))
        return cls(frames, fps, max(1, round(Fraction(gap_seconds) * fps)))

    def count(self, seconds: float) -> int:
        """Frames of so many seconds, at least one."""
        return max(1, round(Fraction(seconds) * self.fps))

    def at_depths(self, depths: Sequence[float], lengths: Sequence[int]) -> list[Stretch]:
        """Stretches at shares of the video: depth 0 begins with its first frame, depth 1 ends with its last.

        Args:
            depths: 0 to 1.
            lengths: Frames of each stretch.

        Raises:
            UsageError: ``needles.room``, two of them touch, or one is longer than the video.
        """
        starts = [round(depth * (self.frames - length)) for depth, length in zip(depths, lengths, strict=True)]
        stretches = [(start, start + length) for start, length in zip(starts, lengths, strict=True)]
        apart = all(later[0] - earlier[1] >= self.gap for earlier, later in pairwise(sorted(stretches)))
        if not apart or max(lengths) > self.frames:
            raise self._no_room(len(lengths), max(lengths))
        return stretches

    def spread(self, lengths: Sequence[int], rng: "np.random.Generator") -> list[Stretch]:
        """Stretches of these lengths one after the other at random times.

        Args:
            lengths: Frames of each, in the order of time.
            rng: Draws the times.

        Raises:
            UsageError: ``needles.room``, they do not fit.
        """
        slack = self.frames - sum(lengths) - self.gap * max(0, len(lengths) - 1)
        if slack < 0:
            raise self._no_room(len(lengths), max(lengths))
        now, stretches = 0, []
        for length, offset in zip(lengths, sorted(rng.integers(0, slack + 1, len(lengths)).tolist()), strict=True):
            stretches.append((now + offset, now + offset + length))
            now += length + self.gap
        return stretches

    def fill(self, taken: Sequence[Stretch], lengths: Sequence[int], rng: "np.random.Generator") -> list[Stretch]:
        """Further stretches at random times between those that are taken.

        Args:
            taken: What is there already.
            lengths: Frames of each further one.
            rng: Draws the times.

        Raises:
            UsageError: ``needles.room``, there is no place left.
        """
        rooms = self._rooms(taken)
        held: list[list[int]] = [[] for _ in rooms]
        for number, length in enumerate(lengths):
            left = [
                last - first - sum(lengths[one] + self.gap for one in held[place])
                for place, (first, last) in enumerate(rooms)
            ]
            fitting = [place for place, room in enumerate(left) if room >= length]
            if not fitting:
                raise self._no_room(len(taken) + len(lengths), length)
            held[int(rng.choice(fitting))].append(number)
        found: dict[int, Stretch] = {}
        for (first, last), numbers in zip(rooms, held, strict=True):
            inside = replace(self, frames=last - first).spread([lengths[number] for number in numbers], rng)
            found |= {
                number: (first + start, first + end) for number, (start, end) in zip(numbers, inside, strict=True)
            }
        return [found[number] for number in range(len(lengths))]

    def _rooms(self, taken: Sequence[Stretch]) -> list[Stretch]:
        """Stretches between those that are taken, without the pauses around these."""
        edges = sorted(taken)
        firsts = [0, *(end + self.gap for _, end in edges)]
        lasts = [*(start - self.gap for start, _ in edges), self.frames]
        return [(first, last) for first, last in zip(firsts, lasts, strict=True) if last > first]

    def _no_room(self, count: int, length: int) -> UsageError:
        seconds, whole = float(length / self.fps), float(self.frames / self.fps)
        return UsageError(
            f"{count} needles of {seconds:.3g} s do not fit into {whole:.4g} s where they are wanted",
            code="needles.room",
            hint="Make the videos longer, the needles shorter (--needle-seconds), or choose fewer of them.",
        )
