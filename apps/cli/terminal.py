"""The two streams of a command, and how much of what it has to say is wanted."""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .progress import Progress, progress_on
from .screen import Screen, screen_on


def _result_screen() -> Screen:
    return screen_on(sys.stdout)


def _notes_screen() -> Screen:
    return screen_on(sys.stderr)


@dataclass(frozen=True, slots=True)
class Terminal:
    """Results go to ``result`` (stdout), everything else to ``notes`` (stderr)."""

    quiet: bool = False
    verbose: bool = False
    result: Screen = field(default_factory=_result_screen)
    notes: Screen = field(default_factory=_notes_screen)

    def progress(self) -> Progress:
        """A display for one long piece of work."""
        return progress_on(self.notes, self.quiet)

    def warn(self, warnings: Iterable[str]) -> None:
        """What the reader of a result should know."""
        if not self.quiet:
            for warning in warnings:
                self.notes.line(("warning: ", "yellow"), warning)

    def say(self, text: str) -> None:
        """A remark that is no part of the result."""
        if not self.quiet:
            self.notes.line((text, "dim"))


def print_document(document: Mapping[str, Any]) -> None:
    """A result as JSON on stdout."""
    print(json.dumps(document, indent=2, ensure_ascii=False))
