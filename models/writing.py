"""Writing token by token after a computed prompt: greedily or by chance, freely or under a guide.

``generate`` of transformers would do, but it computes every token that a grammar leaves no choice about; here these
follow in the same pass as the token before them: three tenths of a program, two thirds of one written as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from .guide import Guide
from .prefix import Prefix

if TYPE_CHECKING:
    import torch


class Writer:
    """Writes with one model.

    Args:
        model: The ``transformers`` model that computed the prompt.
        ends: The tokens that end a text.
        guide: What keeps the text to a constraint; None for free text.
        temperature: 0 for the likeliest token each time; above, tokens are drawn.
        seed: What the drawing depends on.
    """

    def __init__(
        self, model: Any, ends: Collection[int], guide: Guide | None = None, temperature: float = 0.0, seed: int = 0
    ) -> None:
        import torch

        self._model = model
        self._ends = ends
        self._guide = guide
        self._temperature = temperature
        self._chance = torch.Generator(model.device).manual_seed(seed)

    def write(
        self, prompt: Prefix, most: int, enough: Callable[[list[int]], bool]
    ) -> tuple[list[int], tuple[float, ...]]:
        """Tokens after a prompt, without the one that ends them, and the log probability that the model gave each.

        Args:
            prompt: The computed prompt.
            most: Tokens at most.
            enough: Whether these tokens hold a text that ends the writing.
        """
        import torch

        cache = prompt.copy_cache(len(prompt.tokens))
        logits, ids, values = prompt.logits[None], list[int](), list[float]()
        with torch.inference_mode():
            while len(ids) < most and not (ids and (self._finished() or enough(ids))):
                token = self._next(logits[-1])
                if token in self._ends:
                    break
                new = [token, *(self._guide.accept(token) if self._guide else ())][: most - len(ids)]
                rows = self._model(input_ids=self._tensor([new]), past_key_values=cache, use_cache=True).logits[0]
                steps = torch.cat([logits[-1:], rows[:-1].float()]).log_softmax(-1)
                values += steps[range(len(new)), new].tolist()
                ids += new
                logits = rows.float()
        return ids, tuple(values)

    def _finished(self) -> bool:
        return self._guide is not None and self._guide.finished

    def _next(self, logits: torch.Tensor) -> int:
        import torch

        if self._guide:
            logits = self._guide.mask(logits)
        if self._temperature <= 0:
            return int(logits.argmax())
        chances = (logits / self._temperature).softmax(-1)
        return int(torch.multinomial(chances, 1, generator=self._chance))

    def _tensor(self, ids: list[list[int]]) -> torch.Tensor:
        import torch

        return torch.tensor(ids, device=self._model.device)
