"""The two converters against plain NumPy: the same small random model, the same numbers."""

import json

import numpy as np
import pytest
from vidprog.models.ctranslate2_convert import convert_bert_safetensors, convert_llama_gguf

WIDTH, HEADS, KV_HEADS, LAYERS, INNER = 64, 4, 2, 2, 128
TOKENS = [chr(ord("a") + index) for index in range(26)] + ["<s>", "</s>", "<unk>", "Ġ", "ab"]
BASE, EPSILON = 10_000.0, 1e-5


@pytest.fixture
def random():
    return np.random.default_rng(7)


def llama_weights(random):
    def weight(*shape):
        return random.normal(0, shape[-1] ** -0.5, shape).astype(np.float32)

    side = WIDTH // HEADS * KV_HEADS
    tensors = {
        "token_embd.weight": weight(len(TOKENS), WIDTH) * 8,
        "output_norm.weight": 1 + weight(WIDTH),
        "output.weight": weight(len(TOKENS), WIDTH),
    }
    for index in range(LAYERS):
        block = {
            "attn_norm": 1 + weight(WIDTH), "attn_q": weight(WIDTH, WIDTH) * 2, "attn_k": weight(side, WIDTH) * 2,
            "attn_v": weight(side, WIDTH), "attn_output": weight(WIDTH, WIDTH), "ffn_norm": 1 + weight(WIDTH),
            "ffn_gate": weight(INNER, WIDTH), "ffn_up": weight(INNER, WIDTH), "ffn_down": weight(WIDTH, INNER),
        }  # fmt: skip
        tensors |= {f"blk.{index}.{name}.weight": value for name, value in block.items()}
    return tensors


def write_gguf(path, tensors):
    from gguf import GGUFWriter, TokenType

    writer = GGUFWriter(str(path), "llama")
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_freq_base(BASE)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(TOKENS)
    writer.add_token_types([TokenType.CONTROL if token.startswith("<") else TokenType.NORMAL for token in TOKENS])
    writer.add_token_merges(["a b"])
    for add, token in (
        (writer.add_bos_token_id, "<s>"),
        (writer.add_eos_token_id, "</s>"),
        (writer.add_unk_token_id, "<unk>"),
    ):
        add(TOKENS.index(token))
    for name, value in tensors.items():
        writer.add_tensor(name, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def normed(x, weight):
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + EPSILON) * weight


def rotated(x):
    """Rotary positions in the interleaved layout of GGUF: pairs are neighbours."""
    length, _, size = x.shape
    angle = np.arange(length)[:, None] * BASE ** (-np.arange(0, size, 2) / size)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    even, odd = x[..., ::2], x[..., 1::2]
    return np.stack([even * cos - odd * sin, even * sin + odd * cos], -1).reshape(x.shape)


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def llama_log_probabilities(tensors, ids):
    size = WIDTH // HEADS
    x = tensors["token_embd.weight"][ids]
    mask = np.triu(np.full((len(ids), len(ids)), -np.inf), 1)
    for index in range(LAYERS):
        weight = {name.split(".")[2]: value for name, value in tensors.items() if name.startswith(f"blk.{index}.")}
        h = normed(x, weight["attn_norm"])
        q = rotated((h @ weight["attn_q"].T).reshape(len(ids), HEADS, size))
        k = rotated((h @ weight["attn_k"].T).reshape(len(ids), KV_HEADS, size)).repeat(HEADS // KV_HEADS, 1)
        v = (h @ weight["attn_v"].T).reshape(len(ids), KV_HEADS, size).repeat(HEADS // KV_HEADS, 1)
        attention = softmax(np.einsum("qhs,khs->hqk", q, k) / size**0.5 + mask)
        x = x + np.einsum("hqk,khs->qhs", attention, v).reshape(len(ids), WIDTH) @ weight["attn_output"].T
        h = normed(x, weight["ffn_norm"])
        gate = h @ weight["ffn_gate"].T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ weight["ffn_up"].T)) @ weight["ffn_down"].T
    return np.log(softmax(normed(x, tensors["output_norm.weight"]) @ tensors["output.weight"].T))


def test_a_llama_gives_the_probabilities_of_its_equations(tmp_path, random):
    import ctranslate2

    tensors = llama_weights(random)
    write_gguf(tmp_path / "small.gguf", tensors)
    target = tmp_path / "converted"
    target.mkdir()
    convert_llama_gguf(tmp_path / "small.gguf", target)
    ids = random.integers(0, 26, 24).tolist()
    expected = llama_log_probabilities(tensors, ids)
    generator = ctranslate2.Generator(str(target), compute_type="float32")
    found = generator.score_batch([[TOKENS[index] for index in ids]])[0].log_probs
    wanted = [expected[place, ids[place + 1]] for place in range(len(ids) - 1)]
    assert np.corrcoef(found, wanted)[0, 1] > 0.99
    assert np.abs(np.array(found) - wanted).max() < 0.3  # int8 weights


def test_a_llamas_tokenizer_splits_digits_and_keeps_control_tokens_apart(tmp_path, random):
    from tokenizers import Tokenizer

    write_gguf(tmp_path / "small.gguf", llama_weights(random))
    target = tmp_path / "converted"
    target.mkdir()
    convert_llama_gguf(tmp_path / "small.gguf", target)
    tokenizer = Tokenizer.from_file(str(target / "tokenizer.json"))
    assert tokenizer.encode("<s>ab c</s>").tokens == ["<s>", "ab", "Ġ", "c", "</s>"]
    assert tokenizer.decode(tokenizer.encode("<s>ab c</s>").ids) == "ab c"


def test_the_embedded_tokenizer_gives_back_any_text(models):
    tokenizer = models.llm._tokenizer
    for text in ("EXIT 42, 7:30 pm", "Grüße — 你好 🚂", "  two  spaces\n\tand lines", "it's 1,234.5%"):
        assert tokenizer.decode(tokenizer.encode(text).ids) == text


def bert_weights(random):
    def weight(*shape):
        return random.normal(0, 0.2, shape).astype(np.float32)

    def linear(name, out, size):
        return {f"{name}.weight": weight(out, size), f"{name}.bias": weight(out)}

    def norm(name):
        return {f"{name}.weight": 1 + weight(WIDTH), f"{name}.bias": weight(WIDTH)}

    tensors = {
        "embeddings.word_embeddings.weight": weight(len(TOKENS), WIDTH),
        "embeddings.token_type_embeddings.weight": weight(2, WIDTH),
        "embeddings.position_embeddings.weight": weight(40, WIDTH),
        **norm("embeddings.LayerNorm"),
    }
    for index in range(LAYERS):
        prefix = f"encoder.layer.{index}"
        for name in ("query", "key", "value"):
            tensors |= linear(f"{prefix}.attention.self.{name}", WIDTH, WIDTH)
        tensors |= linear(f"{prefix}.attention.output.dense", WIDTH, WIDTH) | norm(
            f"{prefix}.attention.output.LayerNorm"
        )
        tensors |= linear(f"{prefix}.intermediate.dense", INNER, WIDTH) | linear(f"{prefix}.output.dense", WIDTH, INNER)
        tensors |= norm(f"{prefix}.output.LayerNorm")
    return tensors


def bert_states(tensors, ids):
    from math import erf

    def linear(x, name):
        return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    def norm(x, name):
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    def heads(x):
        return x.reshape(len(ids), HEADS, WIDTH // HEADS)

    x = tensors["embeddings.word_embeddings.weight"][ids] + tensors["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + tensors["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for index in range(LAYERS):
        prefix = f"encoder.layer.{index}"
        q, k, v = (heads(linear(x, f"{prefix}.attention.self.{name}")) for name in ("query", "key", "value"))
        attention = softmax(np.einsum("qhs,khs->hqk", q, k) / (WIDTH // HEADS) ** 0.5)
        mixed = np.einsum("hqk,khs->qhs", attention, v).reshape(len(ids), WIDTH)
        x = norm(x + linear(mixed, f"{prefix}.attention.output.dense"), f"{prefix}.attention.output.LayerNorm")
        h = linear(x, f"{prefix}.intermediate.dense")
        h = h * 0.5 * (1 + np.vectorize(erf)(h / 2**0.5))
        x = norm(x + linear(h, f"{prefix}.output.dense"), f"{prefix}.output.LayerNorm")
    return x


def test_a_bert_gives_the_states_of_its_equations(tmp_path, random):
    import ctranslate2
    from safetensors.numpy import save_file

    tensors = bert_weights(random)
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir(), target.mkdir()
    save_file(tensors, source / "model.safetensors")
    config = {"num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "layer_norm_eps": 1e-12}
    (source / "config.json").write_text(json.dumps(config))
    vocabulary = {token: index for index, token in enumerate(TOKENS)}
    (source / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary, "unk_token": "<unk>"}}))
    convert_bert_safetensors(source, target)
    ids = random.integers(0, 26, 17).tolist()
    found = np.array(ctranslate2.Encoder(str(target)).forward_batch([ids]).last_hidden_state)[0]
    assert np.abs(found - bert_states(tensors, ids)).max() < 1e-3
