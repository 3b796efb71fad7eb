"""The directory of a run: lines that survive a kill, and what is no run."""

import json
import os

import pytest
from vidprog.evaluation.items import Item
from vidprog.evaluation.run_directory import RunDirectory, trace_name
from vidprog.video.errors import UsageError, VidprogError

CONFIGURATION = {
    "data": {"name": "demo"}, "profile": {}, "settings": {}, "controls": {},
    "session": {"versions": {"a": "1"}, "prompts": {}, "programs": {}, "code": {}},
}  # fmt: skip
ITEMS = (Item("1", "a", "Who?"), Item("2", "a", "What?"))


def line(item, system="loop"):
    return {"system": system, "item": item, "text": f"answer {item}", "error": ""}


@pytest.fixture
def directory(tmp_path):
    made = RunDirectory(tmp_path / "run")
    made.begin(CONFIGURATION, ITEMS)
    return made


def test_what_is_recorded_is_there(directory):
    directory.record(line("1"), {"steps": [1]})
    answers = directory.answers()
    assert list(answers) == [("loop", "1")]
    assert directory.trace(answers["loop", "1"]["trace"]) == {"steps": [1]}
    assert directory.items == ITEMS


def test_torn_line_is_dropped_and_does_not_spoil_the_next(directory):
    directory.record(line("1"), {})
    with (directory.path / "predictions.jsonl").open("a") as file:
        file.write('{"system": "loop", "item"')
    assert list(directory.answers()) == [("loop", "1")]
    with directory.working():
        directory.record(line("2"), {})
    assert list(directory.answers()) == [("loop", "1"), ("loop", "2")]


def test_last_line_of_a_question_counts(directory):
    directory.record({**line("1"), "error": "no"}, {})
    directory.record(line("1"), {})
    assert directory.answers()["loop", "1"]["error"] == ""


@pytest.mark.parametrize("damage", ['{"system": "loop"}', "\0\0\0", "[1]", "not JSON", "{}", "\udcff"])
def test_damaged_line_costs_its_own_answer_only(directory, damage):
    directory.record(line("1"), {})
    with (directory.path / "predictions.jsonl").open("a", errors="surrogateescape") as file:
        file.write(damage + "\n")
    directory.record(line("2"), {})
    assert list(directory.answers()) == [("loop", "1"), ("loop", "2")] and directory.damaged == 1


def test_full_disk_leaves_no_half_line(directory, monkeypatch):
    directory.record(line("1"), {})
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: write(handle, content[:20]))
    with pytest.raises(OSError, match="No space left"):
        directory.record(line("2"), {})
    monkeypatch.undo()
    directory.record(line("2"), {})
    assert list(directory.answers()) == [("loop", "1"), ("loop", "2")] and directory.damaged == 0


def test_answer_counts_whatever_file_the_error_is_in(directory):
    directory.record({**line("1"), "error": "no"}, {})
    RunDirectory(directory.path, (1, 2)).record(line("1"), {})
    assert directory.answers()["loop", "1"]["error"] == ""


@pytest.mark.parametrize(("one", "other", "busy"), [
    ((1, 2), (2, 2), False), ((1, 2), (1, 2), True), ((1, 2), (1, 3), True), ((1, 2), (1, 1), True),
    ((1, 1), (2, 2), True),
])  # fmt: skip
def test_parts_that_have_questions_in_common_are_not_worked_on_at_once(directory, one, other, busy):
    with RunDirectory(directory.path, one).working():
        if busy:
            with pytest.raises(VidprogError, match="another process"), RunDirectory(directory.path, other).working():
                pass
        else:
            with RunDirectory(directory.path, other).working():
                pass
    with RunDirectory(directory.path, other).working():
        pass


@pytest.mark.parametrize("content", ["not JSON\n", "{}\n", "[]\n"])
def test_damaged_questions_are_said(directory, content):
    (directory.path / "items.jsonl").write_text(content)
    with pytest.raises(UsageError, match=r"items\.jsonl is damaged"):
        _ = directory.items


def test_shards_write_beside_each_other(directory):
    for number in (1, 2):
        RunDirectory(directory.path, (number, 2)).record(line(str(number)), {})
    assert {path.name for path in directory.path.glob("predictions*.jsonl")} == {
        "predictions-1of2.jsonl", "predictions-2of2.jsonl",
    }  # fmt: skip
    assert len(directory.answers()) == 2


@pytest.mark.parametrize("content", [None, "not JSON"])
def test_what_is_no_run_is_said(tmp_path, content):
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(UsageError, match="is no directory of a run"):
        _ = RunDirectory(tmp_path).configuration


def test_answers_of_nobody_knows_what_are_not_mixed_in(tmp_path):
    (tmp_path / "predictions.jsonl").write_text(json.dumps(line("1")) + "\n")
    with pytest.raises(UsageError, match="holds answers of nobody knows what"):
        RunDirectory(tmp_path).begin(CONFIGURATION, ITEMS)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b\\c", "", "ö" * 300, "x" * 300])
def test_ids_cannot_leave_the_directory_of_traces(tmp_path, name):
    path = (tmp_path / trace_name("loop", name)).resolve()
    assert path.parent == tmp_path / "traces" / "loop" and len(path.name) < 100
    assert trace_name("loop", name) != trace_name("loop", name + " ")
