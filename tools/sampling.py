"""When to look: one grid of moments for the whole video, shared by every tool that looks at frames.

Short videos are looked at twice a second, long ones every two seconds; a narrow clip gets moments of its own. The grid
is fixed for a video, so what one question looked at is there for the next.
"""

from dataclasses import dataclass

from ..memory import Block
from ..video import Clip

MIN_INTERVAL = 0.5
MAX_INTERVAL = 2.0
WANTED_FRAMES = 60
BLOCK_FRAMES = 16
"""Frames for each committed step: what a kill can lose, and what is decoded together."""
NARROW_FRAMES = 3


@dataclass(frozen=True, slots=True)
class Sampling:
    """Moments every ``interval`` seconds from ``start``, each in the middle of its cell."""

    start: float
    end: float
    interval: float

    @classmethod
    def for_clip(cls, clip: Clip) -> "Sampling":
        """The video's grid, or a finer one when the clip is shorter than two of its cells."""
        duration = clip.video.duration
        interval = min(MAX_INTERVAL, max(MIN_INTERVAL, duration / WANTED_FRAMES))
        if clip.duration >= min(2 * interval, duration):
            return cls(0.0, duration, interval)
        return cls(clip.start, clip.end, clip.duration / NARROW_FRAMES)

    def blocks(self, clip: Clip) -> tuple[Block, ...]:
        """The blocks of 16 cells that a clip touches."""
        length = self.interval * BLOCK_FRAMES
        first = int((clip.start - self.start) / length)
        blocks = []
        while (start := self.start + first * length) < min(clip.end, self.end) - 1e-6:
            blocks.append(Block(round(start, 6), round(min(start + length, self.end), 6)))
            first += 1
        return tuple(blocks)

    def cells(self, block: Block) -> tuple[tuple[float, float], ...]:
        """Start and end of each cell of a block; the frame is taken in its middle."""
        count = max(1, round((block.end - block.start) / self.interval))
        step = (block.end - block.start) / count
        return tuple((block.start + index * step, block.start + (index + 1) * step) for index in range(count))
