"""GGUF and safetensors to CTranslate2, without torch.

CTranslate2 comes with faster-whisper and runs Llama and BERT architectures in int8 on the CPU: 1,300-1,500 tokens/s
for SmolLM2-135M on two cores, 0.3 s from import to loaded. ``transformers`` takes 4.5 s to import alone, which is more
than a whole answer may take. The converter of CTranslate2 itself needs torch and transformers, so the two layouts are
mapped here; the mapping follows ``ctranslate2.converters.transformers`` (LlamaLoader, BertLoader).
"""

from pathlib import Path
from typing import Any


def convert_llama_gguf(source: Path, target: Path) -> None:
    """A Llama GGUF file to an int8 CTranslate2 directory with ``tokenizer.json``.

    Args:
        source: The GGUF file; any quantisation that ``gguf`` can undo.
        target: An existing empty directory.
    """
    from ctranslate2.specs import common_spec, transformer_spec
    from gguf import GGUFReader, dequantize

    reader = GGUFReader(source)

    def field(name: str) -> Any:
        return reader.fields[name].contents()

    tensors = {tensor.name: dequantize(tensor.data, tensor.tensor_type).astype("float32") for tensor in reader.tensors}
    # GGUF keeps q and k in the interleaved rotary layout of the original Llama code.
    spec = transformer_spec.TransformerDecoderModelSpec.from_config(
        field("llama.block_count"), field("llama.attention.head_count"), activation=common_spec.Activation.SWISH,
        pre_norm=True, ffn_glu=True, rms_norm=True, rotary_dim=0, rotary_interleave=True,
        rotary_base=field("llama.rope.freq_base"), num_heads_kv=field("llama.attention.head_count_kv"),
    )  # fmt: skip
    _fill_decoder(spec.decoder, tensors)
    tokens = field("tokenizer.ggml.tokens")
    spec.register_vocabulary(tokens)
    spec.config.bos_token = tokens[field("tokenizer.ggml.bos_token_id")]
    spec.config.eos_token = tokens[field("tokenizer.ggml.eos_token_id")]
    spec.config.unk_token = tokens[field("tokenizer.ggml.unknown_token_id")]
    spec.config.layer_norm_epsilon = field("llama.attention.layer_norm_rms_epsilon")
    _save(spec, target)
    _gpt2_tokenizer(tokens, field("tokenizer.ggml.merges"), field("tokenizer.ggml.token_type")).save(
        str(target / "tokenizer.json")
    )


def _fill_decoder(decoder: Any, tensors: dict[str, Any]) -> None:
    import numpy as np

    decoder.scale_embeddings = False
    decoder.embeddings.weight = tensors["token_embd.weight"]
    decoder.projection.weight = tensors.get("output.weight", tensors["token_embd.weight"])
    decoder.layer_norm.gamma = tensors["output_norm.weight"]
    for index, layer in enumerate(decoder.layer):
        weight = {name: tensors[f"blk.{index}.{name}.weight"] for name in _LLAMA_BLOCK}
        layer.self_attention.layer_norm.gamma = weight["attn_norm"]
        layer.self_attention.linear[0].weight = np.concatenate([weight["attn_q"], weight["attn_k"], weight["attn_v"]])
        layer.self_attention.linear[1].weight = weight["attn_output"]
        layer.ffn.layer_norm.gamma = weight["ffn_norm"]
        layer.ffn.linear_0.weight = weight["ffn_gate"]
        layer.ffn.linear_0_noact.weight = weight["ffn_up"]
        layer.ffn.linear_1.weight = weight["ffn_down"]


_LLAMA_BLOCK = ("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down")


def _gpt2_tokenizer(tokens: list[str], merges: list[str], token_types: list[int]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[_pair(merge) for merge in merges]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    control = 3  # gguf.TokenType.CONTROL
    tokenizer.add_special_tokens([token for token, kind in zip(tokens, token_types, strict=True) if kind == control])
    return tokenizer


def _pair(merge: str) -> tuple[str, str]:
    left, _, right = merge.partition(" ")
    return left, right


def convert_bert_safetensors(source: Path, target: Path) -> None:
    """A BERT directory (``model.safetensors``, ``config.json``, ``tokenizer.json``) to a CTranslate2 directory.

    Args:
        source: Directory of the original model.
        target: An existing empty directory.
    """
    import json
    import shutil

    from ctranslate2.specs import common_spec, transformer_spec
    from safetensors.numpy import load_file

    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    encoder = transformer_spec.TransformerEncoderSpec(
        config["num_hidden_layers"], config["num_attention_heads"], pre_norm=False,
        activation=common_spec.Activation.GELU, layernorm_embedding=True, num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )  # fmt: skip
    spec = transformer_spec.TransformerEncoderModelSpec(encoder)
    _fill_encoder(spec.encoder, load_file(source / "model.safetensors"))
    tokenizer = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    spec.register_vocabulary(sorted(tokenizer["model"]["vocab"], key=tokenizer["model"]["vocab"].get))
    spec.config.unk_token = tokenizer["model"]["unk_token"]
    spec.config.layer_norm_epsilon = config["layer_norm_eps"]
    _save(spec, target, quantization=None)
    shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")


def _fill_encoder(encoder: Any, tensors: dict[str, Any]) -> None:
    import numpy as np

    def linear(spec: Any, name: str) -> None:
        spec.weight, spec.bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]

    def norm(spec: Any, name: str) -> None:
        spec.gamma, spec.beta = tensors[f"{name}.weight"], tensors[f"{name}.bias"]

    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = tensors["embeddings.word_embeddings.weight"]
    encoder.embeddings[1].weight = tensors["embeddings.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = tensors["embeddings.position_embeddings.weight"]
    norm(encoder.layernorm_embedding, "embeddings.LayerNorm")
    for index, layer in enumerate(encoder.layer):
        prefix = f"encoder.layer.{index}"
        heads = [f"{prefix}.attention.self.{name}" for name in ("query", "key", "value")]
        layer.self_attention.linear[0].weight = np.concatenate([tensors[f"{name}.weight"] for name in heads])
        layer.self_attention.linear[0].bias = np.concatenate([tensors[f"{name}.bias"] for name in heads])
        linear(layer.self_attention.linear[1], f"{prefix}.attention.output.dense")
        norm(layer.self_attention.layer_norm, f"{prefix}.attention.output.LayerNorm")
        linear(layer.ffn.linear_0, f"{prefix}.intermediate.dense")
        linear(layer.ffn.linear_1, f"{prefix}.output.dense")
        norm(layer.ffn.layer_norm, f"{prefix}.output.LayerNorm")


def _save(spec: Any, target: Path, quantization: str | None = "int8") -> None:
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(target))
