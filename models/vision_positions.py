"""Where visual tokens stand: positions that architectures give them, and what numbers the tokens behind them."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def positions_of(model: Any, inputs: dict[str, Any], visual: torch.Tensor) -> torch.Tensor:
    """Time, row and column of each token, as the architecture numbers them: (3, 1, tokens).

    A text behind a video goes on from its highest number, so that it stands behind the last moment: so Qwen2-VL and
    Qwen2.5-VL were trained. ``transformers`` 5 goes on behind its rows and columns, amid the moments.

    Args:
        model: Its ``get_rope_index`` numbers the tokens.
        inputs: A prompt of one row with frames.
        visual: Which tokens are visual, (tokens,), bool.
    """
    index = model.base_model.get_rope_index
    takes = inspect.signature(index).parameters
    positions = index(**{name: value for name, value in inputs.items() if name in takes})[0]
    for start, end in runs_of(visual):
        positions[:, :, end:] += (positions[:, :, start:end].max() + 1 - positions[:, :, end].min()).clamp(min=0)
    return positions


def with_positions(positions: torch.Tensor, stays: torch.Tensor | None = None) -> dict[str, Any]:
    """Positions as inputs, of those tokens that stay, and what has to be added to number the tokens behind them.

    The next token goes on from the last one. ``transformers`` itself goes on from the highest number, which in a video
    may be that of its last moment; then tokens added later would stand elsewhere than in one pass.

    Args:
        positions: (axes, 1, tokens).
        stays: (tokens,), bool; all of them when left out.
    """
    kept = positions if stays is None else positions[:, :, stays]
    behind = kept[:, :, -1].amax(0, keepdim=True) + 1 - kept.shape[-1]
    return {"position_ids": kept if len(kept) > 1 else kept[0], "rope_deltas": behind}


def scaled(positions: torch.Tensor, visual: torch.Tensor, scale: float) -> torch.Tensor:
    """Positions that move on ``scale`` times less over visual tokens; texts behind them move up.

    Args:
        positions: (axes, 1, tokens).
        visual: Which tokens are visual, (tokens,), bool; a prompt begins and ends with text.
        scale: 1 or more.
    """
    moved = positions.float()
    for start, end in runs_of(visual):
        first = moved[:, :, start - 1] + 1
        length = moved[0, 0, end] - first[0, 0]
        moved[:, :, start:end] = first[..., None] + (moved[:, :, start:end] - first[..., None]) / scale
        moved[:, :, end:] -= length * (1 - 1 / scale)
    return moved


def runs_of(mask: torch.Tensor) -> list[tuple[int, int]]:
    """Start and end of each stretch of True in (tokens,)."""
    import torch

    edges = torch.diff(mask.int(), prepend=mask.new_zeros(1).int(), append=mask.new_zeros(1).int())
    starts, ends = (edges == 1).nonzero()[:, 0].tolist(), (edges == -1).nonzero()[:, 0].tolist()
    return list(zip(starts, ends, strict=True))


def number_behind(model: Any) -> None:
    """Make a model whose tokens are simply counted number those behind a computed prompt as ``rope_deltas`` says.

    The architectures with positions of their own have this attribute; here it is given to the others.
    """
    import torch

    base = model.base_model
    if hasattr(base, "rope_deltas"):
        return
    base.rope_deltas = None

    def shift(module: Any, arguments: Any, named: dict[str, Any]) -> Any:
        past = named.get("past_key_values")
        if base.rope_deltas is None or past is None or not past.get_seq_length():
            return None
        given = named.get("position_ids")
        if given is None:
            start, length = past.get_seq_length(), named["inputs_embeds"].shape[1]
            given = torch.arange(start, start + length, device=base.rope_deltas.device)[None]
        return arguments, {**named, "position_ids": given + base.rope_deltas}

    model.get_decoder().register_forward_pre_hook(shift, with_kwargs=True)
