"""What a processor made of the last frames, so that further questions about them cost only their text.

Cutting, scaling and normalising 16 frames of 1280x720 for Qwen2.5-VL takes 0.8 CPU-seconds, each time; a 7B model on a
GPU reads them in about as long.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

COMPONENTS = ("image_processor", "video_processor")
KEPT_BYTES = 2**29
"""Larger pixels are made again: 16 frames of 1280x720 are 360 MB for Qwen2.5-VL."""


class Preparation:
    """Keeps what a processor's parts for images and videos made of the frames that were shown last.

    Args:
        processor: A ``transformers`` processor; its parts prepare through this from now on.
    """

    def __init__(self, processor: Any) -> None:
        self._seen: tuple[str, ...] | None = None
        self._calls = 0
        self._made: dict[tuple[Any, ...], Any] = {}
        for name in COMPONENTS:
            part = getattr(processor, name, None)
            if part is not None:
                part.preprocess = self._keeping(name, part.preprocess)

    @contextmanager
    def of(self, seen: tuple[str, ...]) -> Iterator[None]:
        """While a prompt about these frames is made; one about none leaves what is kept.

        Args:
            seen: Names the frames; those of one name are the same.
        """
        if seen and not any(key[0] == seen for key in self._made):
            self._made.clear()
        self._seen, self._calls = seen or None, 0
        try:
            yield
        finally:
            self._seen = None

    def _keeping(self, name: str, prepare: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(prepare)
        def prepared(*arguments: Any, **named: Any) -> Any:
            if self._seen is None:
                return prepare(*arguments, **named)
            key = (self._seen, name, self._calls)
            self._calls += 1
            made = self._made.get(key)
            if made is None:
                made = prepare(*arguments, **named)
                if _bytes(made) <= KEPT_BYTES:
                    self._made[key] = made
            return copy.copy(made)  # processors take things out of what they are given

        return prepared


def _bytes(made: Any) -> int:
    import torch

    return sum(value.numel() * value.element_size() for value in made.values() if isinstance(value, torch.Tensor))
