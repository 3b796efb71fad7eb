"""Fewer visual tokens without training: of each frame those that are most like the question.

After Free Video-LLM (arXiv 2410.10441), which compares patches and question by CLIP. A model that only reads on has no
score of images and texts, so the features its language model is given are compared with the embeddings of the
question's words, which live in the same space: a proxy. Both are centred, since frames and texts lie apart in it.

What the proxy is worth on trained weights of a usual size was not measured. For the seeing model of the tests, whose
questions do not name what is to be seen, it was no better than tokens drawn by lot (``docs/measurements.md``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def direction_of(words: torch.Tensor, center: torch.Tensor) -> torch.Tensor:
    """Where a text points: the mean of its words' directions from the center of the vocabulary.

    Args:
        words: Embeddings, (words, dimensions), one at least.
        center: Mean embedding of the vocabulary, (dimensions,).

    Returns:
        (dimensions,), float32.
    """
    from torch.nn.functional import normalize

    return normalize(words.float() - center, dim=-1).mean(0)


def most_like(features: torch.Tensor, counts: Sequence[int], direction: torch.Tensor, share: float) -> torch.Tensor:
    """Which tokens stay: of each frame this share, one at least, that points most to where the text does (cosine).

    Args:
        features: Of all frames, (tokens, dimensions); they are centred by their mean.
        counts: Tokens of each frame.
        direction: Of the text, (dimensions,).
        share: 0 to 1.

    Returns:
        (tokens,), bool; of tokens that are equally like it the first stay.
    """
    import torch
    from torch.nn.functional import normalize

    centred = features.float() - features.float().mean(0)
    likeness = normalize(centred, dim=-1) @ direction.to(features.device)
    stays = torch.zeros(len(features), dtype=torch.bool, device=features.device)
    for frame, part in zip(likeness.split(list(counts)), stays.split(list(counts)), strict=True):
        part[frame.argsort(descending=True, stable=True)[: max(1, round(len(frame) * share))]] = True
    return stays
