"""Reports: what they say about a run whose answers are known, and that foreign words do no harm."""

import json
import re

import pytest
from vidprog.evaluation.comparison import compared
from vidprog.evaluation.items import Item, Prediction
from vidprog.evaluation.lines import prediction_to_json
from vidprog.evaluation.markdown import to_markdown
from vidprog.evaluation.overview import overview
from vidprog.evaluation.page import to_page
from vidprog.evaluation.report import comparison_document, document, write_report
from vidprog.evaluation.run_directory import RunDirectory
from vidprog.evaluation.sections import sections
from vidprog.evaluation.systems import System
from vidprog.video.errors import UsageError

EVIL = "<script>alert(1)</script> | `x` **y**"
SYSTEMS = {"loop": System(), "read_screen": System("read_screen"), "blind": System(None, "blind"),
           "loop@shuffled": System(None, "shuffled")}  # fmt: skip
RIGHT = {"loop": {0, 1, 2, 4, 5}, "read_screen": {0, 1}, "blind": {3}, "loop@shuffled": {0, 4, 5}}
"""Places of the items that each system gets right, of eight."""


def items():
    made = [Item(f"q{place}", "a.mp4" if place < 4 else "b.mp4", f"Question {place}?", choices=("yes", "no"), truth=0,
                 category="text" if place < 4 else "order", group="pair" if place < 2 else "",
                 extra={"depth": 0.5, "length": 1.0 if place < 4 else 10.0})
            for place in range(7)]  # fmt: skip
    return (*made, Item("q7", "b.mp4", EVIL, choices=("yes", EVIL), truth=1, category=EVIL))


def line(system, place, item):
    right = place in RIGHT[system]
    choice = item.truth if right else 1 - item.truth
    prediction = Prediction(
        item.id, choice, item.choices[choice], probabilities=(0.7, 0.3), confidence=0.9 if right else 0.4,
        abstained=place == 6, usage={"llm_calls": 2, "seconds": 1.5 + place, "prompt_tokens": 10}, error="",
    )  # fmt: skip
    rounds = [{"move": "direct", "program": system, "choice": choice, "confidence": 0.1, "diagnosis": "unsure"},
              {"move": "other_program", "program": system, "choice": choice, "confidence": prediction.confidence,
               "diagnosis": ""}]  # fmt: skip
    return {"system": system, **prediction_to_json(prediction), "program": system, "rounds": rounds}


def trace(made):
    moment = {"start": 1.0, "end": 2.0, "kind": "text", "content": f"seen by {made['system']} {EVIL}", "score": 0.8}
    step = {"tool": "read_text", "why": "", "seconds": 0.1, "result": "3 rows"}
    same = {"answer": made["text"], "error": None, "reason": "", "source": f"answer(question, {EVIL})", "steps": [step]}
    rounds = [{**part, **same} for part in made["rounds"]]
    return {"result": {"evidence": [moment], "rounds": rounds, "warnings": [], "grounding": 0.5, "basis": "words"}}


@pytest.fixture
def folder(tmp_path):
    """A run with every answer known; read_screen is not finished."""
    directory = RunDirectory(tmp_path / "run")
    session = {"started": "2026-01-01T00:00:00+00:00", "files": [], "extent": {}, "missing": {"c.mp4": 3},
               "problems": ["q.csv:7: no question"], "versions": {"vidprog": "1"}, "prompts": {"answer": "a"},
               "programs": {}, "code": {"rooms": "r"},
               "systems": [{"program": s.program, "condition": s.condition} for s in SYSTEMS.values()]}  # fmt: skip
    directory.begin(
        {"data": {"name": EVIL, "format": "plain", "items": 8, "sha256": "0" * 64}, "profile": {"llm": "x:y"},
         "settings": {"max_rounds": 3, "budget": {}, "first_look": True},
         "controls": {"seconds": 1.0, "seed": 0}, "session": session},
        items(),
    )  # fmt: skip
    for name in SYSTEMS:
        for place, item in enumerate(items()[: 6 if name == "read_screen" else 8]):
            made = line(name, place, item)
            directory.record(made, trace(made))
    return directory.path


def table(folder, name, number=0):
    found = next(section for section in sections(overview(folder)) if section.name == name).tables[number]
    return {row[0]: dict(zip(found.head[1:], row[1:], strict=True)) for row in found.rows}


def test_systems_stand_with_their_scores_and_intervals(folder):
    rows = table(folder, "systems")
    assert list(rows) == ["loop", "loop@shuffled", "read_screen", "blind"]
    assert rows["loop"]["accuracy"] == "62 % (31–86)" and rows["loop"]["abstained"] == "1"
    assert rows["read_screen"]["asked"] == "6" and rows["read_screen"]["accuracy"] == "33 % (10–70)"
    assert rows["read_screen"]["p"] == "0.250"  # three questions that only the loop has right: 2 * 0.5 ** 3


def test_abstention_is_wrong_but_its_nearest_option_may_count(folder, monkeypatch):
    monkeypatch.setitem(RIGHT, "loop", RIGHT["loop"] | {6})
    directory = RunDirectory(folder)
    directory.record(line("loop", 6, items()[6]), {})
    rows = table(folder, "systems")
    assert rows["loop"]["accuracy"].startswith("62 %") and rows["loop"]["nearest"].startswith("75 %")


def test_what_is_missing_and_unfinished_is_said(folder):
    notes = " ".join(next(iter(sections(overview(folder)))).notes)
    assert "1 video with 3 questions not found" in notes and "c.mp4" in notes and "q.csv:7: no question" in notes
    assert "read_screen 6" in notes and "of 8 questions" in notes


def test_gap_of_each_condition_by_category(folder):
    rows = table(folder, "controls")
    assert rows["text (4)"] == {"loop": "75 %", "blind": "25 %", "shuffled": "25 %"}
    assert rows["order (3)"] == {"loop": "67 %", "blind": "0 %", "shuffled": "67 %"}
    gaps = table(folder, "controls", 1)
    assert gaps["loop@shuffled"]["loop is better by"] == "+25 points"


def test_kinds_have_their_mean_beside_that_of_all_questions(folder):
    rows = table(folder, "categories")
    assert (rows["loop"]["all (8)"], rows["loop"]["mean of kinds"]) == ("62 %", "47 %")  # of 3/4, 2/3 and 0/1


def test_groups_have_a_table_of_their_own(folder):
    rows = table(folder, "systems", 1)
    assert rows["loop"]["all of a group"].startswith("100 %") and rows["loop"]["asked"] == "1"
    assert rows["blind"]["all of a group"].startswith("0 %")


def test_costs_are_means(folder):
    rows = table(folder, "costs")
    assert (
        rows["loop"]["LLM calls"] == "2.00" and rows["loop"]["seconds"] == "5.00" and rows["loop"]["tokens"] == "10.00"
    )


def test_depth_by_length_and_rounds(folder):
    assert table(folder, "lengths") == {"1 min": {"0.5": "3/4", "all": "3/4"}, "10 min": {"0.5": "2/3", "all": "2/3"}}
    assert table(folder, "rounds") == {"other_program": {"questions": "8", "right": "5"}}


def test_markdown_tables_are_not_broken_by_foreign_words(folder):
    text = to_markdown(overview(folder))
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", row)) for row in block.strip().split("\n")}
        assert len(widths) == 1, block
    assert "<script" not in text
    assert re.search(r"\[trace\]\(traces/loop/q3-[0-9a-f]+\.json\)", text)


def test_page_escapes_foreign_words_and_needs_no_network(folder):
    page, notes = to_page(overview(folder))
    assert "<script" not in page and "&lt;script&gt;alert(1)" in page and notes == ()
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert page.count("<svg") == page.count("<figcaption") >= 4
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_page_without_matplotlib_has_its_tables(folder, monkeypatch):
    from vidprog.evaluation import plots

    monkeypatch.setattr(plots, "find_spec", lambda name: None)
    page, notes = to_page(overview(folder))
    assert "<svg" not in page and "By kind of question" in page and "matplotlib" in notes[0]


def test_files_are_written_and_the_document_has_every_system(folder):
    files, _ = write_report(overview(folder))
    assert [path.name for path in files] == ["report.md", "report.html", "scores.json"]
    told = json.loads((folder / "scores.json").read_text())
    assert told == json.loads(json.dumps(document(overview(folder))))
    assert [system["name"] for system in told["systems"]] == list(SYSTEMS)


def test_comparison_tells_what_flipped_and_why(folder):
    found = compared(f"{folder}:loop", f"{folder}:loop@shuffled")
    assert found.names == ("loop", "loop@shuffled")
    sides = [(flip.item.id, flip.a.right, flip.b.right) for flip in found.flips]
    assert sides == [("q1", True, False), ("q2", True, False)]
    flip = found.flips[0]
    assert flip.a.evidence[0]["content"].startswith("seen by loop") and flip.a.confidence == 0.9
    assert flip.why == "another program: loop, then loop@shuffled"
    assert comparison_document(found)["lost"] == ["q1", "q2"]


@pytest.mark.parametrize(("changes", "why"), [
    ({"program": "loop"}, "the same program, other evidence"),
    ({"error": "out of memory"}, "one of them failed"),
])  # fmt: skip
def test_reason_of_a_flip(folder, changes, why):
    directory, lines = RunDirectory(folder), folder / "predictions.jsonl"
    kept = [text for text in lines.read_text().splitlines(keepends=True)
            if (json.loads(text)["system"], json.loads(text)["item"]) != ("loop@shuffled", "q1")]  # fmt: skip
    lines.write_text("".join(kept))
    made = {**line("loop@shuffled", 1, items()[1]), **changes}
    directory.record(made, trace(made))
    flips = {flip.item.id: flip for flip in compared(f"{folder}:loop", f"{folder}:loop@shuffled").flips}
    assert flips["q1"].why == why


@pytest.mark.parametrize(("name", "code"), [("{}:nobody", "eval.system"), ("{}/traces", "eval.directory")])
def test_what_cannot_be_compared_is_said(folder, name, code):
    with pytest.raises(UsageError) as error:
        compared(name.format(folder), str(folder))
    assert error.value.code == code
