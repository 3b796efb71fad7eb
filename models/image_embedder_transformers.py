"""Pictures and texts as vectors of one space, by CLIP, SigLIP or SigLIP 2 of ``transformers``."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .errors import ModelError
from .profiles import Spec
from .torch_setup import pretrained, weights_identity
from .weights import Report

if TYPE_CHECKING:
    import numpy as np

BATCH = 32
PADDED = ("siglip", "siglip2")
"""Families whose texts were always filled up to full length in training: shorter ones give other vectors."""


def identity(spec: Spec) -> str:
    """Backend and weights."""
    return weights_identity(spec)


def load(spec: Spec, report: Report) -> "TransformersImageEmbedder":
    """Load ``transformers:DIRECTORY`` or ``transformers:ID[@REVISION]``.

    Raises:
        ModelError: It is no model of this kind, cannot be found, or a library is missing.
    """

    def misfit(model: Any) -> str:
        gives = hasattr(model, "get_image_features")
        return "" if gives else f"{model.config.model_type} gives no vectors of pictures and texts"

    model, processor = pretrained(spec, "AutoModel", report, misfit)
    return TransformersImageEmbedder(model, processor, identity(spec))


class TransformersImageEmbedder:
    """An image-text embedder of ``transformers``.

    Args:
        model: Loaded with ``AutoModel``.
        processor: Its ``AutoProcessor``.
        identity: Names both in cache keys.
    """

    def __init__(self, model: Any, processor: Any, identity: str) -> None:
        self.identity = identity
        self._model = model
        self._processor = processor
        padding = "max_length" if model.config.model_type in PADDED else "longest"
        longest = model.config.text_config.max_position_embeddings
        self._lengths: dict[str, Any] = {"padding": padding, "truncation": True, "max_length": longest}

    def embed_images(self, images: "Sequence[np.ndarray]") -> "np.ndarray":
        """Float32 array (pictures, dimensions) of HxWx3 uint8 RGB pictures, rows of length 1."""
        from PIL import Image

        def embed(batch: Sequence[Any]) -> Any:
            inputs = self._processor(images=[Image.fromarray(image) for image in batch], return_tensors="pt")
            return self._model.get_image_features(**inputs.to(self._model.device))

        return self._unit_rows(images, embed)

    def embed_texts(self, texts: Sequence[str]) -> "np.ndarray":
        """Float32 array (texts, dimensions), rows of length 1; what is behind the model's longest text is left out."""

        def embed(batch: Sequence[Any]) -> Any:
            inputs = self._processor(text=list(batch), return_tensors="pt", **self._lengths)
            return self._model.get_text_features(**inputs.to(self._model.device))

        return self._unit_rows(texts, embed)

    def _unit_rows(self, items: Sequence[Any], embed: Callable[[Sequence[Any]], Any]) -> "np.ndarray":
        import numpy as np
        import torch

        rows = [np.zeros((0, 1), np.float32)]
        try:
            with torch.inference_mode():
                for start in range(0, len(items), BATCH):
                    found = embed(items[start : start + BATCH])
                    vectors = getattr(found, "pooler_output", found).float()
                    rows.append(torch.nn.functional.normalize(vectors, dim=-1).cpu().numpy())
        except RuntimeError as error:
            raise ModelError(f"embedding failed: {error}", code="model.image_embedder") from error
        return np.concatenate(rows[1:] or rows)
