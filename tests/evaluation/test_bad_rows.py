"""A malformed row costs one question and is told with its line and reason; a file that is no data set is refused."""

import json

import pytest
from annotations import FILES, GRID, NEXT, lines, needle, next_row, star_question, table, write
from vidprog.evaluation.readers import read
from vidprog.video.errors import UsageError

GOOD = next_row("11", "fly off", 0)
MINE = {"video": "a.mp4", "question": "What is cut?", "answer": "figs"}

BAD = [
    # file, text, line or position, part of the reason
    ("val.csv", table(NEXT, GOOD, next_row("11", "swim", 1)), 3, "'swim' is not one of the 5 options"),
    ("val.csv", table(NEXT, GOOD, next_row("11", "sing", 0)), 3, "the id '11_0' stands above already"),
    ("val.csv", table(NEXT, GOOD) + "11,90,64\n", 3, "3 cells where the header has 13"),
    ("val.csv", table(NEXT, GOOD, next_row("", "sing", 1)), 3, "video_id or video is missing"),
    ("val.csv", table(NEXT, next_row("11", 2, 0), next_row("11", 7, 1)), 3, "the options are 0 to 4"),
    ("v.json", json.dumps([star_question("I_1", 0), {"question_id": "I_2"}]), 2, "choices is not a list"),
    ("v.json", json.dumps([star_question("I_1", 0), "nonsense"]), 2, "not an object but str"),
    (
        "v.json",
        json.dumps([star_question("I_1", 0), {**star_question("I_2", 0), "end": 1}]),
        2,
        "ends before it starts",
    ),
    ("v.json", json.dumps([star_question("I_1", 0), {**star_question("I_2", 0), "end": "x"}]), 2, "not a number: 'x'"),
    ("g.csv", table(GRID, (0, "v", "q1", "?", "a", "a", "b", "c"), (1, "v", "q2", "?", "d", "a", "b", "c")), 3, "'d'"),
    ("mine.jsonl", lines(MINE) + '{"video": "a.mp4", "question"\n', 2, "not JSON"),
    ("mine.jsonl", lines(MINE, {"video": "a.mp4", "question": ""}), 2, "question is missing or empty"),
    ("mine.jsonl", lines(MINE, {**MINE, "choices": ["figs"]}), 2, "at least 2 are needed"),
    ("mine.jsonl", lines(MINE, {**MINE, "choices": ["x", "y"], "answer": 1}), 2, "a position from 0 goes into truth"),
    ("mine.jsonl", lines(MINE, {**MINE, "task": "guess"}), 2, "unknown task 'guess'"),
    ("mine.jsonl", lines(MINE, {**MINE, "task": "choice"}), 2, "task choice needs choices"),
    ("mine.jsonl", lines(MINE, {**MINE, "spans": [[5, 3]]}), 2, "spans ends before it starts"),
    ("mine.jsonl", lines(MINE, {**MINE, "spans": "soon"}), 2, "not <start>-<end> in seconds"),
    ("n.jsonl", lines(needle(0, "B"), needle(4, "B")), 2, "try is 4, not 0 to 3"),
    ("n.jsonl", lines(needle(0, "B"), needle(1, "F")), 2, "the options are A to D"),
    ("s.txt", "QQ1ZZ 2.5 9.0##person sits.\nQQ1ZZ 2.5##person sits.\n", 2, "not a line of"),
    ("s.txt", "QQ1ZZ 2.5 9.0##person sits.\n\nQQ1ZZ 9.5 9.0##person sits.\n", 3, "ends before it starts"),
]


@pytest.mark.parametrize(("name", "text", "line", "reason"), BAD)
def test_a_bad_row_is_told_and_the_others_are_read(tmp_path, name, text, line, reason):
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = read(tmp_path / name)
    assert len(found.items) == 1
    [problem] = found.problems
    assert problem.row == line
    assert reason in problem.reason
    assert str(problem).startswith(f"{tmp_path / name}:{line}: ")


def test_a_question_without_an_answer_in_the_other_file(tmp_path):
    path = write(tmp_path, "activitynet-qa")
    questions = json.loads(path.read_text())
    path.write_text(json.dumps([*questions, {**questions[0], "question_id": "v__ab_2"}]))
    found = read(path)
    assert [problem.reason for problem in found.problems] == ["no answer to v__ab_2"]


def test_inner_questions_are_named(tmp_path):
    path = write(tmp_path, "manifest")
    data = json.loads(path.read_text())
    data["videos"][0]["questions"].append({"id": "a#2", "question": "?", "options": ["x", "y"], "answer_index": 5})
    path.write_text(json.dumps(data))
    [problem] = read(path).problems
    assert problem.reason.startswith("a.mp4, question 2: answer_index is 5")


def test_nothing_is_dropped_silently(tmp_path):
    """Of a table, half of whose rows are broken in some way, every row is an item or a problem."""
    rows = [next_row(str(number), "sing" if number % 2 else "swim", number) for number in range(40)]
    (tmp_path / "val.csv").write_text(table(NEXT, *rows, next_row("9", "sing", 99)))
    found = read(tmp_path / "val.csv")
    assert len(found.items) + len(found.problems) == 41


REFUSED = [
    # file, text, code, part of message or hint
    ("x.csv", table(NEXT, next_row("11", "swim", 0)), "eval.rows", "'swim' is not one of"),
    ("x.json", json.dumps([{"name": "fig"}]), "eval.format", "a JSON list of 1 rows with name"),
    ("x.json", json.dumps([{"name": "fig"}]), "eval.format", "nextgqa, nextqa, intentqa"),
    ("x.json", '[{"video": "a"', "eval.format", "not JSON"),
    ("x.json", '[\n{"video": "a",\n]', "eval.file", "not JSON"),
    ("x.txt", "just some words\n", "eval.format", "lines of text of 1 rows"),
    ("x.txt", " \n", "eval.file", "is empty"),
    ("x.json", FILES["nextgqa"]["gsub_val.json"], "eval.companion", "val.csv or test.csv"),
    ("x.json", FILES["nextgqa"]["map_vid_vidorID.json"], "eval.companion", "where the videos lie"),
    ("x.json", FILES["egoschema"]["subset_answers.json"], "eval.companion", "questions.json"),
    ("x.json", FILES["activitynet-qa"]["test_a.json"], "eval.companion", "test_q.json"),
    ("x_q.json", FILES["activitynet-qa"]["test_q.json"], "eval.companion", "x_a.json"),
]


@pytest.mark.parametrize(("name", "text", "code", "said"), REFUSED)
def test_what_is_no_data_set_is_refused(tmp_path, name, text, code, said):
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError) as caught:
        read(tmp_path / name)
    assert caught.value.code == code
    assert said in f"{caught.value.message} {caught.value.hint}"


def test_a_missing_file_and_a_video_are_refused(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"\x00\x00\xff\xfe\x80")
    for path, said in [(tmp_path / "none", "does not exist"), (tmp_path / "a.mp4", "is not text")]:
        with pytest.raises(UsageError, match=said):
            read(path)


def test_a_folder_with_one_data_set_is_read(tmp_path):
    write(tmp_path, "nextgqa")
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "notes.txt").write_text("nothing here")
    found = read(tmp_path)
    assert (found.name, found.format, len(found.items)) == (tmp_path.name, "nextgqa", 2)


@pytest.mark.parametrize(
    ("entries", "said"), [([], "holds 0 data sets"), (["star", "tvbench"], "holds 2 data sets: S")]
)
def test_a_folder_with_none_or_several_is_refused(tmp_path, entries, said):
    for entry in entries:
        write(tmp_path, entry)
    with pytest.raises(UsageError, match=said):
        read(tmp_path)


@pytest.mark.parametrize(("name", "said"), [("nothing", "no format is called"), ("star", "is not in the format star")])
def test_a_format_that_does_not_fit_is_refused(tmp_path, name, said):
    with pytest.raises(UsageError, match=said) as caught:
        read(write(tmp_path, "nextqa"), format=name)
    assert caught.value.code == "eval.format"
