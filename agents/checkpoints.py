"""Checkpoints of unfinished questions, in one SQLite file; a finished question leaves nothing in it."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ..programs import Program
from ..video.errors import VidprogError
from .result import versions
from .settings import Settings

BUSY_SECONDS = 30.0


def thread_of(
    fingerprint: str,
    question: str,
    choices: Sequence[str],
    settings: Settings,
    profile: dict[str, str],
    source: str = "",
    tools: str = "",
) -> str:
    """Names a question by everything that its answer depends on: the same command goes on, another one does not.

    ``source`` is the text of the program that the user named: once its file was mended, the old text must not go on.
    ``tools`` is the stubs of all tools: a plan made for others must not go on either.
    """
    program = (
        settings.program.name if isinstance(settings.program, Program) else settings.program and str(settings.program)
    )
    parts = [
        fingerprint, question, list(choices), profile, program, settings.rules.to_json(),
        repr(settings.budget), source, tools, versions(),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


@contextmanager
def checkpointer(directory: Path) -> Iterator[Any]:
    """LangGraph's SQLite saver.

    Raises:
        VidprogError: When the file cannot be opened, read or written, now or later.
    """
    from langgraph.checkpoint.sqlite import SqliteSaver

    path = directory / "checkpoints.sqlite"
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)) as connection:
            yield SqliteSaver(connection)
    except sqlite3.Error as error:
        raise VidprogError(
            f"{path} cannot be used: {error}",
            code="store.unwritable",
            hint="Free some space, delete it (it only holds unfinished questions), or choose another --store.",
        ) from error
