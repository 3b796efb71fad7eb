"""The computed beginning of a prompt, kept and shared: frames are computed once however often they are asked about.

A decoder's keys and values of a token depend only on what stands before it. Prompts about the same frames begin alike
(the frames, their times), so the next prompt is computed from where it begins to differ, and many continuations or
questions are computed as one batch on the same beginning. Equal to not sharing, to float tolerance (a test says so);
``benchmarks/local_vlm.py`` prints what it saves.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

KEPT = 2
"""Beginnings kept: the frames of a question and those of the blind run or the round before."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """A computed prompt.

    Attributes:
        tokens: Its token ids.
        frames: Names of what is seen, in order.
        cache: Keys and values; not to be changed.
        positions: What the model needs to number further tokens (``rope_deltas``); None for most.
        logits: Of the token that comes next, float32 (vocabulary,).
    """

    tokens: tuple[int, ...]
    frames: tuple[str, ...]
    cache: Any
    positions: Any
    logits: torch.Tensor

    def copy_cache(self, length: int, rows: int = 1) -> Any:
        """The keys and values of the first ``length`` tokens, for a batch of so many rows.

        Layers of attention replace their tensors when they grow, so a copy of the layers shares the data until then;
        those of linear attention change them in place.

        Raises:
            RuntimeError: A layer does not hold the past that is to be cut off (sliding windows, linear attention).
        """
        import torch

        cache = copy.copy(self.cache)
        cache.layers = [
            copy.deepcopy(layer) if hasattr(layer, "recurrent_states") else copy.copy(layer)
            for layer in self.cache.layers
        ]
        if length < len(self.tokens):
            cache.crop(length - len(self.tokens))
        if rows > 1:  # `batch_repeat_interleave` is not there for linear attention
            cache.reorder_cache(torch.zeros(rows, dtype=torch.long, device=self.logits.device))
        return cache


class PrefixCache:
    """Computes prompts on what is known of their beginning.

    Args:
        model: A ``transformers`` model that takes ``past_key_values``.
        visual_tokens: Ids of the tokens that stand for pieces of frames.
    """

    def __init__(self, model: Any, visual_tokens: frozenset[int] = frozenset()) -> None:
        self._model = model
        self._visual_tokens = visual_tokens
        self._kept: list[Prefix] = []
        self.computed_tokens = 0
        """Tokens that were really computed, frames included."""

    def clear(self) -> None:
        """Forget everything, to free its memory."""
        self._kept.clear()

    def compute(self, inputs: Any, frames: Sequence[str]) -> Prefix:
        """A prompt of one row, from the processor's output.

        Args:
            inputs: ``input_ids`` of shape (1, tokens) and what belongs to the frames; ``rope_deltas`` where
                ``position_ids`` are given: what is added to the count of tokens to number further ones.
            frames: Names of what is seen; frames of one name give the same features.
        """
        tokens = tuple(inputs["input_ids"][0].tolist())
        known, length = self._longest(tokens, tuple(frames))
        if known is not None and length == len(tokens) == len(known.tokens):
            return known
        length = min(length, len(tokens) - 1)
        if known is None or not self._holds_all_images(tokens, length):
            prefix = self._forward(tokens, frames, dict(inputs), None)
        else:
            prefix = self._continued(known, length, tokens, inputs)
        self._kept = [prefix, *(kept for kept in self._kept if kept is not known or length < len(known.tokens) // 2)]
        del self._kept[KEPT:]
        return prefix

    def _continued(self, known: Prefix, length: int, tokens: tuple[int, ...], inputs: Any) -> Prefix:
        """A prompt of which the first ``length`` tokens are computed; all of it where they cannot be taken alone."""
        try:
            cache = known.copy_cache(length)
        except RuntimeError:
            return self._forward(tokens, known.frames, dict(inputs), None)
        rest = {"input_ids": inputs["input_ids"][:, length:], "past_key_values": cache}
        return self._forward(tokens, known.frames, rest, known.positions)

    def restore(self, prefix: Prefix) -> None:
        """Set the model's own state to that of a prefix, before tokens are added to it by hand."""
        if hasattr(self._model.base_model, "rope_deltas"):
            self._model.base_model.rope_deltas = prefix.positions

    def _longest(self, tokens: tuple[int, ...], frames: tuple[str, ...]) -> tuple[Prefix | None, int]:
        """The kept prompt about the same frames that begins alike for longest, and for how many tokens."""
        same = [(kept, common_length(kept.tokens, tokens)) for kept in self._kept if kept.frames == frames]
        return max(same, key=lambda item: item[1], default=(None, 0))

    def _holds_all_images(self, tokens: Sequence[int], length: int) -> bool:
        return length > 0 and self._visual_tokens.isdisjoint(tokens[length:])

    def _forward(
        self, tokens: tuple[int, ...], frames: Sequence[str], inputs: dict[str, Any], positions: Any
    ) -> Prefix:
        import torch

        if hasattr(self._model.base_model, "rope_deltas"):
            self._model.base_model.rope_deltas = inputs.pop("rope_deltas", positions)
        with torch.inference_mode():
            output = self._model(**inputs, use_cache=True, logits_to_keep=1)
        self.computed_tokens += int(inputs["input_ids"].shape[1])
        state = getattr(self._model.base_model, "rope_deltas", None)
        return Prefix(tokens, tuple(frames), output.past_key_values, state, output.logits[0, -1].float())


def common_length(one: Sequence[int], two: Sequence[int]) -> int:
    """How many elements two sequences have in common from the start.

    Example:
        >>> common_length([1, 2, 3], [1, 2, 4, 5])
        2
    """
    return next((place for place, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
