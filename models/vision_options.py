"""What can be asked of a local vision-language model beside its name: ``transformers:NAME?option=value&...``.

One table says which options there are, what they do, and reads their values; a wrong one is a usage error with a hint.
Everything that is not a default is part of the model's identity, so that cached answers stay apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from ..video.errors import UsageError
from .profiles import Spec, nearest

SMALLEST_FRAME = 28 * 28
"""Pixels: one visual token of Qwen2.5-VL."""
DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")
LAYERS = re.compile(r"(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class VisionOptions:
    """The options of one local model, read.

    Attributes:
        input: How frames go in: ``image``, ``video``, or ``auto``: what the model was made for.
        dtype: Of the weights; ``auto`` is bf16 on a GPU, else fp32.
        bits: Of quantised weights; 0 leaves them as they are.
        attention: Who computes attention.
        device: Where; ``auto`` is every GPU there is, else the processor.
        max_pixels: Of a frame at most; 0 leaves it to the model's processor.
        merge: Share of a frame's visual tokens that merging leaves.
        pool: Frames of a group of which only the first keeps all tokens; 0 for no groups.
        budget: Visual tokens of a prompt at most; 0 for no limit.
        select: Share of a frame's visual tokens that is left by likeness to the question; taken last, of what merge,
            pool and budget leave. Only prompts with the same question share their frames then.
        positions: By how much positions move on less over visual tokens.
        choices: How options are weighed: by their ``letters``, by their ``texts``, or ``auto``: by the model's size.
        prune: First layer after which visual tokens are dropped, and the one after which none is left, counted from 0;
            None for never. Attention is computed eagerly then.
    """

    input: str = "auto"
    dtype: str = "auto"
    bits: int = 0
    attention: str = "sdpa"
    device: str = "auto"
    max_pixels: int = 0
    merge: float = 1.0
    pool: int = 0
    budget: int = 0
    select: float = 1.0
    positions: float = 1.0
    choices: str = "auto"
    prune: tuple[int, int] | None = None

    @property
    def shrinks(self) -> bool:
        """Whether the text model gets fewer visual tokens, or at other positions, than the processor makes."""
        return bool(self.pool or self.budget) or (self.merge, self.select, self.positions) != (1, 1, 1)


DEFAULTS = VisionOptions()


@dataclass(frozen=True, slots=True)
class Option:
    """One row of the table.

    Attributes:
        about: What it does.
        values: What may be written.
        read: Makes a value of the text; ValueError for anything else.
    """

    about: str
    values: str
    read: Callable[[str], Any]


def read_options(spec: Spec) -> VisionOptions:
    """The options of a spec.

    Raises:
        UsageError: There is no such option, or its value is none of those it takes.
    """
    found: dict[str, Any] = {}
    for name, text in spec.options:
        if name not in OPTIONS:
            raise UsageError(f"there is no option {name!r}", code="model.option", hint=nearest(name, tuple(OPTIONS)))
        try:
            found[name] = OPTIONS[name].read(text)
        except ValueError as error:
            about = OPTIONS[name]
            raise UsageError(
                f"{name}={text} is not possible: {about.about}",
                code="model.option",
                hint=f"Write {name}={about.values}",
            ) from error
    return VisionOptions(**found)


def written(options: VisionOptions) -> str:
    """What is not a default, in the order of the table: ``?input=video&merge=0.25``; empty when all is."""
    given = {field.name: getattr(options, field.name) for field in fields(options)}
    shown = [f"{name}={_text(given[name])}" for name in OPTIONS if given[name] != getattr(DEFAULTS, name)]
    return "?" + "&".join(shown) if shown else ""


def _text(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _one_of(*values: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return read


def _whole(least: int, most: float = float("inf")) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise ValueError(text)
        return value

    return read


def _real(above: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text)
        if not above < value <= most:
            raise ValueError(text)
        return value

    return read


def _bits(text: str) -> int:
    return int(_one_of("4", "8")(text))


def _device(text: str) -> str:
    if not DEVICE.fullmatch(text):
        raise ValueError(text)
    return text


def _layers(text: str) -> tuple[int, int]:
    found = LAYERS.fullmatch(text)
    if found is None or int(found[1]) >= int(found[2]):
        raise ValueError(text)
    return int(found[1]), int(found[2])


OPTIONS: Mapping[str, Option] = {
    "input": Option(
        "frames go in as images or as a video with its times", "auto|image|video", _one_of("auto", "image", "video")
    ),
    "dtype": Option("numbers of the weights", "auto|bf16|fp16|fp32", _one_of("auto", "bf16", "fp16", "fp32")),
    "bits": Option("quantised weights, through bitsandbytes on a GPU", "4|8", _bits),
    "attention": Option(
        "who computes attention",
        "sdpa|eager|flash_attention_2|sageattention",
        _one_of("sdpa", "eager", "flash_attention_2", "sageattention"),
    ),
    "device": Option("where the model runs", "auto|cpu|mps|cuda|cuda:N", _device),
    "max_pixels": Option("larger frames are made smaller", f"PIXELS, {SMALLEST_FRAME} or more", _whole(SMALLEST_FRAME)),
    "merge": Option("the share of each frame's visual tokens that is left after merging", "0.25, up to 1", _real(0, 1)),
    "pool": Option("of each group of frames the first in full, the others pooled", "FRAMES, at least 2", _whole(2)),
    "budget": Option("visual tokens of a prompt at most", "TOKENS, at least 1", _whole(1)),
    "select": Option(
        "the share of each frame's visual tokens that is left, those most like the question",
        "0.5, up to 1",
        _real(0, 1),
    ),
    "positions": Option("visual tokens take so many times less room among positions", "2, 1 to 64", _real(0.999, 64)),
    "choices": Option(
        "options are weighed by their letters or by their texts",
        "auto|letters|texts",
        _one_of("auto", "letters", "texts"),
    ),
    "prune": Option("layers over which visual tokens are dropped", "FIRST-LAST, e.g. 14-21", _layers),
}
"""Name -> what it does; the fields of :class:`VisionOptions`."""
