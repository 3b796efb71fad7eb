"""``vidprog search``: the moments that fit some words."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .screen import Column, Table
from .terminal import Terminal, print_document
from .words import span

if TYPE_CHECKING:
    from ...memory import Hit
    from ...models import Models

Query = Annotated[str, typer.Argument(metavar="QUERY", help="What to look for.", show_default=False)]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many moments at most.")]


def search(
    query: Query,
    videos: options.Videos,
    kinds: options.Kinds = None,
    limit: Limit = 10,
    json: options.Json = False,
    profile: options.Profile = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Find moments by words and by meaning.

    Searches in what was said, shown as text or seen; looks at the video first if nobody has yet.
    """
    from ...memory import check_kinds
    from .opening import open_models

    wanted = list(check_kinds(kinds)) or None
    terminal = Terminal(quiet, verbose)
    models = open_models(profile, assignments)
    found: list[tuple[Path, Hit]] = []
    reasons: list[str] = []
    for path in videos:
        hits, why = _search_one(query, path, wanted, limit, models, store, terminal)
        found += hits
        reasons += [why] if why else []
    found = sorted(found, key=lambda item: -item[1].score)[:limit]
    if json:
        from ..documents import search_document

        print_document(search_document(query, found))
        return 0
    _show(found, terminal, several=len(videos) > 1)
    if not found:
        terminal.say(f"nothing matches: {'; '.join(dict.fromkeys(reasons))}")
    return 0


def _search_one(
    query: str, path: str, kinds: list[str] | None, limit: int, models: "Models", store: Path | None, terminal: Terminal
) -> tuple[list[tuple[Path, "Hit"]], str]:
    """The hits in one video, and why there are none."""
    from ...agents.session import Session

    with terminal.progress() as progress, Session(path, models=models, store=store, report=progress.report) as session:
        hits, why = session.hits(query, kinds, limit)
    terminal.warn((*session.video.warnings, *session.memory.warnings))
    return [(session.video.path, hit) for hit in hits], why


def _show(found: "list[tuple[Path, Hit]]", terminal: Terminal, several: bool) -> None:
    if not found:
        return
    columns = [Column("time", "green"), Column("kind", "cyan"), Column("content", wraps=True), Column("source", "dim")]
    rows = [
        [span(hit.observation.start, hit.observation.end), hit.observation.kind, hit.observation.content,
         hit.observation.source]
        for _, hit in found
    ]  # fmt: skip
    if terminal.verbose:
        columns.append(Column("found by", "dim"))
        rows = [[*row, hit.why] for row, (_, hit) in zip(rows, found, strict=True)]
    if several:
        columns.insert(0, Column("video"))
        rows = [[path.name, *row] for row, (path, _) in zip(rows, found, strict=True)]
    terminal.result.table(Table(columns, rows))
