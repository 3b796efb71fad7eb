"""Visual tokens dropped inside the text model, layer by layer (AIM, arXiv 2412.03248).

Up to a first layer all tokens are kept; behind each further one fewer visual tokens are, until a last one leaves none.
Texts are always kept. Tokens keep the positions they had. What is kept is decided by the attention among the tokens up
to the last visual one, so it does not depend on the question, and a computed prefix can be shared. (AIM also sharpens
that attention by a temperature; here it is taken as it is.)

It works through hooks on the layers: they hand on fewer states, and fewer columns of the mask, and note on each layer
of the cache what it lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

ITERATIONS = 5
"""Steps of the power iteration (AIM)."""


@dataclass(slots=True)
class Pass:
    """One pass over a prompt with frames.

    Attributes:
        visual: Which tokens are visual, (tokens,), bool.
        alive: Places of the tokens that the present layer sees.
        attention: What the last layer attended to, (heads, seen, seen); None before the first is asked.
    """

    visual: torch.Tensor
    alive: torch.Tensor
    attention: torch.Tensor | None = None


class Pruner:
    """Drops visual tokens inside of a model, from when it is made.

    Args:
        model: It must compute attention eagerly, so that it can be looked at.
        visual_tokens: Ids of the tokens that stand for pieces of frames.
        first: Layer after which the first visual tokens are dropped, counted from 0.
        last: Layer after which none is left.
    """

    def __init__(self, model: Any, visual_tokens: frozenset[int], first: int, last: int) -> None:
        self._visual_tokens = sorted(visual_tokens)
        self._first = first
        self._last = last
        self._pass: Pass | None = None
        model.register_forward_pre_hook(self._begin, with_kwargs=True)
        for number, layer in enumerate(model.get_decoder().layers):
            if first <= number <= last:
                layer.self_attn.register_forward_hook(self._look)
            if number > first:
                layer.register_forward_pre_hook(self._before(number), with_kwargs=True)
                layer.register_forward_hook(self._after(number), with_kwargs=True)

    def share(self, layer: int) -> float:
        """The share of the visual tokens that a layer sees.

        Example: with 14 and 21, layer 14 sees all, layer 15 87.5 %, layer 21 12.5 %, layer 22 none.
        """
        return min(1.0, max(0.0, 1 - (layer - self._first) / (self._last - self._first + 1)))

    def _begin(self, model: Any, arguments: Any, named: dict[str, Any]) -> None:
        """Before the model: whether this is a prompt with frames, or something that comes behind one."""
        import torch

        ids, past = named.get("input_ids"), named.get("past_key_values")
        self._pass = None
        if ids is not None and (past is None or not past.get_seq_length()):
            visual = torch.isin(ids[0], torch.tensor(self._visual_tokens, device=ids.device))
            if visual.any():
                self._pass = Pass(visual, torch.arange(len(visual), device=ids.device))

    def _look(self, attention: Any, arguments: Any, output: Any) -> None:
        """Behind the attention of a layer."""
        if self._pass is not None:
            self._pass.attention = output[1][0].to(self._pass.visual.device)

    def _before(self, number: int) -> Callable[..., Any]:
        def prune(layer: Any, arguments: Any, named: dict[str, Any]) -> Any:
            if self._pass is None:
                return arguments, {**named, "attention_mask": _without_dropped(number, named)}
            seen = self._kept(self._pass, number)
            states, *rest = arguments
            kept = (_taken(states, 1, seen), *rest)
            self._pass.alive = self._pass.alive[seen]
            return kept, _only(named, self._pass.alive)

        return prune

    def _after(self, number: int) -> Callable[..., Any]:
        def note(layer: Any, arguments: Any, named: dict[str, Any], output: Any) -> None:
            if self._pass is not None:
                stays = self._pass.visual.new_zeros(len(self._pass.visual))
                stays[self._pass.alive] = True
                named["past_key_values"].layers[number].dropped = (~stays).nonzero()[:, 0]

        return note

    def _kept(self, now: Pass, number: int) -> torch.Tensor:
        """Places, among the tokens that the layer before saw, of those that this one sees."""
        import torch

        visual = now.visual[now.alive]
        wanted = round(self.share(number) * int(now.visual.sum()))
        if wanted >= int(visual.sum()) or now.attention is None:
            return torch.arange(len(visual), device=visual.device)
        rank = importance(now.attention, int(visual.nonzero()[-1]) + 1)
        rank = torch.where(visual[: len(rank)], rank, -1.0)
        stays = ~visual
        stays[rank.topk(wanted).indices] = True
        return stays.nonzero()[:, 0]


def importance(attention: torch.Tensor, length: int) -> torch.Tensor:
    """How much tokens are looked at by those that are looked at: PageRank without damping.

    Args:
        attention: (heads, tokens, tokens), rows sum to one.
        length: Of the beginning that counts.

    Returns:
        (length,), sums to one.
    """
    import torch

    looks = attention[:, :length, :length].float().pow(2).mean(0).sqrt()
    looks = looks / looks.sum(-1, keepdim=True)
    rank = torch.full((length,), 1 / length, device=attention.device)
    for _ in range(ITERATIONS):
        rank = rank @ looks
    return rank / rank.sum()


def _only(named: dict[str, Any], alive: torch.Tensor) -> dict[str, Any]:
    """What a layer is given beside its states, for these tokens of the prompt."""
    mask, places = named.get("attention_mask"), named.get("position_ids")
    return {
        **named,
        "attention_mask": None if mask is None else _taken(_taken(mask, -2, alive), -1, alive),
        "position_ids": None if places is None else _taken(places, -1, alive),
        "position_embeddings": tuple(_taken(part, -2, alive) for part in named["position_embeddings"]),
    }


def _taken(values: torch.Tensor, axis: int, places: torch.Tensor) -> torch.Tensor:
    """These places of an axis; layers may be on several devices."""
    return values.index_select(axis, places.to(values.device))


def _without_dropped(number: int, named: dict[str, Any]) -> Any:
    """The mask of a layer for tokens behind a computed prompt, without the columns that its cache lacks."""
    import torch

    mask, past = named.get("attention_mask"), named.get("past_key_values")
    dropped = None if past is None else getattr(past.layers[number], "dropped", None)
    if mask is None or dropped is None:
        return mask
    columns = torch.ones(mask.shape[-1], dtype=torch.bool, device=mask.device)
    columns[dropped.to(mask.device)] = False
    return mask[..., columns]
