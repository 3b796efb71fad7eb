"""What a tool works with besides its arguments: the video, the models, the memory and the books.

The host makes one for each question and hands it to tools as ``context``; programs never see it.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..memory import VideoMemory
from ..models import Models
from ..models.weights import Report, ignore_progress
from ..video import Clip, DecodeStats, Frame, Video, frames_at
from .meter import Meter
from .notes import Notes

WORKING_SIDE = 960
"""Longest side of the frames that tools look at: text stays readable, and one decode serves all tools."""
KEPT_FRAMES = 48
"""Decoded frames kept for the next tool: 48 of 960x540 take 75 MB."""


@dataclass(slots=True)
class Context:
    """The host's side of every tool call."""

    video: Video
    models: Models
    memory: VideoMemory
    meter: Meter = field(default_factory=Meter)
    notes: Notes = field(default_factory=Notes)
    report: Report = ignore_progress
    _frames: OrderedDict[float, Frame] = field(default_factory=OrderedDict)

    @property
    def whole(self) -> Clip:
        """The whole video."""
        return self.video.clip()

    def frames(self, times: Sequence[float]) -> tuple[Frame, ...]:
        """The frames on screen at these times, at most 960 pixels on the longest side, in the order of time.

        Frames that another tool has just looked at are not decoded again.
        """
        wanted = sorted({round(time, 3) for time in times})
        missing = [time for time in wanted if time not in self._frames]
        if missing:
            stats = DecodeStats()
            found = frames_at(self.video, missing, max_side=WORKING_SIDE, stats=stats)
            self._frames.update(zip(missing, found, strict=False))
            self.meter.count(frames_decoded=stats.frames_decoded)
        frames = tuple(self._frames[time] for time in wanted if time in self._frames)
        while len(self._frames) > max(KEPT_FRAMES, len(wanted)):
            self._frames.popitem(last=False)
        return frames
