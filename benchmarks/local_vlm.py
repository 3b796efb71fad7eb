"""What sharing the computed frames saves, and what fewer visual tokens do, on a real architecture.

Usage:
    python benchmarks/local_vlm.py [--size small|2b|7b] [--frames N] [--questions N] [--answer-tokens N] [--side PIXELS]
        [--input image|video] [--only rates|memory|reductions] [--model DIRECTORY_OR_ID]

A Qwen2.5-VL of the wanted size is built from its configuration with random weights (nothing is downloaded; on a GPU in
bfloat16) and asked questions about one clip: by plain ``generate``, one question at a time, and by the backend of this
project. Then options are scored, with and without sharing; matrix products of the same size are the floor. Then come
memory against frames, and a table of the reductions: tokens, seconds, memory, agreement with the unreduced model. Times
come from one run. Random weights tell what reductions save, not what they spoil: for that, name a trained ``--model``.
"""

import argparse
import os
import resource
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import numpy as np
import torch
from tiny_vlm import ARCHITECTURES, LAYOUT, QWEN, QWEN_VIDEO, tokenizer_of, with_video
from vidprog.models.agreement import agreement
from vidprog.models.profiles import Spec
from vidprog.models.token_pruning import Pruner
from vidprog.models.vision_loading import Weights, shared_weights
from vidprog.models.vision_options import VisionOptions, read_options
from vidprog.models.vision_prompts import model_inputs, on_device
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


REDUCTIONS = (
    "",
    "merge=0.5",
    "merge=0.25",
    "merge=0.125",
    "pool=4",
    "budget=64",
    "select=0.5",
    "select=0.25",
    "positions=2",
    "merge=0.25&positions=2",
)
"""Options whose tokens, seconds, memory and agreement are told."""


def build(size: str, side: int, device: str) -> Weights:
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
        chat_template=with_video(LAYOUT.format(image=QWEN), QWEN_VIDEO),
    )  # fmt: skip
    processor.video_processor.cap_pixels_per_frame = True
    return Weights(model, processor)


def looking(weights: Weights, options: str) -> TransformersVision:
    """A model that has computed nothing yet."""
    return TransformersVision(weights, f"benchmark:{options}", read_options(Spec.parse(f"transformers:x?{options}")))


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
        made = model_inputs(vision._processor, prompt, vision._capability, vision._options)
        inputs = on_device(made, vision._model.device, vision._model.dtype)
        if hasattr(vision._model.model, "rope_deltas"):
            vision._model.model.rope_deltas = None
        with torch.inference_mode():
            vision._model.generate(**inputs, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False)


def timed(work, *arguments) -> float:
    """Seconds of wall time."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    started = time.perf_counter()
    work(*arguments)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - started


def spent(work) -> float:
    """Seconds: of wall time on a GPU, of all processors otherwise, which other processes disturb less."""
    if torch.cuda.is_available():
        return timed(work)
    started = time.process_time()
    work()
    return time.process_time() - started


def product_rate(device: str, side: int) -> float:
    """Floating-point operations a second of plain matrix products."""
    kind = torch.bfloat16 if device == "cuda" else torch.float32
    one, two = (torch.randn(side, side, device=device, dtype=kind) for _ in range(2))
    timed(torch.mm, one, two)
    return 5 * 2 * side**3 / timed(lambda: [torch.mm(one, two) for _ in range(5)])


def rates(weights: Weights, given: argparse.Namespace, prompts: list) -> None:
    """Prefill and decode, questions and options together and one by one."""
    vision = looking(weights, f"input={given.input}")
    vision._model.generation_config.min_new_tokens = given.answer_tokens
    parameters = sum(part.numel() for part in vision._model.get_decoder().parameters())
    tokens = vision._inputs(prompts[0])["input_ids"].shape[1]
    timed(plain, vision, prompts[:1], 2)  # the first call compiles and allocates
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
    single = timed(lambda: vision.complete(prompts[-1:], max_tokens=given.answer_tokens)) / given.answer_tokens
    together = timed(lambda: vision.complete(prompts, max_tokens=given.answer_tokens)) / given.answer_tokens
    device = vision._model.device.type
    floor = 2 * parameters * tokens / product_rate(device, 4096 if device == "cuda" else 1024)
    print(f"{parameters / 1e6:.0f} M parameters of text model on {place()}; {given.frames} frames as {given.input}, "
          f"{tokens} prompt tokens")  # fmt: skip
    print(f"prefill {tokens / prefill:,.0f} tokens/s ({prefill:.3f} s; matrix products alone {floor:.3f} s); "
          f"decode {1 / single:.1f} tokens/s alone, {len(prompts) / together:.1f} in {len(prompts)} rows")  # fmt: skip
    print(f"{given.questions} questions, plain generate one at a time {one:.2f} s; here {ours:.2f} s; "
          f"ratio {one / ours:.1f}")  # fmt: skip
    print(f"{given.questions} x {len(OPTIONS)} options, unshared {alone:.2f} s; shared {shared:.2f} s; "
          f"ratio {alone / shared:.1f}")  # fmt: skip


def place() -> str:
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "the processor"


def held(vision: TransformersVision) -> float:
    """Megabytes of keys and values of the last prompt."""
    layers = vision._prefixes._kept[0].cache.layers
    return sum(part.numel() * part.element_size() for layer in layers for part in (layer.keys, layer.values)) / 1e6


def memory(weights: Weights, given: argparse.Namespace) -> None:
    """Peak and held memory against frames; a processor's peak is that of the process so far."""
    cuda = torch.cuda.is_available()
    for frames in (8, 32, 128) if cuda else (8, 16, 32):
        vision = looking(weights, f"input={given.input}")
        if cuda:
            torch.cuda.reset_peak_memory_stats()
        seconds = timed(lambda: vision.score(content(0, frames, given.side), ["A"]))  # noqa: B023
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        peak = torch.cuda.max_memory_allocated() / 1e6 if cuda else kilobytes / 1e3
        print(f"{frames} frames: {seconds:.2f} s, peak {peak:,.0f} MB, keys and values {held(vision):.1f} MB")


def reductions(weights: Weights, given: argparse.Namespace, prompts: list) -> None:
    """Tokens, seconds, memory and agreement of every reduction beside the unreduced model."""
    print("| option | prompt tokens | first answer, (CPU-)s | keys and values, MB | same option | log p apart, nats |")
    print("|---|---|---|---|---|---|")
    whole = looking(weights, f"input={given.input}")
    for option in REDUCTIONS:
        row(looking(weights, "&".join(filter(None, (f"input={given.input}", option)))), whole, option, prompts)
    layers = len(weights.model.get_decoder().layers)
    weights.model.set_attn_implementation({"text_config": "eager"})
    expected = looking(weights, f"input={given.input}")
    scores = {id(prompt): expected.score(prompt, OPTIONS) for prompt in prompts}
    Pruner(weights.model, weights.visual_tokens, layers // 2, 3 * layers // 4)
    row(looking(weights, f"input={given.input}"), Known(scores), f"prune={layers // 2}-{3 * layers // 4}", prompts)


class Known:
    """Says again what a model has scored."""

    def __init__(self, scores: dict) -> None:
        self._scores = scores

    def score(self, prompt, options):
        """What was scored."""
        return self._scores[id(prompt)]


def row(vision: TransformersVision, whole, option: str, prompts: list) -> None:
    """One row of the table; the best of two first answers."""
    seconds = []
    for _ in range(2):
        vision._forget()
        seconds.append(spent(lambda: vision.score(prompts[0], ["A"])))
    tokens, size = len(vision._prefixes._kept[0].tokens), held(vision)
    found = agreement(whole, vision, prompts, OPTIONS)
    print(f"| {option or 'none'} | {tokens} | {min(seconds):.2f} | {size:.1f} | {found.same:.0%} | "
          f"{found.difference:.3f} |", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--model", help="a trained model instead: a directory or an id of the model hub")
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--questions", type=int, default=16)
    parser.add_argument("--answer-tokens", type=int, default=8)
    parser.add_argument("--side", type=int, default=224, help="pixels of a frame's longest side")
    parser.add_argument("--input", choices=("image", "video"), default="image")
    parser.add_argument("--only", choices=("rates", "memory", "reductions"))
    given = parser.parse_args()
    if given.model:
        weights = shared_weights(Spec("transformers", given.model), VisionOptions(), lambda message, share: None)
    else:
        weights = build(given.size, given.side, "cuda" if torch.cuda.is_available() else "cpu")
    prompts = [content(number, given.frames, given.side) for number in range(given.questions)]
    parts = {
        "rates": lambda: rates(weights, given, prompts),
        "memory": lambda: memory(weights, given),
        "reductions": lambda: reductions(weights, given, prompts),
    }
    for name, part in parts.items():
        if given.only in (None, name):
            part()


if __name__ == "__main__":
    main()
