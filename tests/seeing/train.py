"""Train the seeing model: ``python tests/seeing/train.py [--start DIRECTORY] [--out DIRECTORY]``, an hour on two cores.

A SmolVLM of three million parameters (the real architecture, processor and chat template) learns to answer the very
prompts that vidprog's tools send, about the frames of :mod:`scenes`: in a word, by yes or no, or in a caption. Where
nothing is to be seen the answer is drawn by lot, so that it learns to be unsure.

The weights beside it were made in four goes on two busy cores: ``--sight 900 --steps 1000``, then ``--sight 0 --start``
with 2,000 and 2,400 steps; the first two with fewer frames and, in vain, with letters of options among the tasks.
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
from vidprog.prompts import prompt
from vidprog.tools.contents import shown
from vidprog.video import Frame

from seeing.scenes import COLORS, DIGITS, PLACES, SHAPES, SIZES, Scene, Task, random_scene, random_task

HERE = Path(__file__).parent
WEIGHTS = HERE / "weights"
SIDE, PATCH, MERGED = 96, 12, 4
BATCH = 32
FRAMES = {0: 0.08, 1: 0.32, 2: 0.2, 4: 0.2, 8: 0.2}
"""How often a batch has so many frames."""
FIRST = 0.1
"""Share of the steps in which it looks at single frames only."""
SIGHT_RATE, LEARNING_RATE = 1e-3, 1.5e-3
HOLDS = (
    "{} Does this frame hold the details that are needed to answer?",
    prompt("relevance", query="{}").strip(),
)
"""Questions of the tools about one frame; the braces stand for what was asked."""


def example(random: np.random.Generator, frames: int) -> tuple[list, str]:
    """A content with so many frames and the reply to it."""
    at = np.sort(random.uniform(0, random.choice([10, 100, 700]), frames))
    task = random_task(random, frames or 1)
    text, reply = asked(task, random)
    size = SIZES[int(random.integers(len(SIZES)))]
    pictures = tuple(Frame(float(t), scene.draw(random, size)) for t, scene in zip(at, task.scenes, strict=False))
    return (list(shown(pictures, text)) if frames else [text]), reply


def asked(task: Task, random: np.random.Generator) -> tuple[str, str]:
    """A task in the words of one of vidprog's prompts, and the reply."""
    draw = random.random()
    if draw < 0.12:
        return prompt("caption"), "; ".join(dict.fromkeys(scene.text for scene in task.scenes)) + "."
    if draw < 0.2 and len(task.scenes) == 1:
        holds = "Yes" if task.scenes[0].color else "No"
        return prompt("yes_no", question=str(random.choice(HOLDS)).format(task.question)), holds
    if task.answer in ("Yes", "No") and draw < 0.85:
        return prompt("yes_no", question=task.question), task.answer
    return prompt("answer_frames_open", question=task.question), task.answer


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
        scale_factor=MERGED, pad_token_id=tokenizer.pad_token_id, tie_word_embeddings=True,
    )  # fmt: skip
    size = {"longest_edge": SIDE}
    processor = SmolVLMProcessor(
        SmolVLMImageProcessor(size=size, max_image_size=size, do_image_splitting=False), tokenizer,
        SmolVLMVideoProcessor(size=size, max_image_size=size), image_seq_len=(SIDE // PATCH // MERGED) ** 2,
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


def learn_to_see(model, processor, random: np.random.Generator, steps: int) -> None:
    """Teach the vision side alone: colour, figure and place from what it hands to the text side.

    Read through the text side alone it stayed at chance for 1,000 steps (measured); so, colours and places take 100.
    """
    images = (SIDE // PATCH // MERGED) ** 2
    known = {"color": ("", *COLORS), "figure": ("", *SHAPES, *DIGITS), "place": ("", *PLACES)}
    width = model.config.text_config.hidden_size
    heads = torch.nn.ModuleDict({name: torch.nn.Linear(images * width, len(values)) for name, values in known.items()})
    sides = torch.nn.ModuleList([model.model.vision_model, model.model.connector, heads])
    for step, learn in enumerate(descent(sides, steps, SIGHT_RATE), 1):
        scenes = [random_scene(random) if random.random() > 0.1 else Scene(place="") for _ in range(2 * BATCH)]
        pictures = [[scene.draw(random, SIZES[int(random.integers(len(SIZES)))])] for scene in scenes]
        inputs = processor.image_processor(pictures, return_tensors="pt")
        seen = model.model.get_image_features(inputs["pixel_values"], inputs.get("pixel_attention_mask"))
        features = torch.cat(list(getattr(seen, "pooler_output", seen))).reshape(len(scenes), -1)
        targets = {
            name: torch.tensor([values.index(getattr(scene, name)) for scene in scenes])
            for name, values in known.items()
        }
        guesses = {name: head(features) for name, head in heads.items()}
        loss = sum(torch.nn.functional.cross_entropy(guesses[name], targets[name]) for name in known)
        right = {name: (guesses[name].argmax(-1) == targets[name]).float().mean().item() for name in known}
        learn(loss, f"sees {' '.join(f'{name} {share:.2f}' for name, share in right.items())}", step)


def learn_to_answer(model, processor, random: np.random.Generator, steps: int, out: Path) -> None:
    """Teach the text side to read what the vision side hands over, which stays as it is.

    Letters of options were at chance after 1,400 steps: so small a model is scored by the texts of the options.
    """
    model.model.vision_model.requires_grad_(False)
    for step, learn in enumerate(descent(model, steps, LEARNING_RATE), 1):
        frames = int(random.choice(list(FRAMES), p=list(FRAMES.values()))) if step > FIRST * steps else 1
        inputs, labels = batch_of(processor, [example(random, frames) for _ in range(BATCH)])
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(**inputs, use_cache=False).logits[:, :-1]
        target = labels[:, 1:]
        loss = torch.nn.functional.cross_entropy(logits[target != -100].float(), target[target != -100])
        right = (logits.argmax(-1) == target)[target != -100].float().mean().item()
        learn(loss, f"tokens right {right:.2f}", step)
        if step % 500 == 0 or step == steps:
            save(model, processor, out)


def descent(part, steps: int, rate: float):
    """So many steps down the gradient of a part's parameters; each yields what takes a loss and a line for people."""
    parameters = [one for one in part.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.02, betas=(0.9, 0.98))
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / 100, 0.5 * (1 + math.cos(math.pi * step / steps)) + 0.01)
    )
    started = time.time()

    def learn(loss, text: str, step: int) -> None:
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        plan.step()
        if step % 20 == 0:
            pace = (time.time() - started) / step
            print(f"{step} of {steps}: loss {loss.item():.3f}, {text}, {pace:.2f} s a step", flush=True)

    for _ in range(steps):
        yield learn


def train(sight: int, steps: int, out: Path, start: Path | None = None, seed: int = 0) -> None:
    """Train and save in half precision; prints how it gets on. ``start`` has weights to go on from."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    texts = [part for _ in range(3000) for part in example(random, 2)[0] if isinstance(part, str)]
    model, processor = loaded(start) if start else build(texts)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    model.train()
    if sight:
        learn_to_see(model, processor, random, sight)
    learn_to_answer(model, processor, random, steps, out)


def loaded(directory: Path):
    """Weights that were trained before, and their processor."""
    from transformers import AutoModelForImageTextToText, AutoProcessor

    model = AutoModelForImageTextToText.from_pretrained(directory, dtype=torch.float32)
    return model, AutoProcessor.from_pretrained(directory)


def save(model, processor, out: Path) -> None:
    """Weights in half precision beside the processor."""
    import copy

    copy.deepcopy(model).half().save_pretrained(out)
    processor.save_pretrained(out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sight", type=int, default=1000, help="steps of the vision side alone")
    parser.add_argument("--steps", type=int, default=4000, help="steps of the whole")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--start", type=Path, help="a directory with weights to go on from")
    arguments = parser.parse_args()
    train(arguments.sight, arguments.steps, arguments.out, arguments.start)
