"""Any OpenAI-compatible server as a vision-language model: frames travel as JPEG pictures inside the messages.

Texts and frames keep their order, so the time that is written before a frame is read in its place. The server gives
probabilities of what it writes at best, so ``can_score`` is False; its likeliest first tokens tell letters and yes from
no where it gives them.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ..video import Frame
from .errors import ModelError
from .openai_client import RETRIES, TIMEOUT_SECONDS, ChatClient, base_url
from .openai_client import identity as server_identity
from .profiles import Spec
from .roles import Completion, Content, OptionScore
from .weights import Report

if TYPE_CHECKING:
    import numpy as np

LONGEST_SIDE = 768
"""Pixels of a frame's longest side at most: what OpenAI's models see of a picture's shorter side; 40-90 KB as JPEG."""
JPEG_QUALITY = 85
IMAGES_PER_CALL = 64
"""64 frames are 4 MB; servers that take fewer say so in their refusal."""
AT_ONCE = 4
"""Requests under way at the same time."""


def identity(spec: Spec) -> str:
    """Model, server and size of the frames."""
    return f"{server_identity(spec.name, spec.url)}:{LONGEST_SIDE}px"


def load(spec: Spec, report: Report) -> OpenAIVision:
    """Load ``openai:MODEL[@URL]``; makes no request yet."""
    return OpenAIVision(spec.name, base_url(spec.url))


class OpenAIVision:
    """A model that sees, behind ``/chat/completions``.

    Args:
        model: The server's name for it.
        base_url: Address of the server, ending in ``/v1``; empty for OpenAI's own.
        side: Pixels of a frame's longest side at most.
        timeout: Seconds to wait for an answer.
        retries: How often a request is repeated that may work later.
    """

    images_per_call = IMAGES_PER_CALL
    can_score = False
    interleaved = True
    names_letters = True
    reduced = ""

    def __init__(
        self,
        model: str,
        base_url: str = "",
        side: int = LONGEST_SIDE,
        timeout: float = TIMEOUT_SECONDS,
        retries: int = RETRIES,
    ) -> None:
        self._client = ChatClient(model, base_url, timeout, retries)
        self._side = side
        self.identity = f"{self._client.identity}:{side}px"

    def complete(self, contents: Sequence[Content], *, max_tokens: int = 256) -> tuple[Completion, ...]:
        """Answer each content; a few are under way at the same time.

        Raises:
            ModelError: The server cannot be reached, refuses, or answers nothing, for any of them.
        """

        def ask(content: Content) -> Completion:
            parts = [self._part(part) for part in content]
            return self._client.complete([{"role": "user", "content": parts}], max_tokens, temperature=0)

        if len(contents) < 2:
            return tuple(map(ask, contents))
        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            return tuple(pool.map(ask, contents))
        finally:  # after a failure or Ctrl-C, what is not under way yet would be paid for in vain
            pool.shutdown(cancel_futures=True)

    def score(self, content: Content, continuations: Sequence[str]) -> tuple[OptionScore, ...]:
        """Not possible over chat.

        Raises:
            ModelError: Always; ask ``can_score`` first.
        """
        raise ModelError(f"{self.identity} cannot score a given text", code="model.no_scores")

    def _part(self, part: str | Frame) -> dict[str, Any]:
        if isinstance(part, str):
            return {"type": "text", "text": part}
        return {"type": "image_url", "image_url": {"url": data_url(part.image, self._side)}}


def data_url(image: np.ndarray, side: int) -> str:
    """A picture as a JPEG inside of a URL.

    Args:
        image: Height x width x 3, uint8, RGB.
        side: Pixels of the longest side at most; smaller pictures stay as they are.
    """
    from PIL import Image

    picture = Image.fromarray(image)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=JPEG_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(stream.getvalue()).decode('ascii')}"
