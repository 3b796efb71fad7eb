"""The error that stopped a program, as a problem that a text model may read.

An error's text can hold what the program was working on: ``int(lines[0].content)`` quotes the line. What a video says
is nothing that a model that writes programs should read, so only what cannot come from the video is told.
"""

import re
from typing import Any

from ..programs import Problem, Program

BUGS = ("program.", "tool.")
"""Beginnings of the codes of errors that another program may not have; a model that fails is no bug of the program."""
_LINE = re.compile(r"^line (\d+): ")
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_EXCEPTION = re.compile(r"^(\w+(?:Error|Exception|Warning|Interrupt|Iteration))\b:?")
_HARMLESS = frozenset(
    (
        "AttributeError",
        "IndexError",
        "NameError",
        "RecursionError",
        "TypeError",
        "UnboundLocalError",
        "ZeroDivisionError",
    )
)
"""Exceptions whose texts speak of types and names only."""
_RAISING = re.compile(r"\b(raise|assert)\b")
"""With these a program writes the texts of its exceptions itself."""


def bug_of(round_: dict[str, Any], program: Program) -> Problem | None:
    """What stopped a round's program, without anything that the video says; None when nothing did.

    Args:
        round_: A finished round as :mod:`.state` keeps it.
        program: Its program.
    """
    error = round_["error"]
    if error is None or not error["code"].startswith(BUGS):
        return None
    match = _LINE.match(error["message"])
    said = error["message"].removeprefix(match[0] if match else "")
    return Problem(int(match[1]) if match else 0, error["code"], _told(said, program.source), error["hint"])


def _told(message: str, source: str) -> str:
    """The message without quotations that are not the program's own; the exception's name alone where in doubt."""
    exception = _EXCEPTION.match(message)
    if exception and (exception[1] not in _HARMLESS or _RAISING.search(source)):
        return exception[1]
    return _QUOTED.sub(lambda found: found[0] if found[0][1:-1] in source else "'...'", message)
