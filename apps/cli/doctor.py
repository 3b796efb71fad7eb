"""``vidprog doctor``: is everything there that an answer needs, and if not, which command mends it?"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from . import health, options
from .health import Check
from .screen import Column, Table
from .terminal import Terminal, print_document

Deep = Annotated[bool, typer.Option("--deep", help="Read all weights and compare their hashes.", show_default=False)]
STYLES = {"ok": "green", "absent": "dim", "warning": "yellow", "broken": "bold red"}


def doctor(
    deep: Deep = False,
    json: options.Json = False,
    profile: options.Profile = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
) -> int:
    """Check that everything needed is there.

    Exit code 1 when something is broken; each line says which command mends it.
    """
    checks = list(_checks(deep, profile, assignments, store))
    broken = any(check.status == "broken" for check in checks)
    if json:
        from ..documents import listing

        print_document(listing("doctor", ok=not broken, checks=[asdict(check) for check in checks]))
    else:
        columns = (Column("check", "bold"), Column("status"), Column("what was found", wraps=True))
        terminal = Terminal()
        terminal.result.table(Table(columns, [(check.name, check.status, check.found) for check in checks]))
        for check in checks:
            if check.mend:
                terminal.result.line((f"{check.name}: ", STYLES[check.status]), check.mend)
    return int(broken)


def _checks(deep: bool, profile: str | None, assignments: list[str] | None, store: Path | None) -> Iterator[Check]:
    from ...memory import default_directory
    from .opening import open_models

    yield health.python()
    yield from health.packages()
    yield health.storage(store or default_directory())
    yield from health.weights(open_models(profile, assignments), deep)
    yield health.sandbox()
