"""``vidprog models``: which model plays which role, and its weights."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from . import options
from .opening import open_models
from .screen import Column, Table
from .terminal import Terminal, print_document
from .words import size

app = options.group("Models and their weights: list, download.")

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]...", help="Roles or weights; all of the profile if none.")
]


@app.command("list")
def show_all(
    json: options.Json = False, profile: options.Profile = None, assignments: options.Assignments = None
) -> int:
    """List the roles with their models, licences and whether the weights are here."""
    from ...models.inventory import roles_of

    models = open_models(profile, assignments)
    roles = roles_of(models)
    if json:
        from ..documents import listing

        plain = [{**asdict(role), "ready": role.ready} for role in roles]
        print_document(listing("models", profile=models.profile.name, about=models.profile.about, roles=plain))
        return 0
    terminal = Terminal()
    terminal.result.line((models.profile.name, "bold"), (f"  {models.profile.about}", "dim"))
    columns = (
        Column("role", "bold cyan"), Column("state"), Column("model"), Column("size", right=True),
        Column("what it is", wraps=True), Column("licence"),
    )  # fmt: skip
    rows = [
        (role.role, role.state, role.spec, size(role.bytes) if role.bytes else "", role.about, role.licence)
        for role in roles
    ]
    terminal.result.table(Table(columns, rows))
    mends: dict[str, list[str]] = {}
    for role in roles:
        if role.mend:
            mends.setdefault(role.mend, []).append(role.role)
    for mend, lacking in mends.items():
        terminal.result.line((f"{', '.join(lacking)}: ", "yellow"), mend)
    return 0


@app.command("pull")
def pull(
    names: Names = None,
    profile: options.Profile = None,
    assignments: options.Assignments = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Download and prepare weights, so that later commands need no network."""
    from ...models.inventory import chosen, fetch

    terminal = Terminal(quiet, verbose)
    models = open_models(profile, assignments)
    wanted = chosen(names, models)
    for name, roles in wanted.items():
        with terminal.progress() as progress:
            models.report = progress.report
            progress.report(f"loading {name}", None)
            fetch(name, roles, models)
        terminal.result.line(("ready  ", "green"), name)
    return 0


@app.command("new")
def new(
    role: Annotated[str, typer.Argument(metavar="ROLE", help="The role that it plays, e.g. ocr.")],
    name: options.NewName,
    folder: options.Into = Path(),
) -> int:
    """Write a package with a backend to begin with, which passes its check."""
    from ..skeleton import backend_skeleton
    from .programs import show_new

    files = backend_skeleton(role, name, folder)
    spec = f"{role}={name.replace('_', '-')}:default"
    root = files[0].parent
    show_new(files, [f"pip install {root}", f"vidprog models check {spec}", f"vidprog models list --set {spec}"])
    return 0


@app.command("check")
def check_one(
    assignment: Annotated[str, typer.Argument(metavar="ROLE=SPEC", help="Like that of --set, e.g. ocr=my-reader:x.")],
    json: options.Json = False,
) -> int:
    """Load a model and call it with small data; exit code 1 when what it gives is not what its role must give."""
    from ...models.conformance import check
    from .programs import show_problems

    models = open_models(None, [assignment])
    role = assignment.partition("=")[0]
    spec = str(models.profile.roles[role])
    problems = list(check(role, models.get(role)))
    if json:
        from ..documents import listing

        print_document(listing("check", models=[{"role": role, "model": spec, "problems": problems}]))
    else:
        show_problems({f"{role}={spec}": problems})
    return int(bool(problems))


@app.command("where")
def where(json: options.Json = False, store: options.Store = None) -> int:
    """Print the directories: where weights are, and where what was found in videos is kept."""
    from ...memory import default_directory
    from ...models.weights import weights_directory

    places = {"weights": str(weights_directory()), "store": str(store or default_directory())}
    if json:
        from ..documents import listing

        print_document(listing("directories", **places))
        return 0
    screen = Terminal().result
    for name, place in places.items():
        screen.line((f"{name:<9}", "dim"), place)
    return 0
