"""``vidprog timeline``: everything that is known about a video, in the format that is asked for."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from ...video.errors import UsageError
from . import options
from .screen import Column, Table
from .terminal import Terminal, print_document
from .words import span

if TYPE_CHECKING:
    from ...memory import Timeline
    from ...video import Video

FORMATS = ("text", "json", "srt", "vtt", "csv", "md")
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.")]


def timeline(
    video: options.Video,
    form: Format = "text",
    kinds: options.Kinds = None,
    json: options.Json = False,
    profile: options.Profile = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Print what is known, in the order of time.

    Looks at the video first if nobody has yet.
    """
    from ...agents.session import Session
    from ...memory import check_kinds
    from .opening import open_models

    form = _checked("json" if json else form)
    wanted = check_kinds(kinds)
    terminal = Terminal(quiet, verbose)
    models = open_models(profile, assignments)
    with terminal.progress() as progress, Session(video, models=models, store=store, report=progress.report) as session:
        known = session.timeline(*wanted)
    _print(form, session.video, known, terminal)
    terminal.warn((*session.video.warnings, *session.memory.warnings))
    if not known:
        terminal.say(f"nothing is known: {known.why}")
    return 0


def _checked(form: str) -> str:
    if form not in FORMATS:
        raise UsageError(
            f"there is no format {form!r}", code="timeline.format", hint=f"Use one of {', '.join(FORMATS)}."
        )
    return form


def _print(form: str, video: "Video", known: "Timeline", terminal: Terminal) -> None:
    from ..documents import timeline_document

    texts: dict[str, Callable[[], str]] = {
        "srt": known.to_srt, "vtt": known.to_vtt, "csv": known.to_csv, "md": known.to_markdown,
    }  # fmt: skip
    if form == "json":
        print_document(timeline_document(video, known))
    elif form in texts:
        print(texts[form]().rstrip("\n"))
    elif known:
        columns = (
            Column("time", "green"),
            Column("kind", "cyan"),
            Column("content", wraps=True),
            Column("source", "dim"),
        )
        rows = [(span(moment.start, moment.end), moment.kind, moment.content, moment.source) for moment in known]
        terminal.result.table(Table(columns, rows))
