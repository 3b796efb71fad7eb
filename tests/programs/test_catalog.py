"""Programs by name: the library, and users' files."""

import pytest
from vidprog.programs import Catalog, Program, ProgramError, check, missing_roles
from vidprog.tools import Registry
from vidprog.video import UsageError

LOOK = Program("look", "answer(question, [])", needs=("vlm",))
READ = Program("read", "answer(question, [])", needs=("ocr", "llm"))


def test_programs_come_in_the_order_of_their_names():
    catalog = Catalog([READ, LOOK])
    assert list(catalog) == [LOOK, READ] and catalog.names == ("look", "read")
    assert len(catalog) == 2 and "look" in catalog


@pytest.mark.parametrize("program", Catalog.builtin(), ids=lambda program: program.name)
def test_every_program_of_the_library_passes_the_checker(program, sandbox):
    assert program.kind == "function" and program.summary and program.when and program.examples
    assert check(program, Registry.builtin(), sandbox) == ()


def test_a_name_or_a_file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text('"""Mine."""\nanswer(question, [])\n')
    catalog = Catalog([READ, LOOK])
    assert catalog.get("look") is LOOK
    assert catalog.get(path) == catalog.get(str(path))
    assert (catalog.get(path).name, catalog.get(path).summary) == ("mine", "Mine.")


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("lok", "no program of that name", "Did you mean look?"),
        ("zzz", "no program of that name", "There are look, read."),
        ("nowhere/read.py", "no such file", "Did you mean read?"),
    ],
)
def test_an_unknown_program(name, message, hint):
    with pytest.raises(UsageError, match=message) as caught:
        Catalog([READ, LOOK]).get(name)
    assert caught.value.code == "program.unknown" and caught.value.hint.startswith(hint)


def test_a_file_that_is_no_program(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("x = 1\nif x\n")
    with pytest.raises(ProgramError, match=r"mine\.py: line 2: expected ':'") as caught:
        Catalog().get(path)
    assert caught.value.code == "program.syntax"


def test_which_programs_can_run():
    catalog = Catalog([READ, LOOK])
    assert catalog.runnable(["ocr", "llm"]) == (READ,)
    assert missing_roles(READ, ["llm"]) == ("ocr",)
