"""The embedded sentence embedder: all-MiniLM-L6-v2 on CTranslate2, mean pooling, 384 dimensions."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .ctranslate2_convert import convert_bert_safetensors
from .llm_ctranslate2 import read_tokenizer, unreadable
from .profiles import Spec
from .threads import cpu_threads
from .weights import Report, derived_directory, ensure_weights, find_weights

if TYPE_CHECKING:
    import numpy as np

MAX_TOKENS = 256
"""The length the model was trained with (its model card)."""
BATCH = 32


def identity(spec: Spec) -> str:
    """Backend and weights."""
    return f"ctranslate2:{spec.name}"


def load(spec: Spec, report: Report) -> "CTranslate2Embedder":
    """Load ``ctranslate2:NAME`` from the weights manifest."""
    source = ensure_weights(spec.name, report)
    directory = derived_directory(
        find_weights(spec.name), "ct2-1", lambda target: convert_bert_safetensors(source, target), report
    )
    return CTranslate2Embedder(directory, identity(spec))


class CTranslate2Embedder:
    """A BERT encoder in a CTranslate2 directory."""

    def __init__(self, directory: Path, identity: str) -> None:
        import ctranslate2

        self.identity = identity
        try:
            self._encoder: Any = ctranslate2.Encoder(str(directory), device="cpu", intra_threads=cpu_threads())
        except (RuntimeError, OSError, ValueError) as error:
            raise unreadable(directory, error) from error
        self._tokenizer: Any = read_tokenizer(directory)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """Float32 array (texts, 384), rows of length 1."""
        import numpy as np

        rows = [self._embed_batch(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        return np.concatenate(rows) if rows else np.zeros((0, 384), np.float32)

    def _embed_batch(self, texts: Sequence[str]) -> "np.ndarray":
        import numpy as np

        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        states = np.array(self._encoder.forward_batch(tokens).last_hidden_state)
        lengths = np.array([len(row) for row in tokens])
        mask = (np.arange(states.shape[1])[None, :] < lengths[:, None])[..., None]
        means = (states * mask).sum(axis=1) / lengths[:, None]
        return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)
