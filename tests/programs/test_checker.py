"""Everything that is wrong with a program is found at once, before it runs, with what to write instead."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vidprog.programs import Program, check

END = "answer(question, [], choices)\n"

GOOD_TEXT = """
lines = read_text(trim(video, 1, 2.5))
if not lines:
    lines = read_text(video)
answer(question, lines, choices)
---
answer(question, [o for o in read_text(video) if o.score > 0.6 and 'EXIT' in o.content.upper()])
---
video = trim(video, 0, video.duration / 2)
answer(question, read_text(video), choices)
---
found = read_text(video) + read_text(select_frames(video, 4, method='shots'))
answer(question, found[:10], choices)
---
found = []
for start in range(0, 60, 20):
    found += read_text(trim(video, start, start + 20))
answer(question, found)
---
first = sorted(read_text(video), key=lambda o: o.start)
answer(question, first, choices)
---
def _half(clip: Clip) -> Clip:
    return trim(clip, clip.start, clip.end / 2)
answer(question, read_text(_half(video)))
---
text = caption(select_frames(video))
print(f'{text} {len(text)}')
if choices:
    answer(text, [], choices)
else:
    answer(text, [])
---
try:
    n = count_people(video)
except Exception:
    n = 0
answer(f'{question} {n}', [])
---
answers = [answer(question, read_text([frame])) for frame in select_frames(video)]
max(answers, key=lambda a: a.confidence)
---
ask = answer
ask(question, [])
---
found = []
for clip in videos:
    found += read_text(clip)
answer(question, [line for line in found if line.video.endswith('.mp4') and line.content.isupper()], choices)
---
def go(video: Clip, question: str, choices: list[str]) -> Answer:
    'Go.'
    return answer(question, [], choices)
"""
GOOD = GOOD_TEXT.split("---\n")

BAD = [
    ("x = trimm(video, 1, 2)", 1, "program.name", "Did you mean trim(clip: Clip, start: float, end: float) -> Clip?"),
    ("x = 1\ny = x + qqqqqqqq", 2, "program.name", "Tools are answer, "),
    ("linse = []\nx = lines", 2, "program.name", "Did you mean linse?"),
    ("trim(video)", 1, "program.argument", "trim(clip: Clip, start: float, end: float) -> Clip"),
    ("trim(video, 'a', 2)", 1, "program.argument", "trim(clip"),
    ("trim(video, 1, 2, 3)", 1, "program.argument", "trim(clip"),
    ("trim(video, 1, end=2, middle=3)", 1, "program.argument", "trim(clip"),
    ("trim(video, 1, 2, start=3)", 1, "program.argument", "trim(clip"),
    ("select_frames(video, method='fast')", 1, "program.argument", "select_frames(clip"),
    ("read_text(video)[0].contnt", 1, "program.attribute", "Did you mean content?"),
    ("video.pixels", 1, "program.attribute", "Clip has start, end, duration"),
    ("read_text(video).search('x')", 1, "program.attribute", "plain list"),
    ("read_text(video, context=3)", 1, "program.argument", "read_text(clip"),
    ("x = []\nfor o in x:\n    y = o.scre", 3, "program.attribute", "Did you mean score?"),
    ("x = []\ny = [o.wavelength for o in x]", 2, "program.attribute", "There are abstained"),
    ("while True:\n    x = 1", 1, "program.endless", "break"),
    ("x = 1\nfor i in range(10**9):\n    x = i", 2, "program.endless", "At most"),
    ("def f(x):\n    return f(x)\nf(1)", 1, "program.endless", "Return before it does"),
    ("x = 1 + 'a'", 1, "program.type", ""),
    ("x: int = read_text(video)", 1, "program.type", ""),
    ("import os", 1, "program.import", ""),
    ("def f():\n    from os import path", 2, "program.import", ""),
    ("().__class__.__base__.__subclasses__()", 1, "program.dunder", ""),
    ("__import__('os')", 1, "program.dunder", ""),
    ("def __f__():\n    pass", 1, "program.dunder", ""),
    ("open('/etc/passwd')", 1, "program.refused", ""),
    ("f = eval", 1, "program.refused", ""),
    ("getattr(video, 'start')", 1, "program.refused", ""),
    ("x = undefined  # type: ignore", 1, "program.ignore", ""),
    ("return 3", 1, "program.syntax", ""),
    ("break", 1, "program.syntax", ""),
    ("def f():\n    yield 1", 2, "program.syntax", ""),
]


@pytest.mark.parametrize("source", GOOD)
def test_good_programs_have_no_problems(source, registry, sandbox):
    assert check(Program.draft(source), registry, sandbox) == ()


@pytest.mark.parametrize(("source", "line", "code", "hint"), BAD)
def test_each_problem_is_found_where_it_is(source, line, code, hint, registry, sandbox):
    problems = check(Program.draft(f"{source}\n{END}"), registry, sandbox)
    found = [problem for problem in problems if problem.code == code]
    assert [problem.line for problem in found][:1] == [line], problems
    assert hint in found[0].hint
    assert str(found[0]).startswith(f"line {line}: ")
    assert set(found[0].to_json()) == {"line", "code", "message", "hint"}


def test_all_problems_come_at_once_in_order(registry, sandbox):
    source = "import os\nx = undefined\ntrim(video)\nopen('x')\n"
    codes = [(problem.line, problem.code) for problem in check(Program.draft(source), registry, sandbox)]
    assert codes == [
        (0, "program.no_answer"),
        (1, "program.import"),
        (2, "program.name"),
        (3, "program.argument"),
        (4, "program.refused"),
    ]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("x = 1", "program.no_answer"),
        ("", "program.no_answer"),
        ("# " + "x" * 20_000, "program.length"),
        ("x = (", "program.syntax"),
        ("-" * 15_000 + "1", "program.syntax"),
        ("x = " + "[" * 150 + "]" * 150, "program.depth"),
        ("x = 1" + "+ 1" * 300, "program.depth"),
        ("def go(video):\n    return answer(question, [])", "program.form"),
        ("def a(video, question, choices): ...\ndef b(video, question, choices): ...", "program.form"),
    ],
)
def test_problems_of_the_whole(source, code, registry, sandbox):
    (problem,) = check(Program.draft(source), registry, sandbox)
    assert problem.code == code


def test_a_function_must_return_an_answer(registry, sandbox):
    source = (
        "def go(video: Clip, question: str, choices: list[str]) -> Answer:\n    answer(question, [])\n    return 3\n"
    )
    (problem,) = check(Program.parse(source), registry, sandbox)
    assert (problem.line, problem.code) == (3, "program.type")


def test_checking_runs_nothing(registry, sandbox):
    started = time.monotonic()
    assert check(Program.draft(f"for number in range(10**6):\n    print('x')\n{END}"), registry, sandbox) == ()
    assert time.monotonic() - started < 2


def test_a_program_as_long_as_allowed_is_checked_in_time(registry, sandbox):
    lines = "x = [o.content for o in read_text(trim(video, 1, 2))]\n"
    source = lines * ((20_000 - len(END)) // len(lines)) + END
    started = time.monotonic()
    assert check(Program.draft(source), registry, sandbox) == ()
    assert time.monotonic() - started < 10


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_gives_problems_and_no_exception(text, registry, sandbox):
    assert check(Program.draft(text), registry, sandbox)
