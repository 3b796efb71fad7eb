"""The local vision-language model on real architectures with random weights: sharing and batching change nothing."""

import pytest

pytest.importorskip("torchvision", reason='the local VLM needs the extra: pip install "vidprog[gpu]"')

import numpy as np
import tiny_vlm
import torch
from tiny_vlm import FRAMES, content, in_one_pass, noise
from vidprog.models.errors import ModelError
from vidprog.models.profiles import Spec
from vidprog.models.vlm_transformers import identity, load
from vidprog.video import Frame

pytestmark = pytest.mark.vision
QUESTIONS = (
    "Which option is right?",
    "A longer question, with <image>, <|im_end|> and <|vision_start|> in it: is it the same?",
    "red?",
)
OPTIONS = ("A", "red and blue", "none of these, it is 3.0 s: later", "")


TEMPLATE_TOKENS = 16
"""What the chat template puts behind the last text."""


@pytest.fixture(scope="module", params=sorted(tiny_vlm.ARCHITECTURES))
def directory(request, tmp_path_factory):
    return tiny_vlm.build(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture
def fresh(directory):
    """A model that has computed nothing yet."""

    def load_it(**options):
        return load(Spec("transformers", str(directory), options=tuple(options.items())), lambda message, share: None)

    return load_it


@pytest.mark.parametrize("mode", ["image", "video"])
def test_scores_are_those_of_one_pass_without_sharing(fresh, mode):
    model, reference = fresh(input=mode), fresh(input=mode)
    for question in (*QUESTIONS, QUESTIONS[0]):
        prompt = content(question)
        scores = model.score(prompt, OPTIONS)
        for option, score in zip(OPTIONS[:3], scores, strict=False):
            assert score.log_probability == pytest.approx(in_one_pass(reference, prompt, option), rel=1e-4, abs=1e-3)
        assert (scores[3].log_probability, scores[3].tokens) == (0.0, 0)


@pytest.mark.parametrize("mode", ["image", "video"])
def test_a_batch_equals_one_by_one(fresh, mode):
    batch = fresh(input=mode).complete([content(question) for question in QUESTIONS], max_tokens=6)
    for question, reply in zip(QUESTIONS, batch, strict=True):
        (alone,) = fresh(input=mode).complete([content(question)], max_tokens=6)
        assert reply.text == alone.text
        assert reply.log_probabilities == pytest.approx(alone.log_probabilities, abs=1e-4)
        assert reply.usage == alone.usage


def test_mixed_batches_keep_their_order(fresh):
    prompts = [content("red?"), content("red?", FRAMES[:1]), ["red?"], content("blue?")]
    replies = fresh().complete(prompts, max_tokens=4)
    for prompt, reply in zip(prompts, replies, strict=True):
        (alone,) = fresh().complete([prompt], max_tokens=4)
        assert reply.log_probabilities == pytest.approx(alone.log_probabilities, abs=1e-4)


@pytest.mark.parametrize("mode", ["image", "video"])
def test_texts_among_the_same_frames_are_told_apart(fresh, mode):
    between = [FRAMES[0], "[speech] a red bus", *FRAMES[1:], "red?"]
    prompts = [content("red?"), ["Look here.", *content("red?")], between, [*between[:-1], "blue?"]]
    replies = fresh(input=mode).complete(prompts, max_tokens=4)
    for prompt, reply in zip(prompts, replies, strict=True):
        (alone,) = fresh(input=mode).complete([prompt], max_tokens=4)
        assert reply.log_probabilities == pytest.approx(alone.log_probabilities, abs=1e-4)


def test_frames_are_computed_once_for_all_questions(fresh):
    model = fresh()
    model.score(content(QUESTIONS[0]), OPTIONS)
    computed = [model._prefixes.computed_tokens]
    for question in (QUESTIONS[2], "blue?", QUESTIONS[2]):
        model.score(content(question), OPTIONS)
        computed.append(model._prefixes.computed_tokens)
        assert computed[-1] - computed[-2] <= len(model._tokenizer(question).input_ids) + TEMPLATE_TOKENS
    model.complete([content(QUESTIONS[2])])
    model.score(content(QUESTIONS[2]), ("B", "C"))
    assert model._prefixes.computed_tokens == computed[-1]


@pytest.mark.parametrize("mode", ["image", "video"])
def test_frames_are_prepared_once_for_all_questions(fresh, mode):
    model = fresh(input=mode)
    prepared = []
    kept = model._weights.preparation
    once, kept._made = kept._made, _Counting(prepared)
    assert not once
    for question in QUESTIONS:
        model.score(content(question), OPTIONS)
        model.score([question], OPTIONS)
    model.complete([content(question) for question in QUESTIONS], max_tokens=2)
    assert len(prepared) == 1
    model.score(content("red?", FRAMES[::-1]), OPTIONS)
    assert len(prepared) == 2


class _Counting(dict):
    """Counts what is put into it."""

    def __init__(self, put):
        super().__init__()
        self._put = put

    def __setitem__(self, key, value):
        self._put.append(key)
        super().__setitem__(key, value)


def test_too_many_pixels_are_not_kept(fresh, monkeypatch):
    monkeypatch.setattr("vidprog.models.vision_preparation.KEPT_BYTES", 1000)
    model = fresh()
    before = model.score(content("red?"), OPTIONS[:2])
    assert not model._weights.preparation._made
    assert model.score(content("red?"), OPTIONS[:2]) == before


def test_what_is_seen_decides(fresh):
    def scored(frames):
        return fresh().score(content(QUESTIONS[0], frames), ("red and blue",))[0].log_probability

    same, other = scored(FRAMES), scored((noise(7), *FRAMES[1:]))
    assert scored(FRAMES) == pytest.approx(same, abs=1e-5)
    assert abs(other - same) > 1e-5
    assert abs(scored(FRAMES[::-1]) - same) > 1e-5


def test_the_blind_run_leaves_no_trace(fresh):
    model = fresh()
    before = model.score(content("red?"), OPTIONS[:2])
    model.score(["red?"], OPTIONS[:2])
    model.complete([["blue?"]], max_tokens=3)
    model.score(content("red?", FRAMES[:2]), OPTIONS[:2])
    after = model.score(content("red?"), OPTIONS[:2])
    assert [s.log_probability for s in before] == pytest.approx([s.log_probability for s in after], abs=1e-5)


def test_alternatives_are_those_of_the_first_token(fresh):
    (reply,) = fresh().complete([content("red?")], max_tokens=3)
    assert reply.alternatives
    assert max(reply.alternatives.values()) == pytest.approx(reply.log_probabilities[0], abs=1e-5)
    assert sum(map(np.exp, reply.alternatives.values())) <= 1 + 1e-5


@pytest.mark.parametrize(
    ("largest", "frames", "said"),
    [(90, 4, ""), (50, 4, "half the side"), (25, 4, "quarter"), (25, 2, "every second"), (25, 1, "every fourth")],
)
def test_without_memory_frames_get_smaller_and_then_fewer(fresh, monkeypatch, largest, frames, said):
    model = fresh()
    inputs = model._inputs

    def limited(given, **more):
        shown = [part for part in given if isinstance(part, Frame)]
        if len(shown) > frames or any(frame.image.shape[0] > largest for frame in shown):
            raise torch.OutOfMemoryError
        return inputs(given, **more)

    monkeypatch.setattr(model, "_inputs", limited)
    prompt = content("red?", [noise(seed) for seed in range(4)])
    assert len(model.complete([prompt], max_tokens=2)) == 1
    assert said in model.reduced
    assert len(model.score(prompt, ("A", "B"))) == 2
    assert said in model.reduced


def test_too_little_memory_for_anything_is_said(fresh, monkeypatch):
    model = fresh()

    def none(given):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(model, "_inputs", none)
    with pytest.raises(ModelError, match="not enough memory for 3 frames") as caught:
        model.score(content("red?"), ("A", "B"))
    assert caught.value.code == "model.memory"


def test_a_directory_without_a_model_is_one_line(tmp_path):
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        load(Spec("transformers", str(tmp_path)), lambda message, share: None)
    assert "\n" not in caught.value.message


def test_the_identity_names_weights_and_revision(tmp_path):
    assert identity(Spec("transformers", "Qwen/Some-VL", "abc123")) == "transformers:Qwen/Some-VL@abc123"
    one = tiny_vlm.build("smolvlm", tmp_path / "one" / "tiny", seed=1)
    two = tiny_vlm.build("smolvlm", tmp_path / "two" / "tiny", seed=2)
    assert identity(Spec("transformers", str(one))) != identity(Spec("transformers", str(two)))
