"""How well the evidence supports each option.

Five signals, each measured against what it would be without the video, are added and turned into probabilities:

* *words*: the share of an option's distinctive words that a line of evidence holds (fuzzy: OCR drops spaces);
* *likelihood*: ``log p(option | evidence, question) - log p(option | question)`` per token, by the text model;
* *time*: for options that name times, the overlap with the spans that were found;
* *value*: for a result that was computed (a count, yes or no, "nothing"), its agreement with the option;
* *claim*: for yes and no, whether the evidence says what the question states, or says something else.

On the development questions about speech and on-screen text, likelihood alone was right 19 of 22 times, words alone
17, both together 20; asking a model of this size for a letter is right by chance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..memory import Observation, Timeline
from ..models import LanguageModel
from ..prompts import prompt
from .asked import asked_about
from .claims import claim_support
from .context import Context
from .contradictions import contradictions
from .evidence import condense, evidence_lines, phrase
from .letters import LETTER_TOKENS, WRITTEN_ROTATIONS, listed, orders_of, read_options
from .text import content_words, cover, distinctive_weights, is_negative, numbers_in
from .times import Span, times_in

LINES = 5
"""Lines that a text model reads which only scores: 4 decided 19 of 22 text and speech questions, 8 decided 20 at twice
the cost."""
READ_CHARACTERS = 12_000
"""Of evidence that one reads which writes, about 3000 tokens: the captions of three minutes, one a second (LLoVi)."""
READ_SHARE = 2
"""Characters for each token of what it can hold: half of it is left for the question and the options."""
WEIGHTS = {"words": 8.0, "likelihood": 1.0, "time": 8.0, "value": 4.0, "claim": 6.0}
ALMOST = 0.99
"""Agreement from which an option says the value itself and not only a near one."""
LIKELIHOOD_CAP = 4.0
"""Nats per token that likelihood may count: a rare word in the evidence can raise an option without limit."""
SHARPNESS = 0.6
"""Divides the sum before the softmax; chosen so that confidence and accuracy agree (`vidprog eval`)."""


@dataclass(frozen=True, slots=True)
class Support:
    """What the evidence says about the options."""

    probabilities: tuple[float, ...]
    grounding: tuple[float | None, ...]
    lines: tuple[Observation, ...]
    line_support: tuple[tuple[float, ...], ...]
    """For each option the support by each line, 0 to 1."""
    signals: tuple[str, ...]
    """The signals that tell the options apart."""
    value_fits: bool
    """Whether an option says the computed value; True when none was computed."""
    contradictions: tuple[str, ...] = ()
    """Kinds of evidence that speak for different options."""

    @property
    def found(self) -> bool:
        """Whether anything tells the options apart."""
        return bool(self.signals)

    @property
    def basis(self) -> str:
        """The signals in words."""
        return "evidence support: " + " + ".join(self.signals) if self.signals else "no evidence"


def support_options(
    question: str, options: Sequence[str], evidence: Timeline, value: int | float | str | None, context: Context
) -> Support:
    """Weigh the options by the evidence.

    Args:
        question: The question.
        options: At least two texts.
        evidence: What was found.
        value: A computed result, where the program has one.
        context: The host's side.
    """
    lines = condense(evidence)
    relevance = relevance_of(question, lines, context)
    spans = option_spans(options, context.video.duration) if value is None else None
    numeric = value is not None and not isinstance(value, str) and any(numbers_in(option) for option in options)
    counts = asked_about(question, options, lines)
    covers = (
        _covers(options, lines, relevance, counts) if not (spans or numeric) else np.zeros((len(options), len(lines)))
    )
    spread = _spread(options, lines, counts) * bool(covers.any())
    signals = {"words": np.maximum(covers.max(axis=1, initial=0.0), spread)}
    grounding = _likelihood(question, options, lines, relevance, context)
    if grounding is not None and not numeric:
        signals["likelihood"] = np.clip(grounding, -LIKELIHOOD_CAP, LIKELIHOOD_CAP) * (0.25 if spans else 1.0)
    if spans:
        overlaps = _overlaps(spans, lines, relevance)
        covers, signals["time"] = overlaps, overlaps.max(axis=1, initial=0.0)
    claim = claim_support(question, options, lines) if value is None else None
    if claim:
        signals["claim"] = np.array(claim)
    if value is not None:
        signals["value"] = np.array([agreement(value, option) for option in options])
    total = sum(WEIGHTS[name] * signal for name, signal in signals.items())
    telling = tuple(name for name, signal in signals.items() if np.ptp(signal) > 1e-6)
    return Support(
        probabilities=tuple(softmax(np.asarray(total) * SHARPNESS)),
        grounding=tuple(float(part) for part in grounding) if grounding is not None else (None,) * len(options),
        lines=tuple(lines),
        line_support=tuple(tuple(float(part) for part in row) for row in covers),
        signals=telling,
        value_fits=bool(value is None or signals["value"].max() > ALMOST),
        contradictions=contradictions(options, lines),
    )


def softmax(values: np.ndarray) -> list[float]:
    """Probabilities from logits."""
    powers = np.exp(values - values.max())
    return [float(part) for part in powers / powers.sum()]


def relevance_of(question: str, lines: Sequence[Observation], context: Context) -> np.ndarray:
    """How much each line has to do with the question: likeness of meaning plus shared words, about 0 to 1.5."""
    if not lines:
        return np.zeros(0)
    shared = np.array([cover(question, line.content) for line in lines])
    if not context.models.has("embedder"):
        return shared
    vectors = context.models.embedder.embed([question, *(line.content for line in lines)])
    return np.asarray(vectors[1:] @ vectors[0] + 0.5 * shared)


def option_spans(options: Sequence[str], duration: float) -> list[Span | None] | None:
    """The time each option names; None unless all but the negative ones name one that the video has."""
    spans = [times_in(option, duration) for option in options]
    if any(span and span.start > duration for span in spans):
        return None  # times of day, not of the video
    named = sum(span is not None for span in spans)
    missing = [option for option, span in zip(options, spans, strict=True) if span is None]
    return spans if named >= 2 and all(is_negative(option) or named >= 3 for option in missing) else None


def _weight(line: Observation) -> float:
    """Notes carry the score of a measurement; for the rest a low score is only a doubt."""
    return line.score if line.kind == "note" else 0.6 + 0.4 * line.score


def _covers(
    options: Sequence[str], lines: Sequence[Observation], relevance: np.ndarray, counts: Sequence[float]
) -> np.ndarray:
    weights = distinctive_weights(options)
    counts = [often * count for often, count in zip(_prevalence(lines), counts, strict=True)]
    # A bare number is everywhere in detections and captions; only what was said or shown can tell it.
    told = [line.kind in ("speech", "text") for line in lines]
    rows = [
        [
            cover(option, line.content, weights) * _weight(line) * count * (1 + 0.3 * near)
            if tell or not option.strip().isdigit()
            else 0.0
            for line, near, count, tell in zip(lines, relevance, counts, told, strict=True)
        ]
        for option in options
    ]
    return np.array(rows, dtype=float).reshape(len(options), len(lines))


SPREAD = 0.9
"""Words found in several lines count a little less than the same words in one."""


def _spread(options: Sequence[str], lines: Sequence[Observation], counts: Sequence[float]) -> np.ndarray:
    """Support of options whose words are spread over lines: "brown and white" over two notes of a colour."""
    weights = distinctive_weights(options)
    scores = []
    for option in options:
        words = [(word, weights.get(word, 1.0)) for word in dict.fromkeys(content_words(option))]
        weighed = [(line, _weight(line) * count) for line, count in zip(lines, counts, strict=True)]
        best = [max((cover(word, line.content) * part for line, part in weighed), default=0.0) for word, _ in words]
        total = sum(weight for _, weight in words)
        scores.append(
            SPREAD * sum(b * weight for b, (_, weight) in zip(best, words, strict=True)) / total if total else 0.0
        )
    return np.array(scores)


def _prevalence(lines: Sequence[Observation]) -> list[float]:
    """How long each thing was in sight compared with the longest: a label of one frame is mostly a mistake.

    1 for everything that is not a detection, 0.3 to 1 for those.
    """
    seconds: dict[str, float] = {}
    for line in lines:
        if line.kind == "object":
            seconds[line.content] = seconds.get(line.content, 0.0) + line.end - line.start
    longest = max(seconds.values(), default=0.0) or 1.0
    return [0.3 + 0.7 * seconds[line.content] / longest if line.kind == "object" else 1.0 for line in lines]


def _overlaps(spans: Sequence[Span | None], lines: Sequence[Observation], relevance: np.ndarray) -> np.ndarray:
    rows = []
    for span in spans:
        row = [
            (line.score if line.kind == "note" else min(1.0, max(0.05, near)))
            * (span.overlap(line.start, line.end) if span else 0.0)
            for line, near in zip(lines, relevance, strict=True)
        ]
        rows.append(row)
    return np.array(rows, dtype=float).reshape(len(spans), len(lines))


def agreement(value: int | float | str, option: str) -> float:
    """1 when an option says the computed value, less the further it is off."""
    if isinstance(value, str):
        if value.casefold() == "yes":
            return float(not is_negative(option))
        return float(is_negative(option) if is_negative(value) else cover(value, option) > 0.5)
    numbers = numbers_in(option)
    if not numbers:
        return 1.0 if is_negative(option) and value == 0 else 0.0
    return math.exp(-abs(float(value) - numbers[0]))


def _likelihood(
    question: str, options: Sequence[str], lines: Sequence[Observation], relevance: np.ndarray, context: Context
) -> np.ndarray | None:
    if not context.models.has("llm") or not lines:
        return None
    llm = context.llm
    best = readable(llm, [lines[index] for index in np.argsort(-relevance)])
    if llm.can_score:
        return grounding_of(llm, question, options, best)
    return _letter_grounding(llm, question, options, best)


def readable(llm: LanguageModel | None, ranked: Sequence[Observation]) -> list[Observation]:
    """The first lines, as many as a text model reads: a few for a small one, all that fit for one that writes.

    Args:
        llm: The text model; None reads as little as a small one.
        ranked: Lines, the most relevant first.
    """
    if llm is None or not llm.can_write:
        return list(ranked[:LINES])
    lengths = np.cumsum([len(phrase(line)) + 1 for line in ranked])
    room = min(READ_CHARACTERS, READ_SHARE * llm.context_tokens)
    return list(ranked[: max(LINES, int((lengths <= room).sum()))])


def grounding_of(llm: LanguageModel, question: str, answers: Sequence[str], lines: Sequence[Observation]) -> np.ndarray:
    """``log p(answer | evidence, question) - log p(answer | question)`` per token, for each answer, in one batch."""
    template = open_template(llm)
    seen = prompt(template, evidence=evidence_lines(lines), question=question)
    blind = prompt(f"{template}_blind", question=question)
    scores = llm.score([(seen, answer) for answer in answers] + [(blind, answer) for answer in answers])
    pairs = zip(scores[: len(answers)], scores[len(answers) :], strict=True)
    return np.array([with_video.per_token - without.per_token for with_video, without in pairs])


def open_template(llm: LanguageModel) -> str:
    """The template of an open answer: one for models that write, one tuned for the scores of a small model."""
    return "answer_written" if llm.can_write else "answer"


def _letter_grounding(
    llm: LanguageModel, question: str, options: Sequence[str], lines: Sequence[Observation]
) -> np.ndarray | None:
    """The same from the letters of a model that only chats: with and without the evidence, over two orders."""
    evidence = evidence_lines(lines)
    seen = _letters(llm, "answer_letters", question, options, evidence=evidence)
    blind = _letters(llm, "answer_letters_blind", question, options)
    if seen is None:
        return None
    # What the model knows by itself counts too where it is a large one; the video counts in full.
    return seen - 0.5 * (blind if blind is not None else np.zeros(len(options)))


def _letters(
    llm: LanguageModel, template: str, question: str, options: Sequence[str], **values: str
) -> np.ndarray | None:
    """Mean log probability of each option over two orders of the options; None when no reply could be read."""
    rounds = []
    for order in orders_of(options, WRITTEN_ROTATIONS):
        asked = prompt(template, question=question, options=listed(options, order), **values)
        reply = llm.complete(asked, max_tokens=LETTER_TOKENS)
        found = read_options(reply, [options[index] for index in order])
        if found is not None:
            scores = np.zeros(len(options))
            scores[order] = found
            rounds.append(scores)
    return np.mean(rounds, axis=0) if rounds else None


def best_lines(support: Support, option: int, limit: int) -> list[Observation]:
    """The lines that speak for an option, the strongest first; the surest ones when none does."""
    row = support.line_support[option]
    ranked = sorted(range(len(support.lines)), key=lambda index: (-row[index], -support.lines[index].score))
    speaking = [support.lines[index] for index in ranked if row[index] > 0]
    return speaking[:limit] or [support.lines[index] for index in ranked[: min(limit, 3)]]
