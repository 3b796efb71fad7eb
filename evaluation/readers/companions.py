"""Files that come with a data set and are not its questions: whoever gives one is told which file to give."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .source import Source


@dataclass(frozen=True, slots=True)
class Companion:
    """A file that belongs to questions.

    Attributes:
        holds: What is in it.
        give: Which file to give instead.
        recognises: Whether a file is one.
    """

    holds: str
    give: str
    recognises: Callable[[Source], bool]


def _whole(source: Source) -> dict[str, Any]:
    """A JSON object that is one row; empty for everything else."""
    return dict(source.rows[0].values) if source.kind == "mapping" and len(source.rows) == 1 else {}


def _all(source: Source, kind: type) -> bool:
    values = _whole(source).values()
    return bool(values) and all(isinstance(value, kind) for value in values)


COMPANIONS = (
    Companion(
        "the spans of NExT-GQA",
        "Give val.csv or test.csv in the same folder.",
        lambda source: source.kind == "mapping" and source.has("location", "duration"),
    ),
    Companion("frame times, which are not needed", "Give the questions.", lambda source: _all(source, list)),
    Companion("where the videos lie", "Give the questions in the same folder.", lambda source: _all(source, str)),
    Companion("answers alone", "Give questions.json in the same folder.", lambda source: _all(source, int)),
    Companion(
        "Ego4D's names of EgoSchema's videos",
        "Give questions.json.",
        lambda source: source.has("video_uid", "starting_sec"),
    ),
    Companion(
        "the answers of ActivityNet-QA",
        "Give test_q.json in the same folder.",
        lambda source: source.has("answer", "type", "question_id") and not source.has("question"),
    ),
)


def companion(source: Source) -> Companion | None:
    """What a file is if it only belongs to questions."""
    return next((known for known in COMPANIONS if known.recognises(source)), None)
