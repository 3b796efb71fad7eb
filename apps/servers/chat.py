"""OpenAI's chat completions over a video: the last question of the conversation is answered from the last video.

Clients of OpenAI send pictures as parts of a message; a ``video_url`` part, as vLLM's and Qwen's servers take it, names
the video in the same way. Earlier questions are what "and after that?" refers to. System messages are not obeyed:
answers come out of the video, and a program, not a persona, finds them.
"""

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...agents import Result
from ...video.errors import UsageError, VidprogError
from .requests import MODEL, Completion, Message
from .shapes import Grounded
from .words import moment_lines

SHOWN = 5
"""Moments in the text of an answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a conversation asks.

    Attributes:
        videos: Names of the videos, those of the last message that has any.
        question: The last user message.
        earlier: The user messages before it.
    """

    videos: tuple[str, ...]
    question: str
    earlier: tuple[str, ...]


def asked_in(request: Completion) -> Asked:
    """What a conversation asks.

    Raises:
        VidprogError: Another model, no question, no video, or a part that is not understood.
    """
    if request.model != MODEL:
        hint = f"The only model is {MODEL}."
        raise VidprogError(f"there is no model {request.model[:80]!a}", code="server.model", hint=hint)
    said = [_read(message) for message in request.messages if message.role == "user"]
    if not said or request.messages[-1].role != "user":
        raise UsageError("the last message is not a question", code="ask.question", hint="End with a user message.")
    videos = next((names for names, _ in reversed(said) if names), ())
    if not videos:
        hint = 'Add a part {"type": "video_url", "video_url": {"url": "clip.mp4"}}.'
        raise UsageError("no video is given", code="ask.video", hint=hint)
    *earlier, question = [text for _, text in said]
    return Asked(videos, question, tuple(filter(None, earlier)))


def _read(message: Message) -> tuple[tuple[str, ...], str]:
    """The videos and the text of a message."""
    if not isinstance(message.content, list):
        return (), (message.content or "").strip()
    parts = [_part(part) for part in message.content]
    return tuple(text for kind, text in parts if kind == "video"), "\n".join(t for kind, t in parts if kind == "text")


def _part(part: dict[str, Any]) -> tuple[str, str]:
    kind = part.get("type")
    if kind not in PARTS:
        hint = f"Use {', '.join(PARTS)}."
        raise UsageError(f"a part of type {str(kind)[:40]!a} is not understood", code="ask.part", hint=hint)
    meaning, *path = PARTS[kind]
    value: Any = part
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, str) or not value:
        raise UsageError(f"{'.'.join(path)} is missing in a {kind} part", code="ask.part", hint="Give it as text.")
    return meaning, value


PARTS = {
    "text": ("text", "text"),
    "video_url": ("video", "video_url", "url"),
    "file": ("video", "file", "file_id"),
}
"""Type of a part -> what it is, and where in it."""


def answer_words(answer: Grounded) -> str:
    """The answer as an assistant's message: the sentence, and the moments that prove it."""
    if answer.abstained or not answer.evidence:
        return answer.answer
    several = len({each.video for each in answer.evidence}) > 1
    best = sorted(answer.evidence, key=lambda each: -each.score)[:SHOWN]
    lines = moment_lines(sorted(best, key=lambda each: (each.video, each.start)), several)
    return "\n".join([answer.answer, "", f"Evidence (confidence {answer.confidence:.2f}):", *lines])


def usage_of(result: Result) -> dict[str, int]:
    """Tokens, by OpenAI's names."""
    prompt, completion = (int(result.usage[name]) for name in ("prompt_tokens", "completion_tokens"))
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def completion(text: str, result: Result, document: dict[str, Any]) -> dict[str, Any]:
    """A whole reply; ``vidprog`` is the full answer document, which OpenAI's clients keep as an extra field."""
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {**_head("chat.completion"), "choices": [choice], "usage": usage_of(result), "vidprog": document}


class Chunks:
    """The pieces of a streamed reply, which share their head."""

    def __init__(self) -> None:
        self._head = _head("chat.completion.chunk")

    def first(self) -> dict[str, Any]:
        """Who speaks."""
        return self._chunk({"role": "assistant", "content": ""})

    def rest(self, text: str, result: Result, document: dict[str, Any], with_usage: bool) -> Iterator[dict[str, Any]]:
        """The text line by line, the end, and what it cost where that is wanted."""
        lines: Sequence[str] = text.splitlines(keepends=True)
        yield from (self._chunk({"content": line}) for line in lines)
        yield {**self._chunk({}, "stop"), "vidprog": document}
        if with_usage:
            yield {**self._head, "choices": [], "usage": usage_of(result)}

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        return {**self._head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}]}


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}
