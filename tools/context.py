"""What a tool works with besides its arguments: the video, the models, the memory and the books.

The host makes one for each question and hands it to tools as ``context``; programs never see it. Where a question is
about several videos, each has a context of its own, which share the books: a tool gets that of the clip it was given.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..memory import VideoMemory
from ..models import LanguageModel, Models, VisionLanguageModel
from ..models.weights import Report, ignore_progress
from ..video import Clip, DecodeStats, Frame, Video, frames_at
from .calls import Calls, CountedLanguageModel, CountedVision
from .meter import Meter
from .notes import Notes

WORKING_SIDE = 960
"""Longest side of the frames that tools look at: text stays readable, and one decode serves all tools."""
KEPT_FRAMES = 48
"""Decoded frames kept for the next tool: 48 of 960x540 take 75 MB."""


@dataclass(slots=True)
class Context:
    """The host's side of every tool call.

    Example:
        >>> @vidprog.tool
        ... def brightest(clip: vidprog.Clip, *, context: vidprog.Context) -> float:
        ...     '''How bright the brightest of three frames is, 0 to 1.
        ...
        ...     Args:
        ...         clip: Where to look.
        ...     '''
        ...     frames = context.frames([clip.start, (clip.start + clip.end) / 2, clip.end - 0.1])
        ...     return max(float(frame.image.mean()) / 255 for frame in frames)
        >>> with vidprog.open("sample.mp4") as session:
        ...     brightest(session.video.clip(), context=session.context()) > 0.2
        True
    """

    video: Video
    models: Models
    memory: VideoMemory
    meter: Meter = field(default_factory=Meter)
    notes: Notes = field(default_factory=Notes)
    report: Report = ignore_progress
    others: "list[Context]" = field(default_factory=list)
    """The contexts of the other videos of the question."""
    name: str = ""
    """What the video is called among several; empty for the only one."""
    _frames: OrderedDict[float, Frame] = field(default_factory=OrderedDict)

    def of(self, video: Video) -> "Context":
        """The context of a video of the question, with the books of this one.

        Raises:
            KeyError: The question is not about that video.
        """
        same = [each for each in self.all if each.video is video]  # of two copies of a file, the one that is meant
        alike = [each for each in self.all if each.video.fingerprint == video.fingerprint]
        for found in (*same, *alike):
            return found
        raise KeyError(video.fingerprint)

    @property
    def all(self) -> "tuple[Context, ...]":
        """The contexts of all videos of the question, this one first, with the books of this one."""
        for other in self.others:
            other.meter, other.notes, other.report = self.meter, self.notes, self.report
            other.others = [self, *(another for another in self.others if another is not other)]
        return (self, *self.others)

    @property
    def llm(self) -> LanguageModel:
        """The text model; its calls are counted and kept, so callers do neither."""
        return CountedLanguageModel(self.models.llm, self._calls)

    @property
    def vlm(self) -> VisionLanguageModel:
        """The model that sees; its calls are counted and kept, so callers do neither."""
        return CountedVision(self.models.vlm, self._calls)

    @property
    def _calls(self) -> Calls:
        return Calls(self.memory, lambda: self.meter, self.notes)

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
