"""What commands print about a clip with a known truth, for readers and for programs."""

import csv
import io

import pytest
from vidprog.apps.documents import SCHEMAS, schema

WHY = "Why is the train to Pine Valley late?"
REASONS = ("because of snow", "because of a strike", "because of a fallen tree")


@pytest.fixture
def about_sample(cli, sample, sample_store):
    """Run a command on the demo clip, which is known already."""
    return lambda command, *rest: cli(command, *rest, "--store", sample_store)


def choices(*options: str) -> list[str]:
    return [part for option in options for part in ("-c", option)]


def test_ask_prints_answer_confidence_and_evidence(about_sample, sample):
    ran = about_sample("ask", sample, WHY, *choices(*REASONS))
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert lines[0] == "because of snow"
    assert any(line.startswith("confidence") and "sure (" in line for line in lines)
    assert any(line.startswith("grounding") and "likelier with the video" in line for line in lines)
    head = next(index for index, line in enumerate(lines) if line.startswith("time"))
    assert "speech" in lines[head + 1] and "snow" in lines[head + 1] and "asr:" in lines[head + 1]
    assert "round 1" in ran.err and "judged good enough" in ran.err and "answer" in ran.err


def test_quiet_ask_says_nothing_on_stderr(about_sample, sample):
    ran = about_sample("ask", sample, "What does the notice say?", "-q")
    assert ran.out and ran.err == ""


def test_verbose_ask_shows_the_program(about_sample, sample):
    ran = about_sample("ask", sample, WHY, *choices(*REASONS), "--program", "hear_speech", "-v")
    assert ran.code == 0
    assert "def hear_speech(" in ran.out and "clip=0.0-30.0 s" in ran.err


def test_ask_json_keeps_to_its_schema(about_sample, sample, validate):
    ran = about_sample("ask", sample, WHY, *choices(*REASONS), "--json", "--max-rounds", "1")
    document = ran.document
    validate(document, "answer")
    assert ran.code == 0 and document["choice"] == 0 and document["answer"] == REASONS[0]
    assert any("snow" in moment["content"] for moment in document["evidence"])


def test_ask_takes_a_program_file_and_tools(about_sample, sample, tmp_path, validate):
    (tmp_path / "tools.py").write_text(
        "from vidprog import tool\n\n\n@tool\ndef shout(words: str) -> str:\n"
        '    """Say it loudly.\n\n    Args:\n        words: What to say.\n    """\n    return words.upper() + "!"\n'
    )
    (tmp_path / "loud.py").write_text('answer(question, shout("snow"), choices)\n')
    ran = about_sample(
        "ask", sample, WHY, *choices(*REASONS), "--json", "--program", tmp_path / "loud.py",
        "--tools", tmp_path / "tools.py",
    )  # fmt: skip
    validate(ran.document, "answer")
    assert ran.document["answer"] == "because of snow"
    assert [step["tool"] for step in ran.document["rounds"][0]["steps"]] == ["shout", "answer"]


def test_abstention_has_its_own_exit_code_and_sentence(about_sample, silent, validate):
    words = ("ask", silent, "What is said?", "--program", "hear_speech")
    ran, document = about_sample(*words), about_sample(*words, "--json")
    assert ran.code == document.code == 3
    assert ran.out.startswith("The video does not show it.\n")
    assert document.document["abstained"] is True
    validate(document.document, "answer")


def test_budget_ends_the_question(about_sample, sample):
    never_asked = "For which reason does the train to Pine Valley come late?"  # what was paid for once is free
    words = ("ask", sample, never_asked, *choices(*REASONS), "--max-llm-calls", "0")
    ran, document = about_sample(*words), about_sample(*words, "--json")
    assert ran.code == document.code == 3
    assert ran.out.startswith("No answer was reached.") and "stopped: budget" in ran.err
    assert any("budget" in warning for warning in document.document["warnings"])


def test_of_several_videos_the_one_that_answers_is_named(about_sample, sample, mute, validate):
    ran = about_sample("ask", mute, sample, WHY, *choices(*REASONS), "--program", "hear_speech", "--json")
    validate(ran.document, "answer")
    assert ran.code == 0
    assert {moment["video"] for moment in ran.document["evidence"]} == {str(sample)}
    assert [video["path"] for video in ran.document["videos"]] == [str(mute), str(sample)]


def test_index_counts_each_kind_and_says_why_one_is_empty(about_sample, sample, mute, validate):
    ran = about_sample("index", sample, mute, "--json")
    validate(ran.document, "index")
    first, second = ran.document["videos"]
    assert ran.code == 0 and ran.document["errors"] == []
    assert all(first["kinds"][kind]["count"] > 0 for kind in ("speech", "text", "object"))
    assert second["kinds"]["speech"] == {"count": 0, "why": "no audio stream"}
    shown = about_sample("index", mute).out
    assert "no audio stream" in shown and "0:02.0" in shown


def test_index_goes_on_after_a_file_that_cannot_be_used(about_sample, mute, tmp_path, validate):
    ran = about_sample("index", tmp_path / "missing.mp4", mute, "--json")
    validate(ran.document, "index")
    assert ran.code == 1
    assert [video["path"] for video in ran.document["videos"]] == [str(mute)]
    assert [error["code"] for error in ran.document["errors"]] == ["media.missing"]
    assert "does not exist" in ran.err


def test_search_gives_the_best_first(about_sample, sample, validate):
    ran = about_sample("search", "snow", sample, "--json")
    validate(ran.document, "search")
    scores = [result["score"] for result in ran.document["results"]]
    assert ran.code == 0 and scores == sorted(scores, reverse=True)
    assert "snow" in ran.document["results"][0]["content"]


def test_search_keeps_to_kinds_and_limit(about_sample, sample):
    results = about_sample("search", "train", sample, "--kind", "speech", "--limit", "1", "--json").document["results"]
    assert [result["kind"] for result in results] == ["speech"]


def test_search_without_a_match_is_empty_and_no_failure(about_sample, mute, validate):
    ran, document = about_sample("search", "xylophone", mute), about_sample("search", "xylophone", mute, "--json")
    validate(document.document, "search")
    assert ran.code == document.code == 0
    assert document.document["results"] == [] and ran.out == ""
    assert "nothing matches" in ran.err


@pytest.mark.parametrize(
    ("form", "begins"),
    [("srt", "1\n00:00:"), ("vtt", "WEBVTT"), ("md", "| start |"), ("csv", "start,end"), ("text", "time")],
)
def test_timeline_in_each_format(about_sample, sample, form, begins):
    ran = about_sample("timeline", sample, "--format", form)
    assert ran.code == 0 and ran.out.startswith(begins) and "snow" in ran.out


def test_timeline_csv_can_be_read_back(about_sample, sample):
    rows = list(csv.DictReader(io.StringIO(about_sample("timeline", sample, "--format", "csv").out)))
    assert rows and [float(row["start"]) for row in rows] == sorted(float(row["start"]) for row in rows)


def test_timeline_json_keeps_to_its_schema_and_kinds(about_sample, sample, validate):
    ran = about_sample("timeline", sample, "--format", "json", "--kind", "speech")
    validate(ran.document, "timeline")
    assert {moment["kind"] for moment in ran.document["observations"]} == {"speech"}
    assert about_sample("timeline", sample, "--json", "--kind", "speech").document == ran.document


def test_a_timeline_with_nothing_on_it_says_why(about_sample, mute, validate):
    ran = about_sample("timeline", mute, "--json")
    validate(ran.document, "timeline")
    assert ran.document["observations"] == [] and "no audio stream" in ran.document["why"]
    assert "no audio stream" in ran.err


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_refuse_what_lacks_a_name(name):
    import jsonschema

    validator = jsonschema.Draft202012Validator(schema(name))
    assert list(validator.iter_errors({}))


def test_sample_writes_a_clip_and_keeps_what_is_there(cli, tmp_path):
    path = tmp_path / "demo.mp4"
    path.write_bytes(b"mine")
    refused = cli("sample", path)
    assert refused.code == 2 and path.read_bytes() == b"mine"
    ran = cli("sample", path, "--force")
    assert ran.code == 0 and ran.out.strip() == str(path) and path.stat().st_size > 100_000
    assert "vidprog ask" in ran.err
