"""Asking which models there are, so that a program can do more where it can and less where it must."""

from typing import Literal

from .context import Context
from .tool import tool

Role = Literal["llm", "vlm", "asr", "ocr", "detector", "embedder", "image_embedder"]


@tool(kind="ask", cost="free")
def has_model(role: Role, *, context: Context) -> bool:
    """Say whether a model plays a role; no model is loaded for it.

    Args:
        role: `vlm` sees pictures, `image_embedder` compares pictures with texts, `llm` is the text model, and so on.
    """
    return context.models.has(role)
