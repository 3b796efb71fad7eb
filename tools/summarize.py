"""Text about the timeline: captions by template, and summaries by the text model."""

from collections import Counter

from ..memory import Observation, Timeline
from ..prompts import prompt
from ..video import Clip
from .context import Context
from .evidence import condense, evidence_text
from .scoring import relevance_of
from .search import perceive
from .tool import tool

CAPTION_SECONDS = 10.0
EVIDENCE_CHARACTERS = 2000
EXTRACTED = 3
"""Moments quoted by an extractive summary."""


@tool(kind="look", needs=("asr", "ocr", "detector"), cost="the first look, once for each video")
def caption(clip: Clip, seconds: float = CAPTION_SECONDS, *, context: Context) -> Timeline:
    """Describe a clip window by window from what was detected, read and heard.

    Args:
        clip: What to describe.
        seconds: Length of a window.

    Returns:
        One observation of kind `caption` for each window in which anything was found.
    """
    kinds = perceive(context, clip)
    everything = Timeline([observation for found in kinds.values() for observation in found])
    captions, start = [], clip.start
    while start < clip.end - 1e-6:
        end = min(start + max(seconds, 0.5), clip.end)
        text = _describe(everything.between(start, end))
        if text:
            captions.append(Observation(start, end, "caption", text, 0.8, "caption:template"))
        start = end
    reasons = "; ".join(f"{kind}: {found.why}" for kind, found in kinds.items() if not found)
    return Timeline(captions, "" if captions else reasons)


def _describe(window: Timeline) -> str:
    things: Counter[str] = Counter()
    per_look = Counter((thing.start, thing.content) for thing in window.of_kind("object"))
    for (_, label), number in per_look.items():
        things[label] = max(things[label], number)
    parts = [
        "visible: " + ", ".join(f"{number} {label}" for label, number in things.most_common()) if things else "",
        _quoted("text on screen", window.of_kind("text")),
        _quoted("someone says", window.of_kind("speech")),
    ]
    return "; ".join(part for part in parts if part)


def _quoted(verb: str, lines: Timeline) -> str:
    texts = list(dict.fromkeys(line.content for line in lines))
    return f"{verb}: " + " ".join(f'"{text}"' for text in texts) if texts else ""


@tool(kind="ask", needs="llm", cost="one call of the text model")
def summarize(timeline: Timeline, question: str, *, context: Context) -> str:
    """Summarize what a timeline tells about a question; with a small text model, quote what fits it best.

    Args:
        timeline: The moments.
        question: What the summary is for.
    """
    if not timeline:
        context.notes.add(why=timeline.why or "nothing to summarize")
        return ""
    if not context.models.can_write:
        return _extract(timeline, question, context)
    context.meter.spend(llm_calls=1)
    text = prompt("summarize", evidence=evidence_text(timeline, EVIDENCE_CHARACTERS), question=question)
    completion = context.models.llm.complete(text, max_tokens=120)
    context.meter.count(
        prompt_tokens=completion.usage.prompt_tokens, completion_tokens=completion.usage.completion_tokens
    )
    return completion.text


def _extract(timeline: Timeline, question: str, context: Context) -> str:
    """The most relevant moments in their own words and in the order of time."""
    lines = condense(timeline)
    relevance = relevance_of(question, lines, context)
    best = sorted(range(len(lines)), key=lambda index: -relevance[index])[:EXTRACTED]
    return ". ".join(lines[index].content.rstrip(".") for index in sorted(best)) + "."
