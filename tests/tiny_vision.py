"""Detectors and embedders of real architectures in kilobytes, built from their configuration with random weights.

They know nothing, but everything around them is real: processor, tokenizer, padding, what the library makes of output.
"""

import string
from pathlib import Path

BERT = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, ".": 1012, "?": 1029}
"""Grounding DINO knows these tokens by the numbers they have in BERT's vocabulary."""
BERT_SIZE = 1100
CONTEXT = 16
PICTURE = 32
SMALL = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}


def build(architecture: str, directory: Path, seed: int = 0) -> Path:
    """Write a model and its processor into a directory; the same seed gives the same weights."""
    import torch

    torch.manual_seed(seed)
    model, processor = ARCHITECTURES[architecture]()
    for name, parameter in model.named_parameters():
        if parameter.ndim > 1 and "embed" not in name:  # as they are, all pictures would give nearly the same
            torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(directory)
    processor.save_pretrained(directory)
    return directory


def words(start: str | None, end: str, pad: str, **options):
    """A tokenizer of letters, with a token before each text (or none) and one behind it."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    # OWL takes the token with the highest number for the end of a text.
    marks = [mark for mark in dict.fromkeys((pad, "[UNK]", start, end)) if mark]
    tokens = [pad, *string.ascii_lowercase, " ", ".", *marks]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    bare = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    bare.normalizer = normalizers.Lowercase()
    bare.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    around = f"{start} $A {end}" if start else f"$A {end}"
    bare.post_processor = processors.TemplateProcessing(
        single=around, special_tokens=[(mark, vocabulary[mark]) for mark in marks]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=bare, unk_token="[UNK]", eos_token=end, pad_token=pad, bos_token=start, **options
    )


def bert_words():
    """A tokenizer of letters with the marks where BERT has them."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    letters = [*string.ascii_lowercase, *(f"##{letter}" for letter in string.ascii_lowercase)]
    vocabulary = {**BERT, **{letter: 200 + number for number, letter in enumerate(letters)}}
    taken = set(vocabulary.values())
    vocabulary |= {f"[unused{number}]": number for number in range(BERT_SIZE) if number not in taken}
    bare = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    bare.normalizer, bare.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    bare.post_processor = processors.BertProcessing(("[SEP]", BERT["[SEP]"]), ("[CLS]", BERT["[CLS]"]))
    return PreTrainedTokenizerFast(
        tokenizer_object=bare, unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]"
    )


def _clip():
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor

    tokenizer = words("<start>", "<end>", "<pad>")
    text = {**SMALL, "vocab_size": len(tokenizer), "max_position_embeddings": CONTEXT, "projection_dim": 8,
            "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id,
            "bos_token_id": tokenizer.bos_token_id}  # fmt: skip
    vision = {**SMALL, "image_size": PICTURE, "patch_size": 8, "projection_dim": 8}
    size = {"size": {"shortest_edge": PICTURE}, "crop_size": {"height": PICTURE, "width": PICTURE}}
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=8))
    return model, CLIPProcessor(CLIPImageProcessor(**size), tokenizer)


def _siglip_text(tokenizer):
    return {**SMALL, "vocab_size": len(tokenizer), "max_position_embeddings": CONTEXT, "projection_size": 16,
            "pad_token_id": tokenizer.pad_token_id, "bos_token_id": None, "eos_token_id": None}  # fmt: skip


def _siglip():
    from transformers import SiglipConfig, SiglipImageProcessor, SiglipModel, SiglipProcessor

    tokenizer = words(None, "<end>", "<end>")
    text = _siglip_text(tokenizer)
    vision = {**SMALL, "image_size": PICTURE, "patch_size": 8}
    model = SiglipModel(SiglipConfig(text_config=text, vision_config=vision))
    size = {"height": PICTURE, "width": PICTURE}
    return model, SiglipProcessor(SiglipImageProcessor(size=size), tokenizer)


def _siglip2():
    from transformers import Siglip2Config, Siglip2ImageProcessor, Siglip2Model, Siglip2Processor

    tokenizer = words(None, "<end>", "<end>")
    text = _siglip_text(tokenizer)
    vision = {**SMALL, "num_patches": 16, "patch_size": 16}
    model = Siglip2Model(Siglip2Config(text_config=text, vision_config=vision))
    return model, Siglip2Processor(Siglip2ImageProcessor(patch_size=16, max_num_patches=16), tokenizer)


def _owlvit():
    from transformers import OwlViTConfig, OwlViTForObjectDetection, OwlViTImageProcessor, OwlViTProcessor

    size = {"height": PICTURE, "width": PICTURE}
    model = OwlViTForObjectDetection(OwlViTConfig(**_owl()))
    return model, OwlViTProcessor(OwlViTImageProcessor(size=size, crop_size=size), _owl_words())


def _owlv2():
    from transformers import Owlv2Config, Owlv2ForObjectDetection, Owlv2ImageProcessor, Owlv2Processor

    size = {"height": PICTURE, "width": PICTURE}
    model = Owlv2ForObjectDetection(Owlv2Config(**_owl()))
    return model, Owlv2Processor(Owlv2ImageProcessor(size=size), _owl_words())


def _owl_words():
    return words("<start>", "<end>", "<pad>", model_max_length=CONTEXT)


def _owl():
    text = {**SMALL, "vocab_size": 64, "max_position_embeddings": CONTEXT, "bos_token_id": None, "eos_token_id": None}
    vision = {**SMALL, "image_size": PICTURE, "patch_size": 8}
    return {"text_config": text, "vision_config": vision, "projection_dim": 16}


def _grounding_dino():
    from transformers import (
        BertConfig,
        GroundingDinoConfig,
        GroundingDinoForObjectDetection,
        GroundingDinoImageProcessor,
        GroundingDinoProcessor,
        SwinConfig,
    )

    backbone = SwinConfig(
        image_size=64, embed_dim=8, depths=[1, 1, 1, 1], num_heads=[1, 1, 2, 2], window_size=2,
        out_features=["stage2", "stage3", "stage4"],
    )  # fmt: skip
    config = GroundingDinoConfig(
        backbone_config=backbone, text_config=BertConfig(vocab_size=BERT_SIZE, **SMALL), d_model=32, num_queries=12,
        encoder_layers=1, decoder_layers=2, encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=32,
        decoder_ffn_dim=32,
    )  # fmt: skip
    size = {"shortest_edge": 64, "longest_edge": 96}
    return GroundingDinoForObjectDetection(config), GroundingDinoProcessor(
        GroundingDinoImageProcessor(size=size), bert_words()
    )


ARCHITECTURES = {
    "clip": _clip,
    "siglip": _siglip,
    "siglip2": _siglip2,
    "owlvit": _owlvit,
    "owlv2": _owlv2,
    "grounding_dino": _grounding_dino,
}
EMBEDDERS = ("clip", "siglip", "siglip2")
DETECTORS = ("owlvit", "owlv2", "grounding_dino")
