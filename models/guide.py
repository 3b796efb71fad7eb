"""Keeps a text that is being written to a grammar or a JSON schema: which tokens may come, and which must.

llguidance does the work: 0.04 s for a grammar of 54 KB, then 0.3-0.6 ms for each token (the smallest model takes 30).
Where only one text can come next (the rest of a tool's name, a comma) the tokens are known without asking the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors import ModelError
from .roles import Constraint


class Guide:
    """What may be written next.

    Args:
        tokenizer: llguidance's view of the model's tokenizer.
        constraint: What the whole text must be.

    Raises:
        ModelError: ``model.constraint`` when the grammar or schema cannot be read.
    """

    def __init__(self, tokenizer: Any, constraint: Constraint) -> None:
        import llguidance

        self._matcher = llguidance.LLMatcher(tokenizer, _grammar(constraint), log_level=0)
        self._check()

    def mask(self, logits: Any) -> Any:
        """The logits with minus infinity for every token that cannot come next."""
        import numpy as np
        import torch

        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        self._check()
        allowed = torch.from_numpy(np.unpackbits(bits, bitorder="little")[: logits.shape[-1]].astype(bool))
        return logits.masked_fill(~allowed.to(logits.device), -torch.inf)

    def accept(self, token: int) -> list[int]:
        """Go on behind a token.

        Returns:
            The tokens that must follow it, which are accepted as well.
        """
        self._matcher.consume_token(token)
        forced: list[int] = [] if self.finished else self._matcher.compute_ff_tokens()
        self._matcher.consume_tokens(forced)
        self._check()
        return forced

    @property
    def finished(self) -> bool:
        """Whether nothing more can come."""
        return bool(self._matcher.is_stopped())

    def _check(self) -> None:
        if self._matcher.is_error():
            reason = (self._matcher.get_error().splitlines() or ["unknown error"])[0]
            raise ModelError(f"the constraint cannot be kept to: {reason}", code="model.constraint")


def _grammar(constraint: Constraint) -> str:
    from llguidance import LLMatcher

    if constraint.kind == "lark":
        return LLMatcher.grammar_from_lark(constraint.text)
    try:
        # Small models fill endless lines with spaces where they may.
        return LLMatcher.grammar_from_json_schema(constraint.text, overrides={"whitespace_flexible": False})
    except ValueError as error:
        raise ModelError(f"the JSON schema cannot be read: {error}", code="model.constraint") from error


def guide_tokenizer(tokenizer: Any, vocabulary: int, ends: Sequence[int]) -> Any:
    """The tokenizer of a model as llguidance needs it; takes 0.35 s.

    Args:
        tokenizer: A fast tokenizer.
        vocabulary: The size of the model's logits.
        ends: The tokens that end a text.
    """
    from llguidance.hf import from_tokenizer

    return from_tokenizer(tokenizer, n_vocab=vocabulary, eos_token=list(ends))
