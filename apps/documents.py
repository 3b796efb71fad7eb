"""The JSON documents that leave vidprog besides an answer, and the schemas that all of them keep to.

Names and fields are a contract: programs read them. ``schemas/`` holds one JSON schema (draft 2020-12) for each.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..memory import Hit, Timeline
    from ..video import Video

SCHEMAS = ("answer", "error", "eval", "examples", "index", "search", "timeline", "when")


def schema(name: str) -> dict[str, Any]:
    """The JSON schema of a document.

    Args:
        name: One of ``SCHEMAS``.

    Raises:
        KeyError: There is none of that name.
    """
    if name not in SCHEMAS:
        raise KeyError(name)
    text = resources.files(__package__).joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def listing(name: str, **content: Any) -> dict[str, Any]:
    """A document with its schema's name in front."""
    return {"schema": f"vidprog.{name}/1", **content}


def video_entry(video: "Video") -> dict[str, Any]:
    """A video as documents name it."""
    return {"path": str(video.path), "fingerprint": video.fingerprint, "duration": round(video.duration, 3)}


def search_document(query: str, hits: Iterable[tuple[Path, "Hit"]]) -> dict[str, Any]:
    """``vidprog.search/1``.

    Args:
        query: As it was asked.
        hits: Video and hit, best first.
    """
    results = [
        {
            "video": str(path),
            "start": hit.observation.start,
            "end": hit.observation.end,
            "kind": hit.observation.kind,
            "content": hit.observation.content,
            "score": round(hit.score, 4),
            "source": hit.observation.source,
        }
        for path, hit in hits
    ]
    return listing("search", query=query, results=results)


def when_document(query: str, path: Path, found: "Timeline") -> dict[str, Any]:
    """``vidprog.when/1``.

    Args:
        query: As it was asked.
        path: The video.
        found: Spans in the order of time; an empty timeline says why.
    """
    results = [
        {
            "video": str(path),
            "start": round(span.start, 3),
            "end": round(span.end, 3),
            "kind": span.kind,
            "content": span.content,
            "score": round(span.score, 4),
            "source": span.source,
        }
        for span in found
    ]
    return listing("when", query=query, results=results, why=found.why)


def index_entry(
    video: "Video", found: Mapping[str, "Timeline"], store: Path, warnings: Sequence[str], seconds: float
) -> dict[str, Any]:
    """One video of ``vidprog.index/1``.

    Args:
        video: Which.
        found: Timeline of each kind.
        store: The file that keeps it.
        warnings: What is odd about the video or the store.
        seconds: How long it took.
    """
    kinds = {kind: {"count": len(timeline), "why": timeline.why} for kind, timeline in found.items()}
    return {
        **video_entry(video),
        "kinds": kinds,
        "store": str(store),
        "warnings": list(warnings),
        "seconds": round(seconds, 3),
    }


def index_document(videos: Sequence[Mapping[str, Any]], errors: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """``vidprog.index/1``: what was found in each video, and which could not be used."""
    return listing("index", videos=list(videos), errors=list(errors))


def timeline_document(video: "Video", timeline: "Timeline") -> dict[str, Any]:
    """``vidprog.timeline/1``: everything that is known, in the order of time."""
    return listing("timeline", video=video_entry(video), why=timeline.why, observations=timeline.to_json())
