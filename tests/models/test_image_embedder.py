"""Embedders of pictures and texts on real architectures with random weights: their vectors are those of the library."""

import pytest

pytest.importorskip("torch", reason='image embedders need the extra: pip install "vidprog[gpu]"')

import numpy as np
import tiny_vision
import torch
from pictures import photograph
from scripted import with_role
from vidprog.models import Models, load_profile
from vidprog.models.errors import ModelError
from vidprog.tools.relevance import relevance

PICTURES = [photograph("cat", 320), np.zeros((90, 160, 3), np.uint8), photograph("coffee", 240)]
TEXTS = ["a cat", "a red mug on a long table, seen from above", "", "x"]


@pytest.fixture(scope="module", params=tiny_vision.EMBEDDERS)
def directory(request, tmp_path_factory):
    return tiny_vision.build(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def chosen(directory):
    return Models(load_profile("embedded", [f"image_embedder=transformers:{directory}"]))


@pytest.fixture(scope="module")
def embedder(chosen):
    return chosen.image_embedder


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_identity_before_loading_is_that_of_the_backend(directory, embedder):
    fresh = Models(load_profile("embedded", [f"image_embedder=transformers:{directory}"]))
    assert fresh.identity("image_embedder") == embedder.identity


def test_vectors_are_those_of_the_library(directory, embedder):
    from PIL import Image
    from transformers import AutoModel, AutoProcessor

    model, processor = AutoModel.from_pretrained(directory).eval(), AutoProcessor.from_pretrained(directory)
    inputs = processor(
        text=TEXTS[:1], images=Image.fromarray(PICTURES[0]), padding="max_length", max_length=tiny_vision.CONTEXT,
        return_tensors="pt",
    )  # fmt: skip
    with torch.inference_mode():
        outputs = model(**inputs)
    assert embedder.embed_images(PICTURES[:1]) == pytest.approx(unit(outputs.image_embeds.numpy()), abs=1e-5)
    assert embedder.embed_texts(TEXTS[:1]) == pytest.approx(unit(outputs.text_embeds.numpy()), abs=1e-5)


@pytest.mark.parametrize("what", ["pictures", "texts"])
def test_a_batch_is_like_one_by_one(embedder, what):
    embed, items = {"pictures": (embedder.embed_images, PICTURES * 12), "texts": (embedder.embed_texts, TEXTS * 9)}[
        what
    ]
    together = embed(items)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert together == pytest.approx(np.concatenate([embed([item]) for item in items]), abs=1e-5)
    assert len(embed([])) == 0


@pytest.mark.parametrize(
    "change",
    [lambda image: image[:, :, ::-1], lambda image: image[::-1]],
    ids=["colours in another order", "upside down"],
)
def test_pictures_are_seen_upright_and_in_their_colours(embedder, change):
    """The vector of the library is for the picture as it is (above); another picture has another one."""
    picture = PICTURES[2]
    one, other = embedder.embed_images([picture, np.ascontiguousarray(change(picture))])
    assert float(one @ other) < 0.9999


def test_a_text_that_is_too_long_is_cut(embedder):
    long = "a very long text " * 40
    assert embedder.embed_texts([long]) == pytest.approx(embedder.embed_texts([long + "with another end"]), abs=1e-5)


def test_relevance_is_the_cosine_and_is_kept(open_context, models, chosen, sample, tmp_path):
    """Equal to comparing the vectors directly, up to the 16 bits in which they are kept; then no model works."""
    embedder = chosen.image_embedder
    context = open_context(sample, models=with_role(models, image_embedder=embedder))
    frames = context.frames([2.0, 18.0, 27.0])
    scores = relevance(frames, "the cat", context=context)
    cosines = embedder.embed_images([frame.image for frame in frames]) @ embedder.embed_texts(["the cat"])[0]
    assert scores == pytest.approx(np.maximum(cosines, 0), abs=2e-3)
    assert "image_embedder" in context.notes.why

    class Silent:
        identity = embedder.identity

    again = open_context(sample, models=with_role(models, image_embedder=Silent()))
    assert relevance(again.frames([2.0, 18.0, 27.0]), "the cat", context=again) == scores


def test_a_directory_without_a_model(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "clip"}')
    with pytest.raises(ModelError) as caught:
        Models(load_profile("embedded", [f"image_embedder=transformers:{tmp_path}"])).image_embedder  # noqa: B018
    assert caught.value.code == "model.unreadable"
    assert "\n" not in caught.value.message


def test_a_model_of_the_hub_that_is_not_here(monkeypatch):
    """One clear line and what to do, whatever the library says about its servers."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    told = []
    models = Models(load_profile("embedded", ["image_embedder=transformers:nobody/nothing"]))
    models.report = lambda message, share: told.append(message)
    with pytest.raises(ModelError) as caught:
        models.image_embedder  # noqa: B018
    assert told == ["downloading nobody/nothing from the model hub"]
    assert "\n" not in caught.value.message
    assert "model hub" in caught.value.hint
