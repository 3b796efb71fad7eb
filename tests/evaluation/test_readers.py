"""Every format gives items with the right truth, and is recognised by what its files hold."""

import json
import math

import pytest
from annotations import FILES, event, lines, needle, table, write
from vidprog.evaluation.readers import formats, read

EXPECTED = [
    # entry, format, place, what the item must have
    ("nextqa", "nextqa", 0, {"id": "11_0", "reference": "fly off", "category": "TN", "spans": ()}),
    ("nextqa by position", "nextqa", 0, {"id": "11_0", "reference": "fly off"}),
    ("nextqa by position", "nextqa", 1, {"id": "12_0", "reference": "sing"}),
    ("nextgqa", "nextgqa", 0, {"reference": "fly off", "spans": ((0, 3.5), (8, 9)), "extra": {"file": "0007/11"}}),
    ("nextgqa", "nextgqa", 1, {"reference": "sing", "spans": ()}),
    ("intentqa", "intentqa", 0, {"id": "11_4", "reference": "eat", "extra": {"action": "eating"}}),
    ("star", "star", 0, {"reference": "The hat.", "part": (2.5, 9), "category": "Interaction", "video": "QQ1ZZ"}),
    (
        "star by question",
        "star",
        0,
        {"id": "Feasibility_T3_7", "reference": "The cup.", "extra": {"template": "Feasibility_T3"}},
    ),
    ("egoschema", "egoschema", 0, {"id": "u-1", "video": "u-1", "reference": "C paints."}),
    ("egoschema", "egoschema", 1, {"id": "u-2", "truth": None, "known": False}),
    ("igvlm", "igvlm", 0, {"id": "drive1", "video": "u-1", "reference": "a fig", "part": None}),
    (
        "igvlm of STAR",
        "igvlm",
        0,
        {"video": "QQ1ZZ", "part": (2.5, 9), "reference": "A hat", "category": "Interaction"},
    ),
    ("igvlm open", "igvlm", 0, {"id": "q1:0", "video": "abc_1_9", "task": "open", "answers": ("figs",)}),
    ("igvlm open", "igvlm", 1, {"id": "q1:1", "answers": ("two",)}),
    ("activitynet-qa", "activitynet-qa", 0, {"video": "_ab", "answers": ("no",), "category": "yes/no"}),
    ("msrvtt-qa", "msrvtt-qa", 0, {"id": "5", "video": "video70", "answers": ("cook",), "category": "7"}),
    ("msrvtt-qa as a list", "msrvtt-qa", 0, {"id": "5", "video": "video70", "category": "7"}),
    ("msvd-qa", "msvd-qa", 0, {"id": "8", "video": "abc_1_9", "answers": ("cook",)}),
    ("qvhighlights", "qvhighlights", 0, {"task": "highlight", "spans": ((2, 6),), "video": "ab_0.0_10.0"}),
    ("qvhighlights", "qvhighlights", 1, {"known": False}),
    ("tvbench", "tvbench", 0, {"question": "Which way?", "reference": "Upwards.", "category": "Moving Direction"}),
    ("dream-1k", "dream-1k", 0, {"task": "caption", "video": "9", "answers": ("A cook cuts figs, then bows.",)}),
    ("videomme", "videomme", 0, {"video": "abC-d", "choices": ("fig.", "kiwi.", "plum."), "reference": "plum."}),
    ("longvideobench", "longvideobench", 0, {"id": "abC-d_0", "reference": "a cap", "category": "S2A"}),
    ("vnbench", "vnbench", 2, {"reference": "a plum", "group": "v_abc_ret_edit1", "question": "What is shown?"}),
    ("vnbench as published", "vnbench", 0, {"id": "v_abc_ret_edit1_0", "reference": "a kiwi"}),
    ("vnbench not strict", "vnbench", 0, {"id": "7_ret_1_0", "reference": "D", "group": "7_ret_1"}),
    ("etbench", "etbench", 0, {"task": "choice", "reference": "a kiwi", "category": "rar"}),
    ("etbench", "etbench", 1, {"task": "when", "spans": ((3, 4.5),)}),
    ("etbench", "etbench", 2, {"task": "when", "spans": ((7, 7),)}),
    ("etbench", "etbench", 3, {"task": "caption", "answers": ("a cook cuts figs the cook bows",)}),
    ("tempcompass", "tempcompass", 0, {"question": "Which way?", "reference": "right", "category": "direction"}),
    ("tempcompass", "tempcompass", 1, {"video": "90_reverse", "reference": "left"}),
    ("tempcompass", "tempcompass", 2, {"choices": ("yes", "no"), "reference": "yes", "group": ""}),
    ("tempcompass captions", "tempcompass", 0, {"choices": ("It is slow.", "It is fast."), "truth": 1}),
    ("tempcompass captions", "tempcompass", 1, {"task": "open", "answers": ("x",)}),
    ("candidates", "candidates", 0, {"reference": "Blue", "category": "plotQA", "extra": {"duration": 246}}),
    ("clevrer", "clevrer", 0, {"task": "open", "answers": ("cube",)}),
    ("clevrer", "clevrer", 2, {"reference": "correct", "group": "10_1", "id": "10_1_1"}),
    (
        "charades-sta",
        "charades-sta",
        1,
        {"task": "when", "spans": ((0, 3.1),), "question": "person sits, then stands."},
    ),
    ("agqa", "agqa", 0, {"id": "QQ1ZZ-5", "task": "open", "answers": ("Yes",), "category": "object"}),
    ("autoeval-video", "autoeval-video", 0, {"task": "open", "extra": {"rule": "It names rain."}}),
    ("manifest", "manifest", 0, {"id": "a#1", "reference": "4", "answers": ("4", "four"), "spans": ((1, 2.5),)}),
    ("plain", "plain", 0, {"id": "row 1", "task": "choice", "reference": "a kiwi"}),
    ("plain", "plain", 1, {"task": "count", "answers": ("3",)}),
    ("plain", "plain", 2, {"task": "when", "spans": ((2, 3.5),)}),
    ("plain", "plain", 3, {"task": "open", "extra": {"answerable": False}}),
    ("plain as a table", "plain", 0, {"reference": "a kiwi", "spans": ((2, 3.5), (8, 9)), "part": (0, 10)}),
    ("plain as a table", "plain", 0, {"extra": {"note": "hard"}}),
    ("plain as a table", "plain", 1, {"choices": ("1", "2"), "truth": 0}),
    ("plain as a table", "plain", 2, {"task": "open", "answers": ("a cook",), "category": "people"}),
]


@pytest.mark.parametrize(("entry", "name", "place", "wanted"), EXPECTED)
def test_a_row_becomes_an_item(tmp_path, entry, name, place, wanted):
    found = read(write(tmp_path, entry))
    item = found.items[place]
    assert found.format == name
    assert found.problems == ()
    assert {key: getattr(item, key) for key in wanted} == wanted


@pytest.mark.parametrize("entry", FILES)
def test_every_file_that_belongs_to_the_questions_is_told(tmp_path, entry):
    found = read(write(tmp_path, entry))
    read_files = {path.name for path in found.files}
    assert read_files == {name for name in FILES[entry]}


def test_every_format_has_a_file_here():
    assert {name for _, name, _, _ in EXPECTED} == {known.name for known in formats()}


@pytest.mark.parametrize("known", formats(), ids=lambda known: known.name)
def test_a_format_says_what_it_reads_and_where_the_files_are(known):
    assert known.title and known.reads and known.licence and known.where


def test_pieces_that_no_rater_saw_have_no_saliency(tmp_path):
    item = read(write(tmp_path, "qvhighlights")).items[0]
    assert item.extra["saliency"] == ((0, 0, 0), (4, 2, 3), (1, 1, 0), (0, 0, 0), (0, 0, 0))


def test_a_video_and_its_twin_are_one_group(tmp_path):
    first, second, alone = read(write(tmp_path, "tempcompass")).items
    assert first.group == second.group != ""
    assert alone.group == ""


def test_four_tries_are_one_group(tmp_path):
    items = read(write(tmp_path, "vnbench")).items
    assert [item.truth for item in items] == [1, 1, 2, 0]
    assert {(item.group, item.extra["group_size"]) for item in items} == {("v_abc_ret_edit1", 4)}


def test_answers_that_are_texts_and_could_be_positions_are_texts(tmp_path):
    from annotations import NEXT, next_row, table

    numbers = ("3", "1", "2", "4", "0")
    (tmp_path / "val.csv").write_text(table(NEXT, next_row("11", "2", 0, numbers)))
    assert read(tmp_path / "val.csv").items[0].reference == "2"


def test_a_table_with_line_breaks_in_cells(tmp_path):
    text = 'video,question,choices,answer\na.mp4,"What is\ncut?","a fig | a kiwi",a fig\na.mp4,Who?,"x | y",z\n'
    (tmp_path / "mine.csv").write_text(text)
    found = read(tmp_path / "mine.csv")
    assert found.items[0].question == "What is\ncut?"
    assert [problem.row for problem in found.problems] == [4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff", "\n"])
def test_a_table_as_spreadsheets_write_it(tmp_path, delimiter, mark):
    rows = [("video", "question", "choices", "answer"), ("a.mp4", "Who?", "x | y", "y")]
    (tmp_path / "mine.csv").write_text(mark + "\r\n".join(delimiter.join(row) for row in rows), encoding="utf-8")
    assert [item.reference for item in read(tmp_path / "mine.csv").items] == ["y"]


STRANGERS = [
    # a row of one's own, what the item must have
    ({"video": "a", "question": "?", "options": ["f", "k"], "answer": "B"}, {"choices": ("f", "k"), "truth": 1}),
    ({"video": "a", "question": "?", "candidates": ["fig", "kiwi"], "answer": "KIWI."}, {"task": "choice", "truth": 1}),
    ({"video": "a", "question": "?", "options": {"A": "fig", "B": "kiwi"}, "answer": "(b)"}, {"truth": 1}),
    ({"video": "a", "question": "?", "options": ["A. fig", "B. kiwi"], "answer": "B. kiwi"}, {"truth": 1}),
    ({"video": "a", "question": "?", "options": ["fig", "kiwi"], "answer_index": 0}, {"reference": "fig"}),
    ({"video": "a", "question": "?", "choices": ["1", "2"], "answer": 2}, {"reference": "2"}),
    ({"video": "a", "question": "?", "choices": ["A", "B"], "answer": "B"}, {"reference": "B"}),
    ({"video": "a", "question": "?", "choices": list("qrstuvwxyz"), "answer": "J"}, {"truth": 9}),
    ({"video": "a", "question": "?", "choices": "['fig', 'a | b']", "answer": "A"}, {"choices": ("fig", "a | b")}),
    ({"video": "a", "question": "?", "A": "fig", "B": "kiwi", "C": "", "answer": "B"}, {"choices": ("fig", "kiwi")}),
    ({"video": "a", "question": "?", "option_1": "fig", "option_2": "kiwi", "answer": "A"}, {"reference": "fig"}),
    ({"video": "a", "question": "?", "Option A": "fig", "Option B": "kiwi", "answer": "B"}, {"reference": "kiwi"}),
    ({"video": "a", "question": "?", "A": "fig", "answer": "fig"}, {"task": "open", "extra": {"A": "fig"}}),
    ({"video_name": "a", "question": "?", "question_id": 7, "options": ["x", "y"]}, {"id": "7", "task": "choice"}),
    ({"video_id": "a", "question": "?", "qid": 7, "type": "t", "options": [1, 2]}, {"truth": None, "category": "t"}),
    ({"video": "a", "video_id": 3, "question": "?"}, {"video": "a", "extra": {"video_id": 3}}),
    ({"video": "a", "question": "?", "question_type": "q", "choices": ["x", "y"], "answer": "y"}, {"truth": 1}),
    ({"video_path": "d/a.mp4", "query": "rain", "start": 1.5, "end": "1:02"}, {"task": "when", "spans": ((1.5, 62),)}),
    ({"video": "a", "question": "?", "answer": "x", "start": 1, "end": 2}, {"task": "open", "spans": ((1, 2),)}),
    ({"video": "a", "question": "?", "spans": "0:12-0:20 | 1:00:00-1:00:01"}, {"spans": ((12, 20), (3600, 3601))}),
    ({"video": "a", "question": "?", "answer": math.nan, "category": math.nan}, {"answers": (), "category": ""}),
]  # fmt: skip


WRITTEN = [
    (*case, kind)
    for case in STRANGERS
    for kind in ("lines", "list", "table")
    if kind != "table" or all(isinstance(value, str) for value in case[0].values())
]
"""Every row in every kind of file that can hold its values; a table has texts only."""


@pytest.mark.parametrize(("row", "wanted", "kind"), WRITTEN)
def test_questions_with_the_names_that_people_use(tmp_path, row, wanted, kind):
    if kind == "table":
        (tmp_path / "mine.x").write_text(table(",".join(row), tuple(row.values())))
    else:
        (tmp_path / "mine.x").write_text(json.dumps([row]) if kind == "list" else lines(row))
    found = read(tmp_path / "mine.x")
    assert found.problems == ()
    assert {key: getattr(found.items[0], key) for key in wanted} == wanted


def test_questions_by_their_key(tmp_path):
    (tmp_path / "mine.json").write_text(json.dumps({"q7": {"video": "a", "question": "?", "options": ["x", "y"]}}))
    assert [(item.id, item.task) for item in read(tmp_path / "mine.json").items] == [("q7", "choice")]


def test_options_are_never_passed_over(tmp_path):
    """A table that has the columns of an open data set, and options, is a choice."""
    rows = [("8", "who?", "cook", "5", "7", "cook | king")]
    (tmp_path / "test.csv").write_text(table("video_id,question,answer,qid,type,options", *rows))
    [item] = read(tmp_path / "test.csv").items
    assert (item.task, item.truth) == ("choice", 0)


def test_mlvu_without_answers_has_no_truth(tmp_path):
    row = {"video": "m.mp4", "duration": 2, "question": "?", "candidates": ["x", "y"], "question_type": "t"}
    (tmp_path / "test.json").write_text(json.dumps([row]))
    found = read(tmp_path / "test.json")
    assert (found.format, found.items[0].choices, found.items[0].known) == ("candidates", ("x", "y"), False)


def test_longvideobench_as_the_hub_has_it(tmp_path):
    row = json.loads(FILES["longvideobench"]["lvb_val.json"])[0]
    texts = {f"option{place}": text for place, text in enumerate([*row.pop("candidates"), "a bag", "a box", "N/A"])}
    (tmp_path / "test.jsonl").write_text(lines({**row, **texts}, {**row, **texts, "id": "2", "correct_choice": -1}))
    first, second = read(tmp_path / "test.jsonl").items
    assert (first.choices, first.reference) == (("a hat", "a cap", "a bag", "a box"), "a cap")
    assert not second.known


@pytest.mark.parametrize(
    ("target", "spans"),
    [
        ([3, 4.5], ((3, 4.5),)),
        ([[3, 4.5]], ((3, 4.5),)),
        ([[3, 4.5], [6, 7]], ((3, 4.5), (6, 7))),
        ([[[3, 5], [6, 7]], [[2, 4]]], ((3, 5), (6, 7), (2, 4))),
        ([[[3, 5]], [[2, 4]]], ((3, 5), (2, 4))),
    ],
)
def test_moments_of_etbench_in_all_their_forms(tmp_path, target, spans):
    (tmp_path / "et.json").write_text(json.dumps([event("vhd", 0, tgt=target)]))
    assert read(tmp_path / "et.json").items[0].spans == spans


def test_options_of_etbench_that_are_moments(tmp_path):
    (tmp_path / "et.json").write_text(json.dumps([event("eca", 0, p=1, o=[[0, 4.5], [5.0, 12.25]])]))
    [item] = read(tmp_path / "et.json").items
    assert (item.choices, item.truth) == (("0 - 4.5 seconds", "5 - 12.25 seconds"), 1)


def test_results_of_vnbench_with_positions(tmp_path):
    rows = [{**needle(turn, right), "gt": right} for turn, right in enumerate([1, 1, 2, 0])]
    (tmp_path / "results.jsonl").write_text(lines(*rows))
    assert [item.truth for item in read(tmp_path / "results.jsonl").items] == [1, 1, 2, 0]


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
@pytest.mark.parametrize("entry", ["plain", "plain as a table", "star", "charades-sta", "activitynet-qa"])
def test_line_ends_and_marks_of_other_systems(tmp_path, entry, ends):
    wanted = read(write(tmp_path, entry)).items
    for encoding in ("utf-8-sig", "utf-16"):
        for name, text in FILES[entry].items():
            (tmp_path / name).write_bytes(text.replace("\n", ends).encode(encoding))
        assert read(write_path(tmp_path, entry)).items == wanted


def write_path(folder, entry):
    return folder / next(iter(FILES[entry]))


def test_the_format_may_be_named(tmp_path):
    path = write(tmp_path, "candidates")
    assert read(path, format="plain").format == "plain"
    assert read(path).format == "candidates"
