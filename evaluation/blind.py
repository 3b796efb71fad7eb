"""What the models answer without the video: the part of a score that needs none."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..prompts import prompt
from ..tools.letters import LETTER_TOKENS, WRITTEN_ROTATIONS, labels_of, listed, orders_of, read_options, weigh
from ..tools.scoring import softmax
from .items import Item, Prediction

if TYPE_CHECKING:
    from ..models import Content, LanguageModel, Models, VisionLanguageModel
    from .systems import Condition

ANSWER_TOKENS = 40
WORDS = ("open", "count", "caption")
"""Tasks that are answered in words; where something is in a video nobody can say unseen."""


def answer_blind(item: Item, models: "Models", condition: "Condition" = "blind") -> Prediction:
    """Answer an item without its video.

    Args:
        item: The question.
        models: What there is.
        condition: ``blind`` for the text model, ``blind_vlm`` for the vision-language model without frames.
    """
    started = time.perf_counter()
    sees = condition == "blind_vlm"
    probabilities: Sequence[float] = ()
    text, calls = "", 0
    if item.choices:
        found = _options_unseen(models.get("vlm"), item) if sees else _options(models.get("llm"), item)
        probabilities, calls = softmax(found), 1
    elif item.task in WORDS:
        asked = prompt("answer_written_blind", question=item.question)
        text, calls = _written(models, asked, sees), 1
    choice = int(np.argmax(probabilities)) if probabilities else None
    return Prediction(
        item.id,
        choice,
        item.choices[choice] if choice is not None else text.strip(),
        probabilities=tuple(probabilities),
        confidence=max(probabilities, default=0.0),
        abstained=choice is None and not text.strip(),
        usage={"vlm_calls" if sees else "llm_calls": calls, "seconds": time.perf_counter() - started},
    )


def _options(llm: "LanguageModel", item: Item) -> np.ndarray:
    """Log probability of each option: of its text where the model scores, else read from letters it writes."""
    if llm.can_score:
        asked = prompt("answer_blind", question=item.question)
        return np.array([score.per_token for score in llm.score([(asked, option) for option in item.choices])])
    labels = labels_of(len(item.choices))
    rows = []
    for order in orders_of(item.choices, WRITTEN_ROTATIONS):
        options = [item.choices[place] for place in order]
        asked = prompt("answer_letters_blind", question=item.question, options=listed(item.choices, order))
        read = read_options(llm.complete(asked, max_tokens=LETTER_TOKENS), options)
        if read is not None:
            row = np.empty(len(labels))
            row[order] = read
            rows.append(row)
    return np.mean(rows, axis=0) if rows else np.zeros(len(labels))


def _options_unseen(vlm: "VisionLanguageModel", item: Item) -> np.ndarray:
    if vlm.can_score and not vlm.names_letters:
        asked = prompt("answer_frames_open", question=item.question)
        return np.array([score.per_token for score in vlm.score([asked], item.choices)])
    return weigh(vlm, _alone, item.question, item.choices).log_probabilities


def _alone(text: str) -> "Content":
    return [text]


def _written(models: "Models", asked: str, sees: bool) -> str:
    if sees:
        return str(models.get("vlm").complete([[asked]], max_tokens=ANSWER_TOKENS)[0].text)
    return str(models.get("llm").complete(asked, max_tokens=ANSWER_TOKENS).text)
