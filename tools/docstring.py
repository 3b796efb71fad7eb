"""Reads Google-style docstrings, so that one text serves as documentation, prompt and schema."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass

_SECTIONS = frozenset(
    [
        *("Args", "Returns", "Raises", "Source", "Examples", "Example", "Note"),
        *("Use when", "Needs", "Defaults", "Cost", "Scope"),
    ]
)
_HEADING = re.compile(r"^(?P<name>[A-Z][a-z]+(?: [a-z]+)?):(?P<rest>.*)$")
_ARGUMENT = re.compile(r"^(?P<name>\*{0,2}\w+)(?: \([^)]*\))?:(?P<text>.*)$")


@dataclass(frozen=True, slots=True)
class Docstring:
    """The parts of a docstring; texts are stripped, paragraphs keep their line breaks."""

    summary: str
    description: str
    sections: Mapping[str, str]

    def section(self, name: str) -> str:
        """A section as one line of text; empty when there is none."""
        return " ".join(self.sections.get(name, "").split())

    def items(self, name: str) -> tuple[str, ...]:
        """A section's lines without their bullets, empty ones left out."""
        lines = (line.strip().removeprefix("- ").strip() for line in self.sections.get(name, "").splitlines())
        return tuple(line for line in lines if line)

    def arguments(self) -> dict[str, str]:
        """What `Args:` says about each name."""
        found: dict[str, list[str]] = {}
        texts: list[str] | None = None
        for line in self.sections.get("Args", "").splitlines():
            match = _ARGUMENT.match(line)
            if match:
                texts = found[match["name"].lstrip("*")] = [match["text"].strip()]
            elif texts is not None:
                texts.append(line.strip())
        return {name: " ".join(filter(None, lines)) for name, lines in found.items()}


def parse_docstring(text: str | None) -> Docstring:
    """Split a docstring into summary, description and sections.

    Args:
        text: As written, or None. A heading is one of the known names at the left margin; text may follow it on
            the same line (`Source: MovieChat`).
    """
    lines = inspect.cleandoc(text or "").splitlines()
    blocks: dict[str, list[str]] = {"": []}
    current = blocks[""]
    for line in lines:
        match = _HEADING.match(line)
        if match and match["name"] in _SECTIONS:
            current = blocks.setdefault(match["name"], [])
            line = match["rest"].strip()
        current.append(line)
    opening = "\n".join(blocks.pop("")).strip()
    summary, _, description = opening.partition("\n\n")
    sections = {name: _dedent(block) for name, block in blocks.items()}
    return Docstring(" ".join(summary.split()), description.strip(), sections)


def _dedent(lines: list[str]) -> str:
    """The block without its indentation; the text beside the heading has none to begin with."""
    first, rest = lines[0], inspect.cleandoc("\n" + "\n".join(lines[1:]))
    return "\n".join(filter(None, (first, rest)))
