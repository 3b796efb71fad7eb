"""From texts and frames to what a local vision-language model computes on.

Frames become images, each where it stands among the texts. Where nothing but their times stands between them, they
may become one video with these times, if the architecture was made for that (:mod:`.vision_capabilities`).
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from typing import Any

from ..video import Frame
from .roles import Content
from .vision_capabilities import Capability
from .vision_options import VisionOptions

CONTROL_MARK = re.compile(r"<(?=\||/?[A-Za-z_-]+>)")
"""The beginning of a control token in a given text: ``<|im_end|>``, ``<image>``; a text is never one."""
TIME = re.compile(r"\d+(\.\d+)? s:")
"""What tools write before a frame."""
QUESTION = re.compile(r"^Question\b[^:\n]*:[ \t]*(\S.*)$", re.MULTILINE)
"""The line of a question in what tools write."""
CLOCK = 1000
"""Times go in as frames of a video of so many frames per second: milliseconds."""


def as_video(content: Content, capability: Capability, options: VisionOptions) -> bool:
    """Whether the frames of a content go in as one video.

    They do when that is wanted, and there are at least two, of one size, in the order of time, with nothing but
    times between them.
    """
    mode = capability.default if options.input == "auto" else options.input
    places = [place for place, part in enumerate(content) if isinstance(part, Frame)]
    if mode != "video" or len(places) < 2:
        return False
    frames = frames_of(content)
    between = [part for part in content[places[0] : places[-1]] if isinstance(part, str)]
    times = [frame.time for frame in frames]
    one_size = len({frame.image.shape for frame in frames}) == 1
    return one_size and times == sorted(set(times)) and all(map(TIME.fullmatch, between))


def frames_of(content: Content) -> list[Frame]:
    """The frames among the parts."""
    return [part for part in content if isinstance(part, Frame)]


def question_of(content: Content) -> str:
    """What is asked, without options and instructions, so that it is the same for all orders of the options.

    Of the last text the line that begins with ``Question``, behind the colon; where there is none, the first line of
    its last paragraph. Empty where there is no text.
    """
    *_, last = "", *(text.strip() for text in _texts(content) if not _is_time(text))
    found = QUESTION.search(last)
    line = found[1] if found else last.rpartition("\n\n")[2].partition("\n")[0]
    return CONTROL_MARK.sub("< ", line.strip())


def seen_as(content: Content, video: bool) -> tuple[str, ...]:
    """Names what a model sees: frames by their pixels, and in a video by their times, which no token may tell."""
    frames = frames_of(content)
    marks = [hashlib.sha256(frame.image.tobytes()).hexdigest() + str(frame.image.shape) for frame in frames]
    return (*marks, *(f"{frame.time:.3f}" for frame in frames)) if video else tuple(marks)


def model_inputs(processor: Any, content: Content, capability: Capability, options: VisionOptions) -> dict[str, Any]:
    """What the processor makes of a content: tensors of one row, in the processor's memory."""
    video = as_video(content, capability, options)
    parts, more = _video_parts(content, capability) if video else (_image_parts(content), {})
    found = processor.apply_chat_template(
        [[{"role": "user", "content": parts}]], add_generation_prompt=True, tokenize=True, return_dict=True,
        return_tensors="pt", **more,
    )  # fmt: skip
    return {name: value for name, value in found.items() if name != "video_metadata"}


def on_device(inputs: dict[str, Any], device: Any, dtype: Any) -> dict[str, Any]:
    """The inputs where the model is; only pixels in its precision: times and sizes keep theirs."""
    import torch

    return {
        name: value.to(device, dtype if name.startswith("pixel_values") else None)
        if isinstance(value, torch.Tensor)
        else value
        for name, value in inputs.items()
    }


def _image_parts(content: Content) -> list[dict[str, Any]]:
    from PIL import Image

    return [
        _text(part) if isinstance(part, str) else {"type": "image", "image": Image.fromarray(part.image)}
        for part in content
    ]


def _video_parts(content: Content, capability: Capability) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The parts with one video in the place of the frames, and what the processor has to know about it."""
    import numpy as np

    frames = frames_of(content)
    places = [place for place, part in enumerate(content) if isinstance(part, Frame)]
    first = places[0] - (places[0] > 0 and _is_time(content[places[0] - 1]))
    times = [part for part in content[first : places[-1]] if isinstance(part, str)]
    told = [" ".join(times)] if times and capability.times != "inserted" else []
    before, after = content[:first], content[places[-1] + 1 :]
    parts = [
        *map(_text, [*_texts(before), *told]),
        {"type": "video", "video": np.stack([frame.image for frame in frames])},
        *map(_text, _texts(after)),
    ]
    more = {"processor_kwargs": {"do_sample_frames": False, "video_metadata": [[_metadata(frames)]]}}
    return parts, more


def _metadata(frames: Sequence[Frame]) -> dict[str, Any]:
    """Times as frame numbers of a clock; as long as the frames are apart on average, each of them stands."""
    spacing = (frames[-1].time - frames[0].time) / (len(frames) - 1)
    height, width = frames[0].image.shape[:2]
    return {
        "total_num_frames": max(len(frames), round(spacing * len(frames) * CLOCK)),
        "fps": float(CLOCK),
        "frames_indices": [round(frame.time * CLOCK) for frame in frames],
        "duration": frames[-1].time,
        "width": width,
        "height": height,
    }


def _is_time(part: str | Frame) -> bool:
    return isinstance(part, str) and TIME.fullmatch(part) is not None


def _texts(parts: Sequence[str | Frame]) -> list[str]:
    return [part for part in parts if isinstance(part, str)]


def _text(part: str) -> dict[str, Any]:
    return {"type": "text", "text": CONTROL_MARK.sub("< ", part)}


def bounded(content: Content, pixels: int) -> Content:
    """Frames of so many pixels at most; 0 for any."""
    import cv2

    def smaller(frame: Frame) -> Frame:
        height, width = frame.image.shape[:2]
        share = math.sqrt(pixels / (height * width))
        if not pixels or share >= 1:
            return frame
        size = max(1, int(width * share)), max(1, int(height * share))
        return Frame(frame.time, cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA))

    return [part if isinstance(part, str) else smaller(part) for part in content]
