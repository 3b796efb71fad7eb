"""Fewer visual tokens on real architectures with random weights: nothing reduced is exact, sharing stays right."""

import pytest

pytest.importorskip("torchvision", reason='the local VLM needs the extra: pip install "vidprog[gpu]"')

import tiny_vlm
import torch
from tiny_vlm import content, in_one_pass, noise
from vidprog.models.errors import ModelError
from vidprog.models.profiles import Spec
from vidprog.models.vision_capabilities import UNKNOWN
from vidprog.models.vision_positions import scaled
from vidprog.models.vlm_transformers import load
from vidprog.video import Frame

pytestmark = pytest.mark.vision
OPTIONS = ("A", "red and blue", "none of these, it is 3.0 s: later")
PICTURES = [noise(seed) for seed in range(4)]
REDUCTIONS = (
    {"merge": "0.25"},
    {"pool": "2"},
    {"budget": "20"},
    {"positions": "2"},
    {"merge": "0.5", "positions": "3"},
    {"select": "0.5"},
    {"merge": "0.5", "select": "0.5", "positions": "2"},
)
MODES = ("image", "video")


@pytest.fixture(scope="module", params=sorted(tiny_vlm.ARCHITECTURES))
def fresh(request, tmp_path_factory):
    """Loads one architecture with options; it has computed nothing yet."""
    directory = tiny_vlm.build(request.param, tmp_path_factory.mktemp(request.param))

    def load_it(**options):
        return load(Spec("transformers", str(directory), options=tuple(options.items())), lambda message, share: None)

    return load_it


def scores(model, prompt):
    return [score.log_probability for score in model.score(prompt, OPTIONS)]


def visual_tokens(model):
    """Visual tokens that the text model read, and those that the processor made."""
    return [int(number) for number in model.reduced.split(" visual")[0].split(" of ")]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("option", [{"budget": "1000000"}, {"positions": "1.0000001"}])
def test_nothing_reduced_is_exactly_the_model_itself(fresh, mode, option):
    plain, reducing = fresh(input=mode), fresh(input=mode, **option)
    for question in ("red?", "Which option is right?"):
        prompt = content(question, PICTURES)
        expected = scores(plain, prompt)
        assert scores(reducing, prompt) == (expected if "budget" in option else pytest.approx(expected, abs=1e-4))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("option", REDUCTIONS, ids=str)
def test_sharing_a_reduced_prefix_is_one_pass(fresh, mode, option):
    model, reference = fresh(input=mode, **option), fresh(input=mode, **option)
    for question in ("red?", "Which option is right?", "red?"):
        prompt = content(question, PICTURES)
        expected = [in_one_pass(reference, prompt, text) for text in OPTIONS]
        assert scores(model, prompt) == pytest.approx(expected, rel=1e-4, abs=1e-3)


@pytest.mark.parametrize("option", REDUCTIONS, ids=str)
def test_a_batch_of_reduced_prompts_equals_one_by_one(fresh, option):
    prompts = [content(question, PICTURES) for question in ("red?", "A longer question: is it the same?")]
    for prompt, reply in zip(prompts, fresh(**option).complete(prompts, max_tokens=5), strict=True):
        (alone,) = fresh(**option).complete([prompt], max_tokens=5)
        assert reply.log_probabilities == pytest.approx(alone.log_probabilities, abs=1e-4)


@pytest.mark.parametrize("mode", MODES)
def test_as_many_tokens_are_left_as_were_asked_for(fresh, mode):
    prompt = content("red?", PICTURES)
    for option, most in (({"merge": "0.25"}, 0.3), ({"pool": "2"}, 0.75), ({"merge": "0.5", "pool": "2"}, 0.4)):
        model = fresh(input=mode, **option)
        model.score(prompt, OPTIONS)
        left, all_ = visual_tokens(model)
        assert 0 < left <= most * all_ + len(PICTURES)
    model = fresh(input=mode, budget="9")
    model.score(prompt, OPTIONS)
    left, all_ = visual_tokens(model)
    assert left <= 9 < all_
    model.score(["red?"], OPTIONS)
    assert not model.reduced


def test_frames_are_encoded_once_for_all_questions(fresh, monkeypatch):
    model = fresh(merge="0.5")
    encoded = []
    encode = type(model._reducer)._encode
    monkeypatch.setattr(type(model._reducer), "_encode", lambda *given: encoded.append(1) or encode(*given))
    for question in ("red?", "blue?", "red?"):
        model.score(content(question, PICTURES), OPTIONS)
    assert len(encoded) == 1
    model.score(content("red?", PICTURES[::-1]), OPTIONS)
    assert len(encoded) == 2


def test_what_is_seen_still_decides(fresh):
    other = [noise(9), *PICTURES[1:]]
    one, two = (scores(fresh(merge="0.25"), content("red?", frames)) for frames in (PICTURES, other))
    assert max(abs(a - b) for a, b in zip(one, two, strict=True)) > 1e-5


def test_equal_frames_get_less_of_a_budget(fresh, monkeypatch):
    frames = [Frame(float(time), PICTURES[time // 2].image) for time in range(4)]
    model = fresh(input="image", budget="2")
    model.score(content("red?", frames), OPTIONS)
    _, total = visual_tokens(model)
    model = fresh(input="image", budget=str(total // 2))
    shared = []
    targets = model._reducer._targets
    monkeypatch.setattr(model._reducer, "_targets", lambda *given: shared.append(targets(*given)) or shared[0])
    model.score(content("red?", frames), OPTIONS)
    (first, again, other, other_again), *_ = shared
    assert first > again == other_again <= other
    assert first + again + other + other_again <= total // 2


def test_frames_that_are_cut_into_tiles_are_pooled_as_frames(tmp_path):
    directory = tiny_vlm.build("smolvlm", tmp_path)
    model = load(Spec("transformers", str(directory), options=(("pool", "2"),)), lambda message, share: None)
    cutting = model._processor.image_processor
    cutting.do_image_splitting, cutting.size = True, {"longest_edge": 128}
    scores(model, content("red?", PICTURES))
    stays = model._reducer._kept[0][1].stays
    each = len(stays) // len(PICTURES)
    assert each > 4  # a frame is several tiles of four tokens
    assert [int(part.sum()) for part in stays.split(each)] == [each, each // 4] * 2


@pytest.mark.parametrize("option", [{"merge": "0.5"}, {"input": "video"}])
def test_an_architecture_that_cannot_says_so(fresh, monkeypatch, option):
    monkeypatch.setattr("vidprog.models.vlm_transformers.capability", lambda kind: UNKNOWN)
    with pytest.raises(ModelError, match="cannot do") as caught:
        fresh(**option)
    assert caught.value.code == "model.capability"


def test_scaled_positions_move_on_less_over_frames_and_go_on_behind_them():
    visual = torch.tensor([0, 1, 1, 1, 1, 0, 0, 1, 1, 0], dtype=torch.bool)
    positions = scaled(torch.arange(10)[None, None], visual, 2)
    assert positions[0, 0].tolist() == [0, 1, 1.5, 2, 2.5, 3, 4, 5, 5.5, 6]
