"""The end of every program: the answer, how sure it is, how much of it came from the video, and the moments."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..memory import Observation, Timeline
from ..models import LanguageModel
from ..prompts import prompt
from .context import Context
from .evidence import condense, evidence_lines
from .meter import BudgetExceeded
from .scoring import LINES, Support, best_lines, grounding_of, relevance_of, support_options
from .text import cover
from .tool import tool
from .values import Answer

SHOWN = 6
"""Moments shown with an answer."""
MIN_GROUNDING = 0.05
"""Nats per token: below this the video did not move the answer."""
MIN_LEAD = 1.2
"""The best option's probability must be this many times that of chance..."""
MIN_LEAD_ALONE = 2.0
"""...and this many times where the text model's likelihood is all there is: it tells every option something."""
MIN_RELEVANCE = 0.4
"""Below this the nearest line has nothing to do with an open question: unrelated ones reached 0.34, right ones 0.42."""
ANSWER_TOKENS = 40
TIME_QUESTION = re.compile(
    r"^\s*(when|at (what|which) (time|second|moment|minute)|from when|since when|until when)\b", re.I
)
CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b|o'clock", re.I)
"""A time of day in the evidence: then that is asked for, not a time of the video."""
PROGRAM = "program"
"""Source of a text that a program brings: it has no time of its own."""
WHOLE = 0.9
"""A span of this share of the video does not tell when."""
NOTHING = "nothing"
"""The value of a program that looked in the right place and found nothing there."""
NOT_SHOWN = "The video does not show it."


@tool(kind="ask", needs="llm", cost="one call of the text model")
def answer(
    question: str,
    evidence: Timeline | str | None,
    choices: list[str] | None = None,
    value: int | float | str | None = None,
    *,
    context: Context,
) -> Answer:
    """Answer the question from the evidence. Every program ends with this.

    Args:
        question: The question.
        evidence: What was found; a plain text counts as one note.
        choices: The options; leave out for an open question.
        value: A result that the program computed: a count, "yes", or "nothing" when the right place is empty.
    """
    if isinstance(evidence, str) and evidence:
        # A text that the program brings is no evidence of the video: how much the video moved it is not known.
        return replace(
            answer.run((question, _as_timeline(evidence, context), choices, value), {}, context), grounding=None
        )
    timeline = _as_timeline(evidence, context)
    if choices:
        return _choose(question, timeline, choices, value, context)
    if value is not None and value != NOTHING and str(value).strip():
        return _computed(timeline, value)
    return _write(question, timeline, context)


def _as_timeline(evidence: Timeline | str | None, context: Context) -> Timeline:
    if isinstance(evidence, Timeline):
        return evidence
    if not evidence:
        return Timeline((), "nothing was found")
    return Timeline([Observation(0.0, context.video.duration, "note", evidence, 1.0, PROGRAM)])


def _choose(
    question: str, evidence: Timeline, choices: Sequence[str], value: int | float | str | None, context: Context
) -> Answer:
    support = support_options(question, choices, evidence, value, context)
    probabilities = support.probabilities
    best = max(range(len(choices)), key=lambda index: probabilities[index])
    grounding = support.grounding[best]
    if not support.found:
        return _not_shown(evidence, grounding)
    return Answer(
        text=choices[best],
        choice=best,
        confidence=probabilities[best],
        basis=support.basis,
        grounding=grounding,
        evidence=Timeline(best_lines(support, best, SHOWN)),
        abstained=_weak(support, best, len(choices)),
    )


def _weak(support: Support, best: int, count: int) -> bool:
    """Whether nothing but chance, or the text model's own taste, speaks for the best option."""
    lead = support.probabilities[best] * count
    if support.signals == ("likelihood",):
        grounding = support.grounding[best]
        return lead < MIN_LEAD_ALONE or (grounding is not None and grounding < MIN_GROUNDING)
    return lead < MIN_LEAD or not support.value_fits


def _not_shown(evidence: Timeline, grounding: float | None) -> Answer:
    return Answer(
        text=NOT_SHOWN, confidence=0.0, basis="no evidence", grounding=grounding, evidence=evidence, abstained=True,
        warnings=(evidence.why,) if evidence.why else (),
    )  # fmt: skip


def _computed(evidence: Timeline, value: int | float | str) -> Answer:
    lines = condense(evidence)[:SHOWN]
    sure = sum(line.score for line in lines) / len(lines) if lines else 0.5
    text = f"{value:g}" if isinstance(value, float) else str(value)
    basis = "mean score of the evidence" if lines else "a computed value without evidence"
    return Answer(text=text, confidence=sure, basis=basis, evidence=Timeline(lines))


def _write(question: str, evidence: Timeline, context: Context) -> Answer:
    """An open answer: a time for "when", what the model writes where it can, else the evidence quoted."""
    lines = condense(evidence)
    if not lines:
        return _not_shown(evidence, None)
    relevance = relevance_of(question, lines, context)
    ranked = [lines[index] for index in np.argsort(-relevance)]
    if TIME_QUESTION.search(question) and not CLOCK.search(ranked[0].content):
        return _time_answer(ranked, float(relevance.max()), context.video.duration)
    return _written(question, ranked[:LINES], float(relevance.max()), context)


def _time_answer(ranked: Sequence[Observation], relevance: float, duration: float) -> Answer:
    """When it happens: a measured span rather than a line that only speaks of it; the whole video is no answer."""
    spans = [line for line in ranked[:3] if line.end - line.start < WHOLE * duration and line.source != PROGRAM]
    if not spans:
        return _not_shown(Timeline(ranked[:3]), None)
    best = max(spans, key=lambda line: line.kind == "note")
    return Answer(
        text=f"from {best.start:.1f} to {best.end:.1f} seconds",
        confidence=min(1.0, max(0.0, relevance)) * best.score,
        basis="relevance of the moment",
        evidence=Timeline(ranked[:3]),
        abstained=relevance < MIN_RELEVANCE and best.kind != "note",
    )


def _written(question: str, lines: Sequence[Observation], relevance: float, context: Context) -> Answer:
    text, basis = lines[0].content, "quoted evidence: its score and relevance"
    confidence = lines[0].score * min(1.0, max(0.0, relevance))
    llm = context.models.llm if context.models.has("llm") else None
    if llm is not None and llm.can_write:
        context.meter.spend(llm_calls=1)
        reply = llm.complete(
            prompt("answer", evidence=evidence_lines(lines), question=question), max_tokens=ANSWER_TOKENS
        )
        context.meter.count(prompt_tokens=reply.usage.prompt_tokens, completion_tokens=reply.usage.completion_tokens)
        if reply.text.strip():
            text, (confidence, basis) = reply.text.strip(), _token_confidence(reply.log_probabilities)
    grounding = _grounding(llm, question, text, lines, context)
    return Answer(
        text=text,
        confidence=confidence,
        basis=basis,
        grounding=grounding,
        evidence=Timeline(_supporting(text, lines)),
        abstained=relevance < MIN_RELEVANCE or (grounding is not None and grounding < MIN_GROUNDING),
    )


def _grounding(
    llm: LanguageModel | None, question: str, text: str, lines: Sequence[Observation], context: Context
) -> float | None:
    if llm is None or not llm.can_score:
        return None
    try:
        return float(grounding_of(llm, question, [text], lines, context)[0])
    except BudgetExceeded:
        return None  # the answer is there; it is only not measured


def _supporting(text: str, lines: Sequence[Observation]) -> list[Observation]:
    holding = [line for line in lines if cover(text, line.content) > 0.3]
    return holding or list(lines[:3])


def _token_confidence(log_probabilities: Sequence[float]) -> tuple[float, str]:
    """Mean of the tokens' probabilities and the weakest one, in equal parts (VideoICL takes the weakest alone)."""
    if not log_probabilities:
        return 0.5, "unknown: the model gives no token probabilities"
    mean = math.exp(sum(log_probabilities) / len(log_probabilities))
    return (mean + math.exp(min(log_probabilities))) / 2, "token probability: mean and minimum"
