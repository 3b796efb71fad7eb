"""``vidprog programs``: the named programs, and a check of one's own."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import completion, options
from .gaps import NOTHING, gaps, needs_in_words
from .screen import Column, Table
from .terminal import Terminal, print_document

if TYPE_CHECKING:
    from ...programs import Catalog, Problem, Program
    from ...tools import Registry

app = options.group("Named programs: list, show, check your own.")

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME|FILE", autocompletion=completion.programs, help="A program of the library, or a .py file."
    ),
]
Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME|FILE]...", help="Programs or files; all of the library if none.")
]


@app.command("list")
def show_all(
    json: options.Json = False, profile: options.Profile = None, assignments: options.Assignments = None
) -> int:
    """List the programs: when to use each, and which lack a model here."""
    from ...programs import Catalog
    from .opening import open_models

    models = open_models(profile, assignments)
    entries = [_entry(program, models.roles) for program in Catalog.builtin()]
    if json:
        from ..documents import listing

        print_document(listing("programs", profile=models.profile.name, programs=entries))
        return 0
    _show_entries(entries, Terminal())
    return 0


def _show_entries(entries: list[dict[str, Any]], terminal: Terminal) -> None:
    """Two tables that fit 80 columns: what can be run, and what lacks a model; below, what would give each."""
    name, when = Column("program", "bold cyan"), Column("when to use it", wraps=True)
    here = [(entry["name"], entry["when"]) for entry in entries if not entry["missing"]]
    lacking = [(entry["name"], ", ".join(entry["missing"]), entry["when"]) for entry in entries if entry["missing"]]
    screen = terminal.result
    screen.table(Table((name, when), here))
    if lacking:
        screen.line()
        screen.table(Table((name, Column("lacks", "yellow"), when), lacking))
        screen.line()
    missing = {role: ways for entry in entries for role, ways in entry["missing"].items()}
    for role, ways in sorted(missing.items()):
        screen.line((f"{role}: ", "yellow"), " or ".join(ways[:1] + ways[-1:]) or NOTHING)
    terminal.say("`vidprog programs show NAME` has the source, the method it comes from, the defaults and the cost.")


def _entry(program: "Program", roles: Collection[str]) -> dict[str, Any]:
    """A program as plain data, with the roles that are missing and what would give each."""
    return {**program.to_json(), "missing": gaps(program.needs, roles)}


@app.command("show")
def show(
    name: Name,
    json: options.Json = False,
    profile: options.Profile = None,
    assignments: options.Assignments = None,
) -> int:
    """Show the source of a program, and on stderr what it needs and is missing here."""
    from ...programs import Catalog
    from .opening import open_models

    entry = _entry(Catalog.builtin().get(name), open_models(profile, assignments).roles)
    if json:
        print_document(entry)
        return 0
    terminal = Terminal()
    terminal.result.code(entry["source"])
    if entry["missing"]:
        terminal.warn([f"needs {needs_in_words(entry['needs'], entry['missing'])}"])
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


def show_problems(found: dict[str, list[str]], remarks: Mapping[str, str] | None = None) -> None:
    """Each name with what is wrong with it, or that nothing is, and what else there is to say."""
    screen = Terminal().result
    for name, problems in found.items():
        screen.line(("ok       " if not problems else "problems ", "green" if not problems else "red"), (name, "bold"))
        for problem in problems:
            screen.line(f"         {problem}")
        if remarks and not problems:
            screen.line((f"         {remarks[name]}", "dim"))


@app.command("new")
def new(name: options.NewName, folder: options.Into = Path()) -> int:
    """Write a program to begin with, which passes its check."""
    from ..skeleton import program_skeleton

    (file,) = program_skeleton(name, folder)
    question = "What is the name of the station?"
    show_new((file,), [f"vidprog programs check {file}", f'vidprog ask clip.mp4 "{question}" --program {file}'])
    return 0


def show_new(files: Sequence[Path], steps: Sequence[str]) -> None:
    """What was written, on stdout; what to do with it, on stderr."""
    terminal = Terminal()
    for file in files:
        terminal.result.line(str(file))
    for step in steps:
        terminal.say(step)
