"""``vidprog describe``: what a video shows, in one line, in chapters, and window by window."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...video.errors import UsageError
from . import options
from .screen import Column, Table
from .terminal import Terminal, print_document
from .words import span

if TYPE_CHECKING:
    from ...agents.description import Description
    from ...memory import Timeline

FORMATS = ("text", "json", "srt", "vtt", "csv", "md")
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.")]
Seconds = Annotated[float, typer.Option("--seconds", min=0.5, help="About how long a caption is.")]
Audible = Annotated[
    bool, typer.Option("--audible", help="Captions short enough to be spoken in the pauses of what is said.")
]
Most = Annotated[int, typer.Option("--chapters", min=1, help="How many chapters at most.")]


def describe(
    video: options.Video,
    form: Format = "text",
    seconds: Seconds = 10.0,
    most: Most = 8,
    audible: Audible = False,
    json: options.Json = False,
    profile: options.Profile = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Describe a video: one line, chapters, and captions with their times.

    By the models that see and write where there are some, else from what was detected, read and heard. As srt, vtt and
    csv come the captions, as md and json all of it.
    """
    from ...agents.session import Session
    from .opening import open_models

    form = "json" if json else form
    if form not in FORMATS:
        hint = f"Use one of {', '.join(FORMATS)}."
        raise UsageError(f"there is no format {form!r}", code="describe.format", hint=hint)
    terminal = Terminal(quiet, verbose)
    models = open_models(profile, assignments)
    with terminal.progress() as progress, Session(video, models=models, store=store, report=progress.report) as session:
        described = session.describe(seconds, most, audible)
        warnings = (*session.video.warnings, *session.memory.warnings)
    if form == "json":
        print_document(_document(session, described))
    elif form == "text":
        _show(described, terminal)
    else:
        print(TEXTS[form](described).rstrip("\n"))
    terminal.warn(warnings)
    if not described.captions:
        terminal.say(f"nothing is known: {described.captions.why}")
    return 0


def _document(session: Any, described: "Description") -> dict[str, Any]:
    from ..documents import listing, video_entry

    return listing(
        "describe",
        video=video_entry(session.video),
        summary=described.summary,
        chapters=described.chapters.to_json(),
        captions=described.captions.to_json(),
        why=described.captions.why,
    )


def _show(described: "Description", terminal: Terminal) -> None:
    screen = terminal.result
    screen.line((described.summary or "nothing was seen, read or heard", "bold"))
    for name, timeline in (("chapter", described.chapters), ("caption", described.captions)):
        if timeline:
            screen.line()
            columns = (Column("time", "green"), Column(name, wraps=True))
            screen.table(Table(columns, [(span(part.start, part.end), part.content) for part in timeline]))


def _spoken(described: "Description") -> "Timeline":
    """The captions as plain subtitles: a mark of what each line is would only be read out."""
    return type(described.captions)([replace(caption, kind="speech") for caption in described.captions])


TEXTS: dict[str, Callable[["Description"], str]] = {
    "srt": lambda described: _spoken(described).to_srt(),
    "vtt": lambda described: _spoken(described).to_vtt(),
    "csv": lambda described: described.captions.to_csv(),
    "md": lambda described: described.to_markdown(),
}
"""Format -> the text that is printed."""
