"""What sharing the computed frames saves, on a real architecture with random weights.

Usage:
    python benchmarks/local_vlm.py [--size small|2b|7b] [--frames N] [--questions N] [--answer-tokens N] [--side PIXELS]

A Qwen2.5-VL of the wanted size is built from its configuration (nothing is downloaded; on a GPU in bfloat16) and
asked questions about one clip: by plain ``generate``, one question at a time, and by the backend of this project. Then
options are scored, with and without sharing. Ratios come from one run; matrix products of the same size are the floor.
"""

import argparse
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import numpy as np
import torch
from tiny_vlm import ARCHITECTURES, LAYOUT, QWEN, tokenizer_of
from vidprog.models.vlm_transformers import TransformersVision
from vidprog.video import Frame

SIZES = {
    "small": ({"hidden_size": 512, "intermediate_size": 1536, "num_hidden_layers": 12, "num_attention_heads": 8,
               "num_key_value_heads": 2}, {"depth": 6, "hidden_size": 256, "intermediate_size": 768, "num_heads": 4}),
    "2b": ({"hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28, "num_attention_heads": 12,
            "num_key_value_heads": 2}, {"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16}),
    "7b": ({"hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28, "num_attention_heads": 28,
            "num_key_value_heads": 4}, {"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16}),
}  # fmt: skip
"""Text and vision parts; 2b and 7b are those of Qwen2-VL and Qwen2.5-VL."""
VOCABULARY = 32_000
OPTIONS = ("red and blue", "yes, it is", "none of these", "on the left")


def build(size: str, side: int, device: str) -> TransformersVision:
    """The model on its device, with random weights."""
    from transformers import (
        GenerationConfig,
        Qwen2_5_VLConfig,
        Qwen2_5_VLForConditionalGeneration,
        Qwen2_5_VLProcessor,
        Qwen2VLImageProcessor,
        Qwen2VLVideoProcessor,
    )

    tokenizer = tokenizer_of(ARCHITECTURES["qwen2_5_vl"][0])
    text, vision = SIZES[size]
    head = text["hidden_size"] // text["num_attention_heads"] // 2
    rope = {"rope_type": "default", "mrope_section": [head // 4, 3 * head // 8, 3 * head // 8], "rope_theta": 1e6}
    ends = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    marks = {"image_token_id": "<|image_pad|>", "video_token_id": "<|video_pad|>",
             "vision_start_token_id": "<|vision_start|>", "vision_end_token_id": "<|vision_end|>"}  # fmt: skip
    config = Qwen2_5_VLConfig(
        text_config={**text, **ends, "bos_token_id": None, "vocab_size": VOCABULARY, "rope_parameters": rope,
                     "max_position_embeddings": 128_000, "tie_word_embeddings": size == "small"},
        vision_config={**vision, "out_hidden_size": text["hidden_size"]},
        **{name: tokenizer.convert_tokens_to_ids(token) for name, token in marks.items()},
    )  # fmt: skip
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16 if device == "cuda" else torch.float32)
    with torch.device(device):
        model = Qwen2_5_VLForConditionalGeneration(config).eval()
    torch.set_default_dtype(torch.float32)
    model.generation_config = GenerationConfig(**ends)
    pixels = {"shortest_edge": 784, "longest_edge": side * side}
    processor = Qwen2_5_VLProcessor(
        Qwen2VLImageProcessor(size=pixels), tokenizer, Qwen2VLVideoProcessor(size=pixels),
        chat_template=LAYOUT.format(image=QWEN),
    )  # fmt: skip
    return TransformersVision(model, processor, f"random:{size}")


def content(question: int, frames: int, side: int) -> list[str | Frame]:
    """Frames with their times, and one of many questions."""
    random = np.random.default_rng(0)
    height = side * 9 // 16
    pictures = [Frame(2.0 * at, random.integers(0, 255, (height, side, 3), dtype=np.uint8)) for at in range(frames)]
    return [
        *(part for frame in pictures for part in (f"{frame.time:.1f} s:", frame)),
        f"Question {question}: what is it?",
    ]


def plain(vision: TransformersVision, prompts: list, tokens: int) -> None:
    """What most scripts do: the whole prompt, one question at a time."""
    for prompt in prompts:
        vision._model.model.rope_deltas = None
        with torch.inference_mode():
            vision._model.generate(
                **vision._inputs(prompt), max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False
            )


def timed(work, *arguments) -> float:
    """Seconds of wall time."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    started = time.perf_counter()
    work(*arguments)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - started


def product_rate(device: str, side: int) -> float:
    """Floating-point operations a second of plain matrix products."""
    kind = torch.bfloat16 if device == "cuda" else torch.float32
    one, two = (torch.randn(side, side, device=device, dtype=kind) for _ in range(2))
    timed(torch.mm, one, two)
    return 5 * 2 * side**3 / timed(lambda: [torch.mm(one, two) for _ in range(5)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--questions", type=int, default=16)
    parser.add_argument("--answer-tokens", type=int, default=8)
    parser.add_argument("--side", type=int, default=224, help="pixels of a frame's longest side")
    given = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    vision = build(given.size, given.side, device)
    vision._model.generation_config.min_new_tokens = given.answer_tokens
    parameters = sum(part.numel() for part in vision._model.model.language_model.parameters())
    prompts = [content(number, given.frames, given.side) for number in range(given.questions)]
    tokens = vision._inputs(prompts[0])["input_ids"].shape[1]
    timed(plain, vision, prompts[:1], 2)  # the first call compiles and allocates
    vision._prefixes.clear()

    one = timed(plain, vision, prompts, given.answer_tokens)
    ours = timed(lambda: vision.complete(prompts, max_tokens=given.answer_tokens))
    vision._prefixes.clear()
    prefill = timed(lambda: vision.score(prompts[0], ["A"]))
    shared = timed(lambda: [vision.score(prompt, OPTIONS) for prompt in prompts])

    def unshared() -> None:
        for prompt in prompts:
            for option in OPTIONS:
                vision._prefixes.clear()
                vision.score(prompt, [option])

    alone = timed(unshared)
    decode = timed(lambda: vision.complete(prompts[:1], max_tokens=given.answer_tokens)) / given.answer_tokens
    floor = 2 * parameters * tokens / product_rate(device, 4096 if device == "cuda" else 1024)
    name = torch.cuda.get_device_name() if device == "cuda" else "the processor"
    print(f"{given.size}: {parameters / 1e6:.0f} M parameters of text model on {name}; "
          f"{given.frames} frames, {tokens} prompt tokens")  # fmt: skip
    print(f"prefill {tokens / prefill:,.0f} tokens/s ({prefill:.3f} s; matrix products alone {floor:.3f} s); "
          f"decode {1 / decode:.1f} tokens/s, {given.questions} rows at once")  # fmt: skip
    print(f"{given.questions} questions, plain generate one at a time {one:.2f} s; here {ours:.2f} s; "
          f"ratio {one / ours:.1f}")  # fmt: skip
    print(f"{given.questions} x {len(OPTIONS)} options, unshared {alone:.2f} s; shared {shared:.2f} s; "
          f"ratio {alone / shared:.1f}")  # fmt: skip
    if device == "cuda":
        for frames in (8, 32, 128):
            torch.cuda.reset_peak_memory_stats()
            vision._prefixes.clear()
            vision.score(content(0, frames, given.side), ["A"])
            print(f"{frames} frames: peak {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")


if __name__ == "__main__":
    main()
