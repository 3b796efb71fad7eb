"""``vidprog programs``: the named programs, and a check of one's own."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .screen import Column, Table
from .terminal import Terminal, print_document

if TYPE_CHECKING:
    from ...programs import Catalog, Problem
    from ...tools import Registry

app = options.group("Named programs: list, show, check your own.")

Name = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A program of the library, or a .py file.")]
Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME|FILE]...", help="Programs or files; all of the library if none.")
]


@app.command("list")
def show_all(json: options.Json = False) -> int:
    """List the programs of the library."""
    from ...programs import Catalog

    programs = list(Catalog.builtin())
    if json:
        from ..documents import listing

        print_document(listing("programs", programs=[program.to_json() for program in programs]))
        return 0
    columns = (Column("program", "bold cyan"), Column("needs", "dim"), Column("what it does", wraps=True))
    rows = [(program.name, ", ".join(program.needs), program.summary) for program in programs]
    Terminal().result.table(Table(columns, rows))
    return 0


@app.command("show")
def show(name: Name, json: options.Json = False) -> int:
    """Show the source of a program."""
    from ...programs import Catalog

    program = Catalog.builtin().get(name)
    if json:
        print_document(program.to_json())
    else:
        Terminal().result.code(program.source)
    return 0


@app.command("check")
def check_all(names: Names = None, json: options.Json = False, tools: options.Tools = None) -> int:
    """Check programs without running them; exit code 1 when one has problems."""
    from ...programs import Catalog
    from .opening import open_registry

    catalog, registry = Catalog.builtin(), open_registry(tools)
    found = {name: _problems(name, catalog, registry) for name in names or catalog.names}
    if json:
        from ..documents import listing

        checked = [
            {"program": name, "problems": [item.to_json() for item in problems]} for name, problems in found.items()
        ]
        print_document(listing("check", programs=checked))
    else:
        show_problems({name: [str(problem) for problem in problems] for name, problems in found.items()})
    return int(any(found.values()))


def _problems(name: str, catalog: "Catalog", registry: "Registry") -> "tuple[Problem, ...]":
    from ...programs import Program, ProgramError, check

    try:
        program = catalog.get(name)
    except ProgramError as error:
        if error.code == "program.file":  # it cannot even be read
            raise
        program = Program.draft(Path(name).read_text(encoding="utf-8"))
    return check(program, registry)


def show_problems(found: dict[str, list[str]]) -> None:
    """Each name with what is wrong with it, or that nothing is."""
    screen = Terminal().result
    for name, problems in found.items():
        screen.line(("ok       " if not problems else "problems ", "green" if not problems else "red"), (name, "bold"))
        for problem in problems:
            screen.line(f"         {problem}")
