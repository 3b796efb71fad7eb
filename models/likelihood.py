"""How likely given tokens are after a computed prompt, many at a time: one pass over the prompt serves them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .prefix import Prefix

BATCH_TOKENS = 1024
"""Tokens computed at once: logits of a vocabulary of 150,000 take 0.6 MB each."""
BATCH_MEMORY = 32_768
"""Tokens whose keys and values are held for a batch, the prompt counted once for each row: 1.8 GB in a model of 7B."""


def log_likelihoods(model: Any, prefix: Prefix, rows: Sequence[Sequence[int]]) -> list[float]:
    """``log p(row | prefix)``, summed over the tokens of each row.

    Args:
        model: The ``transformers`` model that computed the prefix.
        prefix: What stands before every row.
        rows: Token ids; an empty row has the log probability 0.
    """
    first = prefix.logits.log_softmax(-1)
    totals = [float(first[row[0]]) if row else 0.0 for row in rows]
    for places in _batches(rows, len(prefix.tokens)):
        for place, rest in zip(places, _after_the_first(model, prefix, [rows[at] for at in places]), strict=True):
            totals[place] += rest
    return totals


def _batches(rows: Sequence[Sequence[int]], prompt: int) -> list[list[int]]:
    """The places of rows of more than one token, those of like length together."""
    places = sorted((place for place, row in enumerate(rows) if len(row) > 1), key=lambda place: len(rows[place]))
    longest = max([1, *map(len, rows)])
    size = max(1, min(BATCH_TOKENS // longest, BATCH_MEMORY // (prompt + longest)))
    return [places[first : first + size] for first in range(0, len(places), size)]


def _after_the_first(model: Any, prefix: Prefix, rows: Sequence[Sequence[int]]) -> list[float]:
    """``log p`` of everything but the first token of each row, as one batch; what fills a row up stands behind it."""
    import torch

    width = max(map(len, rows)) - 1
    ids = torch.zeros((len(rows), width), dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, : len(row) - 1] = torch.tensor(row[:-1])
    with torch.inference_mode():
        cache = prefix.copy_cache(len(prefix.tokens), len(rows))
        logits = model(input_ids=ids.to(model.device), past_key_values=cache, use_cache=True).logits
        steps = logits.float().log_softmax(-1)
        chosen = [steps[place, range(len(row) - 1), row[1:]].sum() for place, row in enumerate(rows)]
        return torch.stack(chosen).tolist()
