"""``vidprog needles`` as its users call it."""

import json

import pytest
from vidprog.evaluation.readers import read

FEW = ("--lengths", "0.2", "--needle-seconds", "0.8", "--distractors", "0", "--size", "128x72", "--fps", "5")


def test_it_makes_a_set_and_says_where(cli, tmp_path):
    ran = cli("needles", tmp_path / "set", *FEW, "--kinds", "text,spoken", "--tasks", "retrieval,direction")
    assert ran.code == 0 and ran.out == f"{tmp_path / 'set' / 'items.jsonl'}\n"
    assert "3 videos, 0.6 min, 9 items, at most" in ran.err
    assert "warning: direction with spoken needles is left out: they cannot be seen" in ran.err
    assert "3 videos written, 0 were there; 9 items" in ran.err
    data = read(tmp_path / "set" / "items.jsonl")
    assert len(data.items) == 9 and all((tmp_path / "set" / item.video).exists() for item in data.items)
    assert "0 videos written, 3 were there" in cli(
        "needles", tmp_path / "set", *FEW, "--kinds", "text,spoken", "--tasks", "retrieval,direction"
    ).err  # fmt: skip


def test_json_names_what_was_written_and_what_was_left_out(cli, tmp_path):
    arguments = ("needles", tmp_path, *FEW, "--kinds", "picture,spoken", "--tasks", "static", "--json", "-q")
    document = cli(*arguments).document
    assert document["schema"] == "vidprog.needles/1" and document["written"] == ["static-picture-0.2min-1.mp4"]
    assert document["left_out"] == ["static with spoken needles is left out: they cannot be seen"]
    assert document["count"] == 5 and document["items"] == str(tmp_path / "items.jsonl")
    again = cli(*arguments)
    assert again.document["kept"] == document["written"] and again.document["written"] == [] and again.err == ""


def test_a_dry_run_makes_nothing(cli, tmp_path):
    ran = cli("needles", tmp_path / "set", "--lengths", "60", "--tasks", "all", "--dry-run", "--json")
    videos = ran.document["videos"]
    assert ran.document["schema"] == "vidprog.needles.plan/1" and not (tmp_path / "set").exists()
    assert len(videos) == 35 and all(video["seconds"] == 3600 and video["bytes"] > 1e7 for video in videos)


def test_it_lists_what_is_at_hand(cli):
    ran, document = cli("needles", "--list"), cli("needles", "--list", "--json").document
    assert document["voices"][0] == "shipped" and document["kinds"]["object"] == ["cat", "person", "horse", "cup"]
    lines = {line.split()[0]: line for line in ran.out.splitlines()}
    assert {"text", "picture", "spoken", "object", "voices"} <= set(lines) and "and 48 more" in lines["picture"]


@pytest.mark.parametrize(
    "arguments, says",
    [
        ([], "no folder is named"),
        (["x", "--lengths", "one"], "--lengths takes numbers"),
        (["x", "--size", "big"], "'big' is no size"),
        (["x", "--fps", "1/0"], "'1/0' is no number of frames"),
        (["x", "--fps", "1e400"], "'1e400' is no number of frames"),
        (["x", "--kinds", "smell"], "there is no kind 'smell'"),
        (["x", "--tasks", "guessing"], "there is no task 'guessing'"),
        (["x", "--background", "away.mp4"], "there is no file away.mp4"),
        (["x", "--voice", "nobody"], "there is no voice 'nobody'"),
        (["x", "--lengths", "0.1"], "do not fit into 6 s"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(cli, arguments, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = cli("needles", *arguments)
    assert ran.code == 2 and says in ran.err and ran.out == "" and not list(tmp_path.iterdir())
    assert len(ran.err.strip().splitlines()) <= 2
    failed = cli("needles", *arguments, "--json")
    assert json.loads(failed.out or failed.err)["error"]["code"].startswith("needles.")
