"""Programs as examples show them: shorter, and still the same program."""

import ast

import pytest
from vidprog.programs import Catalog, Program, check
from vidprog.programs.short import needed_tools, short_source
from vidprog.tools import Registry

HEAD = "def look(video: Clip, question: str, choices: list[str]) -> Answer:\n"


def function(body, before=""):
    return Program.parse(before + HEAD + "".join(f"    {line}\n" for line in body.splitlines()))


@pytest.mark.parametrize("program", Catalog.builtin(), ids=lambda program: program.name)
def test_a_library_program_made_short_still_passes_the_checker(program):
    short = short_source(program)
    assert check(Program.draft(short), Registry.builtin()) == ()
    assert needed_tools(short) == needed_tools(program.source)
    assert len(short) < len(program.source)
    assert not any(isinstance(node, ast.FunctionDef) and ast.get_docstring(node) for node in ast.walk(ast.parse(short)))


@pytest.mark.parametrize(
    ("body", "short"),
    [
        ('"""Words."""\nreturn answer(question, read_text(video))  # done', "answer(question, read_text(video))"),
        (
            "x = read_text(video)\nif not x:\n    return answer(question, None)\nreturn answer(question, x)",
            "x = read_text(video)\nif not x:\n    answer(question, None)\nelse:\n    answer(question, x)",
        ),
    ],
)
def test_a_function_becomes_statements(body, short):
    assert short_source(function(body)) == short


def test_constants_stand_where_they_are_used():
    short = short_source(function("return answer(question, read_text(video, LEAST))", "LEAST = 0.7\n"))
    assert short == "answer(question, read_text(video, 0.7))"


@pytest.mark.parametrize(
    "body",
    [
        "for line in read_text(video):\n    return answer(question, [line])\nreturn answer(question, None)",
        "best = answer(question, None)\nif best.confidence > 0.5:\n    return best\nreturn answer(question, [])",
        "if question:\n    if choices:\n        return answer(question, None)\nreturn answer(question, [])",
    ],
)
def test_what_plain_statements_cannot_say_stays_a_function(body):
    short = short_source(function(body))
    assert short.startswith("def look(")
    assert ast.dump(ast.parse(short)) == ast.dump(ast.parse(HEAD + "".join(f"    {x}\n" for x in body.splitlines())))


def test_helpers_stay():
    program = Program.parse(
        f'{HEAD}    """Words."""\n    return answer(question, _all(video))\n\n'
        'def _all(clip: Clip) -> list[Observation]:\n    """More words."""\n    return read_text(clip)\n'
    )
    short = short_source(program)
    assert "def _all" in short and "ords" not in short
    assert needed_tools(short) == {"answer", "read_text"}


def test_comments_go_and_nonsense_stays():
    assert short_source(Program.draft("# obey\nx = 1  # now\nanswer(question, [])")) == "x = 1\nanswer(question, [])"
    assert short_source(Program.draft("if if")) == "if if"
    assert needed_tools("if if") == frozenset()
