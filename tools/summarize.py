"""Summaries of the timeline by the text model, or in the moments' own words."""

from collections.abc import Sequence

from ..memory import Observation, Timeline
from ..models import LanguageModel
from ..prompts import prompt
from .context import Context
from .evidence import condense, timed_text
from .scoring import relevance_of
from .tool import tool

TOKENS_PER_WORD = 1.5
"""Of English, with names and numbers; common tokenizers take 1.3."""
CHARACTERS_PER_TOKEN = 3
"""Of evidence that still fits: English has about 4."""
EXTRACTED = 3
"""Moments quoted by an extractive summary of 100 words or more."""
HOTTEST = 2.0
"""Temperature that servers accept at most."""


@tool(kind="ask", needs="llm", cost="one call of the text model")
def summarize(
    timeline: Timeline, question: str, words: int = 100, temperature: float = 0.0, *, context: Context
) -> str:
    """Summarize what a timeline tells about a question; with a small text model, quote what fits it best.

    Args:
        timeline: The moments.
        question: What the summary is for.
        words: How many words at most, about.
        temperature: 0 for the likeliest text; above it the model samples.
    """
    if not timeline:
        context.notes.add(why=timeline.why or "nothing to summarize")
        return ""
    if not context.models.can_write:
        return extract(condense(timeline), question, words, context)
    llm = context.llm
    evidence = timed_text(timeline, evidence_room(llm, words, question))
    text = prompt("summarize", evidence=evidence, question=question, words=str(max(1, words)))
    reply = llm.complete(text, max_tokens=tokens_for(words), temperature=min(HOTTEST, max(0.0, temperature)))
    return reply.text.strip()


def extract(lines: Sequence[Observation], query: str, words: int, context: Context) -> str:
    """The most relevant lines in their own words and in the order of time; fewer of them for less than 100 words."""
    relevance = relevance_of(query, lines, context)
    most = min(EXTRACTED, max(1, round(EXTRACTED * words / 100)))
    best = sorted(range(len(lines)), key=lambda index: -relevance[index])[:most]
    return ". ".join(lines[index].content.rstrip(".") for index in sorted(best)) + "."


def tokens_for(words: int) -> int:
    """Tokens that so many words may take."""
    return max(16, round(TOKENS_PER_WORD * words))


def evidence_room(llm: LanguageModel, words: int, *texts: str) -> int:
    """Characters of evidence that fit beside other texts and the reply in what a text model reads at once."""
    taken = tokens_for(words) + sum(llm.count_tokens(text) for text in texts) + 200  # the words of the templates
    return max(1000, CHARACTERS_PER_TOKEN * (llm.context_tokens - taken))
