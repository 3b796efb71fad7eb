"""An answer as the pieces that the page puts in their places, and as the report that can be taken away."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..report import ShownVideo, known, report_html, shown_videos
from ..report.answer import answer_part, evidence_part
from ..report.moments import moments_part
from ..report.page import section
from ..report.player import player_part
from ..report.rounds import rounds_part
from ..report.shown import shown_video

if TYPE_CHECKING:
    from ...agents import Result
    from ...memory import Timeline
    from ...video import Video


@dataclass(frozen=True, slots=True)
class Chosen:
    """A video that somebody chose.

    Attributes:
        id: What the server knows it by.
        name: What people call it.
        path: The file.
        kept: Whether it stays where it is when the server ends.
    """

    id: str
    name: str
    path: Path
    kept: bool

    @property
    def address(self) -> str:
        """Where the page's player finds it."""
        return f"/media?video={quote(self.id)}"

    @property
    def places(self) -> tuple[str, ...]:
        """Where a report that was taken away may find it: beside itself, or where it was."""
        beside = quote(Path(self.name).name)
        return (beside, self.path.as_uri()) if self.kept else (beside,)


def video_pieces(chosen: Chosen, video: "Video", timeline: "Timeline") -> dict[str, Any]:
    """A video before anything is asked: its player, and what is known already."""
    shown = shown_video(0, chosen.path, chosen.name, video.duration, (), timeline, (chosen.address,))
    return {
        "id": chosen.id, "name": chosen.name, "duration": round(video.duration, 3), "player": player_part(shown),
        "moments": _moments([shown]) if timeline else "", "warnings": list(video.warnings),
    }  # fmt: skip


def answer_pieces(chosen: Chosen, result: "Result") -> dict[str, Any]:
    """An answer with its proof."""
    (found,) = shown_videos(result, known(result), {str(chosen.path): (chosen.address,)})
    shown = replace(found, name=chosen.name)
    named = _named(result, chosen)
    return {
        "question": result.question, "answer": answer_part(result), "rounds": rounds_part(result),
        "evidence": evidence_part([shown], result.answer.evidence.why), "player": player_part(shown),
        "moments": _moments([shown]), "document": named.to_json(),
        "report": report_html(named, [replace(shown, addresses=chosen.places)]),
    }  # fmt: skip


def _moments(videos: Sequence[ShownVideo]) -> str:
    return section("Everything found", moments_part(videos))


def _named(result: "Result", chosen: Chosen) -> "Result":
    """The answer with the name that people know instead of a path on the server."""
    videos = tuple({**video, "path": chosen.name} for video in result.videos)
    return replace(result, videos=videos, path=chosen.name)
