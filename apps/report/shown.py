"""What a page shows of a video: its moments, which of them are evidence, and its frames."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ...agents.result import video_names
from .pictures import SIDE, SMALL_SIDE, pictures_at

if TYPE_CHECKING:
    from ...agents import Result
    from ...memory import Observation, Timeline

MOST_PICTURES = 12
"""Evidence frames of one video: 12 are about 200 KB as text."""
STRIP = 8
"""Frames of the strip above the lanes."""
MOST_MOMENTS = 2000
"""Moments that a page lists; the surest stay. On busy cores Chromium opened 2000 in 1.2 s, and filtered in 0.1 s."""


@dataclass(frozen=True, slots=True)
class ShownVideo:
    """One video of an answer.

    Attributes:
        number: Its place among the videos, from 0.
        path: The file.
        name: What to call it.
        duration: Seconds.
        evidence: The moments that the answer rests on, in the order of time.
        moments: Everything known, the evidence in it, in the order of time.
        left_out: How many more are known.
        addresses: Where a player finds the file, the first that works.
        pictures: Time -> data URL, of the evidence.
        strip: The same, spread over the video.
    """

    number: int
    path: Path
    name: str
    duration: float
    evidence: "tuple[Observation, ...]" = ()
    moments: "tuple[Observation, ...]" = ()
    left_out: int = 0
    addresses: tuple[str, ...] = ()
    pictures: Mapping[float, str] = field(default_factory=dict)
    strip: Mapping[float, str] = field(default_factory=dict)

    def is_evidence(self, moment: "Observation") -> bool:
        """Whether a moment is what the answer rests on."""
        return moment in self.evidence


def shown_videos(
    result: "Result", timelines: "Mapping[str, Timeline]", addresses: Mapping[str, Sequence[str]]
) -> tuple[ShownVideo, ...]:
    """The videos of an answer with everything that a page shows of them.

    Args:
        result: The answer.
        timelines: By path, what is known of a video besides the evidence.
        addresses: By path, where a player finds it.
    """
    paths = [video["path"] for video in result.videos]
    evidence: dict[str, list[Observation]] = {path: [] for path in paths}
    for moment in result.answer.evidence:
        evidence[result.path_of(moment)].append(moment)
    return tuple(
        shown_video(
            number, Path(path), name, video["duration"], evidence[path], timelines.get(path, ()),
            tuple(addresses.get(path, ())),
        )
        for number, (path, name, video) in enumerate(zip(paths, video_names(paths), result.videos, strict=True))
    )  # fmt: skip


def shown_video(
    number: int, path: Path, name: str, duration: float, evidence: "Iterable[Observation]",
    known: "Iterable[Observation]", addresses: tuple[str, ...],
) -> ShownVideo:  # fmt: skip
    """A video with its frames; see :class:`ShownVideo`."""
    proof = tuple(evidence)
    marks = {_mark(moment) for moment in proof}
    others = [moment for moment in known if _mark(moment) not in marks]
    kept = sorted(others, key=lambda moment: -moment.score)[: max(0, MOST_MOMENTS - len(proof))]
    moments = tuple(sorted((*proof, *kept), key=lambda moment: (moment.start, moment.end)))
    best = sorted(proof, key=lambda moment: -moment.score)[:MOST_PICTURES]
    return ShownVideo(
        number, path, name, duration, proof, moments, len(others) - len(kept), addresses,
        pictures_at(path, [picture_time(moment) for moment in best], SIDE),
        pictures_at(path, [duration * (place + 0.5) / STRIP for place in range(STRIP)], SMALL_SIDE),
    )  # fmt: skip


def picture_time(moment: "Observation") -> float:
    """When the frame that stands for a moment is on screen (seconds)."""
    return (moment.start + moment.end) / 2


def _mark(moment: "Observation") -> tuple[str, str, float, float]:
    return moment.kind, moment.content, round(moment.start, 2), round(moment.end, 2)
