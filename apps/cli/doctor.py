"""``vidprog doctor``: is everything there that an answer needs, and if not, which command mends it?"""

from dataclasses import asdict
from typing import Annotated

import typer

from . import options
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
    from ...agents.health import doctor as checks_of

    checks = list(checks_of(profile, assignments, store, deep))
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
