"""Which pictures are alike, with and without a model that compares them."""

import numpy as np
import pytest
from media import make_video
from pictures import draw_text, photograph
from scripted import ScriptedImageEmbedder, with_role
from vidprog.tools import Budget, BudgetExceeded, Meter
from vidprog.tools.frame_likeness import DISTINCT, appearance, likeness_identity, likeness_vectors
from vidprog.tools.vectors import described_vector, picture_vectors, text_relevance, text_vectors

NOISE = np.random.default_rng(3)


def likeness(one, two):
    return float(appearance(one) @ appearance(two))


def noisy(image, level=6):
    return np.clip(image + NOISE.normal(0, level, image.shape), 0, 255).astype(np.uint8)


def moved(image, pixels):
    return np.roll(image, pixels, axis=1)


CAT, COFFEE = photograph("cat", 480), photograph("coffee", 480)
FLAT = np.full((90, 160, 3), 90, np.uint8)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (CAT, CAT), (CAT, noisy(CAT)), (CAT, moved(CAT, 10)), (CAT, (CAT * 0.93).astype(np.uint8)),
        (FLAT, FLAT), (FLAT, noisy(FLAT)),
    ],
    ids=["same", "noise", "moved", "darker", "flat", "flat with noise"],
)  # fmt: skip
def test_neighbours_are_alike(one, two):
    assert DISTINCT < likeness(one, two) <= 1 + 1e-5


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (CAT, COFFEE), (COFFEE, COFFEE[::-1]), (CAT, 255 - CAT), (FLAT, np.full_like(FLAT, 220)),
        (draw_text(("EXIT 42", 0.2)), draw_text(("EXIT 42", 0.8))),
    ],
    ids=["another photograph", "upside down", "negative", "another grey", "text elsewhere"],
)  # fmt: skip
def test_other_pictures_are_not(one, two):
    assert likeness(one, two) < DISTINCT


def test_shots_of_the_demo_clip_are_told_apart(sample_context):
    inside = sample_context.frames([1.0, 1.5, 6.0, 6.5, 13.0, 13.5, 18.0, 18.5, 22.0, 22.5])
    vectors = likeness_vectors(inside, sample_context)
    cosines = vectors @ vectors.T
    assert min(cosines[place, place + 1] for place in range(0, 10, 2)) > DISTINCT
    assert max(cosines[one, two] for one in range(10) for two in range(10) if one // 2 != two // 2) < DISTINCT
    assert sample_context.meter.usage.frames_seen == 0
    assert likeness_identity(sample_context) == "appearance:1"


def test_the_image_embedder_is_used_and_asked_once(open_context, models, tmp_path):
    path = make_video(tmp_path / "plain.mp4", frames=8, fps=4, number=False, picture=lambda index, time: (200, 40, 40))
    embedder = ScriptedImageEmbedder()
    context = open_context(path, models=with_role(models, image_embedder=embedder))
    frames = context.frames([0.2, 0.2, 1.2])
    vectors = likeness_vectors(frames, context)
    assert vectors @ described_vector("the red wall", context) == pytest.approx([1.0, 1.0], abs=0.01)
    assert (vectors @ described_vector("the blue wall", context) < 0.9).all()
    seen, first = context.meter.usage.frames_seen, embedder.pictures
    assert seen == first == len({frame.image.tobytes() for frame in frames})
    assert (likeness_vectors(frames, context) == vectors).all()
    assert (context.meter.usage.frames_seen, embedder.pictures) == (seen, first)
    assert likeness_identity(context) == embedder.identity


def test_looking_is_paid_for(open_context, models, mute):
    context = open_context(mute, models=with_role(models, image_embedder=ScriptedImageEmbedder()))
    context.meter = Meter(Budget(frames=0))
    with pytest.raises(BudgetExceeded):
        picture_vectors([FLAT], context)


def test_nothing_has_no_vectors(sample_context):
    assert len(likeness_vectors((), sample_context)) == 0
    assert len(text_vectors([], sample_context)) == 0
    assert len(text_relevance("x", [], sample_context)) == 0


def test_vectors_of_texts_are_kept(sample_session, models):
    context = sample_session.context()
    texts = ["a cat sleeps", "the price of oil"]
    direct = models.embedder.embed(texts)
    for cached in (False, True):
        context.notes.clear()
        assert np.abs(text_vectors(texts, context) - direct).max() < 0.002
        assert context.notes.cached is cached
