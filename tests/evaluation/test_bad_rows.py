"""A malformed row costs one question and is told with its line and reason; a file that is no data set is refused."""

import json

import pytest
from annotations import FILES, GRID, NEXT, event, lines, needle, next_row, star_question, table, write
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
    ("mine.jsonl", '{"video": "a.mp4", "question": "?"\n' + lines(MINE), 1, "not JSON"),
    ("mine.jsonl", '\n{"video": "a.mp4", "question"\n' + lines(MINE), 2, "not JSON"),
    ("mine.jsonl", lines(MINE, {**MINE, "options": ["figs", float("nan")]}), 2, "empty or not a text"),
    ("mine.jsonl", lines(MINE, {**MINE, "options": ["figs", ""]}), 2, "empty or not a text"),
    ("mine.jsonl", lines(MINE, {**MINE, "options": ["x", "y"], "answer": "C"}), 2, "the options are A to B"),
    ("mine.jsonl", lines(MINE, {**MINE, "options": ["x", "y"], "answer": "B. x"}), 2, "is not one of the 2 options"),
    ("mine.jsonl", lines(MINE, {**MINE, "options": ["x", "y"], "correct_choice": 2}), 2, "the options are 0 to 1"),
    ("mine.jsonl", lines(MINE, {**MINE, "A": "x", "B": "", "C": "figs"}), 2, "B is missing or empty, but C is not"),
    ("mine.jsonl", lines(MINE, {**MINE, "start": "soon", "end": 2}), 2, "start is not a number: 'soon'"),
    ("mine.jsonl", lines(MINE, {**MINE, "start": 3, "end": 2}), 2, "ends before it starts"),
    ("val.csv", table(NEXT, GOOD, next_row("11", "sing", 1, ("sing", "", "eat", "fly", "dance"))), 3, "a1 is missing"),
    ("mine.csv", 'video,question\na,?\na,"who?\nb,?\nc,?\n', 3, "not closed, in this row or the 2 lines behind it"),
    ("mine.csv", 'video,question\na,?\n"a,who?\nb,?\nc,"?"\n', 3, "not closed"),
    ("mine.csv", 'video,question\n"a","say ""?"""\n"a\n,who?",x,y\n', 3, "3 cells where"),
    ("mine.csv", "video,question\r\na,?\r\na,who,me\r\n", 3, "3 cells where the header has 2"),
    (
        "et.json",
        json.dumps([event("tvg", 0, tgt=[[1, 2]]), {**event("tvg", 1, tgt=[[1, 2]]), "q": "<vid>"}]),
        2,
        "etbench_txt",
    ),
    (
        "et.json",
        json.dumps([event("tvg", 0, tgt=[1, 2]), event("tvg", 1, tgt=[[1, 2], ["x"]])]),
        2,
        "not a number: 'x'",
    ),
    (
        "et.json",
        json.dumps([event("tvg", 0, tgt=[1, 2]), event("eca", 1, p=0, o=[[1, 2], [4, 3]])]),
        2,
        "o ends before",
    ),
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


def with_nothing(text, name):
    """A text of annotations with one more row that says nothing, and where that row is."""
    if name.endswith(".jsonl"):
        return text + '{"nothing": 1}\n', text.count("\n") + 1
    if text[0] not in "[{":
        return text + "nothing,\n", text.count("\n") + 1
    data = json.loads(text)
    if isinstance(data, list):
        return json.dumps([*data, {"nothing": 1}]), len(data) + 1
    if "videos" in data:
        data["videos"][0]["questions"].append({"nothing": 1})
        return json.dumps(data), 1
    row = next(iter(data.values()))
    return json.dumps({**data, "zz": {key: [{"nothing": 1}] for key in row}}), len(data) + 1


@pytest.mark.parametrize("entry", FILES)
def test_a_row_that_says_nothing_is_told_in_every_format(tmp_path, entry):
    path = write(tmp_path, entry)
    before = read(path)
    text, place = with_nothing(path.read_text(), path.name)
    path.write_text(text)
    found = read(path)
    assert (found.format, found.items) == (before.format, before.items)
    assert {problem.row for problem in found.problems} == {place}
    assert all(problem.reason for problem in found.problems)


@pytest.mark.parametrize("entry", ["star by question", "agqa"])
def test_a_value_that_is_no_object_costs_one_question(tmp_path, entry):
    path = write(tmp_path, entry)
    data = json.loads(path.read_text())
    [row] = data.values()
    path.write_text(json.dumps({"one": {**row, "question_id": "T_1_1"}, "bad": "x", "two": row}))
    found = read(path)
    assert len(found.items) == 2
    assert [problem.reason for problem in found.problems] == ["not an object but str"]


def test_questions_in_a_list_with_a_name(tmp_path):
    (tmp_path / "mine.json").write_text(json.dumps({"version": 1, "questions": [MINE, {"video": "a.mp4"}]}))
    found = read(tmp_path / "mine.json")
    assert [item.answers for item in found.items] == [("figs",)]
    assert [problem.row for problem in found.problems] == [2]


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
    ("x.json", '{"videos": [{"file": "a.mp4"}]}', "eval.file", "holds no questions"),
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


@pytest.mark.parametrize(
    ("start", "said"), [(b"\x1f\x8b", "gunzip"), (b"PK\x03\x04", "save the spreadsheet as CSV"), (b"PAR1", "to_json")]
)
def test_what_is_packed_is_told_how_to_unpack(tmp_path, start, said):
    (tmp_path / "x").write_bytes(start + bytes(20))
    with pytest.raises(UsageError) as caught:
        read(tmp_path / "x")
    assert caught.value.code == "eval.file"
    assert said in caught.value.hint


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
