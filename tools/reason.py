"""Letting the text model write: a plan, a description of differences, a step of reasoning."""

import re

from ..memory import Observation, Timeline
from ..prompts import prompt
from .context import Context
from .evidence import PROGRAM, condense, quoted_text, timed_text
from .summarize import HOTTEST, evidence_room, extract, tokens_for
from .tool import tool


@tool(kind="ask", needs="llm", cost="one call of the text model")
def reason(
    instruction: str,
    evidence: Timeline | str | None = None,
    words: int = 100,
    temperature: float = 0.0,
    attempt: int = 0,
    *,
    context: Context,
) -> str:
    """Let the text model write what an instruction asks for, from evidence that it gets as data.

    With a text model that cannot write, the parts of the evidence that fit the instruction best are quoted.

    Args:
        instruction: What to write.
        evidence: Moments or a text that it may use.
        words: How many words at most, about.
        temperature: 0 for the likeliest text; above, texts of different attempts differ.
        attempt: Counts texts that are to differ, from 0.
    """
    if not instruction.strip():
        context.notes.add(why="there is no instruction")
        return ""
    if not context.models.can_write:
        return _quoted(instruction, evidence, words, context)
    llm = context.llm
    room = evidence_room(llm, words, instruction)
    data = quoted_text(evidence, room) if isinstance(evidence, str) else timed_text(evidence, room) if evidence else ""
    asked = {"instruction": instruction, "words": str(max(1, words))}
    reply = llm.complete(
        prompt("reason", evidence=data, **asked) if data else prompt("reason_alone", **asked),
        max_tokens=tokens_for(words),
        temperature=min(HOTTEST, max(0.0, temperature)),
        seed=attempt if temperature > 0 else 0,
    )
    return reply.text.strip()


def _quoted(instruction: str, evidence: Timeline | str | None, words: int, context: Context) -> str:
    if not evidence:
        context.notes.add(why="the text model cannot write, and there is no evidence to quote")
        return ""
    context.notes.add(why="the text model cannot write: the evidence that fits best is quoted")
    return extract(
        _sentences(evidence) if isinstance(evidence, str) else condense(evidence), instruction, words, context
    )


def _sentences(text: str) -> list[Observation]:
    parts = filter(None, re.split(r"(?<=[.!?])\s+|\n+", text.strip()))
    return [Observation(place, place, "note", part, 1.0, PROGRAM) for place, part in enumerate(parts)]
