"""Searching and localising over what was seen, heard and read."""

import itertools

import pytest
from pictures import Sign, write_signs
from vidprog.memory import Observation
from vidprog.models import Models, Profile, load_profile
from vidprog.tools.localize import gaps, localize, presence
from vidprog.tools.search import perceive, search
from vidprog.video import UsageError


@pytest.mark.parametrize(
    ("query", "kinds", "word", "start", "end"),
    [
        ("why is the train late", None, "snow", 5, 10),
        ("lost property", ["text"], "Lost property", 21, 25),
        ("a kitten", ["object"], "cat", 16, 21),
        ("when was the station opened", ["text"], "1887", 0, 4),
        ("who lives in the ticket office", ["speech"], "Oliver", 16, 20),
    ],
)
def test_moments_that_fit_are_found(sample_context, query, kinds, word, start, end):
    found = search(query, kinds, context=sample_context)
    hit = next(moment for moment in found if word in moment.content)
    assert start <= hit.start <= hit.end <= end + 0.2
    assert kinds is None or {moment.kind for moment in found} <= set(kinds)
    assert [moment.start for moment in found] == sorted(moment.start for moment in found)


def test_a_search_is_limited(sample_context):
    assert len(search("train", limit=2, context=sample_context)) <= 2


def test_a_search_of_what_is_known_decodes_nothing(sample_context):
    search("breakfast", context=sample_context)
    assert sample_context.meter.usage.frames_decoded == 0


def test_nothing_like_it(sample_context, open_context, mute):
    nothing = search("quantum chromodynamics", ["object"], context=sample_context)
    assert not nothing
    assert "quantum" in nothing.why
    context = open_context(mute)
    nothing = search("anything", context=context)
    assert "speech: no audio stream" in nothing.why
    assert "text: nothing in 4 frames" in nothing.why


def test_unknown_kinds_are_refused(sample_context):
    with pytest.raises(UsageError) as caught:
        search("x", ["smell"], context=sample_context)
    assert caught.value.code == "kind.unknown"


def test_a_role_that_is_missing_is_a_reason_not_a_failure(open_context, mute):
    profile = load_profile("embedded")
    deaf = Models(Profile("deaf", {role: spec for role, spec in profile.roles.items() if role != "ocr"}))
    context = open_context(mute, models=deaf)
    found = perceive(context, context.whole, ("text",))
    assert not found["text"]
    assert "ocr" in found["text"].why


# ---- localize


def test_a_thing_is_localised(sample_context):
    (best, *_) = sorted(localize("When is the cat visible?", context=sample_context), key=lambda span: -span.score)
    spans = [
        span for span in localize("When is the cat visible?", context=sample_context) if "cat in sight" in span.content
    ]
    assert len(spans) == 1
    assert spans[0].start == pytest.approx(16, abs=0.6)
    assert spans[0].end == pytest.approx(21, abs=0.6)
    assert best.score > 0


def test_its_absence_is_localised(sample_context):
    spans = localize("When is the cat out of the picture?", context=sample_context)
    away = [(span.start, span.end) for span in spans if "out of sight" in span.content]
    assert away[0][0] == 0
    assert away[0][1] == pytest.approx(16, abs=0.6)
    assert away[-1][1] == pytest.approx(30, abs=0.1)


def test_words_are_localised(sample_context):
    spans = localize("When does the speaker talk about snow?", context=sample_context)
    assert any("snow" in span.content and 5 <= span.start <= 6 for span in spans)


def test_what_happens_nowhere(open_context, mute):
    context = open_context(mute)
    nothing = localize("When does the volcano erupt?", context=context)
    assert not nothing
    assert nothing.why


def test_candidate_times_are_looked_at_closely(open_context, tmp_path):
    path = write_signs(
        tmp_path / "clock.mp4", [Sign(second, second + 1, f"CODE 10{second}") for second in range(6)], 6.0
    )
    context = open_context(path)
    spans = localize('At which second is "CODE 104" shown?', ["at 1 second", "at 4.5 seconds"], context=context)
    best = max((span for span in spans if span.kind == "text"), key=lambda span: span.score)
    assert best.start <= 4.5 <= best.end


def look(start, end=None, name="cat"):
    return Observation(start, start + 0.5 if end is None else end, "object", name, 0.8, "test")


def test_presence_joins_looks_over_one_miss():
    runs = presence([look(1.0), look(1.5), look(2.5), look(6.0)])
    assert [(run.start, run.end) for run in runs] == [(1.0, 3.0), (6.0, 6.5)]


def test_gaps_and_presence_fill_the_clip(sample_context):
    present = presence([look(1.0), look(1.5), look(6.0)])
    away = gaps(present, sample_context.whole)
    edges = sorted([(span.start, span.end) for span in (*present, *away)])
    assert edges[0][0] == 0
    assert edges[-1][1] == sample_context.video.duration
    assert all(one[1] == two[0] for one, two in itertools.pairwise(edges))
