"""Sentence vectors: near in meaning is near in angle."""

import itertools

import numpy as np
import pytest
from vidprog.models.embedder_ctranslate2 import CTranslate2Embedder
from vidprog.models.errors import ModelError
from vidprog.models.weights import find_weights, weights_directory

PAIRS = (
    ("A man is riding a bicycle.", "Someone rides a bike."),
    ("The train is late because of snow.", "Snow delays the railway."),
    ("How much does the ticket cost?", "What is the price of a ticket?"),
    ("A cat sleeps on the sofa.", "A kitten naps on the couch."),
)


@pytest.fixture(scope="module")
def embedder(models):
    return models.embedder


def test_rows_have_length_one(embedder):
    vectors = embedder.embed(["one", "a longer sentence about nothing", "x" * 3000, ""])
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)


def test_the_same_text_has_cosine_one(embedder):
    vectors = embedder.embed(["the same text", "something else", "the same text"])
    assert vectors[0] @ vectors[2] == pytest.approx(1.0, abs=1e-5)


def test_no_texts(embedder):
    assert embedder.embed([]).shape == (0, 384)


def test_padding_and_batches_change_nothing(embedder):
    texts = [f"sentence number {number} " + "and more " * (number % 7) for number in range(40)]
    together = embedder.embed(texts)
    alone = np.concatenate([embedder.embed([text]) for text in texts[::13]])
    assert np.abs(together[::13] - alone).max() < 1e-4


@pytest.mark.parametrize("pair", PAIRS)
def test_texts_of_one_meaning_are_nearer_than_others(embedder, pair):
    first, second = embedder.embed(pair)
    others = embedder.embed([text for other in PAIRS if other != pair for text in other])
    assert first @ second > max((first @ others.T).max(), (second @ others.T).max()) + 0.1


@pytest.mark.parametrize(
    ("first", "second", "cosine"),
    [
        # all-MiniLM-L6-v2 in sentence-transformers; see its model card for the method
        ("A man is riding a bicycle.", "A man is riding a bicycle!", 0.98),
        ("That is a happy person", "That is a happy dog", 0.695),
        ("That is a happy person", "That is a very happy person", 0.943),
        ("That is a happy person", "Today is a sunny day", 0.257),
    ],
)
def test_cosines_are_those_of_the_original_model(embedder, first, second, cosine):
    one, two = embedder.embed([first, second])
    assert float(one @ two) == pytest.approx(cosine, abs=0.02)


def test_case_and_order_of_texts_do_not_matter(embedder):
    texts = ["Harbour Town", "a red train", "the notice"]
    rows = {text: row for text, row in zip(texts, embedder.embed(texts), strict=True)}
    for order in itertools.permutations(texts):
        for text, row in zip(order, embedder.embed(order), strict=True):
            assert row == pytest.approx(rows[text], abs=1e-5)


@pytest.mark.parametrize("damage", ["model.bin", "tokenizer.json"])
def test_weights_that_cannot_be_read_are_named(embedder, tmp_path, damage):
    entry = find_weights("minilm-l6")
    for path in (weights_directory() / f"{entry.name}-{entry.version}-ct2-1").iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / damage).unlink()
    (tmp_path / damage).write_bytes(b"nothing")
    with pytest.raises(ModelError) as caught:
        CTranslate2Embedder(tmp_path, "damaged")
    assert caught.value.code == "model.unreadable"
