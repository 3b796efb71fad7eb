"""Every check of ``vidprog doctor`` that fails names the command that mends it."""

import importlib.metadata
import re
import sys
from types import SimpleNamespace

import pytest
from vidprog.agents import health

COMMAND = re.compile(r"\b(vidprog|pip|export|rm -r) ")


@pytest.fixture
def empty(monkeypatch, tmp_path):
    """No weights, and no package index."""
    monkeypatch.setenv("VIDPROG_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setattr(health, "index_answers", lambda package: False)


def failed(checks):
    wrong = [check for check in checks if check.status in ("broken", "warning")]
    assert wrong
    return wrong


@pytest.mark.parametrize("reachable", [False, True])
@pytest.mark.parametrize("profile", ["embedded", "gpu"])
def test_missing_weights(empty, monkeypatch, reachable, profile):
    from vidprog.models import Models, load_profile

    monkeypatch.setattr(health, "index_answers", lambda package: reachable)
    for check in failed(health.weights(Models(load_profile(profile)), deep=False)):
        assert COMMAND.search(check.mend), check


def test_a_package_that_is_missing_or_old(monkeypatch):
    def version(name):
        if name == "numpy":
            raise importlib.metadata.PackageNotFoundError(name)
        return "0.0.1"

    monkeypatch.setattr(importlib.metadata, "version", version)
    for check in failed(health.packages()):
        assert check.mend.startswith(f"{sys.executable} -m pip install '")


def test_a_store_without_room_or_right(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    (broken,) = failed([health.storage(tmp_path / "file" / "store")])
    assert broken.mend.startswith("export VIDPROG_STORE=")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: SimpleNamespace(free=1e6))
    (full,) = failed([health.storage(tmp_path)])
    assert full.mend.startswith("vidprog cache prune ")


def test_a_sandbox_that_cannot_be_used(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydantic_monty", None)
    (check,) = failed([health.sandbox()])
    assert "pip install --force-reinstall pydantic-monty" in check.mend
