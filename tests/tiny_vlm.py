"""Vision-language models of real architectures in kilobytes, built from their configuration with random weights.

They know nothing, but everything around them is real: processor, chat template, image tokens, positions, cache.
"""

from pathlib import Path

import numpy as np
from vidprog.video import Frame

TEXTS = [
    "Question about the video: which option is right? A. yes B. no C. red D. blue 0 1 2 3 4 5 6 7 8 9 s:",
    "Answer with the letter of the right option only. 12.5 s: 3.0 s:",
]
TEXT = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "max_position_embeddings": 16384, "bos_token_id": None}  # fmt: skip
LAYOUT = (
    "{{% for message in messages %}}<|im_start|>{{{{ message.role }}}}\n"
    "{{% for part in message.content %}}{{% if part.type == 'image' %}}{image}"
    "{{% else %}}{{{{ part.text }}}}{{% endif %}}{{% endfor %}}<|im_end|>\n{{% endfor %}}"
    "{{% if add_generation_prompt %}}<|im_start|>assistant\n{{% endif %}}"
)
QWEN = "<|vision_start|><|image_pad|><|vision_end|>"


def build(architecture: str, directory: Path, seed: int = 0) -> Path:
    """Write a model and its processor into a directory; the same seed gives the same weights."""
    import torch
    from transformers import GenerationConfig

    torch.manual_seed(seed)
    special, image, make = ARCHITECTURES[architecture]
    tokenizer = tokenizer_of(special, INTERNVL if architecture == "internvl" else None)
    model, processor = make(tokenizer, with_video(LAYOUT.format(image=image), VIDEOS[architecture]))
    model.generation_config = GenerationConfig(eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id)
    model.save_pretrained(directory)
    processor.save_pretrained(directory)
    return directory


def with_video(template, video):
    """A chat template that knows videos too."""
    return template.replace("{% else %}", "{% elif part.type == 'video' %}" + video + "{% else %}", 1)


def tokenizer_of(special, named=None, texts=TEXTS, vocabulary=400):
    """A byte-level tokenizer of its own, learnt from a few texts."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *special]
    bare = Tokenizer(models.BPE())
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=marks, initial_alphabet=alphabet, show_progress=False
    )
    bare.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=bare, eos_token="<|im_end|>", pad_token="<|endoftext|>", additional_special_tokens=special,
        extra_special_tokens=named or {},
    )  # fmt: skip


def _text(tokenizer, **more):
    return {**TEXT, "vocab_size": len(tokenizer), "pad_token_id": tokenizer.pad_token_id,
            "eos_token_id": tokenizer.eos_token_id, **more}  # fmt: skip


def _marks(tokenizer):
    names = {"image_token_id": "<|image_pad|>", "video_token_id": "<|video_pad|>",
             "vision_start_token_id": "<|vision_start|>", "vision_end_token_id": "<|vision_end|>"}  # fmt: skip
    return {name: tokenizer.convert_tokens_to_ids(token) for name, token in names.items()}


def _qwen2_5(tokenizer, template):
    from transformers import (
        Qwen2_5_VLConfig,
        Qwen2_5_VLForConditionalGeneration,
        Qwen2_5_VLProcessor,
        Qwen2VLImageProcessor,
        Qwen2VLVideoProcessor,
    )

    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1e4}
    config = Qwen2_5_VLConfig(
        text_config=_text(tokenizer, rope_parameters=rope, tie_word_embeddings=True),
        vision_config={"depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "out_hidden_size": 32,
                       "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2, "window_size": 56,
                       "fullatt_block_indexes": [1]},
        **_marks(tokenizer),
    )  # fmt: skip
    size = {"shortest_edge": 784, "longest_edge": 50176}
    processor = Qwen2_5_VLProcessor(
        Qwen2VLImageProcessor(size=size), tokenizer, Qwen2VLVideoProcessor(size=size), chat_template=template
    )
    return Qwen2_5_VLForConditionalGeneration(config), processor


def _qwen3(tokenizer, template):
    from transformers import (
        Qwen2VLImageProcessor,
        Qwen3VLConfig,
        Qwen3VLForConditionalGeneration,
        Qwen3VLProcessor,
        Qwen3VLVideoProcessor,
    )

    rope = {"rope_type": "default", "mrope_section": [2, 1, 1], "rope_theta": 1e4}
    config = Qwen3VLConfig(
        text_config=_text(tokenizer, rope_parameters=rope, head_dim=8, tie_word_embeddings=True),
        vision_config={"depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "out_hidden_size": 32,
                       "patch_size": 16, "spatial_merge_size": 2, "temporal_patch_size": 2,
                       "num_position_embeddings": 64, "deepstack_visual_indexes": [0]},
        **_marks(tokenizer),
    )  # fmt: skip
    size = {"shortest_edge": 1024, "longest_edge": 65536}
    processor = Qwen3VLProcessor(
        Qwen2VLImageProcessor(size=size, patch_size=16), tokenizer, Qwen3VLVideoProcessor(size=size),
        chat_template=template,
    )  # fmt: skip
    return Qwen3VLForConditionalGeneration(config), processor


def _smolvlm(tokenizer, template):
    from transformers import (
        SmolVLMConfig,
        SmolVLMForConditionalGeneration,
        SmolVLMImageProcessor,
        SmolVLMProcessor,
        SmolVLMVideoProcessor,
    )

    config = SmolVLMConfig(
        text_config={"model_type": "llama", **_text(tokenizer)},
        vision_config={"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
                       "image_size": 64, "patch_size": 16},
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"), scale_factor=2, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    size = {"longest_edge": 64}
    processor = SmolVLMProcessor(
        SmolVLMImageProcessor(size=size, max_image_size=size, do_image_splitting=False), tokenizer,
        SmolVLMVideoProcessor(size=size, max_image_size=size), image_seq_len=4, chat_template=template,
    )  # fmt: skip
    return SmolVLMForConditionalGeneration(config), processor


def _llava_onevision(tokenizer, template):
    from transformers import (
        LlavaOnevisionConfig,
        LlavaOnevisionForConditionalGeneration,
        LlavaOnevisionImageProcessor,
        LlavaOnevisionProcessor,
        LlavaOnevisionVideoProcessor,
    )

    points = [[56, 56], [56, 112], [112, 56]]
    config = LlavaOnevisionConfig(
        text_config={"model_type": "qwen2", **_text(tokenizer)},
        vision_config={"model_type": "siglip_vision_model", "hidden_size": 32, "intermediate_size": 64,
                       "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": 56, "patch_size": 14,
                       "vision_use_head": False},
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        video_token_index=tokenizer.convert_tokens_to_ids("<video>"),
        image_grid_pinpoints=points, vision_aspect_ratio="anyres_max_9",
    )  # fmt: skip
    size = {"height": 56, "width": 56}
    processor = LlavaOnevisionProcessor(
        LlavaOnevisionImageProcessor(size=size, image_grid_pinpoints=points), tokenizer,
        LlavaOnevisionVideoProcessor(size=size), num_image_tokens=16, vision_feature_select_strategy="full",
        chat_template=template,
    )  # fmt: skip
    return LlavaOnevisionForConditionalGeneration(config), processor


def _internvl(tokenizer, template):
    from transformers import (
        GotOcr2ImageProcessor,
        InternVLConfig,
        InternVLForConditionalGeneration,
        InternVLProcessor,
        InternVLVideoProcessor,
    )

    config = InternVLConfig(
        text_config={"model_type": "qwen2", **_text(tokenizer)},
        vision_config={"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
                       "image_size": [56, 56], "patch_size": [14, 14]},
        image_token_id=tokenizer.convert_tokens_to_ids("<IMG_CONTEXT>"), image_seq_length=4, downsample_ratio=0.5,
    )  # fmt: skip
    size = {"height": 56, "width": 56}
    processor = InternVLProcessor(
        GotOcr2ImageProcessor(size=size, crop_to_patches=False), tokenizer, InternVLVideoProcessor(size=size),
        image_seq_length=4, chat_template=template,
    )  # fmt: skip
    return InternVLForConditionalGeneration(config), processor


INTERNVL = {"start_image_token": "<img>", "end_image_token": "</img>", "context_image_token": "<IMG_CONTEXT>",
            "video_token": "<video>"}  # fmt: skip
"""Tokens that the processor asks the tokenizer for by name."""
ARCHITECTURES = {
    "qwen2_5_vl": (
        ["<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"],
        QWEN,
        _qwen2_5,
    ),
    "qwen3_vl": (
        ["<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"],
        QWEN,
        _qwen3,
    ),
    "smolvlm": (["<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>"], "<image>", _smolvlm),
    "llava_onevision": (["<image>", "<video>"], "<image>", _llava_onevision),
    "internvl": (["<img>", "</img>", "<IMG_CONTEXT>", "<video>"], "<IMG_CONTEXT>", _internvl),
}
"""Name -> special tokens, how a template writes an image, builder."""
QWEN_VIDEO = "<|vision_start|><|video_pad|><|vision_end|>"
VIDEOS = {"qwen2_5_vl": QWEN_VIDEO, "qwen3_vl": QWEN_VIDEO, "smolvlm": "<video>", "llava_onevision": "<video>",
          "internvl": "<video>"}  # fmt: skip
"""Name -> how a template writes a video."""


def noise(seed, size=(90, 160)):
    """A frame of noise at the second ``seed``."""
    return Frame(float(seed), np.random.default_rng(seed).integers(0, 255, (*size, 3), dtype=np.uint8))


FRAMES = tuple(noise(seed) for seed in range(3))


def content(question, frames=FRAMES):
    """Frames, each behind its time, and a question: what tools send."""
    return [*(part for frame in frames for part in (f"{frame.time:.1f} s:", frame)), question]


def in_one_pass(model, prompt, option):
    """The log probability of an option from one pass over everything."""
    import torch

    ids = model._tokenizer(option, add_special_tokens=False).input_ids
    inputs = dict(model._inputs(prompt))
    length = inputs["input_ids"].shape[1]
    behind = inputs.pop("rope_deltas", None)
    inputs.pop("mm_token_type_ids", None)
    inputs["input_ids"] = torch.cat([inputs["input_ids"], torch.tensor([ids])], 1)
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    positions = inputs.pop("position_ids", None)
    if positions is not None:
        more = torch.arange(length, length + len(ids)) + behind
        inputs["position_ids"] = torch.cat([positions, more.expand(*positions.shape[:-1], -1)], -1)
    if hasattr(model._model.base_model, "rope_deltas"):
        model._model.base_model.rope_deltas = None
    with torch.inference_mode():
        steps = model._model(**inputs).logits[0].float().log_softmax(-1)
    return sum(float(steps[length - 1 + place, token]) for place, token in enumerate(ids))
