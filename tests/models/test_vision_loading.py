"""Weights of local vision-language models: one copy in memory, and clear words where an option cannot be had."""

import gc

import pytest

pytest.importorskip("torchvision", reason='the local VLM needs the extra: pip install "vidprog[gpu]"')

import tiny_vlm
import torch
from tiny_vlm import content
from vidprog.models import Models, load_profile
from vidprog.models.errors import ModelError
from vidprog.models.vision_loading import _SHARED

pytestmark = pytest.mark.vision


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tiny_vlm.build("smolvlm", tmp_path_factory.mktemp("tiny"))


def loaded(directory, given=""):
    return Models(load_profile("embedded", [f"vlm=transformers:{directory}{given}"])).vlm


def test_weights_are_in_memory_once_whatever_is_done_with_frames(directory):
    one, two, three = loaded(directory), loaded(directory), loaded(directory, "?merge=0.5&input=video")
    assert one is not two
    assert one._model is two._model is three._model
    assert loaded(directory, "?dtype=bf16")._model is not one._model


def test_weights_that_nobody_uses_go(directory):
    def held():
        return [key for key in _SHARED if directory.name in key[0] and "eager" in key]

    one = loaded(directory, "?attention=eager")
    assert held()
    del one
    gc.collect()
    assert not held()


def test_two_that_share_weights_do_not_disturb_each_other(directory):
    plain, moved = loaded(directory), loaded(directory, "?positions=4")
    prompt = content("red?")

    def scores(vlm):
        return [score.log_probability for score in vlm.score(prompt, ("A", "red and blue"))]

    alone = scores(loaded(directory))
    assert scores(moved) != pytest.approx(alone, abs=1e-4)
    assert scores(plain) == pytest.approx(alone, abs=1e-5)
    first = scores(moved)
    scores(plain)
    assert scores(moved) == pytest.approx(first, abs=1e-5)


@pytest.mark.parametrize(("given", "dtype"), [("", "float32"), ("?dtype=bf16", "bfloat16"), ("?dtype=fp16", "float16")])
def test_weights_have_the_precision_that_was_asked_for(directory, given, dtype):
    if torch.cuda.is_available():
        pytest.skip("on a GPU the default is bfloat16")
    assert loaded(directory, given)._model.dtype == getattr(torch, dtype)


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ("?device=cuda:7", "model.device", "no cuda:7"),
        ("?bits=4", "model.library", "needs bitsandbytes"),
        ("?attention=flash_attention_2", "model.library", "needs flash_attn"),
        ("?attention=sageattention", "model.library", "needs sageattention"),
    ],
)
def test_what_is_missing_for_an_option_is_said(directory, monkeypatch, given, code, words):
    monkeypatch.setattr("vidprog.models.vision_loading.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=words) as caught:
        loaded(directory, given)
    assert caught.value.code == code
    assert caught.value.hint


def test_what_needs_a_gpu_says_so(directory, monkeypatch):
    monkeypatch.setattr("vidprog.models.vision_loading.find_spec", lambda name: "there")
    for given in ("?bits=8&device=cpu", "?attention=sageattention&device=cpu"):
        with pytest.raises(ModelError, match="needs a GPU") as caught:
            loaded(directory, given)
        assert caught.value.code == "model.device"


@pytest.mark.parametrize("given", ["?attention=eager", "?attention=sdpa", "?device=cpu"])
def test_who_computes_attention_changes_nothing(directory, given):
    prompt = content("red?")
    expected = [score.log_probability for score in loaded(directory).score(prompt, ("A", "red and blue"))]
    found = [score.log_probability for score in loaded(directory, given).score(prompt, ("A", "red and blue"))]
    assert found == pytest.approx(expected, abs=1e-4)
