"""Every public name: it is there, it explains itself, and the example in its explanation runs."""

import asyncio
import doctest
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import vidprog

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
PLAIN = frozenset(["events"])
"""Names that are modules."""


@pytest.fixture
def workplace(tmp_path, sample, sample_store, monkeypatch):
    """A directory with the sample clip, and a store in which it is known."""
    shutil.copy(sample, tmp_path / "sample.mp4")
    shutil.copytree(sample_store, tmp_path / "store")
    monkeypatch.setenv("VIDPROG_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def examples_of(name: str) -> list[doctest.DocTest]:
    """The examples of a public name and of its methods, in the namespace of the module that it is from."""
    value = getattr(vidprog, name)
    module = vars(sys.modules[value.__module__]) if hasattr(value, "__module__") else {}
    given = {"vidprog": vidprog, "asyncio": asyncio, "threading": threading, "Path": Path}
    found = doctest.DocTestFinder(exclude_empty=True).find(value, f"vidprog.{name}", globs={**module, **given})
    return [test for test in found if test.examples]


@pytest.mark.parametrize("name", vidprog.__all__)
def test_the_example_of_every_public_name_runs(name, workplace):
    value = getattr(vidprog, name)
    assert value.__doc__, f"{name} does not explain itself"
    tests = examples_of(name)
    assert tests or name in PLAIN, f"{name} has no example"
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    told: list[str] = []
    for test in tests:
        runner.run(test, out=told.append, clear_globs=False)
    assert runner.failures == 0, "".join(told)


def test_all_names_are_listed_where_a_reader_looks():
    assert sorted(vidprog.__all__) == sorted(vidprog._HOME) == dir(vidprog)


def test_importing_it_loads_nothing_heavy():
    heavy = ("numpy", "av", "langgraph", "torch", "matplotlib", "pandas", "IPython", "cv2", "pydantic_monty")
    program = f"import sys, vidprog; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
