"""Options with letters before them, and what a model's replies say about each.

A model may favour a letter whatever stands behind it, so options are asked about in several orders and averaged. The
first order does not depend on the one the caller gave: the same options in any order get the same answer.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..models import Completion, Content, VisionLanguageModel
from ..prompts import prompt
from .meter import BudgetExceeded
from .text import numbers_in, words_of

MOST_LETTERS = 26
MOST_ROTATIONS = 4
"""Orders in which a model that scores weighs the options: on the same frames each costs a few tokens."""
WRITTEN_ROTATIONS = 2
"""Orders in which a model that only writes is asked: each is a call."""
LETTER_TOKENS = 8
UNSEEN, LEAST = -8.0, -20.0
"""Log probability of a letter that is not among the likeliest tokens, and the least that counts: servers say -9999."""
SURE = 0.9
"""Probability of an option that a model named without telling any probability."""
MIN_LETTERS = 0.1
"""Letters that have less than this of the first token's probability together tell nothing: "The answer ..."."""


def labels_of(count: int) -> list[str]:
    """A, B, C...; numbers from 1 where there are not enough letters.

    Example:
        >>> labels_of(3), labels_of(30)[-1]
        (['A', 'B', 'C'], '30')
    """
    letters = count <= MOST_LETTERS
    return [chr(65 + place) if letters else str(place + 1) for place in range(count)]


def listed(options: Sequence[str], order: Sequence[int]) -> str:
    """Options in an order, one a line behind its label."""
    labels = labels_of(len(order))
    return "\n".join(f"{label}. {options[index]}" for label, index in zip(labels, order, strict=True))


def orders_of(options: Sequence[str], most: int) -> list[list[int]]:
    """Up to ``most`` orders, each turned on by an equal part; numbers ascend in the first, then words do.

    Args:
        options: In any order; the orders of their texts are the same for all.
        most: How many; all rotations when there are fewer options.
    """
    count = len(options)
    first = sorted(range(count), key=lambda index: (numbers_in(options[index])[:1] or [np.inf], options[index]))
    shifts = [count * turn // min(most, count) for turn in range(min(most, count))]
    return [first[shift:] + first[:shift] for shift in shifts]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a model says about options.

    Attributes:
        log_probabilities: Of each option among all, in nats: mean over the orders.
        orders: How many orders it was read from.
        unread: Replies that named no option.
        by: ``letters`` or ``texts``.
    """

    log_probabilities: np.ndarray
    orders: int
    unread: tuple[str, ...] = ()
    by: str = "letters"


def weigh(vlm: VisionLanguageModel, before: Callable[[str], Content], question: str, options: Sequence[str]) -> Weighed:
    """How likely a model that sees finds each option: by its letters, averaged over orders of the options.

    A model that is too small for letters is asked an open question: how much likelier do the frames make each text?

    Args:
        vlm: It scores letters or texts where it can; else its first token's alternatives, or what it wrote, are read.
        before: Puts the question behind pictures and evidence, or behind nothing for a blind run.
        question: The question.
        options: Any number of texts.

    Raises:
        BudgetExceeded: Before the first order was asked about; later the orders that were are averaged.
    """
    if vlm.can_score:
        return (_scored if vlm.names_letters else _texts)(vlm, before, question, options)
    return _written(vlm, before, question, options)


def _asked(before: Callable[[str], Content], question: str, options: Sequence[str], order: Sequence[int]) -> Content:
    label = "letter" if len(options) <= MOST_LETTERS else "number"
    return before(prompt("answer_frames", question=question, options=listed(options, order), label=label))


def _scored(
    vlm: VisionLanguageModel, before: Callable[[str], Content], question: str, options: Sequence[str]
) -> Weighed:
    # A number is closed by its full stop: "1" alone is also how "12" begins.
    labels = [label if len(options) <= MOST_LETTERS else f"{label}." for label in labels_of(len(options))]
    rows: list[np.ndarray] = []
    for order in orders_of(options, MOST_ROTATIONS):
        try:
            scores = vlm.score(_asked(before, question, options, order), labels)
        except BudgetExceeded:
            if not rows:
                raise
            break
        rows.append(_by_option([score.log_probability for score in scores], order))
    return Weighed(np.mean(rows, axis=0), len(rows))


def _texts(
    vlm: VisionLanguageModel, before: Callable[[str], Content], question: str, options: Sequence[str]
) -> Weighed:
    """Against what the model says blind: else a short option, or a frequent word, wins whatever is to be seen."""
    asked = prompt("answer_frames_open", question=question)
    seen, blind = vlm.score(before(asked), options), vlm.score([asked], options)
    gains = [now.log_probability - then.log_probability for now, then in zip(seen, blind, strict=True)]
    return Weighed(_by_option(gains, range(len(options))), 1, by="texts")


def _written(
    vlm: VisionLanguageModel, before: Callable[[str], Content], question: str, options: Sequence[str]
) -> Weighed:
    orders = orders_of(options, WRITTEN_ROTATIONS)
    contents = [_asked(before, question, options, order) for order in orders]
    replies = vlm.complete(contents, max_tokens=LETTER_TOKENS)
    read = [read_options(reply, [options[i] for i in order]) for reply, order in zip(replies, orders, strict=True)]
    rows = [_by_option(found, order) for found, order in zip(read, orders, strict=True) if found is not None]
    unread = tuple(reply.text for reply, found in zip(replies, read, strict=True) if found is None)
    # Nothing that can be read tells nothing: all are alike.
    return Weighed(np.mean(rows, axis=0) if rows else _by_option([0.0] * len(options), orders[0]), len(rows), unread)


def _by_option(values: Sequence[float] | np.ndarray, order: Sequence[int]) -> np.ndarray:
    """Log probabilities among the options, at the places of the options."""
    placed = np.empty(len(order))
    placed[list(order)] = values
    return np.asarray(placed - np.logaddexp.reduce(placed))


def read_options(reply: Completion, options: Sequence[str]) -> np.ndarray | None:
    """Log probability of each option from a reply to options with labels.

    Args:
        reply: Its text and, where known, the alternatives of its first token.
        options: In the order in which they were shown.

    Returns:
        None when the reply names no option: never a guess.
    """
    labels = labels_of(len(options))
    named = _option_written(reply.text, options)
    if named is None:
        named = _label_in(_CALLED.search(reply.text), labels)
    if named is None and len(options) <= MOST_LETTERS:
        scores = _letters_of(reply.alternatives or {}, len(options))
        if np.exp(np.logaddexp.reduce(scores)) >= MIN_LETTERS:
            return scores
    if named is None:
        named = _label_in(_FIRST.match(reply.text), labels)
    if named is None:
        return None
    scores = np.full(len(options), np.log((1 - SURE) / max(1, len(options) - 1)))
    scores[named] = np.log(SURE)
    return scores


def _letters_of(alternatives: dict[str, float], count: int) -> np.ndarray:
    """Letters that are not among the alternatives are at most as likely as the least likely one that is."""
    scores = np.full(count, -np.inf)
    for token, value in alternatives.items():
        name = token.strip(" .():*\u0120\u2581").upper()
        if len(name) == 1 and 0 <= ord(name) - 65 < count:
            scores[ord(name) - 65] = np.logaddexp(scores[ord(name) - 65], value)
    return np.maximum(scores, max(LEAST, min([UNSEEN, *alternatives.values()])))


def _option_written(text: str, options: Sequence[str]) -> int | None:
    """The longest option with whose words a reply begins; a single letter is taken for a label."""
    said = words_of(text)
    words = [words_of(option) for option in options]
    fits = [place for place, some in enumerate(words) if len(" ".join(some)) > 1 and said[: len(some)] == some]
    return max(fits, key=lambda place: len(words[place])) if fits else None


_FIRST = re.compile(r"\W*(?:([B-HJ-Zb-hj-z]|\d+)(?![\w'])|([AaIi])\s*(?:$|[.):,*\]\n]))")
"""A label at the beginning: "B", "(B) a car". A and I are words, too: "A red car", "I cannot tell"."""
_CALLED = re.compile(
    r"\b(?:[Aa]nswer|[Oo]ption|[Ll]etter|[Nn]umber)\b[^A-Z\d]{0,12}\b([B-HJ-Z]|[AI](?!\s+[a-z])|\d+)\b"
)
"""A label that is called the answer: "The answer is B."."""


def _label_in(found: re.Match[str] | None, labels: Sequence[str]) -> int | None:
    name = next(filter(None, found.groups()), "").upper() if found else ""
    return labels.index(name) if name in labels else None
