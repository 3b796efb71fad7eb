"""TVBench and DREAM-1K as Tarsier's repository keeps them: chat messages a line, the truth in a ``reference``."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..items import Item
from .format import Format, reader
from .row import BadRow, Row, lettered, split_options
from .source import Source


def _parts(row: Row) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(role, part) for every part of every message."""
    for message in row.listed("messages"):
        if not isinstance(message, dict) or not isinstance(message.get("content"), list):
            raise BadRow("a message has no content")
        for part in message["content"]:
            if isinstance(part, dict):
                yield str(message.get("role", "")), part


def _asked(row: Row) -> str:
    texts = [str(part["text"]) for role, part in _parts(row) if role == "user" and part.get("text")]
    if not texts:
        raise BadRow("no message of the user has a text")
    return "\n".join(texts)


def _reference(row: Row) -> str:
    found = [str(part["reference"]) for role, part in _parts(row) if role == "assistant" and part.get("reference")]
    if not found:
        raise BadRow("no message of the assistant has a reference")
    return found[0]


def _choice(row: Row) -> Item:
    asked, choices = split_options(_asked(row))
    return Item(
        id=row.text("idx"),
        video=row.text("vid"),
        question=asked.removeprefix("Question:").strip(),
        choices=choices,
        truth=lettered(_reference(row), choices, "reference"),
        category=row.text("dataset").split("/", 1)[-1],
    )


def _description(row: Row) -> Item:
    more = row.values.get("extra_info")
    events = Row(row.number, more).listed("events") if isinstance(more, dict) and "events" in more else []
    return Item(
        id=row.text("idx"),
        video=row.text("vid"),
        question=_asked(row),
        task="caption",
        answers=(_reference(row),),
        category=row.text("dataset").split("/", 1)[-1],
        extra={"events": tuple(map(str, events))},
    )


def _is_of(source: Source, name: str) -> bool:
    first = source.rows[0].values.get("dataset") if source.rows else None
    return source.has("messages", "dataset", "idx", "vid") and str(first).startswith(name)


TVBENCH = Format(
    name="tvbench",
    title="TVBench",
    reads="JSON lines of chat messages: options (A)... in the question, a letter as reference",
    paper="Cores et al., TVBench: Redesigning Video-Language Evaluation, 2024",
    licence="Apache-2.0 (the repository's)",
    where="github.com/bytedance/tarsier, data/annotations/TVBench.jsonl; videos: FunAILab/TVBench on the hub",
    recognises=lambda source: _is_of(source, "TVBench"),
    read=reader(_choice),
)
DREAM_1K = Format(
    name="dream-1k",
    title="DREAM-1K",
    reads="JSON lines of chat messages: a description as reference, its events in extra_info",
    paper="Wang et al., Tarsier: Recipes for Training and Evaluating Large Video Description Models, 2024",
    licence="Apache-2.0 (the repository's)",
    where="github.com/bytedance/tarsier, data/annotations/DREAM-1k.jsonl; videos: omni-research/DREAM-1K on the hub",
    recognises=lambda source: _is_of(source, "DREAM"),
    read=reader(_description),
)
