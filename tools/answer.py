"""The end of every program: the answer, how sure it is, how much of it came from the video, and the moments."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeGuard

import numpy as np

from ..memory import Observation, Timeline
from ..models import LanguageModel
from ..models.errors import MissingRoleError, ModelError
from ..prompts import prompt
from ..video import Frames
from ..video.errors import VidprogError
from .ask import NO_FRAMES
from .claims import TELLING, claim_support
from .confidence import (
    MIN_GROUNDING,
    MIN_LEAD,
    MIN_LEAD_ALONE,
    NOT_SHOWN,
    SHOWN,
    UNDECIDED,
    not_shown,
    supporting,
    tied,
    token_confidence,
)
from .contents import looked_at
from .context import Context
from .contradictions import contradictions
from .evidence import PROGRAM, condense, evidence_lines
from .expected import FITS, fits, quoted, trust
from .meter import BudgetExceeded
from .scoring import (
    Support,
    best_lines,
    grounding_of,
    open_template,
    readable,
    relevance_of,
    softmax,
    support_options,
)
from .sighted import choose_by_sight, write_by_sight
from .tool import ToolError, tool
from .values import Answer, Grid

__all__ = ["NOT_SHOWN", "answer"]

MIN_RELEVANCE = 0.4
"""Below this the nearest line has nothing to do with an open question: unrelated ones reached 0.34, right ones 0.42."""
ANSWER_TOKENS = 40
TIME_QUESTION = re.compile(
    r"^\s*(when|at (what|which) (time|second|moment|minute)|from when|since when|until when)\b", re.I
)
SECOND_QUESTION = re.compile(r"^\s*at (what|which) second\b", re.I)
CLOCK = re.compile(r"(?<![\d:.])\d{1,2}[:.]\d{2}(?![\d:.])|o'clock", re.I)
"""A time of day in the evidence, no time code: then that is asked for, not a time of the video."""
WHOLE = 0.9
"""A span of this share of the video does not tell when."""
PROGRAM_SCORES = "scores of the program"
NO_SCORES = "the program computed no scores"
LEAST_SCORE = -1e4
"""A score of minus infinity, for an option that the program rules out, as a number."""
SHOWN_FRAME = "frames"
"""Source of frames that a program, not a model, answered from."""
QUOTED = "quoted evidence: its score and relevance"
STATED = "what was said or shown of the statement"
YES_NO = ("yes", "no")
NOTHING = "nothing"
"""The value of a program that looked in the right place and found nothing there."""


@tool(kind="ask", needs="llm", cost="one call of the text model; with pictures up to eight short ones of the VLM")
def answer(
    question: str,
    evidence: Timeline | str | None,
    choices: list[str] | None = None,
    value: int | float | str | None = None,
    pictures: Frames | Grid | None = None,
    scores: list[float] | None = None,
    *,
    context: Context,
) -> Answer:
    """Answer the question from the evidence. Every program ends with this.

    Args:
        question: The question.
        evidence: What was found; a plain text counts as one note.
        choices: The options; leave out for an open question.
        value: A result that the program computed: a count, "yes", or "nothing" when the right place is empty.
        pictures: Frames or a grid for the vision-language model to answer from.
        scores: One number for each choice that the program computed, the higher the likelier, in nats.
    """
    if scores and len(scores) != len(choices or ()):
        raise ToolError(
            f"{len(scores)} scores for {len(choices or ())} choices",
            code="tool.scores",
            hint="Give one number for each choice, in the order of the choices.",
        )
    timeline = _as_timeline(evidence, context)
    if scores:
        found = _scored(timeline, choices or [], scores, pictures)
    elif pictures:
        found = _by_sight(question, timeline, choices, value, pictures, context)
    else:
        found = _by_evidence(question, timeline, choices, value, context)
    missing = [text for text, given in ((NO_SCORES, scores), (NO_FRAMES, pictures)) if given is not None and not given]
    # A text that the program brings is no evidence of the video: how much the video moved it is not known.
    grounding = None if any(line.source.startswith(PROGRAM) for line in timeline) else found.grounding
    return replace(found, grounding=grounding, warnings=(*found.warnings, *missing))


def _as_timeline(evidence: Timeline | str | None, context: Context) -> Timeline:
    if isinstance(evidence, Timeline):
        return evidence
    if not evidence:
        return Timeline((), "nothing was found")
    return Timeline([Observation(0.0, context.video.duration, "note", evidence, 1.0, PROGRAM)])


def _by_evidence(
    question: str, evidence: Timeline, choices: Sequence[str] | None, value: int | float | str | None, context: Context
) -> Answer:
    if choices:
        return _choose(question, evidence, choices, value, context)
    if _is_result(value):
        return _computed(evidence, value)
    return _write(question, evidence, context)


def _is_result(value: int | float | str | None) -> TypeGuard[int | float | str]:
    return value is not None and value != NOTHING and bool(str(value).strip())


def _by_sight(
    question: str,
    evidence: Timeline,
    choices: Sequence[str] | None,
    value: int | float | str | None,
    pictures: Frames | Grid,
    context: Context,
) -> Answer:
    """By the model that sees; by the evidence alone, with a warning, where there is none or it fails."""
    failure: VidprogError = MissingRoleError("vlm", context.models.profile.name)
    if context.models.has("vlm"):
        try:
            if choices:
                return choose_by_sight(question, evidence, choices, value, pictures, context)
            if not _is_result(value):
                return write_by_sight(question, evidence, pictures, context)
            found = _computed(evidence, value)
            return replace(found, evidence=found.evidence + looked_at(pictures, found.confidence, SHOWN_FRAME))
        except ModelError as error:
            if not evidence:  # nobody looked: that is not the same as nothing being there
                raise
            failure = error
    found = _by_evidence(question, evidence, choices, value, context)
    return replace(found, warnings=(*found.warnings, failure.message))


def _scored(
    evidence: Timeline,
    choices: Sequence[str],
    scores: Sequence[float],
    pictures: Frames | Grid | None,
) -> Answer:
    """The option for which the program computed the highest score."""
    if max(scores) == math.inf:
        raise ToolError("a score is infinite", code="tool.scores", hint="Give numbers that can be compared.")
    probabilities = softmax(np.maximum(scores, LEAST_SCORE))
    best = int(np.argmax(probabilities))
    frames = looked_at(pictures, probabilities[best], SHOWN_FRAME) if pictures else Timeline()
    if tied(probabilities):
        return not_shown(evidence + frames, basis=PROGRAM_SCORES, warnings=[UNDECIDED])
    lines = condense(evidence)
    shown = lines if len(lines) <= SHOWN else (supporting(choices[best], lines) or lines)[:SHOWN]
    return Answer(
        text=choices[best],
        choice=best,
        confidence=probabilities[best],
        probabilities=tuple(probabilities),
        basis=PROGRAM_SCORES,
        evidence=Timeline(shown) + frames,
        abstained=probabilities[best] * len(choices) < MIN_LEAD,
        contradictions=contradictions(choices, lines),
    )


def _choose(
    question: str, evidence: Timeline, choices: Sequence[str], value: int | float | str | None, context: Context
) -> Answer:
    support = support_options(question, choices, evidence, value, context)
    probabilities = support.probabilities
    best = max(range(len(choices)), key=lambda index: probabilities[index])
    grounding = support.grounding[best]
    if not support.found:
        return not_shown(evidence, grounding)
    return Answer(
        text=choices[best],
        choice=best,
        confidence=probabilities[best],
        probabilities=tuple(probabilities),
        basis=support.basis,
        grounding=grounding,
        evidence=Timeline(best_lines(support, best, SHOWN)),
        abstained=_weak(support, best, len(choices)),
        contradictions=support.contradictions,
    )


def _weak(support: Support, best: int, count: int) -> bool:
    """Whether nothing but chance, or the text model's own taste, speaks for the best option."""
    lead = support.probabilities[best] * count
    if support.signals == ("likelihood",):
        grounding = support.grounding[best]
        return lead < MIN_LEAD_ALONE or (grounding is not None and grounding < MIN_GROUNDING)
    return lead < MIN_LEAD or not support.value_fits


def _computed(evidence: Timeline, value: int | float | str) -> Answer:
    found = condense(evidence)
    lines = _named(value, found) or found[:SHOWN]
    sure = sum(line.score for line in lines) / len(lines) if lines else 0.5
    text = f"{value:g}" if isinstance(value, float) else str(value)
    basis = "mean score of the evidence" if lines else "a computed value without evidence"
    return Answer(text=text, confidence=sure, basis=basis, evidence=Timeline(lines))


def _named(value: int | float | str, lines: Sequence[Observation]) -> list[Observation]:
    """The lines whose beginning a text names: a list of captions with times has all of them in its evidence."""
    if not isinstance(value, str):
        return []
    times = set(re.findall(r"(?<![\d.:])\d+(?:\.\d|:\d{2})(?![\d:])", value))
    return [line for line in lines if {f"{line.start:.1f}", clock(line.start)} & times]


def clock(seconds: float) -> str:
    """Minutes and seconds.

    Example:
        >>> clock(64.9)
        '1:04'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _write(question: str, evidence: Timeline, context: Context) -> Answer:
    """An open answer: a time for "when", what the model writes where it can, else the evidence quoted."""
    lines = condense(evidence)
    if not lines:
        return not_shown(evidence)
    relevance = (relevance_of(question, lines, context) + FITS * fits(question, lines)) * trust(question, lines)
    ranked = [lines[index] for index in np.argsort(-relevance)]
    stated = None if _can_write(context) else claim_support(question, YES_NO, lines)
    if stated:
        return _yes_or_no(question, stated, ranked)
    of_the_video = SECOND_QUESTION.search(question) or not CLOCK.search(ranked[0].content)
    if TIME_QUESTION.search(question) and of_the_video:
        return _time_answer(ranked, float(relevance.max()), context.video.duration)
    return _written(question, ranked, float(relevance.max()), context)


def _can_write(context: Context) -> bool:
    return context.models.has("llm") and context.llm.can_write


def _yes_or_no(question: str, stated: Sequence[float], ranked: Sequence[Observation]) -> Answer:
    """What the evidence says, or contradicts, of a statement: "yes" is in no line that could be quoted."""
    lines = [line for line in supporting(question, ranked) if line.kind in TELLING] or list(ranked)
    return Answer(
        text=YES_NO[int(np.argmax(stated))],
        confidence=max(stated) * lines[0].score,
        basis=STATED,
        evidence=Timeline(lines[:3]),
    )


def _time_answer(ranked: Sequence[Observation], relevance: float, duration: float) -> Answer:
    """When it happens: a measured span rather than a line that only speaks of it; the whole video is no answer."""
    spans = [line for line in ranked[:3] if line.end - line.start < WHOLE * duration and line.source != PROGRAM]
    if not spans:
        return not_shown(Timeline(ranked[:3]))
    best = max(spans, key=lambda line: line.kind == "note")
    return Answer(
        text=f"from {best.start:.1f} to {best.end:.1f} seconds",
        confidence=min(1.0, max(0.0, relevance)) * best.score,
        basis="relevance of the moment",
        evidence=Timeline(ranked[:3]),
        abstained=relevance < MIN_RELEVANCE and best.kind != "note",
    )


def _written(question: str, ranked: Sequence[Observation], relevance: float, context: Context) -> Answer:
    text, basis = quoted(question, ranked), QUOTED
    confidence = ranked[0].score * min(1.0, max(0.0, relevance))
    llm = context.llm if context.models.has("llm") else None
    lines = readable(llm, ranked)
    if llm is not None and llm.can_write:
        reply = llm.complete(
            prompt(open_template(llm), evidence=evidence_lines(lines), question=question), max_tokens=ANSWER_TOKENS
        )
        if reply.text.strip():
            text, (confidence, basis) = reply.text.strip(), token_confidence(reply.log_probabilities)
    grounding = _grounding(llm, question, text, lines)
    return Answer(
        text=text,
        confidence=confidence,
        basis=basis,
        grounding=grounding,
        evidence=Timeline(supporting(text, lines) or lines[:3]),
        abstained=relevance < MIN_RELEVANCE or (grounding is not None and grounding < MIN_GROUNDING),
    )


def _grounding(llm: LanguageModel | None, question: str, text: str, lines: Sequence[Observation]) -> float | None:
    if llm is None or not llm.can_score:
        return None
    try:
        return float(grounding_of(llm, question, [text], lines)[0])
    except BudgetExceeded:
        return None  # the answer is there; it is only not measured
