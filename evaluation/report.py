"""The files of a report, and the same as a document that programs read."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .caveats import caveats
from .comparison import Compared, Flip
from .lines import item_to_json
from .markdown import to_markdown
from .overview import Overview

SCHEMA, COMPARISON = "vidprog.eval/1", "vidprog.eval.comparison/1"


def write_report(run: Overview) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write ``report.md``, ``report.html`` and ``scores.json`` into the run directory.

    Returns:
        The files, and what could not be done and why.
    """
    from .page import to_page

    folder = run.directory.path
    page, notes = to_page(run)
    texts = {
        "report.md": to_markdown(run),
        "report.html": page,
        "scores.json": json.dumps(document(run), indent=1, ensure_ascii=False) + "\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in texts), notes


def document(run: Overview) -> dict[str, Any]:
    """``vidprog.eval/1``: every score of every system."""
    configuration = {name: run.configuration[name] for name in ("data", "profile", "settings", "controls")}
    return {
        "schema": SCHEMA,
        "directory": str(run.directory.path),
        **configuration,
        "missing": dict(run.sessions[-1]["missing"]),
        "problems": list(run.sessions[-1]["problems"]),
        "systems": [
            {
                "name": row.name,
                "program": row.system.program,
                "condition": row.system.condition,
                "asked": len(row.items),
                "usage": dict(row.usage),
                "nearest": row.nearest.to_json() if row.nearest else None,
                "scores": row.scores.to_json(),
            }
            for row in run.rows
        ],
        "askable": run.askable,
        "caveats": list(caveats(run)),
        "versions_changed": run.changes,
    }


def comparison_document(found: Compared) -> dict[str, Any]:
    """``vidprog.eval.comparison/1``: the tests, and every question that flipped."""
    return {
        "schema": COMPARISON,
        "a": found.names[0],
        "b": found.names[1],
        "count": found.count,
        "only_a": found.alone[0],
        "only_b": found.alone[1],
        **found.tests.to_json(),
        "flips": [_flip(flip) for flip in found.flips],
    }


def _flip(flip: Flip) -> dict[str, Any]:
    return {"item": item_to_json(flip.item), "why": flip.why, "a": asdict(flip.a), "b": asdict(flip.b)}
