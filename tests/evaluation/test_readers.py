"""Every format gives items with the right truth, and is recognised by what its files hold."""

import pytest
from annotations import FILES, write
from vidprog.evaluation.readers import formats, read

EXPECTED = [
    # entry, format, place, what the item must have
    ("nextqa", "nextqa", 0, {"id": "11_0", "reference": "fly off", "category": "TN", "spans": ()}),
    ("nextqa by position", "nextqa", 0, {"id": "11_0", "reference": "fly off"}),
    ("nextqa by position", "nextqa", 1, {"id": "12_0", "reference": "sing"}),
    ("nextgqa", "nextgqa", 0, {"reference": "fly off", "spans": ((0, 3.5), (8, 9)), "extra": {"file": "0007/11"}}),
    ("nextgqa", "nextgqa", 1, {"reference": "sing", "spans": ()}),
    ("intentqa", "intentqa", 0, {"id": "11_4", "reference": "eat", "extra": {"action": "eating"}}),
    ("star", "star", 0, {"reference": "The hat.", "part": (2.5, 9), "category": "Interaction_T1", "video": "QQ1ZZ"}),
    ("star by question", "star", 0, {"id": "Feasibility_T3_7", "reference": "The cup."}),
    ("egoschema", "egoschema", 0, {"id": "u-1", "video": "u-1", "reference": "C paints."}),
    ("egoschema", "egoschema", 1, {"id": "u-2", "truth": None, "known": False}),
    ("igvlm", "igvlm", 0, {"id": "drive1", "video": "u-1", "reference": "a fig", "part": None}),
    ("igvlm of STAR", "igvlm", 0, {"video": "QQ1ZZ", "part": (2.5, 9), "reference": "A hat"}),
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


def test_the_format_may_be_named(tmp_path):
    path = write(tmp_path, "candidates")
    assert read(path, format="plain").format == "plain"
    assert read(path).format == "candidates"
