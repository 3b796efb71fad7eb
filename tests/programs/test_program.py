"""A program as a value, read from text without running any of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.programs import Program, ProgramError

READER = '''"""Read signs, then answer from what they say.

Use when: The question is about
    written words.
Needs: ocr, llm.
Source: MovieChat
Defaults: min_score 0.5
Examples:
    - What does the sign say?
    - Which number is on the bus?
"""

_BEST = 0.9


def _lines(clip):
    return read_text(clip, _BEST)


def read_signs(video: Clip, question: str, choices: list[str]) -> Answer:
    """Not used: the module has a summary."""
    return answer(question, _lines(video), choices)
'''

MAIN = "def go(video, question, choices):\n    return answer(question, [], choices)\n"


def test_a_function_with_all_its_sections():
    program = Program.parse(READER, name="other", path="here.py")
    assert (program.name, program.kind, program.path) == ("read_signs", "function", "here.py")
    assert program.summary == "Read signs, then answer from what they say."
    assert program.when == "The question is about written words."
    assert program.needs == ("ocr", "llm")
    assert (program.origin, program.defaults) == ("MovieChat", "min_score 0.5")
    assert program.examples == ("What does the sign say?", "Which number is on the bus?")
    assert program.to_json()["needs"] == ["ocr", "llm"]


def test_the_code_of_a_function_calls_it_and_keeps_line_numbers():
    code = Program.parse(READER).code
    assert code.endswith("\nread_signs(video, question, choices)\n")
    assert code.startswith(READER.rstrip())


def test_sections_may_stand_in_the_function():
    text = '    """Go.\n\n    Use when: Always.\n    """\n'
    source = f"def go(video, question, choices):\n{text}    return answer(question, [])\n"
    program = Program.parse(source)
    assert (program.summary, program.when, program.needs) == ("Go.", "Always.", ())


@pytest.mark.parametrize(
    "source",
    [
        "answer(question, [], choices)",
        "def helper(x):\n    return x\nanswer(question, helper([]))",
        "lines = []\nif lines:\n    answer(question, lines)\n",
        "",
    ],
)
def test_statements_are_run_as_they_are(source):
    program = Program.parse(source, name="planned")
    assert (program.kind, program.name, program.code) == ("statements", "planned", source)


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("x = (", "program.syntax", 1),
        ("x = 1\nif x\n", "program.syntax", 2),
        ("x = '\0'", "program.syntax", 0),
        ("-" * 15_000 + "1", "program.syntax", 0),
        ("+".join(["1"] * 9_000), "program.syntax", 0),
        ("(" * 5_000 + ")" * 5_000, "program.syntax", 1),
        (MAIN + MAIN.replace("go", "stop"), "program.form", 3),
        ("def go(video):\n    return answer()\n", "program.form", 1),
        ("def go(video, question, choices, extra=1):\n    pass\n", "program.form", 1),
        ("def go(video, question, *choices):\n    pass\n", "program.form", 1),
        ("async def go(video, question, choices):\n    pass\n", "program.form", 1),
        ('"""Go.\n\nNeeds: eyes\n"""\n', "program.needs", 0),
    ],
)
def test_what_cannot_be_read_says_where(source, code, line):
    with pytest.raises(ProgramError) as caught:
        Program.parse(source)
    assert (caught.value.code, caught.value.line) == (code, line)
    assert "\n" not in caught.value.message


@given(st.text(max_size=200))
def test_a_draft_takes_any_text(text):
    assert Program.draft(text).source == text


def test_reading_a_file(tmp_path):
    path = tmp_path / "signs.py"
    path.write_text(READER)
    assert Program.read(path).path == str(path)
    path.write_text("answer(question, [])")
    assert Program.read(path).name == "signs"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"\xff\xfe", "not UTF-8"),
        (b"x = 1\ny = (", r"signs\.py: line 2: '\(' was never closed"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, content, message):
    path = tmp_path / "signs.py"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ProgramError, match=message) as caught:
        Program.read(path)
    assert "\n" not in caught.value.message


SEVERAL = """
def both(videos: list[Clip], question: str, choices: list[str]) -> Answer:
    '''Compare.'''
    return answer(question, read_text(videos[0]), choices)
"""


@pytest.mark.parametrize(
    ("source", "takes", "call"),
    [
        (SEVERAL, "several", "both(videos, question, choices)"),
        (SEVERAL.replace("videos: list[Clip]", "video: Clip").replace("videos[0]", "video"), "one",
         "both(video, question, choices)"),
        ("answer(question, read_text(videos[1]), choices)", "several", None),
        ("answer(question, read_text(video), choices)", "one", None),
        ("videos = split_clip(video, 5.0)\nanswer(question, read_text(videos[0]), choices)", "one", None),
    ],
)  # fmt: skip
def test_what_a_program_is_about(source, takes, call):
    program = Program.parse(source)
    assert program.takes == takes == program.to_json()["takes"]
    assert program.code.rstrip().splitlines()[-1] == (call or source.splitlines()[-1])


def test_a_function_of_other_parameters_is_told_both_forms():
    with pytest.raises(ProgramError, match=r"of video, question, choices \(or of videos, question, choices\)"):
        Program.parse("def go(clips, question, choices):\n    return answer(question, [], choices)")
