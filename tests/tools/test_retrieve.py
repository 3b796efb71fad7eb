"""Choosing among texts by their meaning."""

import pytest
from vidprog.memory import Observation, Timeline
from vidprog.models import Models, Profile, load_profile
from vidprog.models.errors import MissingRoleError
from vidprog.tools.retrieve import retrieve, similarity
from vidprog.tools.transcribe import transcribe


@pytest.fixture
def captions():
    texts = ["a dog runs over the grass", "a man cuts onions", "two children play football", "a puppy lies in the sun"]
    return Timeline([Observation(2 * n, 2 * n + 2, "caption", text, 0.5, "test") for n, text in enumerate(texts)])


def test_the_nearest_in_the_order_of_time(captions, sample_context):
    found = retrieve("What does the dog do?", captions, 2, context=sample_context)
    assert [line.content for line in found] == ["a dog runs over the grass", "a puppy lies in the sun"]
    assert found[0].score > found[1].score > 0.2
    assert [line.start for line in found] == [0, 6]


def test_scores_are_cosines(captions, sample_context):
    cosines = similarity("cooking", [line.content for line in captions], context=sample_context)
    found = retrieve("cooking", captions, context=sample_context)
    assert {line.content: line.score for line in found} == {
        line.content: pytest.approx(cosine) for line, cosine in zip(captions, cosines, strict=True) if cosine > 0
    }


@pytest.mark.parametrize("limit", [0, -2, 1, 3, 99])
def test_no_more_than_wanted(limit, captions, sample_context):
    assert len(retrieve("a dog", captions, limit, context=sample_context)) <= max(0, limit)


def test_below_the_threshold_there_is_a_reason(captions, sample_context):
    nothing = retrieve("the national debt", captions, min_score=0.4, context=sample_context)
    assert not nothing
    assert "nothing like 'the national debt'" in nothing.why
    assert "cosine of 0." in nothing.why


def test_nothing_to_choose_from(sample_context):
    nothing = retrieve("a dog", Timeline((), "no audio stream"), context=sample_context)
    assert nothing.why == "no audio stream"
    assert similarity("a dog", [], context=sample_context) == []


def test_detections_of_one_thing_are_one_document(sample_context, observe):
    things = [observe(start, "cat", box=(0.1, 0.1, 0.2, 0.2)) for start in range(6)]
    captions = [observe(start, "the weather report", kind="caption") for start in (0, 1)]
    found = retrieve("a kitten", Timeline([*things, *captions]), 2, context=sample_context)
    assert [(line.start, line.end) for line in found if line.content == "cat"] == [(0, 6)]


def test_what_is_said_in_the_demo_clip(sample_context):
    said = transcribe(sample_context.whole, context=sample_context)
    (line,) = retrieve("Why must people wait for their train?", said, 1, 0.3, context=sample_context)
    assert "snow" in line.content
    assert 5 <= line.start <= 6


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [("a man is running", "someone jogs", "the price of oil"), ("cat", "kitten", "bridge")],
)
def test_meaning_counts(text, near, far, sample_context):
    one, two = similarity(text, [near, far], context=sample_context)
    assert one > two + 0.2
    assert all(-1 <= value <= 1 for value in (one, two))
    assert similarity(text, [text], context=sample_context) == [pytest.approx(1.0, abs=1e-3)]


def test_without_an_embedder_the_role_is_named(open_context, mute, captions):
    profile = load_profile("embedded")
    roles = {role: spec for role, spec in profile.roles.items() if role != "embedder"}
    context = open_context(mute, models=Models(Profile("wordless", roles)))
    with pytest.raises(MissingRoleError, match="embedder"):
        retrieve("a dog", captions, context=context)
