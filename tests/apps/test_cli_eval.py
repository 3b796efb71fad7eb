"""``vidprog eval``: a data set of one's own from the first question to a page in the browser, and what goes wrong."""

import json
import os
import shutil
import signal
import time

import pytest

QUESTIONS = (
    {"id": "animal", "question": "Which animal is shown?", "choices": ["a horse", "a cat"], "answer": "a cat"},
    {"id": "year", "question": "In which year was the station opened?", "choices": ["1887", "1902"], "answer": "1887"},
    {"id": "lost", "question": "What is lost?", "choices": ["an elephant", "a submarine"], "answer": "a submarine"},
    {"id": "when", "question": "When is the cat shown?", "choices": ["at 2 seconds", "at 18 seconds"],
     "answer": "at 18 seconds"},
)  # fmt: skip
DEADLY = """
import multiprocessing
import os

from vidprog.tools import tool

if multiprocessing.parent_process():
    os._exit(9)


@tool(kind="time")
def nothing() -> float:
    \"\"\"Give nothing.

    Returns:
        Nothing.
    \"\"\"
    return 0.0
"""
PROGRAMS = "read_screen,is_it_there"
PATIENCE = 240.0


@pytest.fixture(scope="module")
def data(sample, tmp_path_factory):
    """Four questions about the demo clip and one about a video that is not there, with what it is about."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copy(sample, folder / "sample.mp4")
    rows = [{"video": "sample.mp4", "category": row["id"], **row} for row in QUESTIONS]
    rows.append({**rows[0], "id": "gone", "video": "gone.mp4"})
    (folder / "demo.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder / "demo.jsonl"


@pytest.fixture(scope="module")
def looks(sample_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("looks")
    for file in sample_store.glob("*.sqlite"):
        shutil.copy(file, folder / file.name)
    return folder


def lines_of(folder):
    path = folder / "predictions.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def told(lines):
    """Lines without what differs between two runs of the same: seconds."""
    return [{**line, "usage": {**line["usage"], "seconds": 0, "cpu_seconds": 0}} for line in lines]


@pytest.fixture
def evaluate(cli, data, looks):
    def run(folder, *arguments):
        return cli("eval", data, "--program", PROGRAMS, "--out", folder, "--store", looks, *arguments)

    return run


@pytest.fixture(scope="module")
def done(data, looks, tmp_path_factory):
    """A run that nothing happened to, in this process."""
    from vidprog.apps.cli import main

    folder = tmp_path_factory.mktemp("done") / "run"
    assert main(["eval", str(data), "--program", PROGRAMS, "--out", str(folder), "--store", str(looks), "-q"]) == 0
    return folder


def test_killed_run_is_finished_by_the_same_command_with_the_same_numbers(start, evaluate, data, looks, done, tmp_path):
    folder = tmp_path / "run"
    process = start("eval", data, "--program", PROGRAMS, "--out", folder, "--store", looks)
    end = time.monotonic() + PATIENCE
    while len(lines_of(folder)) < 2:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "no question was answered in time"
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    before = (folder / "predictions.jsonl").read_bytes()
    whole = before[: before.rfind(b"\n") + 1]
    ran = evaluate(folder, "--anyway")
    assert ran.code == 0
    assert (folder / "predictions.jsonl").read_bytes().startswith(whole)
    assert told(lines_of(folder)) == told(lines_of(done))
    assert "answered now" in ran.err and "gone.mp4" in ran.err


def test_interrupted_run_ends_with_130(start, data, looks, tmp_path):
    folder = tmp_path / "run"
    process = start("eval", data, "--program", "loop", "--out", folder, "--store", looks, "--workers", "2")
    end = time.monotonic() + PATIENCE
    while not (folder / "config.json").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)
    time.sleep(1.0)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert "Traceback" not in err and err.splitlines()[-1] == "interrupted; run the same command again to go on"


def test_two_workers_give_the_same_numbers(evaluate, done, tmp_path):
    assert evaluate(tmp_path / "run", "--workers", 2).code == 0
    by_key = {(line["system"], line["item"]): line for line in told(lines_of(done))}
    assert {(line["system"], line["item"]): line for line in told(lines_of(tmp_path / "run"))} == by_key


def test_process_that_dies_is_an_error_of_its_question(cli, data, looks, tmp_path):
    """Tools of one's own that end the process stand for a library that crashes."""
    tools = tmp_path / "deadly.py"
    tools.write_text(DEADLY)
    ran = cli("eval", data, "--program", "read_screen", "--out", tmp_path / "run", "--store", looks, "--workers", 2,
              "--limit", 1, "--tools", tools)  # fmt: skip
    assert ran.code == 0, ran.err
    assert [line["error"] for line in lines_of(tmp_path / "run")] == [
        "the process died: out of memory, or a library crashed"
    ]


def test_table_and_document(cli, done, evaluate, validate):
    ran = evaluate(done, "--json", "-q")
    document = ran.document
    validate(document, "eval")
    assert ran.err == ""
    assert [(system["name"], system["asked"]) for system in document["systems"]] == [
        ("read_screen", 4), ("is_it_there", 4),
    ]  # fmt: skip
    shown = cli("eval", "report", done)
    assert "read_screen" in shown.out and "accuracy" in shown.out and "report.html" in shown.err


def test_other_configuration_is_refused_with_a_hint(evaluate, done):
    ran = evaluate(done, "--max-rounds", 1)
    assert ran.code == 2 and "max_rounds was 3, is 1" in ran.err and "--out" in ran.err


@pytest.mark.parametrize(("arguments", "words"), [
    (["--shard", "5/4"], "is no part of the work"),
    (["--shard", "x"], "is no part of the work"),
    (["--cost-limit", "llm_calls"], "is no limit"),
    (["--cost-limit", "llm_call=5"], "no cost is called llm_call"),
    (["--time-limit", "-1"], "a limit of -1 seconds cannot be"),
    (["--judge", "nonsense"], "nonsense"),
    (["--format", "nonsense"], "no format is called"),
    (["--program", "no_such"], "no program of that name"),
    (["--workers", "0"], "--workers"),
])  # fmt: skip
def test_wrong_options_are_refused_before_any_work(cli, data, tmp_path, arguments, words):
    ran = cli("eval", data, "--out", tmp_path / "run", *arguments)
    assert ran.code == 2 and words in ran.err and not (tmp_path / "run").exists()


def test_faulty_program_is_refused_before_any_work(cli, data, tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text("answer(question, read_texxt(video), choices)")
    ran = cli("eval", data, "--out", tmp_path / "run", "--program", f"read_screen,{mine}")
    assert ran.code == 2 and "read_texxt" in ran.err and "programs check" in ran.err
    assert not (tmp_path / "run").exists()


def test_limit_counts_questions_and_not_their_rotations(evaluate, tmp_path):
    ran = evaluate(tmp_path / "run", "--circular", "--limit", 1)
    assert [(line["system"], line["item"]) for line in lines_of(tmp_path / "run")] == [
        (system, f"animal~{turn}") for system in PROGRAMS.split(",") for turn in range(2)
    ]
    assert "groups are not whole" not in ran.err


def test_videos_of_a_directory_are_looked_for_in_it_only(cli, data, looks, tmp_path):
    """The folder around it may hold a thousand others, and another of the same name."""
    shutil.copytree(data.parent, tmp_path / "mine")
    shutil.copy(data.parent / "sample.mp4", tmp_path / "sample.mp4")
    (tmp_path / "mine" / "demo.jsonl").write_text(data.read_text().splitlines()[0] + "\n")
    ran = cli("eval", tmp_path / "mine", "--program", "is_it_there", "--out", tmp_path / "run", "--store", looks)
    assert ran.code == 0 and "not found" not in ran.err and len(lines_of(tmp_path / "run")) == 1


def test_what_the_table_does_not_show_is_said_below_it(cli, evaluate, tmp_path):
    ran = evaluate(tmp_path / "run", "--limit", 1)
    assert "Not finished: of 4 questions whose videos are there" in ran.err and "read_screen 1" in ran.err
    found = cli("eval", "compare", f"{tmp_path / 'run'}:read_screen", f"{tmp_path / 'run'}:is_it_there")
    assert "1 question that both were asked" in found.out


def test_formats_are_listed(cli):
    names = [entry["name"] for entry in cli("eval", "list", "--json").document["formats"]]
    assert {"nextqa", "videomme", "manifest", "plain"} <= set(names)
    assert "NExT-QA" in cli("eval", "list").out


def test_help_names_the_commands(cli):
    ran = cli("eval", "--help")
    assert ran.code == 0 and all(name in ran.out for name in ("run", "list", "compare", "report"))


def test_systems_of_a_run_are_compared(cli, done):
    ran = cli("eval", "compare", f"{done}:read_screen", f"{done}:is_it_there")
    assert ran.code == 0 and "McNemar" in ran.out and "animal" in ran.out
    document = cli("eval", "compare", f"{done}:read_screen", f"{done}:is_it_there", "--json").document
    assert document["schema"] == "vidprog.eval.comparison/1"
    assert "animal" in document["gained"]
    flip = next(flip for flip in document["flips"] if flip["item"]["id"] == "animal")
    assert flip["b"]["right"] and flip["b"]["evidence"][0]["content"] == "cat"


def test_page_in_a_browser(done, visit):
    for width, scheme in ((1280, "light"), (400, "dark")):
        found = visit(f"file://{done / 'report.html'}", width=width, scheme=scheme)
        assert found.page.evaluate("document.documentElement.scrollWidth") <= width
        failure = found.page.locator("#failures > details").first
        failure.evaluate("each => each.open = true")
        question = failure.locator("details").first
        question.locator("summary").first.click()
        assert question.get_by_text("round 1").is_visible()
        assert found.page.locator("figure svg").first.is_visible()
        assert found.complaints == [] and all(url.startswith("file:") for url in found.requests)
