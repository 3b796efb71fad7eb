"""Tools by name: built-in, from packages, from a user's file; and the test that each of them passes."""

import ast
import importlib.metadata
import os
import sys
from dataclasses import replace
from types import ModuleType

import pytest
from vidprog.tools import Registry, Sandbox, ToolDefinitionError, shared_sandbox, tool
from vidprog.tools.conformance import check
from vidprog.video import Clip, UsageError


@tool(kind="time")
def trim(clip: Clip, start: float, end: float) -> Clip:
    """Cut a clip.

    Args:
        clip: What to cut.
        start: Seconds.
        end: Seconds.
    """
    return clip.trim(start, end)


@tool
def add(one: float, *, other: float = 1.0) -> float:
    r"""Add "two" numbers, not C:\new\names.

    Args:
        one: A number.
        other: Another \"\"\"number\"\"\".
    """
    return one + other


FILE = '''
from vidprog.tools import tool

@tool{arguments}
def {name}(size: int) -> str:
    """Say it.

    Args:
        size: How loud.
    """
    return "x" * size
'''


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as opened:
        yield opened


def test_tools_come_in_the_order_of_their_names():
    registry = Registry([trim, add])
    assert [item.name for item in registry] == list(registry.names) == ["add", "trim"]
    assert "trim" in registry and len(registry) == 2


def test_an_unknown_name_gets_the_nearest_ones():
    with pytest.raises(UsageError) as caught:
        Registry([trim, add]).get("trimm")
    assert (caught.value.code, caught.value.exit_code, caught.value.hint) == ("tool.unknown", 2, "Did you mean trim?")


def test_a_name_is_taken_over_only_on_purpose():
    other, same = replace(trim, cost="much"), trim
    with pytest.raises(ToolDefinitionError) as caught:
        Registry([trim]).with_tools([other])
    assert caught.value.code == "tool.duplicate" and "replaces=True" in caught.value.hint
    assert Registry([trim]).with_tools([same]).get("trim") is trim
    assert Registry([trim]).with_tools([replace(other, replaces=True)]).get("trim").cost == "much"


def test_a_registry_never_changes():
    before = Registry([trim])
    before.with_tools([add])
    assert before.names == ("trim",)


def test_the_builtin_tools_all_conform(sandbox):
    for item in Registry.builtin():
        assert check(item, sandbox) == ()


def test_stubs_declare_classes_names_and_tools(sandbox):
    stubs = Registry([trim, add]).stubs()
    tree = ast.parse(stubs)
    declared = {node.name for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    assert declared == {"Clip", "Frame", "Observation", "Grid", "Answer", "Demonstration", "trim", "add"}
    given = {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
    assert given == {"video", "videos", "question", "choices"}
    assert sandbox.check_types("trim(video, 1, add(2.0)).end + add(1, other=2)", stubs) == ()


@pytest.mark.parametrize(("arguments", "name"), [("", "shout"), ("(replaces=True)", "trim")])
def test_a_file_of_tools(tmp_path, arguments, name):
    path = tmp_path / "my tools.py"
    path.write_text(FILE.format(arguments=arguments, name=name))
    registry = Registry([trim]).with_file(path)
    assert registry.get(name)(3) == "xxx"


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (None, "tool.file", "is not a Python file"),
        ("x = (", "tool.file", r"tools\.py:1 cannot be imported: SyntaxError"),
        ("import nowhere_at_all", "tool.file", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("raise RuntimeError('two\\nlines')", "tool.file", "RuntimeError: two lines"),
        ("x = 3", "tool.file", "declares no tool"),
        ("from vidprog.tools import tool\n@tool\ndef f(x): ...", "tool.invalid", "has no type"),
        (FILE.format(arguments="", name="trim"), "tool.duplicate", "a tool named 'trim'"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path, text, code, message):
    path = tmp_path / "tools.py"
    if text is not None:
        path.write_text(text)
    modules = set(sys.modules)
    with pytest.raises(ToolDefinitionError, match=message) as caught:
        Registry([trim]).with_file(path)
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert "\n" not in caught.value.message and caught.value.hint
    assert (
        not {name for name in set(sys.modules) - modules if "vidprog_tools" in name}
        or code == "tool.duplicate"
        or text == "x = 3"
    )


class EntryPoint:
    def __init__(self, name, value):
        self.name, self.value = name, value

    def load(self):
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


def test_a_broken_entry_point_becomes_a_warning_and_harms_no_other(monkeypatch):
    module = ModuleType("other")
    module.add = add
    entries = [
        EntryPoint("gone", ImportError("no module\nnamed gone")),
        EntryPoint("wrong", 3),
        EntryPoint("taken", replace(trim, cost="much")),
        EntryPoint("module", module),
        EntryPoint("list", [replace(add, name="plus")]),
    ]
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: entries if group == "vidprog.tools" else [])
    registry = Registry([trim]).with_entry_points()
    assert registry.names == ("add", "plus", "trim") and registry.get("trim") is trim
    assert [warning.split(":")[0] for warning in registry.warnings] == [
        "the tools of entry point 'gone' are left out",
        "the tools of entry point 'wrong' are left out",
        "the tools of entry point 'taken' are left out",
    ]
    assert not any("\n" in warning for warning in registry.warnings)
    assert registry.with_tools([]).warnings == registry.warnings


@pytest.mark.parametrize("item", [trim, add], ids=lambda item: item.name)
def test_good_tools_conform(item, sandbox):
    assert check(item, sandbox) == ()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "Trim"}, "the name 'Trim' is not a snake_case identifier"),
        ({"name": "lambda"}, "the name 'lambda' is not a snake_case identifier"),
        ({"name": "two words"}, "the name 'two words' is not a snake_case identifier"),
        ({"name": "video"}, "the name 'video' is one that every program is given"),
        ({"summary": "Cut a clip"}, "the first line of the docstring does not end with a full stop"),
        ({"needs": ("gpu",)}, "it needs 'gpu', which is none of the roles"),
        ({"parameters": (replace(trim.parameters[0], text=""),)}, "argument 'clip' is not described under Args:"),
    ],
)
def test_what_does_not_conform_is_said(changes, problem, sandbox):
    problems = check(replace(trim, **changes), sandbox)
    assert any(item.startswith(problem) for item in problems), problems


def test_a_stub_whose_types_the_checker_refuses(sandbox):
    kind = replace(trim.returns, options=(replace(trim.returns.options[0], stub="Clipp"),))
    problems = check(replace(trim, returns=kind), sandbox)
    assert any("its stub does not type-check" in item and "Clipp" in item for item in problems)


def test_the_sandbox_is_shared_within_a_process_and_not_beyond(monkeypatch):
    here = shared_sandbox()
    assert shared_sandbox() is here
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert shared_sandbox() is not here


def test_the_sandbox_starts_again_after_it_was_closed(sandbox):
    own = Sandbox(1)
    assert own.check_types("x = 1", "") == ()
    own.close()
    (found,) = own.check_types("\n\nx = undefined", "")
    assert (found.line, found.code) == (3, "unresolved-reference")
    own.close()
