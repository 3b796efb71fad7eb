"""Weights of local vision-language models: one copy in memory, where and how the options say.

The same weights, loaded the same way, are shared by everything in this process that uses them; they go when nothing
uses them any more.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from weakref import WeakValueDictionary

from .errors import ModelError
from .profiles import Spec
from .token_pruning import Pruner
from .torch_setup import libraries, weights_identity
from .vision_options import VisionOptions
from .vision_preparation import Preparation
from .weights import Report

VISUAL_TOKEN_NAMES = ("image_token_id", "image_token_index", "video_token_id", "video_token_index")
"""What configurations call them."""
DTYPES = {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32"}
LIBRARIES = {"flash_attention_2": "flash_attn", "sageattention": "sageattention"}
"""Attention of a library of its own: it must be installed, and computes on a GPU only."""


@dataclass(slots=True, weakref_slot=True)
class Weights:
    """A loaded model.

    Attributes:
        model: Loaded with ``AutoModelForImageTextToText``.
        processor: Its ``AutoProcessor``.
        lock: Held while it computes: models keep numbers of the last prompt in themselves.
        preparation: What the processor made of the last frames.
    """

    model: Any
    processor: Any
    lock: Any = field(default_factory=threading.Lock)
    preparation: Preparation = field(init=False)

    def __post_init__(self) -> None:
        self.preparation = Preparation(self.processor)

    @property
    def visual_tokens(self) -> frozenset[int]:
        """Ids of the tokens that stand for pieces of frames."""
        config = self.model.config
        return frozenset(getattr(config, name) for name in VISUAL_TOKEN_NAMES if hasattr(config, name))

    def is_visual(self, ids: Any) -> Any:
        """Which tokens stand for pieces of frames: bool, of the shape of the ids."""
        import torch

        return torch.isin(ids, torch.tensor(sorted(self.visual_tokens), device=ids.device))


_SHARED: WeakValueDictionary[tuple[str, ...], Weights] = WeakValueDictionary()
_LOADING = threading.Lock()


def shared_weights(spec: Spec, options: VisionOptions, report: Report) -> Weights:
    """The weights of a spec; those that are in memory already are not loaded again.

    Raises:
        ModelError: It is no model of this kind, cannot be found, or what an option needs is missing.
    """
    ways = (options.dtype, options.bits, options.attention, options.device, options.prune)
    key = (weights_identity(spec), *map(str, ways))
    with _LOADING:
        weights = _SHARED.get(key)
        if weights is None:
            weights = _SHARED[key] = _loaded(spec, options, report)
        return weights


def _loaded(spec: Spec, options: VisionOptions, report: Report) -> Weights:
    report(f"loading {spec.name}", None)
    revision = {"revision": spec.url} if spec.url else {}
    with libraries(spec) as torch:
        from transformers import AutoModelForImageTextToText, AutoProcessor

        placed = _placement(spec, options, torch)
        processor = AutoProcessor.from_pretrained(spec.name, **revision)
        if getattr(getattr(processor, "video_processor", None), "cap_pixels_per_frame", False) is None:
            # What Qwen3-VL was trained with; unset, few frames of a video cost as many tokens as all may.
            processor.video_processor.cap_pixels_per_frame = True
        model = AutoModelForImageTextToText.from_pretrained(spec.name, **placed, **revision)
    weights = Weights(model.eval(), processor)
    if options.prune:
        Pruner(model, weights.visual_tokens, *options.prune)
    return weights


def _placement(spec: Spec, options: VisionOptions, torch: Any) -> dict[str, Any]:
    """Where and how the model is loaded.

    Raises:
        ModelError: There is no such device here, or a library or a GPU that an option needs is missing.
    """
    gpu = torch.cuda.is_available()
    device = ("auto" if gpu else "cpu") if options.device == "auto" else options.device
    on_gpu = gpu and device != "cpu"
    if device.startswith("cuda") and not _exists(device, torch):
        raise ModelError(f"{spec}: there is no {device} here", code="model.device", hint="Write device=auto")
    if options.attention in LIBRARIES:
        _need(spec, f"attention={options.attention}", LIBRARIES[options.attention], on_gpu)
    if options.bits:
        _need(spec, f"bits={options.bits}", "bitsandbytes", on_gpu)
    dtype = getattr(torch, DTYPES["bf16" if on_gpu else "fp32"] if options.dtype == "auto" else DTYPES[options.dtype])
    return {
        "dtype": dtype,
        "device_map": None if device == "cpu" else "auto" if device == "auto" else {"": device},
        # Pruning looks at the attention of the text model, which only eager attention tells.
        "attn_implementation": {"text_config": "eager"} if options.prune else _attention(options.attention),
        **({"quantization_config": _quantised(options.bits, dtype)} if options.bits else {}),
    }


def _exists(device: str, torch: Any) -> bool:
    number = int(device.partition(":")[2] or 0)
    return bool(torch.cuda.is_available() and number < torch.cuda.device_count())


def _need(spec: Spec, option: str, library: str, on_gpu: bool) -> None:
    if find_spec(library) is None:
        raise ModelError(f"{spec}: {option} needs {library}", code="model.library", hint=f"pip install {library}")
    if not on_gpu:
        raise ModelError(f"{spec}: {option} needs a GPU", code="model.device", hint=f"Leave {option} out.")


def _quantised(bits: int, dtype: Any) -> Any:
    from transformers import BitsAndBytesConfig

    if bits == 8:
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype)


def _attention(name: str) -> str:
    """The name under which ``transformers`` knows it; SageAttention is made known first."""
    if name != "sageattention":
        return name
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(name, _sage_attention)
    AttentionMaskInterface.register(name, sdpa_mask)
    return name


def _sage_attention(module: Any, query: Any, key: Any, value: Any, attention_mask: Any, **named: Any) -> Any:
    """SageAttention (arXiv 2410.02367) over whole prompts; what it cannot do is left to torch.

    Its kernels know no masks, so they compute where each token sees all before it, and nothing else.
    """
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    if attention_mask is not None or query.shape[2] == 1 or query.shape[2] != key.shape[2]:
        return sdpa_attention_forward(module, query, key, value, attention_mask, **named)
    from sageattention import sageattn

    said = named.get("is_causal")
    causal = bool(getattr(module, "is_causal", True) if said is None else said)
    found = sageattn(query, key, value, tensor_layout="HND", is_causal=causal, sm_scale=named.get("scaling"))
    return found.transpose(1, 2).contiguous(), None
