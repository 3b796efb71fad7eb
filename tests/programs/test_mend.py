"""Small faults are mended without a model, and nothing else is touched."""

import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vidprog.programs import Program, check
from vidprog.programs.mend import mend
from vidprog.programs.remedy import nearest
from vidprog.tools import Registry

TOOLS = Registry.builtin()
FAULTS = Path(__file__).parents[2] / "benchmarks" / "faults.py"


@pytest.fixture(scope="module")
def maker():
    """What makes the faulty programs of the benchmark, as a module."""
    spec = importlib.util.spec_from_file_location("faults", FAULTS)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def mended(source):
    program = Program.draft(source)
    return mend(program, check(program, TOOLS), TOOLS)


END = "\nanswer(question, lines, choices)"
HEAD = "def go(video: Clip, question: str, choices: list[str]) -> Answer:\n"
MENDED = [
    # what stands around the code
    (f"```python\nlines = read_text(video){END}\n```", f"lines = read_text(video){END}"),
    (f"Here it is:\n\n```\nlines = read_text(video){END}\n```\nIt reads.", f"lines = read_text(video){END}"),
    (f"```python\nlines = read_text(video){END}", f"lines = read_text(video){END}"),
    (f"Sure!\nlines = read_text(video){END}", f"lines = read_text(video){END}"),
    (f"Sure\nlines = read_text(video){END}", f"lines = read_text(video){END}"),
    (f"    lines = read_text(video){END}".replace("\n", "\n    "), f"lines = read_text(video){END}"),
    (">>> lines = read_text(video)\n>>> answer(question, lines, choices)", f"lines = read_text(video){END}"),
    ("lines = search(“exit”)" + END, 'lines = search("exit")' + END),
    (f"lines = read_text(video{END}", f"lines = read_text(video){END}"),
    (f"lines = read_text(trim(video, 1, 2){END}", f"lines = read_text(trim(video, 1, 2)){END}"),
    ("lines = read_text(video)\nanswer(question, lines, choices", f"lines = read_text(video){END}"),
    (f"lines = []\nif video.end > 3\n    lines = read_text(video){END}",
     f"lines = []\nif video.end > 3:\n    lines = read_text(video){END}"),
    ("lines = read_text(video)\nreturn answer(question, lines, choices)", f"lines = read_text(video){END}"),
    (f"import os\nlines = read_text(video){END}", f"lines = read_text(video){END}"),
    (f"from vidprog import read_text\nlines = read_text(video){END}", f"lines = read_text(video){END}"),
    (f"from typing import List\nimport math\nlines = read_text(video){END}", f"lines = read_text(video){END}"),
    ('lines = read_text(video)\nif __name__ == "__main__":\n    answer(question, lines, choices)',
     f"lines = read_text(video){END}"),
    ("def solve(video):\n    return answer(question, read_text(video), choices)",
     "def solve(video):\n    return answer(question, read_text(video), choices)\n\nsolve(video)"),
    # names
    (f"lines = read_txt(video){END}", f"lines = read_text(video){END}"),
    (f"lines = readText(video){END}", f"lines = read_text(video){END}"),
    (f"lines = read_text(vidoe){END}", f"lines = read_text(video){END}"),
    (f"lines = read_text(clip){END}", f"lines = read_text(video){END}"),
    (f"lines = search(query){END}", f"lines = search(question){END}"),
    ("lines = read_text(video)\nanswer(question, lnies, choices)", f"lines = read_text(video){END}"),
    ("lines = read_text(video)\nanswer(question, lines, options)", f"lines = read_text(video){END}"),
    (f"lines = [l for l in read_text(video) if l.scor > 0.5]{END}",
     f"lines = [l for l in read_text(video) if l.score > 0.5]{END}"),
    (f"lines = [l for l in read_text(video) if 'x' in l.text]{END}",
     f"lines = [l for l in read_text(video) if 'x' in l.content]{END}"),
    (f"lines = read_text(video.trim(1, 2)){END}", f"lines = read_text(trim(video, 1, 2)){END}"),
    (f"lines = [l for l in read_text(video) if getattr(l, 'score') > 1]{END}",
     f"lines = [l for l in read_text(video) if l.score > 1]{END}"),
    # arguments
    (f"lines = read_text(video, min_scor=0.5){END}", f"lines = read_text(video, min_score=0.5){END}"),
    (f'lines = read_text(video, language="en"){END}', f"lines = read_text(video){END}"),
    (f"lines = read_text(video, 0.5, 3){END}", f"lines = read_text(video, 0.5){END}"),
    (f"lines = read_text(){END}", f"lines = read_text(video){END}"),
    (f"lines = read_text(trim(3, 5)){END}", f"lines = read_text(trim(video, 3, 5)){END}"),
    (f"lines = read_text(trim(3, 5, video)){END}", f"lines = read_text(trim(video, 3, 5)){END}"),
    (f'lines = search(question, "speech"){END}', f'lines = search(question, ["speech"]){END}'),
    (f"lines = search(5, question){END}", f"lines = search(question, limit=5){END}"),
    (f'lines = detect(video, label="dog"){END}', f'lines = detect(video, query="dog"){END}'),
    (f"lines = read_text(videos){END}", f"lines = read_text(video){END}"),
    (f"part = ask(make_grid(video), question)\nlines = read_text(video){END}",
     f"part = ask(make_grid(select_frames(video)), question)\nlines = read_text(video){END}"),
    (f"part = select_frames(video, '6', method='unifrom')\nlines = read_text(video){END}",
     f"part = select_frames(video, 6, method=\"uniform\")\nlines = read_text(video){END}"),
    # answers
    ("lines = read_text(video)\nanswer(lines, choices)", f"lines = read_text(video){END}"),
    ("lines = read_text(video)\nanswer(lines, question, choices)", f"lines = read_text(video){END}"),
    ("lines = read_text(video)\nanswer(question)", f"lines = read_text(video){END}"),
    ("lines = read_text(video)", f"lines = read_text(video){END}"),
    ("lines = read_text(video)\nprint(lines)", f"lines = read_text(video){END}"),
    ("x = 3", "x = 3\nanswer(question, search(question), choices)"),
    ("read_text(video)", "answer(question, read_text(video), choices)"),
    (f"import os\nlines = read_text(video)\nprint(lines){END}", f"lines = read_text(video){END}"),
    ("import os\nlines = read_text(video)\nanswer(question, lines)", f"lines = read_text(video){END}"),
    (f"{HEAD}    lines = read_text(video)\n    return lines",
     f"{HEAD}    lines = read_text(video)\n    return answer(question, lines, choices)"),
    # several at once
    ("import vidprog\nfrom typing import List\nlines = readText(clip)\nanswer(lines, choices)",
     f"lines = read_text(video){END}"),
]  # fmt: skip


@pytest.mark.parametrize(("faulty", "sound"), MENDED)
def test_a_fault_with_one_remedy_is_mended(faulty, sound):
    found = mended(faulty)
    assert found.program.source.strip() == sound.strip()
    assert found.changes and all("\n" not in change for change in found.changes)
    assert check(found.program, TOOLS) == ()


LEFT = [
    "this is no program at all",
    "",
    "lines = frobnicate(video)\nanswer(question, lines, choices)",
    "import numpy\nanswer(question, str(numpy.zeros(3)), choices)",
    "while True:\n    lines = read_text(video)\nanswer(question, lines, choices)",
    "part = trim(video, 3)\nanswer(question, read_text(part), choices)",
    "part = trim(video, 1, 2)\nlines = read_text()\nanswer(question, lines, choices)",  # of which clip?
    "one = read_text(video)\ntwo = transcribe(video)\nanswer(question, onetwo, choices)",
    "answer(question, read_text(question), choices)",
    "select_frames(video, method='fast')\nanswer(question, [], choices)",
    "open('notes.txt')\nanswer(question, [], choices)",
]


@pytest.mark.parametrize("source", LEFT)
def test_what_may_mean_several_things_is_left_alone(source):
    assert mended(source) == mend(Program.draft(source), (), TOOLS)


def test_each_change_says_where_and_what():
    found = mended("lines = read_txt(vidoe)\nanswer(question, lines, choices)")
    assert set(found.changes) == {"line 1: read_txt -> read_text", "line 1: vidoe -> video"}


def test_a_program_keeps_its_name_and_its_place():
    source = "lines = read_txt(video)\nanswer(question, lines, choices)"
    program = Program("mine", source, path="mine.py")
    found = mend(program, check(program, TOOLS), TOOLS).program
    assert (found.name, found.path) == ("mine", "mine.py")


def test_a_program_without_problems_is_never_touched(maker):
    for source in maker.sound_programs(TOOLS):
        program = Program.draft(source)
        assert mend(program, (), TOOLS).program is program
        assert mended(source).changes == ()


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("read_txt", ["read_text", "trim"], "read_text"),
        ("readText", ["read_text", "reads_text"], "read_text"),
        ("vidoe", ["video", "videos"], "video"),
        ("linse", ["lines", "line"], ""),
        ("todl", ["told", "total"], "told"),
        ("liness", ["lines", "linens"], ""),
        ("x", ["y"], ""),
        ("a", ["ab"], ""),
        ("transcript", ["trim", "track"], ""),
        ("lines", ["lines"], ""),
    ],
)
def test_the_name_that_is_meant(name, known, meant):
    assert nearest(name, known) == meant


# ---- what faulty programs are made of


def test_two_hundred_faulty_programs_are_caught_and_most_are_mended(maker):
    found = []
    for fault in maker.faults(TOOLS, 200, seed=11):
        program = Program.draft(fault.source)
        problems = check(program, TOOLS)
        assert problems, (fault.kind, fault.source)
        found.append(not check(mend(program, problems, TOOLS).program, TOOLS))
    assert len(found) == 200 and sum(found) / len(found) > 0.7


def test_every_kind_of_fault_is_among_them(maker):
    kinds = {fault.kind for fault in maker.faults(TOOLS, 30, seed=1)}
    assert kinds == set(maker.BREAKS)


def test_mending_again_changes_nothing(maker):
    for fault in maker.faults(TOOLS, 45, seed=5):
        once = mended(fault.source)
        again = mend(once.program, check(once.program, TOOLS), TOOLS)
        assert again.changes == () and again.program.source == once.program.source, fault


PIECES = (
    "read_text", "video", "videos", "answer", "question", "choices", "lines", "vidoe", "rad_text", "trim", "import os",
    "return", "print", "if", "for", "in", "def", "(", ")", "[", "]", ":", ",", ".", "=", "\n", "\n    ", "1", "'a'",
    "```", " ", "x", "content", "scor", "while True", "=", "é",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(text=st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)))
def test_no_text_makes_mending_fail_and_mending_twice_is_mending_once(text):
    once = mended(text)
    assert bool(once.changes) == (once.program.source != text)
    again = mend(once.program, check(once.program, TOOLS), TOOLS)
    assert again.changes == ()
    if not check(Program.draft(text), TOOLS):
        assert once.changes == ()
