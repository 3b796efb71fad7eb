"""How frames reach a local vision-language model: as images among texts, or as one video with its times."""

from itertools import pairwise

import pytest

pytest.importorskip("torchvision", reason='the local VLM needs the extra: pip install "vidprog[gpu]"')

import numpy as np
import tiny_vlm
import torch
from tiny_vlm import content, noise
from transformers import AutoProcessor
from vidprog.models.profiles import Spec
from vidprog.models.vision_capabilities import CAPABILITIES, UNKNOWN, capability
from vidprog.models.vision_loading import shared_weights
from vidprog.models.vision_options import VisionOptions
from vidprog.models.vision_positions import positions_of, runs_of, with_positions
from vidprog.models.vision_prompts import as_video, bounded, model_inputs, on_device, seen_as
from vidprog.video import Frame

pytestmark = pytest.mark.vision
VIDEO, IMAGES = VisionOptions(input="video"), VisionOptions(input="image")
FRAMES = [noise(seed) for seed in (3, 5, 9)]


@pytest.fixture(scope="module", params=sorted(tiny_vlm.ARCHITECTURES))
def architecture(request, tmp_path_factory):
    """Model type and processor."""
    directory = tiny_vlm.build(request.param, tmp_path_factory.mktemp(request.param))
    processor = AutoProcessor.from_pretrained(directory)
    if hasattr(processor.video_processor, "cap_pixels_per_frame"):
        processor.video_processor.cap_pixels_per_frame = True
    return request.param, processor


def text_of(processor, inputs):
    return processor.tokenizer.decode(inputs["input_ids"][0])


TOLD = {
    "qwen2_5_vl": "3.0 s: 5.0 s: 9.0 s:<|vision_start|>",
    "qwen3_vl": "<4.0 seconds>",  # two frames are one moment, the last one is doubled
    "smolvlm": "00:05",
    "llava_onevision": "3.0 s: 5.0 s: 9.0 s:<video>",
    "internvl": "3.0 s: 5.0 s: 9.0 s:Frame1: <img>",
}
"""How a video of frames at 3, 5 and 9 s is told to each of them."""


def test_every_architecture_is_told_the_times_of_a_video(architecture):
    kind, processor = architecture
    inputs = model_inputs(processor, content("red?", FRAMES), capability(kind), VIDEO)
    text = text_of(processor, inputs)
    assert TOLD[kind] in text
    assert ("3.0 s:" in text) == (capability(kind).times != "inserted")
    assert text.index("red?") > text.index(TOLD[kind])


def test_images_stand_where_their_times_are_told(architecture):
    kind, processor = architecture
    text = text_of(processor, model_inputs(processor, content("red?", FRAMES), capability(kind), IMAGES))
    mark = processor.tokenizer.decode([processor.image_token_id])
    places = [text.index(part) for part in ("3.0 s:", "5.0 s:", "9.0 s:", "red?")]
    for start, end in pairwise(places):
        assert mark in text[start:end]


def test_pixels_of_a_video_are_those_of_its_frames_in_order(architecture):
    kind, processor = architecture
    plain = [Frame(float(at), np.full((56, 56, 3), shade, np.uint8)) for at, shade in enumerate((0, 80, 160, 240))]
    inputs = model_inputs(processor, content("red?", plain), capability(kind), VIDEO)
    pixels = inputs.get("pixel_values_videos", inputs.get("pixel_values"))
    rows = pixels.reshape(2 if "video_grid_thw" in inputs else 4, -1)
    assert (rows.mean(1).diff() > 0).all()


def test_seconds_between_moments_keep_their_precision(architecture):
    kind, processor = architecture
    if capability(kind).times != "spacing":
        pytest.skip("this architecture has no spacing")
    frames = [Frame(7.3 * at, FRAMES[0].image) for at in range(4)]
    inputs = model_inputs(processor, content("red?", frames), capability(kind), VIDEO)
    moved = on_device(inputs, "cpu", torch.bfloat16)
    assert float(moved["second_per_grid_ts"][0]) == pytest.approx(14.6, abs=0.01)
    assert moved["pixel_values_videos"].dtype == torch.bfloat16


def some(*parts):
    return [noise(part) if isinstance(part, int) else part for part in parts]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (some("0.0 s:", 0, "1.0 s:", 1, "what?"), True),
        (some("Look.", "0.0 s:", 0, "1.0 s:", 1, "what?", "now"), True),
        (some(0, 1, "what?"), True),
        (some("0.0 s:", 0, "what?"), False),
        (some("what?"), False),
        (some("0.0 s:", 0, "[speech] hello", "1.0 s:", 1, "what?"), False),
        (some("1.0 s:", 1, "0.0 s:", 0, "what?"), False),
        (some(0, 0, "what?"), False),
        ([noise(0), noise(1, (60, 80)), "what?"], False),
    ],
)
def test_only_a_run_of_frames_in_time_is_a_video(parts, expected):
    able = CAPABILITIES["qwen2_5_vl"]
    assert as_video(parts, able, VIDEO) is expected
    assert as_video(parts, able, VisionOptions()) is expected
    assert not as_video(parts, able, IMAGES)
    assert not as_video(parts, CAPABILITIES["smolvlm"], VisionOptions())
    assert not as_video(parts, UNKNOWN, VisionOptions())


def test_a_video_is_known_by_its_times_and_images_by_their_pixels():
    later = [Frame(frame.time * 2, frame.image) for frame in FRAMES]
    assert seen_as(FRAMES, video=False) == seen_as(later, video=False)
    assert seen_as(FRAMES, video=True) != seen_as(later, video=True)


def test_larger_frames_are_made_smaller_and_smaller_ones_stay(architecture):
    kind, processor = architecture
    if kind != "qwen2_5_vl":
        pytest.skip("the others look at one size only")
    asked = content("red?", [noise(seed, (180, 320)) for seed in range(2)])
    lengths = [
        model_inputs(processor, bounded(asked, pixels), capability(kind), IMAGES)["input_ids"].shape[1]
        for pixels in (0, 784 * 9, 10**9)
    ]
    assert lengths[1] < lengths[0] == lengths[2]


@pytest.mark.parametrize(
    ("pixels", "height", "width"), [(0, 180, 320), (57600, 180, 320), (14400, 90, 160), (784, 21, 37)]
)
def test_frames_are_bounded_in_their_shape(pixels, height, width):
    text, frame = bounded(["1.0 s:", noise(1, (180, 320))], pixels)
    assert text == "1.0 s:" and frame.time == 1
    assert frame.image.shape == (height, width, 3)


def weights_of(kind, directory):
    spec = Spec("transformers", str(tiny_vlm.build(kind, directory)))
    return shared_weights(spec, VisionOptions(), lambda message, share: None)


def test_positions_of_images_are_those_of_the_library(architecture, tmp_path):
    kind, _ = architecture
    if not capability(kind).placed:
        pytest.skip("tokens of this architecture are simply counted")
    weights = shared_weights(
        Spec("transformers", str(tiny_vlm.build(kind, tmp_path))), IMAGES, lambda message, share: None
    )
    inputs = model_inputs(weights.processor, content("red?", FRAMES), capability(kind), IMAGES)
    expected, behind = weights.model.model.get_rope_index(
        inputs["input_ids"], inputs["mm_token_type_ids"], inputs["image_grid_thw"]
    )
    found = positions_of(weights.model, inputs, weights.is_visual(inputs["input_ids"][0]))
    assert torch.equal(found, expected)
    assert torch.equal(with_positions(found)["rope_deltas"], behind)


def test_a_text_stands_behind_the_last_moment_of_a_video(architecture, tmp_path):
    kind, _ = architecture
    if capability(kind).times != "spacing":
        pytest.skip("this architecture has no spacing")
    weights = shared_weights(
        Spec("transformers", str(tiny_vlm.build(kind, tmp_path))), VIDEO, lambda message, share: None
    )
    frames = [Frame(20.0 * at, FRAMES[0].image) for at in range(4)]
    inputs = model_inputs(weights.processor, content("red?", frames), capability(kind), VIDEO)
    visual = weights.is_visual(inputs["input_ids"][0])
    positions = positions_of(weights.model, inputs, visual)[:, 0]
    ((start, end),) = runs_of(visual)
    moments = positions[0, start:end].unique()
    apart = weights.model.config.vision_config.tokens_per_second * 40
    assert moments.tolist() == [start, start + apart]
    assert positions[:, end].tolist() == [start + apart + 1] * 3
    assert positions[0, end:].diff().eq(1).all()
