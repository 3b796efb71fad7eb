"""What a report must not leave unsaid, and whose numbers belong together: runs made line by line."""

import json
import re

import pytest
from vidprog.evaluation.comparison import compared
from vidprog.evaluation.failures import said
from vidprog.evaluation.items import Item, Prediction
from vidprog.evaluation.lines import prediction_to_json
from vidprog.evaluation.markdown import to_markdown
from vidprog.evaluation.overview import overview
from vidprog.evaluation.page import to_page
from vidprog.evaluation.plots import plots
from vidprog.evaluation.report import document, write_report
from vidprog.evaluation.run_directory import RunDirectory
from vidprog.evaluation.scores import Judge, Sampling
from vidprog.evaluation.sections import sections
from vidprog.evaluation.systems import System
from vidprog.video.errors import UsageError

LOOP, OTHER = System(), System("read_screen")
YES_NO = {"choices": ("yes", "no"), "truth": 0}
SPAN = ((2.0, 4.0),)


def begin(folder, items, systems=(LOOP, OTHER), missing=None, first_look=True):
    session = {"started": "2026-01-01T00:00:00+00:00", "missing": missing or {}, "problems": [], "versions": {},
               "prompts": {}, "programs": {}, "code": {"rooms": "r"},
               "systems": [{"program": each.program, "condition": each.condition} for each in systems]}  # fmt: skip
    directory = RunDirectory(folder)
    directory.begin(
        {"data": {"name": "demo", "format": "plain", "items": len(items), "sha256": "0" * 64}, "profile": {},
         "settings": {"budget": {}, "first_look": first_look}, "controls": {"seconds": 1.0, "seed": 0},
         "session": session}, items,
    )  # fmt: skip
    return directory


def answer(directory, system, prediction, rounds=()):
    line = {"system": system.name, **prediction_to_json(prediction), "rounds": list(rounds)}
    directory.record(line, {})


def questions(count, **more):
    return [Item(f"q{place}", "a.mp4", f"Question {place}?", **{**YES_NO, **more}) for place in range(count)]


def notes(folder):
    return " ".join(sections(overview(folder))[0].notes)


def rows(folder, name="systems", number=0, **how):
    found = next(section for section in sections(overview(folder, **how)) if section.name == name).tables[number]
    return {row[0]: dict(zip(found.head[1:], row[1:], strict=True)) for row in found.rows}


def test_run_whose_systems_all_stopped_early_says_so(tmp_path):
    directory = begin(tmp_path, [*questions(4), Item("gone", "b.mp4", "Who?", **YES_NO)], missing={"b.mp4": 1})
    for system in (LOOP, OTHER):
        answer(directory, system, Prediction("q0", 0))
    assert re.search(r"of 4 questions .* were asked: loop 1, read_screen 1", notes(tmp_path))
    told = document(overview(tmp_path))
    assert told["askable"] == 4 and any("read_screen 1" in caveat for caveat in told["caveats"])


def test_finished_run_says_nothing(tmp_path):
    directory = begin(tmp_path, questions(2), (LOOP,))
    for name in ("q0", "q1"):
        answer(directory, LOOP, Prediction(name, 0))
    assert notes(tmp_path) == ""


@pytest.mark.parametrize(("prediction", "rounds", "words"), [
    (Prediction("q0", error="no memory", abstained=True), (), r"loop failed\*\* on 1 question.*no memory.*only-errors"),
    (Prediction("q0", 0, confidence=0.9),
     ({"move": "given", "choice": 0, "confidence": 0.9, "error": "line 1: division by zero"},),
     r"loop broke off\*\* in 1 question.*line 1: division by zero"),
])  # fmt: skip
def test_failures_and_programs_that_broke_are_said(tmp_path, prediction, rounds, words):
    answer(begin(tmp_path, questions(1), (LOOP,)), LOOP, prediction, rounds)
    assert re.search(words, notes(tmp_path))


def test_broken_round_that_was_not_returned_is_no_caveat(tmp_path):
    broken = {"move": "direct", "choice": 1, "confidence": 0.2, "error": "line 1: division by zero"}
    better = {"move": "other_program", "choice": 0, "confidence": 0.9}
    answer(begin(tmp_path, questions(1), (LOOP,)), LOOP, Prediction("q0", 0, confidence=0.9), (broken, better))
    assert notes(tmp_path) == ""


def test_questions_without_a_known_answer_are_said(tmp_path):
    directory = begin(
        tmp_path, [*questions(1), Item("x", "a.mp4", "Who?", choices=("a", "b"), category="open")], (LOOP,)
    )
    for name in ("q0", "x"):
        answer(directory, LOOP, Prediction(name, 0))
    assert "1 question, asked without a known answer" in notes(tmp_path)


def test_damaged_line_is_said(tmp_path):
    directory = begin(tmp_path, questions(1), (LOOP,))
    answer(directory, LOOP, Prediction("q0", 0))
    with (tmp_path / "predictions.jsonl").open("a") as file:
        file.write("\0\0\n")
    assert "1 line of the answers cannot be read" in notes(tmp_path)


def test_program_that_went_by_two_paths_is_one_system(tmp_path):
    directory = begin(tmp_path, questions(1), (System("here/mine.py"), System("/there/mine.py")))
    answer(directory, System("mine.py"), Prediction("q0", 0))
    assert [row.name for row in overview(tmp_path).rows] == ["mine.py"]


def test_p_is_of_the_task_of_its_table(tmp_path):
    """Two tasks have R@0.5: in one the systems are alike, in the other they never are."""
    when = [Item(f"w{place}", "a.mp4", "the cat", task="when", spans=SPAN) for place in range(6)]
    directory = begin(tmp_path, [*questions(6, spans=SPAN), *when])
    for place in range(6):
        answer(directory, LOOP, Prediction(f"q{place}", 0, spans=SPAN))
        answer(directory, OTHER, Prediction(f"q{place}", 0, spans=SPAN))
        answer(directory, LOOP, Prediction(f"w{place}", spans=SPAN))
        answer(directory, OTHER, Prediction(f"w{place}", spans=((7.0, 9.0),)))
    assert rows(tmp_path)["read_screen"]["p"] == "1.000"
    found = next(table for table in sections(overview(tmp_path))[0].tables if table.caption == "Task: when")
    cells = {row[0]: dict(zip(found.head[1:], row[1:], strict=True)) for row in found.rows}
    assert cells["read_screen"]["p"] == "0.031"  # 2 * 0.5 ** 6


def test_p_follows_the_judge_and_the_sampling(tmp_path):
    class ScriptedJudge:
        """Finds right what begins with a b."""

        identity, can_write, constraints = "scripted", True, ()

        def complete(self, asked, **_):
            return type("Reply", (), {"text": "right" if "ANSWER b" in asked else "wrong"})

    items = [Item(f"o{place}", f"{place // 3}.mp4", "Who?", task="open", answers=("ANSWER a",)) for place in range(6)]
    directory = begin(tmp_path, items)
    for item in items:
        answer(directory, LOOP, Prediction(item.id, text="ANSWER c"))
        answer(directory, OTHER, Prediction(item.id, text="ANSWER b"))
    assert rows(tmp_path)["read_screen"]["p"] == "1.000"
    judged = rows(tmp_path, judge=Judge(ScriptedJudge()))
    assert judged["read_screen"]["judged right"].startswith("100 %") and judged["read_screen"]["p"] == "0.031"
    clustered = rows(tmp_path, judge=Judge(ScriptedJudge()), sampling=Sampling(cluster=True))
    assert clustered["read_screen"]["p"] == "0.500"  # two videos: all signs alike in 2 of 4


def test_kinds_of_all_tasks_have_their_own_metric_and_number(tmp_path):
    words = [Item(f"o{place}", "a.mp4", "Who?", task="open", answers=("a dog",), category="who") for place in range(3)]
    directory = begin(tmp_path, [*questions(4, category="is it"), *words])
    for item in (*questions(4), *words):
        answer(directory, LOOP, Prediction(item.id, 0, "a dog"))
    for name in ("q0", "o0"):
        answer(directory, OTHER, Prediction(name, 1, "a dog"))
    told = rows(tmp_path, "categories")
    assert told["loop"] == {"is it (4)": "100 %", "who (3)": "100 %", "all (7)": "100 % of 4", "mean of kinds": "–"}
    partly = {"is it (4)": "0 % of 1", "who (3)": "100 % of 1", "all (7)": "0 % of 1", "mean of kinds": "–"}
    assert told["read_screen"] == partly


def test_cost_without_a_first_look_is_not_said_to_be_without_it(tmp_path):
    answer(begin(tmp_path, questions(1), (LOOP,), first_look=False), LOOP, Prediction("q0", 0))
    costs = next(section for section in sections(overview(tmp_path)) if section.name == "costs")
    assert costs.words[0].startswith("No first look was made")


def test_gap_of_which_every_question_is_alike_has_no_interval(tmp_path):
    blind = System(None, "blind")
    directory = begin(tmp_path, questions(4), (LOOP, blind))
    for item in questions(4):
        answer(directory, LOOP, Prediction(item.id, 0))
        answer(directory, blind, Prediction(item.id, 1))
    gap = rows(tmp_path, "controls", 1)["blind"]
    assert (gap["loop is better by"], gap["95 %"], gap["p"]) == ("+100 points", "–", "0.125")


def test_comparison_says_what_it_does_not_compare(tmp_path):
    one, two = begin(tmp_path / "one", questions(5), (LOOP,)), begin(tmp_path / "two", questions(6), (LOOP,))
    for name in ("q0", "q1", "q2"):
        answer(one, LOOP, Prediction(name, 0))
    for name in ("q2", "q5"):
        answer(two, LOOP, Prediction(name, 1))
    found = compared(str(tmp_path / "one"), str(tmp_path / "two"))
    assert (found.count, found.alone, found.tests.lost) == (1, (2, 1), ("q2",))
    assert found.tests.differences[0].count == 1


def test_questions_that_are_only_filed_otherwise_are_the_same(tmp_path):
    for name, more in (("one", {}), ("two", {"category": "who", "extra": {"source": "mine"}})):
        answer(begin(tmp_path / name, questions(2, **more), (LOOP,)), LOOP, Prediction("q0", 0))
    assert compared(str(tmp_path / "one"), str(tmp_path / "two")).count == 1
    begin(tmp_path / "three", questions(2, truth=1), (LOOP,))
    answer(RunDirectory(tmp_path / "three"), LOOP, Prediction("q0", 0))
    with pytest.raises(UsageError, match="no question in common"):
        compared(str(tmp_path / "one"), str(tmp_path / "three"))


def test_trace_of_a_program_with_a_space_is_linked(tmp_path):
    mine = System("my prog.py")
    answer(begin(tmp_path, questions(1), (mine,)), mine, Prediction("q0", 1))
    page, _ = to_page(overview(tmp_path))
    links = {
        *re.findall(r"\]\((traces/\S+)\)", to_markdown(overview(tmp_path))),
        *re.findall(r'href="(traces/.+?)"', page),
    }
    assert len(links) == 1 and next(iter(links)).startswith("traces/my%20prog.py/q0-")


@pytest.mark.parametrize(("prediction", "words"), [
    (Prediction("q0", 1, "no", confidence=0.4), "no (0.40)"),
    (Prediction("q0", 1, "no", confidence=0.4, abstained=True), "abstained; nearest no (0.40)"),
    (Prediction("q0", text="a dog", confidence=0.4, abstained=True), "abstained; nearest a dog (0.40)"),
    (Prediction("q0", abstained=True), "abstained (0.00)"),
    (Prediction("q0"), "nothing (0.00)"),
    (Prediction("q0", error="no memory", abstained=True), "failed: no memory"),
])  # fmt: skip
def test_failure_says_what_was_answered(prediction, words):
    assert said(prediction_to_json(prediction)) == words


def test_run_that_was_only_begun_has_a_report(tmp_path):
    begin(tmp_path, questions(2))
    files, _ = write_report(overview(tmp_path))
    assert "Not asked yet:** loop, read_screen" in files[0].read_text()
    assert json.loads(files[2].read_text())["systems"] == []


def test_names_in_a_crowded_plot_do_not_overlap(tmp_path):
    """All systems are in the plot of cost: by a name that stands free, or by one that a pointer brings up."""
    systems = [System(f"program_{place}") for place in range(25)]
    directory = begin(tmp_path, questions(3), systems)
    for place, system in enumerate(systems):
        for number in range(3):
            usage = {"seconds": 1 + place % 5 / 10}
            answer(directory, system, Prediction(f"q{number}", int(number > place % 4), confidence=0.5, usage=usage))
    drawn = plots(overview(tmp_path))["costs"]
    assert set(re.findall(r"<title>(program_\d+)</title>", drawn)) == {system.name for system in systems}
    written = re.findall(r">(program_\d+)</text>", drawn)
    assert "program_0" in written and len(written) < 25
    assert f"{25 - len(written)} stand too close" in drawn
