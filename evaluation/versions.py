"""What answers depend on besides the configuration of their run: versions, hashes of the code and of every prompt."""

import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from ..programs import Catalog
from .lines import MARK
from .systems import System

ROOMS = ("agents", "memory", "models", "programs", "tools", "video")
ASKING = ("answering", "blind", "reordering")
"""Modules of this room by which questions are put; reports may be written anew."""
SUFFIXES = (".py", ".toml", ".txt")


def session_versions(systems: Iterable[System]) -> dict[str, Any]:
    """Versions of packages, hashes of all prompts, of the programs that are run, and of the code."""
    from ..agents.result import versions

    catalog = Catalog.builtin()
    programs = {name: catalog.get(name).source for name in {system.program for system in systems} if name is not None}
    return {
        "versions": {**versions(), "platform": platform.machine()},
        "prompts": {name: _mark(text.encode()) for name, text in _prompts()},
        "programs": {name: _mark(source.encode()) for name, source in sorted(programs.items())},
        "code": {"rooms": code_mark()},
    }


@cache
def code_mark() -> str:
    """One hash for the code and data of all rooms that an answer goes through."""
    package = resources.files(__package__.rpartition(".")[0])
    total = hashlib.sha256()
    here = [package / "evaluation" / f"{name}.py" for name in ASKING]
    for file in (*here, *(file for room in ROOMS for file in _files(package / room))):
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:MARK]


def _files(folder: Traversable) -> Iterable[Traversable]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _files(item)
        elif item.name.endswith(SUFFIXES):
            yield item


def _prompts() -> Iterable[tuple[str, str]]:
    folder = resources.files(__package__.rpartition(".")[0]) / "prompts"
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.name.endswith(".txt"):
            yield item.name.removesuffix(".txt"), item.read_text(encoding="utf-8")


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:MARK]
