"""Finds programs by name: those that come with vidprog, and users' files. Reads them, never imports them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from importlib import resources
from pathlib import Path

from ..tools.tool import Tool
from ..video.errors import UsageError
from .program import Program
from .tool_program import program_of_tool

LIBRARY = "library"
"""The package under this one whose files are the library; those that begin with an underscore are not programs."""


class Catalog:
    """Programs by name; iterating gives them in the order of their names.

    Example:
        >>> library = vidprog.Catalog.builtin()
        >>> library.get("image_grid").needs, "how_many" in library
        (('vlm',), True)
    """

    def __init__(self, programs: Iterable[Program] = ()) -> None:
        self._programs = {program.name: program for program in sorted(programs, key=lambda program: program.name)}

    @classmethod
    def builtin(cls) -> Catalog:
        """The library that comes with vidprog."""
        folder = resources.files(__package__).joinpath(LIBRARY)
        files = [item for item in folder.iterdir() if item.name.endswith(".py") and not item.name.startswith("_")]
        return cls(
            Program.parse(
                item.read_text(encoding="utf-8"), name=item.name.removesuffix(".py"), path=f"{LIBRARY}/{item.name}"
            )
            for item in files
        )

    def with_tools(self, tools: Iterable[Tool]) -> Catalog:
        """These programs, and for each tool that can answer by itself one that calls it; a name that is taken stays.

        Args:
            tools: Those that users added (`Registry.added`).
        """
        made = [program for tool in tools if tool.name not in self and (program := program_of_tool(tool))]
        return Catalog([*self, *made]) if made else self

    def __iter__(self) -> Iterator[Program]:
        return iter(self._programs.values())

    def __len__(self) -> int:
        return len(self._programs)

    def __contains__(self, name: object) -> bool:
        return name in self._programs

    @property
    def names(self) -> tuple[str, ...]:
        """The names, sorted."""
        return tuple(self._programs)

    def get(self, name_or_path: str | Path | Program) -> Program:
        """A program of the library, or one of a file.

        Args:
            name_or_path: A name, or the path of a `.py` file; a program is given back as it is.

        Raises:
            UsageError: `program.unknown`, with the nearest names.
            ProgramError: The file cannot be read as a program; with the line.
        """
        if isinstance(name_or_path, Program):
            return name_or_path
        name = str(name_or_path)
        if name in self._programs:
            return self._programs[name]
        path = Path(name_or_path)
        if path.suffix == ".py" and path.is_file():
            return Program.read(path)
        near = difflib.get_close_matches(path.stem, self._programs, n=3)
        known = f"Did you mean {', '.join(near)}?" if near else f"There are {', '.join(self._programs) or 'none'}."
        what = "no such file" if path.suffix == ".py" else "no program of that name"
        raise UsageError(f"{name}: {what}", code="program.unknown", hint=f"{known} A file ends in .py.")

    def runnable(self, roles: Collection[str]) -> tuple[Program, ...]:
        """The programs whose needs are met.

        Args:
            roles: The model roles that there are.
        """
        return tuple(program for program in self if not missing_roles(program, roles))


def missing_roles(program: Program, roles: Collection[str]) -> tuple[str, ...]:
    """The roles a program needs and that are not there; none when it can be run."""
    return tuple(role for role in program.needs if role not in roles)
