"""Answers of the model that sees: options weighed by its letters, open questions in its own words.

Each is measured against what the same model says to the same question without frames and evidence.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..memory import Observation, Timeline
from ..models import Content, VisionLanguageModel
from ..prompts import prompt
from ..video import Frames
from .confidence import MIN_GROUNDING, MIN_LEAD, SHOWN, UNDECIDED, not_shown, supporting, tied, token_confidence
from .contents import fitting, looked_at, shown, times_of, with_texts
from .context import Context
from .contradictions import contradictions
from .deciding import deciding
from .evidence import PROGRAM, condense, phrase
from .letters import Weighed, weigh
from .meter import BudgetExceeded
from .scoring import SHARPNESS, WEIGHTS, agreement, relevance_of, softmax
from .times import times_in
from .values import Answer, Grid

MOST_LINES = 24
"""Lines of evidence that stand beside the frames, the most relevant ones."""
MOST_CHARACTERS = 6000
ANSWER_TOKENS = 60
MIN_SHIFT = 0.2
"""Log-odds: a choice that the model is sure of unseen can gain no probability, but it still gains odds."""
NEAR = 2.0
"""Seconds from what was looked at that a time in an answer may lie."""


@dataclass(frozen=True, slots=True)
class View:
    """What a model that sees gets beside a question: pictures, and evidence in words."""

    vlm: VisionLanguageModel
    pictures: Frames | Grid
    lines: tuple[Observation, ...]
    """Moments, in the order of time."""
    texts: tuple[Observation, ...]
    """What a program says about the whole video."""
    context: Context

    def content(self, question: str) -> Content:
        """A question behind all of it."""
        asked = with_texts(self.texts, question)
        return shown(self.pictures, asked, lines=self.lines, interleaved=self.vlm.interleaved)

    def moments(self, question: str, text: str, score: float) -> Timeline:
        """The lines that support an answer, and frames of it: an answer from pictures has its times, too."""
        lines = supporting(text, (*self.lines, *self.texts))[:SHOWN]
        frames = deciding(self.pictures, question, text, lines, self.context)
        return Timeline(lines) + looked_at(frames, score, f"vlm:{self.vlm.identity}")


def view(pictures: Frames | Grid, question: str, evidence: Timeline, context: Context) -> View:
    """Pictures and the evidence that has most to do with a question, as much of both as the model takes."""
    vlm = context.vlm
    lines = condense(evidence)
    texts = tuple(line for line in lines if line.source == PROGRAM)
    moments = [line for line in lines if line.source != PROGRAM]
    return View(vlm, fitting(pictures, vlm, context), _most_relevant(question, moments, context), texts, context)


def _most_relevant(question: str, lines: Sequence[Observation], context: Context) -> tuple[Observation, ...]:
    if len(lines) <= MOST_LINES and sum(len(phrase(line)) for line in lines) <= MOST_CHARACTERS:
        return tuple(lines)
    ranked = np.argsort(-relevance_of(question, lines, context), kind="stable")[:MOST_LINES]
    lengths = np.cumsum([len(phrase(lines[place])) for place in ranked])
    kept = sorted(place for place, length in zip(ranked, lengths, strict=True) if length <= MOST_CHARACTERS)
    return tuple(lines[place] for place in kept)


def choose_by_sight(
    question: str,
    evidence: Timeline,
    choices: Sequence[str],
    value: int | float | str | None,
    pictures: Frames | Grid,
    context: Context,
) -> Answer:
    """The option that the model finds likeliest, with the probability it has among all.

    Args:
        question: The question.
        evidence: Lines that stand beside the frames.
        choices: At least two texts.
        value: A computed result, which counts beside what the model sees.
        pictures: What the model looks at, at least one.
        context: The host's side.
    """
    seen = view(pictures, f"{question} {' '.join(choices)}", evidence, context)
    weighed = weigh(seen.vlm, seen.content, question, choices)
    if not weighed.orders:
        warning = f"the model named none of the options: {weighed.unread[0].strip()[:80]!r}"
        return not_shown(seen.moments(question, "", 0.0), basis="vlm: no option", warnings=[warning])
    logits = weighed.log_probabilities
    if value is not None:
        logits = logits + WEIGHTS["value"] * SHARPNESS * np.array([agreement(value, choice) for choice in choices])
    probabilities = softmax(logits)
    best = int(np.argmax(probabilities))
    if tied(probabilities):
        return not_shown(seen.moments(question, "", 0.0), basis=_basis(weighed, value), warnings=[UNDECIDED])
    grounding, shift = _moved(seen.vlm, question, choices, weighed, best)
    return Answer(
        text=choices[best],
        choice=best,
        confidence=probabilities[best],
        probabilities=tuple(probabilities),
        basis=_basis(weighed, value),
        grounding=grounding,
        evidence=seen.moments(question, choices[best], probabilities[best]),
        abstained=probabilities[best] * len(choices) < MIN_LEAD or _unmoved(grounding, shift),
        warnings=_unread(weighed),
        contradictions=contradictions(choices, seen.lines, seen=best),
    )


def _basis(weighed: Weighed, value: int | float | str | None) -> str:
    turns = f"{weighed.orders} rotation" + ("s" if weighed.orders > 1 else "")
    how = f"letters, {turns}" if weighed.by == "letters" else "texts against the blind prompt"
    return f"vlm {how}" + (" + value" if value is not None else "")


def _unread(weighed: Weighed) -> tuple[str, ...]:
    replies = [f"a reply of the model named no option: {text.strip()[:80]!r}" for text in weighed.unread]
    return tuple(dict.fromkeys(replies))


def _moved(
    vlm: VisionLanguageModel, question: str, choices: Sequence[str], weighed: Weighed, best: int
) -> tuple[float | None, float]:
    """How many nats, and how much log-odds, the best option gains by frames and evidence.

    A blind reply that names no option holds none for likelier.
    """
    try:
        blind = weigh(vlm, lambda text: [text], question, choices)
    except BudgetExceeded:
        return None, math.inf  # the answer is there; it is only not measured
    now, before = (softmax(part.log_probabilities)[best] for part in (weighed, blind))
    now, before = max(now, 1e-12), max(before, 1e-12)
    return math.log(now / before), _log_odds(now) - _log_odds(before)


def _log_odds(probability: float) -> float:
    return math.log(probability) - math.log(max(1e-12, 1 - probability))


def _unmoved(grounding: float | None, shift: float) -> bool:
    return grounding is not None and grounding < MIN_GROUNDING and shift < MIN_SHIFT


def write_by_sight(question: str, evidence: Timeline, pictures: Frames | Grid, context: Context) -> Answer:
    """An open question answered in the model's words.

    Args:
        question: The question.
        evidence: Lines that stand beside the frames.
        pictures: What the model looks at, at least one.
        context: The host's side.
    """
    seen = view(pictures, question, evidence, context)
    asked = prompt("answer_frames_open", question=question)
    (reply,) = seen.vlm.complete([seen.content(asked)], max_tokens=ANSWER_TOKENS)
    text = reply.text.strip()
    if not text:
        return not_shown(seen.moments(question, "", 0.0), basis="vlm: no words", warnings=["the model wrote nothing"])
    confidence, basis = token_confidence(reply.log_probabilities)
    grounding = _text_moved(seen.vlm, seen.content, asked, text)
    unseen_time = _unseen_time(text, seen, context.video.duration)
    return Answer(
        text=text,
        confidence=confidence,
        basis=f"vlm text, {basis}",
        grounding=grounding,
        evidence=seen.moments(question, text, confidence),
        abstained=bool(unseen_time) or (grounding is not None and grounding < MIN_GROUNDING),
        warnings=unseen_time,
    )


def _text_moved(vlm: VisionLanguageModel, content: Callable[[str], Content], asked: str, text: str) -> float | None:
    """Nats per token that the model's own text gains by frames and evidence."""
    if not vlm.can_score:
        return None
    try:
        (now,), (before,) = vlm.score(content(asked), [text]), vlm.score([asked], [text])
    except BudgetExceeded:
        return None
    return now.per_token - before.per_token


def _unseen_time(text: str, seen: View, duration: float) -> tuple[str, ...]:
    """A warning when an answer names a time at which nothing was looked at."""
    span = times_in(text, duration)
    if span is None or not span.exact:
        return ()
    looked = [(time, time) for time in times_of(seen.pictures)] + [(line.start, line.end) for line in seen.lines]
    if any(span.start - NEAR <= end and span.end + NEAR >= start for start, end in looked):
        return ()
    return (f"the answer names a time that was not looked at: {text[:80]!r}",)
