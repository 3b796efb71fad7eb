"""Visual tokens dropped inside of real architectures with random weights: the rest computes as if they were masked."""

import pytest

pytest.importorskip("torchvision", reason='the local VLM needs the extra: pip install "vidprog[gpu]"')

import tiny_vlm
import torch
from tiny_vlm import content, noise
from vidprog.models.errors import ModelError
from vidprog.models.profiles import Spec
from vidprog.models.token_pruning import Pruner, importance
from vidprog.models.vlm_transformers import load

pytestmark = pytest.mark.vision
OPTIONS = ("A", "red and blue", "none of these, it is 3.0 s: later")
PICTURES = [noise(seed) for seed in range(4)]
LAYERS = 4


@pytest.fixture(scope="module", params=sorted(tiny_vlm.ARCHITECTURES))
def fresh(request, tmp_path_factory):
    """Loads one architecture of four layers with options; it has computed nothing yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tiny_vlm.TEXT, "num_hidden_layers", LAYERS)
        directory = tiny_vlm.build(request.param, tmp_path_factory.mktemp(request.param))

    def load_it(**options):
        return load(Spec("transformers", str(directory), options=tuple(options.items())), lambda message, share: None)

    return load_it


def scores(model, question, frames=PICTURES):
    return [score.log_probability for score in model.score(content(question, frames), OPTIONS)]


def kept(model):
    """Tokens that each layer holds of the last prompt."""
    return [layer.keys.shape[-2] for layer in model._prefixes._kept[0].cache.layers]


@pytest.mark.parametrize("mode", ["image", "video"])
def test_layers_hold_fewer_and_fewer_visual_tokens(fresh, mode):
    model = fresh(input=mode, prune="0-2")
    scores(model, "red?")
    held = kept(model)
    visual = sum(token in model._weights.visual_tokens for token in model._prefixes._kept[0].tokens)
    assert held[0] == len(model._prefixes._kept[0].tokens)
    assert [held[0] - count for count in held] == [visual - round(visual * share) for share in (1, 2 / 3, 1 / 3, 0)]
    assert "from layer 0 to 2" in model.reduced


def test_no_layer_left_to_prune_is_the_model_itself(fresh):
    assert scores(fresh(prune="8-9"), "red?") == pytest.approx(scores(fresh(attention="eager"), "red?"), abs=1e-4)


@pytest.mark.parametrize("mode", ["image", "video"])
def test_sharing_a_pruned_prefix_equals_not_sharing(fresh, mode):
    model = fresh(input=mode, prune="0-2")
    for question in ("red?", "Which option is right?", "red?"):
        shared = scores(model, question)
        model._prefixes.clear()
        assert scores(model, question) == pytest.approx(shared, abs=1e-4)


def test_a_batch_of_pruned_prompts_equals_one_by_one(fresh):
    prompts = [content(question, PICTURES) for question in ("red?", "A longer question: is it the same?")]
    for prompt, reply in zip(prompts, fresh(prune="0-2").complete(prompts, max_tokens=5), strict=True):
        (alone,) = fresh(prune="0-2").complete([prompt], max_tokens=5)
        assert reply.log_probabilities == pytest.approx(alone.log_probabilities, abs=1e-4)


def test_dropped_tokens_are_as_if_masked(fresh):
    """The same model without pruning, told by a mask in each layer what pruning dropped there, says the same."""
    pruned, whole = fresh(prune="0-2"), fresh(attention="eager")
    expected = scores(pruned, "red?")
    dropped = [getattr(layer, "dropped", None) for layer in pruned._prefixes._kept[0].cache.layers]

    def masking(number):
        def hide(layer, arguments, named):
            mask = named["attention_mask"].clone()
            mask[..., dropped[number]] = torch.finfo(mask.dtype).min
            return arguments, {**named, "attention_mask": mask}

        return hide

    hooks = [
        layer.register_forward_pre_hook(masking(number), with_kwargs=True)
        for number, layer in enumerate(whole._model.get_decoder().layers)
        if dropped[number] is not None
    ]
    assert scores(whole, "red?") == pytest.approx(expected, abs=1e-4)
    for hook in hooks:
        hook.remove()
    assert scores(fresh(attention="eager"), "red?") != pytest.approx(expected, abs=1e-4)


def test_pruning_goes_with_merging_and_with_prompts_without_frames(fresh):
    model = fresh(prune="0-2", merge="0.5")
    before = scores(model, "red?")
    assert kept(model)[0] > kept(model)[-1]
    assert scores(model, "red?", ()) == pytest.approx(scores(fresh(attention="eager"), "red?", ()), abs=1e-4)
    assert scores(model, "red?") == pytest.approx(before, abs=1e-5)


def test_layers_that_get_features_of_their_own_cannot_be_pruned(fresh, monkeypatch):
    model = fresh()
    vision = model._model.config.vision_config
    if not hasattr(vision, "deepstack_visual_indexes"):
        pytest.skip("only Qwen3-VL has such layers")
    monkeypatch.setattr(vision, "deepstack_visual_indexes", [0, 1, 2])
    with pytest.raises(ModelError, match="cannot do prune before layer"):
        type(model)(model._weights, "x", type(model._options)(prune=(0, 2)))


def test_the_share_of_aim(fresh):
    pruner = Pruner(fresh(attention="eager", device="cpu")._model, frozenset(), 14, 21)
    assert [pruner.share(layer) for layer in (0, 14, 15, 18, 21, 22, 27)] == [1, 1, 0.875, 0.5, 0.125, 0, 0]


def test_a_token_that_all_look_at_is_the_most_important():
    attention = torch.full((2, 5, 5), 0.05)
    attention[:, :, 3] = 0.8
    rank = importance(attention, 5)
    assert int(rank.argmax()) == 3
    assert float(rank.sum()) == pytest.approx(1)
    assert len(importance(attention, 3)) == 3
