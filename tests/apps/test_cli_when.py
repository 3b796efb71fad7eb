"""``when`` and ``cut``: what they print, their exit codes, and the clips they write."""

import pytest
from vidprog.video import open_video


@pytest.fixture
def about_sample(cli, sample, sample_store):
    return lambda *rest: cli("when", sample, *rest, "--store", sample_store)


@pytest.mark.parametrize(
    ("query", "kind", "span"),
    [
        ("When is the cat visible?", "note", (16, 21)),
        ('the text "Lost property"', "text", (21, 25)),
        ("When does somebody talk about snow?", "speech", (5.4, 9.5)),
        ("the last time the picture cuts", "shot", (25, 25)),
    ],
)
def test_when_prints_spans(about_sample, validate, query, kind, span):
    ran = about_sample(query, "--json")
    validate(ran.document, "when")
    best = max(ran.document["results"], key=lambda result: result["score"])
    assert ran.code == 0 and best["kind"] == kind
    assert (best["start"], best["end"]) == pytest.approx(span, abs=0.6)


def test_when_for_readers(about_sample):
    ran = about_sample("the cat")
    head, row = ran.out.splitlines()
    assert ran.code == 0 and head.split()[:2] == ["time", "sure"]
    assert row.startswith("0:16.0") and "cat in sight" in row


def test_what_never_happens_is_an_abstention_with_a_reason(about_sample, validate):
    ran = about_sample("the giraffe appears", "--json")
    validate(ran.document, "when")
    assert ran.code == 3 and ran.document["results"] == [] and "giraffe" in ran.document["why"]
    ran = about_sample("the giraffe appears")
    assert ran.code == 3 and ran.out == "" and "not found" in ran.err


def test_found_spans_are_cut_out(about_sample, tmp_path):
    ran = about_sample("the cat", "--cut", tmp_path / "clips")
    (clip,) = (tmp_path / "clips").iterdir()
    assert ran.code == 0 and str(clip) in ran.err
    assert open_video(clip).duration == pytest.approx(5.0, abs=0.6)


def test_cut_says_how(cli, sample, tmp_path):
    copied = cli("cut", sample, "0", "0:02", tmp_path / "a.mp4", "--json")
    assert copied.code == 0 and copied.document["copied"] and copied.document["start"] == 0
    encoded = cli("cut", sample, "1.5", "0:00:03.5", tmp_path / "b.mp4")
    assert encoded.code == 0 and "0:01.50-0:03.50, encoded anew" in encoded.out
    assert open_video(tmp_path / "b.mp4").duration == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    ("start", "end", "name", "code"),
    [("soon", "3", "a.mp4", 2), ("1", "1:2:3:4", "a.mp4", 2), ("1", "2", "a.doc", 2), ("9", "2", "a.mp4", 1)],
)
def test_cuts_that_cannot_be(cli, sample, tmp_path, start, end, name, code):
    ran = cli("cut", sample, start, end, tmp_path / name)
    assert ran.code == code and ran.err.startswith("error: ") and not (tmp_path / name).exists()
