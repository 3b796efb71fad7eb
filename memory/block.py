"""Pieces of long work: each is committed on its own, so nothing that is finished is ever lost or done again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .observation import Observation
from .timeline import Timeline


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the video that is looked at in one go.

    Raises:
        ValueError: The end comes before the start, or a time is not finite.
    """

    start: float
    """Seconds."""
    end: float
    """Seconds."""

    def __post_init__(self) -> None:
        # Microseconds: times that were added up in another order still name the same block.
        for name in ("start", "end"):
            object.__setattr__(self, name, round(float(getattr(self, name)), 6))
        if not math.isfinite(self.start) or not math.isfinite(self.end) or self.end < self.start:
            raise ValueError(f"a block from {self.start} to {self.end} s")


@dataclass(frozen=True, slots=True)
class BlockResult:
    """What was observed in a block.

    Raises:
        ValueError: There are no observations and no reason: an empty result is never silent.
    """

    observations: tuple[Observation, ...] = ()
    why: str = ""
    """Why there are none, e.g. `nothing above score 0.5 in 24 frames`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "observations", tuple(self.observations))
        if not self.observations and not self.why:
            raise ValueError("an empty block result must say why it is empty")


@dataclass(frozen=True, slots=True)
class Computed:
    """What `VideoMemory.compute` gives back."""

    timeline: Timeline
    """The observations of all the blocks asked for."""
    cached: bool
    """Nothing had to be computed."""
    computed_blocks: int
    """Blocks that were observed this time, failed ones included."""
    total_blocks: int
    """Blocks asked for."""
    failed: tuple[str, ...]
    """One sentence for each block that failed; these are tried again next time."""
    why: str
    """Why the timeline is empty; empty when it is not."""


@dataclass(frozen=True, slots=True)
class ArtefactInfo:
    """One thing the store holds."""

    tool: str
    version: str
    backend: str
    state: str
    """`done`, `empty`, or `failed` when at least one block failed."""
    why: str
    """The reason for `empty` or `failed`."""
    blocks: int
    """Blocks that are stored; 0 for a single value."""
    seconds: float
    """Length of the video that these blocks cover, counting what was looked at twice twice."""
    observations: int
    parameters: Mapping[str, Any] = field(default_factory=dict)
