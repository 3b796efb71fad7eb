"""``describe``: one line, chapters and captions, in every format."""

import csv
import io

import pytest


@pytest.fixture
def describe(cli, sample, sample_store):
    return lambda *rest: cli("describe", sample, *rest, "--store", sample_store)


def test_for_readers(describe):
    ran = describe()
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert "cat" in lines[0]
    assert any(line.startswith("time") and "chapter" in line for line in lines)
    assert any("Lost property" in line for line in lines)


def test_as_json(describe):
    document = describe("--json", "--chapters", "3", "--seconds", "5").document
    assert document["schema"] == "vidprog.describe/1" and document["video"]["duration"] == pytest.approx(30, abs=0.1)
    assert 1 <= len(document["chapters"]) <= 3 and len(document["captions"]) >= 4
    assert all(part["kind"] == "caption" for part in document["captions"])


@pytest.mark.parametrize(("form", "sign"), [("srt", "00:00:00,000 --> "), ("vtt", "WEBVTT"), ("md", "## Chapters")])
def test_as_text(describe, form, sign):
    ran = describe("--format", form)
    assert ran.code == 0 and sign in ran.out and "snow" in ran.out


def test_as_a_table(describe):
    rows = list(csv.DictReader(io.StringIO(describe("--format", "csv").out)))
    assert rows and {row["kind"] for row in rows} == {"caption"}


def test_unknown_formats_are_refused(describe):
    ran = describe("--format", "docx")
    assert ran.code == 2 and "docx" in ran.err


def test_where_nothing_is_known(cli, mute, tmp_path):
    ran = cli("describe", mute, "--store", tmp_path)
    assert ran.code == 0 and "nothing" in ran.out and "no audio stream" in ran.err


def test_descriptions_that_fit_into_the_pauses(describe):
    heard = describe("--audible", "--json").document["captions"]
    assert heard and all(len(part["content"].split()) <= 2.5 * (part["end"] - part["start"]) + 1 for part in heard)
    ran = describe("--audible", "--format", "srt")
    assert ran.code == 0 and " --> " in ran.out and "someone says" not in ran.out and "[caption]" not in ran.out
