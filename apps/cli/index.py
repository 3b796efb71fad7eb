"""``vidprog index``: look, read and listen once."""

import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...video.errors import MediaError
from . import options
from .screen import Column, Table
from .terminal import Terminal, print_document
from .words import clock

if TYPE_CHECKING:
    from ...memory import Timeline
    from ...models import Models
    from ...video import Video

SHOWN = 6
"""Contents named for each kind."""


def index(
    videos: options.Videos,
    json: options.Json = False,
    profile: options.Profile = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Look, read and listen once, and keep it.

    Later questions and searches use what was found. What is known already is not done again.
    """
    from .opening import open_models

    terminal = Terminal(quiet, verbose)
    models = open_models(profile, assignments)
    entries: list[dict[str, Any]] = []
    errors: list[dict[str, str]] = []
    for path in videos:
        try:
            entries.append(_index_one(path, models, store, terminal, show=not json))
        except MediaError as error:
            if len(videos) == 1:
                raise
            errors.append({"path": path, **error.to_json()["error"]})
            terminal.notes.line(("error: ", "bold red"), f"{error.message} ({error.hint})")
    if json:
        from ..documents import index_document

        print_document(index_document(entries, errors))
    return 1 if errors else 0


def _index_one(path: str, models: "Models", store: Path | None, terminal: Terminal, show: bool) -> dict[str, Any]:
    from ...agents.known import joined
    from ...agents.session import Session
    from ..documents import index_entry

    started = time.monotonic()
    with terminal.progress() as progress, Session(path, models=models, store=store, report=progress.report) as session:
        found = joined(session.index())
        warnings = (*session.video.warnings, *session.memory.warnings)
        entry = index_entry(session.video, found, session.memory.path, warnings, time.monotonic() - started)
    if show:
        _show(session.video, found, terminal)
    terminal.warn(warnings)
    if terminal.verbose:
        terminal.say(f"kept in {session.memory.path}; {entry['seconds']:.1f} s")
    return entry


def _show(video: "Video", found: Mapping[str, "Timeline"], terminal: Terminal) -> None:
    terminal.result.line((str(video.path), "bold"), (f"  {facts(video)}", "dim"))
    columns = (Column("kind", "cyan"), Column("moments", right=True), Column("what", wraps=True))
    rows = [(kind, str(len(timeline)), timeline.why or _contents(timeline)) for kind, timeline in found.items()]
    terminal.result.table(Table(columns, rows))


def facts(video: "Video") -> str:
    """Length, size and streams of a video in a few words."""
    pictures = f"{video.size[0]}x{video.size[1]}, {video.fps:.3g} frames/s" if video.has_video else "no pictures"
    subtitles = ", subtitles" if video.subtitles else ""
    return f"{clock(video.duration)}, {pictures}, {'sound' if video.has_audio else 'no sound'}{subtitles}"


def _contents(timeline: "Timeline") -> str:
    """What was found most often, or first."""
    contents = Counter(moment.content for moment in timeline)
    shown = [content for content, _ in contents.most_common(SHOWN)]
    named = ", ".join(f'"{content}"' for content in shown)
    return named + (f" and {len(contents) - SHOWN} more" if len(contents) > SHOWN else "")
