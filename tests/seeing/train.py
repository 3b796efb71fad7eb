"""Train the seeing model: ``python tests/seeing/train.py [--steps N] [--out DIRECTORY]``, about an hour on two cores.

A SmolVLM of three million parameters (the real architecture, processor and chat template) learns to answer the very
prompts that vidprog's tools send, about the frames of :mod:`scenes`: by letter, by yes or no, or in a word. Where
nothing is to be seen the answer is drawn by lot, so that it learns to be unsure.
"""

import argparse
import math
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import torch
from seeing.scenes import Task, random_task
from vidprog.prompts import prompt
from vidprog.tools.contents import shown
from vidprog.video import Frame

HERE = Path(__file__).parent
WEIGHTS = HERE / "weights"
SIDE, PATCH = 96, 16
BATCH = 32
FRAMES = (0.06, 0.4, 0.22, 0.12, 0.1, 0.05, 0.05)
"""How often a batch has no frames, one, two..."""
LEARNING_RATE = 1.5e-3
LETTERS = "ABCDEFGH"


def example(random: np.random.Generator, frames: int) -> tuple[list, str]:
    """A content with so many frames and the reply to it."""
    task = random_task(random, max(1, frames))
    text, reply = asked(task, random)
    if not frames:
        return [text], reply
    at = np.sort(random.uniform(0, random.choice([10, 100, 700]), frames))
    pictures = tuple(Frame(float(t), scene.draw(random)) for t, scene in zip(at, task.scenes, strict=True))
    return list(shown(pictures, text)), reply


def asked(task: Task, random: np.random.Generator) -> tuple[str, str]:
    """A task in the words of one of vidprog's prompts, and the reply."""
    draw = random.random()
    if task.answer in ("Yes", "No") and draw < 0.7:
        return prompt("yes_no", question=task.question), task.answer
    if draw < 0.15:
        return prompt("answer_frames_open", question=task.question), task.answer
    most = min(len(task.others), 4)
    wrong = [str(text) for text in random.choice(task.others, int(random.integers(1, most + 1)), replace=False)]
    options = [str(text) for text in random.permutation([task.answer, *wrong])]
    listed = "\n".join(f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False))
    return (
        prompt("answer_frames", question=task.question, options=listed, label="letter"),
        LETTERS[options.index(task.answer)],
    )


def build(texts):
    """The untrained model and its processor."""
    from tiny_vlm import ARCHITECTURES, LAYOUT, tokenizer_of
    from transformers import (
        GenerationConfig,
        SmolVLMConfig,
        SmolVLMForConditionalGeneration,
        SmolVLMImageProcessor,
        SmolVLMProcessor,
        SmolVLMVideoProcessor,
    )

    special, image, _ = ARCHITECTURES["smolvlm"]
    tokenizer = tokenizer_of(special, texts=texts, vocabulary=700)
    text = {"model_type": "llama", "hidden_size": 192, "intermediate_size": 512, "num_hidden_layers": 4,
            "num_attention_heads": 6, "num_key_value_heads": 3, "max_position_embeddings": 16384,
            "vocab_size": len(tokenizer), "pad_token_id": tokenizer.pad_token_id, "bos_token_id": None,
            "eos_token_id": tokenizer.eos_token_id, "tie_word_embeddings": True}  # fmt: skip
    vision = {"hidden_size": 128, "intermediate_size": 384, "num_hidden_layers": 4, "num_attention_heads": 4,
              "image_size": SIDE, "patch_size": PATCH}  # fmt: skip
    config = SmolVLMConfig(
        text_config=text, vision_config=vision, image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=2, pad_token_id=tokenizer.pad_token_id, tie_word_embeddings=True,
    )  # fmt: skip
    size = {"longest_edge": SIDE}
    processor = SmolVLMProcessor(
        SmolVLMImageProcessor(size=size, max_image_size=size, do_image_splitting=False), tokenizer,
        SmolVLMVideoProcessor(size=size, max_image_size=size), image_seq_len=(SIDE // PATCH // 2) ** 2,
        chat_template=LAYOUT.format(image=image),
    )  # fmt: skip
    model = SmolVLMForConditionalGeneration(config)
    ends = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    model.generation_config = GenerationConfig(**ends)
    return model, processor


def batch_of(processor, examples):
    """Padded inputs with labels on the replies alone; all with frames, or all without."""
    texts, replies, images = [], [], []
    for content, reply in examples:
        parts = [{"type": "text", "text": part} if isinstance(part, str) else {"type": "image"} for part in content]
        start = processor.apply_chat_template([{"role": "user", "content": parts}], add_generation_prompt=True)
        replies.append(processor.tokenizer(reply + processor.tokenizer.eos_token, add_special_tokens=False).input_ids)
        texts.append(start + reply + processor.tokenizer.eos_token)
        images.append([part.image for part in content if not isinstance(part, str)])
    seen = {"images": images} if images[0] else {}
    inputs = processor(text=texts, **seen, padding=True, padding_side="right", return_tensors="pt")
    labels = inputs["input_ids"].clone().fill_(-100)
    for place, reply in enumerate(replies):
        length = int(inputs["attention_mask"][place].sum())
        labels[place, length - len(reply) : length] = torch.tensor(reply)
    return inputs, labels


def train(steps: int, out: Path, seed: int = 0) -> None:
    """Train and save in half precision; prints the loss and the share of right replies."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    texts = [part for _ in range(3000) for part in example(random, 2)[0] if isinstance(part, str)]
    model, processor = build(texts)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.02, betas=(0.9, 0.98))
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / 200, 0.5 * (1 + math.cos(math.pi * step / steps)) + 0.01)
    )
    model.train()
    started, losses, hits = time.time(), [], []
    for step in range(1, steps + 1):
        frames = int(random.choice(len(FRAMES), p=FRAMES))
        inputs, labels = batch_of(processor, [example(random, frames) for _ in range(BATCH)])
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(**inputs, use_cache=False).logits[:, :-1]
        target = labels[:, 1:]
        loss = torch.nn.functional.cross_entropy(logits[target != -100].float(), target[target != -100])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        plan.step()
        losses.append(loss.item())
        hits.append((logits.argmax(-1) == target)[target != -100].float().mean().item())
        if step % 20 == 0:
            print(f"{step} loss {np.mean(losses[-20:]):.3f} tokens right {np.mean(hits[-20:]):.3f} "
                  f"{(time.time() - started) / step:.2f} s a step", flush=True)  # fmt: skip
        if step % 500 == 0 or step == steps:
            save(model, processor, out)


def save(model, processor, out: Path) -> None:
    """Weights in half precision beside the processor."""
    import copy

    copy.deepcopy(model).half().save_pretrained(out)
    processor.save_pretrained(out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    train(arguments.steps, arguments.out)
