"""What the architectures of vision-language models can do, and what they were made for.

A model whose type is not in the table gets images, which all of them take, and none of the options that reach into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Times = Literal["inserted", "spacing", "none"]


@dataclass(frozen=True, slots=True)
class Capability:
    """One architecture.

    Attributes:
        video: Whether its processor takes a video of given frames.
        default: How frames go in when nobody says.
        times: How times reach it in a video. ``inserted``: its processor writes the time before each frame.
            ``spacing``: positions tell how far frames are apart, not when they are. ``none``: not at all. In the last
            two, the times that stood between the frames are told before the video.
        reducible: Whether its visual tokens may be merged, and their positions scaled.
        placed: Whether visual tokens have positions of their own (time, row, column).
    """

    video: bool = False
    default: Literal["image", "video"] = "image"
    times: Times = "none"
    reducible: bool = False
    placed: bool = False


UNKNOWN = Capability()
CAPABILITIES: dict[str, Capability] = {
    "qwen2_vl": Capability(True, "video", "none", True, True),
    "qwen2_5_vl": Capability(True, "video", "spacing", True, True),
    "qwen3_vl": Capability(True, "video", "inserted", True, True),
    "qwen3_vl_moe": Capability(True, "video", "inserted", True, True),
    # Its processor writes minutes and seconds before each frame; whole seconds are coarser than the times of the tools.
    "smolvlm": Capability(True, "image", "inserted", True),
    # A video costs a quarter of the tokens of images (2x2 pooling), and it was trained on them.
    "llava_onevision": Capability(True, "video", "none", True),
    # A video is images behind "Frame1: "; the tools' times say more.
    "internvl": Capability(True, "image", "none", True),
}
"""``model_type`` of the configuration -> what it can do. Checked against tiny models of the architectures
(``tests/tiny_vlm.py``), save for qwen2_vl and qwen3_vl_moe, which share their code with those beside them."""


def capability(model_type: str) -> Capability:
    """Of an architecture, by the ``model_type`` of its configuration."""
    return CAPABILITIES.get(model_type, UNKNOWN)
