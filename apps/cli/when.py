"""``vidprog when``: the spans of a video in which something happens."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .screen import Column, Table
from .terminal import Terminal, print_document
from .words import exact_span

if TYPE_CHECKING:
    from ...memory import Timeline
    from ...models import Models

ABSTAINED = 3

Query = Annotated[
    str,
    typer.Argument(
        metavar="QUERY",
        help='What happens, e.g. "the second time the cat appears", "a sign after somebody says \'snow\'".',
        show_default=False,
    ),
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many spans at most.")]
Folder = Annotated[
    Path | None, typer.Option("--cut", metavar="DIR", help="Write each span as a clip into this directory.")
]


def when(
    video: options.Video,
    query: Query,
    limit: Limit = 10,
    cut: Folder = None,
    json: options.Json = False,
    profile: options.Profile = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Find when something happens, to the frame.

    Understands "first / second / last time", "before / after / between / while", "appears", "disappears", quoted
    words, silence, music, cuts. Exit code 3 when nothing fits.
    """
    from .opening import open_models

    terminal = Terminal(quiet, verbose)
    models = open_models(profile, assignments)
    path, found = _find(video, query, limit, models, store, terminal)
    if json:
        from ..documents import when_document

        print_document(when_document(query, path, found))
    elif found:
        _show(found, terminal)
    else:
        terminal.say(f"not found: {found.why}")
    if cut is not None:
        from .cut import cut_spans

        cut_spans(path, found, cut, terminal)
    return 0 if found else ABSTAINED


def _find(
    video: str, query: str, limit: int, models: "Models", store: Path | None, terminal: Terminal
) -> "tuple[Path, Timeline]":
    """The video's path and the spans; when there are none, the timeline says why."""
    from ...agents.session import Session

    with terminal.progress() as progress, Session(video, models=models, store=store, report=progress.report) as session:
        found = session.when(query, limit)
    terminal.warn((*session.video.warnings, *session.memory.warnings))
    return session.video.path, found


def _show(found: "Timeline", terminal: Terminal) -> None:
    columns = (
        Column("time", "green"),
        Column("sure", right=True),
        Column("kind", "cyan"),
        Column("what", wraps=True),
        Column("source", "dim"),
    )
    rows = [
        (exact_span(span.start, span.end), f"{span.score:.2f}", span.kind, span.content, span.source) for span in found
    ]
    terminal.result.table(Table(columns, rows))
