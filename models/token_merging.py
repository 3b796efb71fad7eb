"""Fewer visual tokens without training: which tokens of a frame become one.

Pure arithmetic on features. A reduction is told as a group number for each token, so that whatever belongs to a token
(features, features of deeper levels, its place) can be reduced alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

POOLED = 0.25
"""Share of its tokens that a pooled frame keeps: 2x2 tokens become one."""
LEAST_SHARE = 0.1
"""Of an even share of the budget, what a frame gets that shows nothing new."""


def matched_groups(features: torch.Tensor, keep: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens that are alike become one, by bipartite soft matching (ToMe, arXiv 2210.09461; AIM, arXiv 2412.03248).

    In each round every even token looks for the odd one that is most like it (cosine), and the closest pairs merge into
    the mean of all tokens they stand for, at the place of the odd one. A round halves their number at most.

    Args:
        features: (tokens, dimensions).
        keep: Tokens that are to be left, at least 1.

    Returns:
        The group of each token, (tokens,), and the place of the token that stands for each group, (keep,), ascending.
    """
    import torch
    from torch.nn.functional import normalize

    groups = torch.arange(len(features), device=features.device)
    places, current = groups.clone(), features.float()
    while len(current) > keep:
        even, odd = normalize(current[::2], dim=-1), normalize(current[1::2], dim=-1)
        best, partner = (even @ odd.T).max(-1)
        count = min(len(current) - keep, len(even))
        going = best.argsort(descending=True, stable=True)[:count]
        target = torch.arange(len(current), device=features.device)
        target[2 * going] = 2 * partner[going] + 1
        staying = torch.ones(len(current), dtype=torch.bool, device=features.device)
        staying[2 * going] = False
        groups = (staying.cumsum(0) - 1)[target[groups]]
        places = places[staying]
        current = pooled(features.float(), groups, len(places))
    return groups, places


def pooled_groups(rows: int, columns: int, side: int = 2) -> list[int]:
    """Groups of a grid of tokens: squares of so many tokens, row by row, smaller ones at the edges.

    Example:
        >>> pooled_groups(2, 4)
        [0, 0, 1, 1, 0, 0, 1, 1]
    """
    across = math.ceil(columns / side)
    return [(row // side) * across + column // side for row in range(rows) for column in range(columns)]


def pooled(values: torch.Tensor, groups: torch.Tensor, count: int) -> torch.Tensor:
    """The mean of each group: (count, dimensions); a group of one is that token, exactly."""
    import torch

    if count == len(values):
        return values[groups.argsort()]
    summed = torch.zeros(count, values.shape[-1], dtype=torch.float32, device=values.device)
    summed.index_add_(0, groups, values.float())
    sizes = torch.bincount(groups, minlength=count)
    return (summed / sizes[:, None]).to(values.dtype)


def budgeted(counts: Sequence[int], novelty: Sequence[float], budget: int) -> list[int]:
    """Tokens of each frame within a budget: the more, the less a frame looks like the one before.

    After B-VLLM (arXiv 2412.09919), which chooses by the question instead.

    Args:
        counts: Tokens of each frame.
        novelty: 0 to 2 for each frame: 1 minus the cosine of its mean token with that of the frame before.
        budget: Tokens of all frames together; each frame gets one at least, so few tokens for many frames are exceeded.

    Example:
        >>> budgeted([100, 100, 100], [1.0, 0.0, 1.0], 105)
        [50, 4, 50]
    """
    if sum(counts) <= budget:
        return list(counts)
    floor = LEAST_SHARE * sum(novelty) / len(novelty) or 1.0
    weights = [max(value, floor) for value in novelty]
    given = [1.0] * len(counts)
    for _ in counts:  # what a frame cannot use goes to the others
        open_ = [place for place, count in enumerate(counts) if given[place] < count]
        rest = budget - sum(given)
        total = sum(weights[place] for place in open_)
        if not open_ or rest < 1:
            break
        for place in open_:
            given[place] = min(counts[place], given[place] + rest * weights[place] / total)
    return [int(share + 1e-6) for share in given]
