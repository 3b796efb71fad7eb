"""A local vision-language model under the tools: what its options left out is in the trace, once and honestly."""

import pytest

pytest.importorskip("torchvision", reason='the local VLM needs the extra: pip install "vidprog[gpu]"')

import tiny_vlm
from scripted import with_role
from tiny_vlm import content
from vidprog.models.profiles import Spec
from vidprog.models.vlm_transformers import load

pytestmark = pytest.mark.vision


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, ""),
        ({"merge": "0.5", "input": "image"}, "27 of 54 visual tokens"),
        ({"prune": "0-1"}, "visual tokens dropped from layer 0 to 1"),
    ],
)
def test_what_a_model_left_out_is_in_the_trace(open_session, models, mute, tmp_path, options, said):
    directory = tiny_vlm.build("qwen2_5_vl", tmp_path / "tiny")
    vlm = load(Spec("transformers", str(directory), options=tuple(options.items())), lambda message, share: None)
    context = open_session(mute, models=with_role(models, vlm=vlm)).context()
    context.vlm.score(content("red?"), ("A", "B"))
    assert said in context.notes.why
    assert bool(context.notes.why) == bool(said)
    assert vlm.identity == context.vlm.identity
