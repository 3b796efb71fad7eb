"""Whisper tiny.en as OpenAI's library reads it, made from the CTranslate2 weights that the embedded profile has.

Both hold the same numbers in half precision, under other names: CTranslate2 keeps query, key and value of an attention
in one matrix.
"""

import struct
from dataclasses import asdict
from pathlib import Path

import numpy as np

TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
"""CTranslate2's numbers for types of numbers."""
LAYERS = 4


class Reader:
    """Reads a file of CTranslate2 (``ctranslate2/specs/model_spec.py`` writes it)."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        self._at = 0

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from(f"<{form}", self._data, self._at)
        self._at += struct.calcsize(form)
        return value

    def block(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]

    def text(self) -> str:
        return self.block(self.number("H"))[:-1].decode()

    def variables(self) -> dict[str, np.ndarray]:
        self.number("I"), self.text(), self.number("I")  # version of the format, name and revision of the model
        return dict(self.variable() for _ in range(self.number("I")))

    def variable(self) -> tuple[str, np.ndarray]:
        name = self.text()
        shape = [self.number("I") for _ in range(self.number("B"))]
        kind = TYPES[self.number("B")]
        return name, np.frombuffer(self.block(self.number("I")), kind).reshape(shape)


def write_tiny_en(source: Path, target: Path) -> Path:
    """Write ``tiny.en.pt``.

    Args:
        source: ``model.bin`` of CTranslate2's Whisper tiny.en.
        target: The file to write.
    """
    import torch
    from whisper.model import ModelDimensions

    variables = Reader(source).variables()
    state = {name: torch.from_numpy(array.copy()) for name, array in renamed(variables).items()}
    width = state["decoder.ln.weight"].shape[0]
    words, context = state["decoder.token_embedding.weight"].shape[0], state["decoder.positional_embedding"].shape[0]
    dims = ModelDimensions(80, 1500, width, width // 64, LAYERS, words, context, width, width // 64, LAYERS)
    torch.save({"dims": asdict(dims), "model_state_dict": state}, target)
    return target


def renamed(old: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """CTranslate2's variables under OpenAI's names."""
    new = {
        "encoder.positional_embedding": old["encoder/position_encodings/encodings"],
        "decoder.positional_embedding": old["decoder/position_encodings/encodings"],
        "decoder.token_embedding.weight": old["decoder/embeddings/weight"],
    }
    for mine, theirs in (("encoder.ln_post", "encoder/layer_norm"), ("decoder.ln", "decoder/layer_norm")):
        new |= norm(old, mine, theirs)
    for convolution in ("conv1", "conv2"):
        new |= linear(old, f"encoder.{convolution}", f"encoder/{convolution}")
    for side in ("encoder", "decoder"):
        for number in range(LAYERS):
            new |= layer(old, f"{side}.blocks.{number}", f"{side}/layer_{number}", side == "decoder")
    return new


def layer(old, mine, theirs, looks_at_sound):
    new = {**split(old, f"{mine}.attn", f"{theirs}/self_attention/linear_0", ("query", "key", "value"))}
    new |= linear(old, f"{mine}.attn.out", f"{theirs}/self_attention/linear_1")
    new |= norm(old, f"{mine}.attn_ln", f"{theirs}/self_attention/layer_norm")
    if looks_at_sound:
        new |= linear(old, f"{mine}.cross_attn.query", f"{theirs}/attention/linear_0")
        new |= split(old, f"{mine}.cross_attn", f"{theirs}/attention/linear_1", ("key", "value"))
        new |= linear(old, f"{mine}.cross_attn.out", f"{theirs}/attention/linear_2")
        new |= norm(old, f"{mine}.cross_attn_ln", f"{theirs}/attention/layer_norm")
    for place, number in ((0, 0), (2, 1)):
        new |= linear(old, f"{mine}.mlp.{place}", f"{theirs}/ffn/linear_{number}")
    return new | norm(old, f"{mine}.mlp_ln", f"{theirs}/ffn/layer_norm")


def linear(old, mine, theirs):
    return {f"{mine}.{part}": old[f"{theirs}/{part}"] for part in ("weight", "bias")}


def norm(old, mine, theirs):
    return {f"{mine}.weight": old[f"{theirs}/gamma"], f"{mine}.bias": old[f"{theirs}/beta"]}


def split(old, mine, theirs, names):
    """One matrix as several; keys have no bias in Whisper."""
    new = {}
    for part in ("weight", "bias"):
        pieces = np.split(old[f"{theirs}/{part}"], len(names))
        new |= {
            f"{mine}.{name}.{part}": piece
            for name, piece in zip(names, pieces, strict=True)
            if (name, part) != ("key", "bias")
        }
    return new
