"""``vidprog cut``: a part of a video as a file of its own."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...video.errors import UsageError
from . import options
from .terminal import Terminal, print_document
from .words import exact_span

if TYPE_CHECKING:
    from ...memory import Timeline
    from ...video import Cut

Start = Annotated[str, typer.Argument(metavar="START", help="Seconds, or m:ss.", show_default=False)]
End = Annotated[str, typer.Argument(metavar="END", help="Seconds, or m:ss.", show_default=False)]
Out = Annotated[
    Path, typer.Argument(metavar="OUT", help="The file to write: .mp4, .mkv, .mov, .webm.", show_default=False)
]
Copy = Annotated[
    bool | None,
    typer.Option(
        "--copy/--encode",
        help="Copy from the key frame before START, or encode anew; copies where that is exact when left out.",
        show_default=False,
    ),
]


def cut(
    video: options.Video, start: Start, end: End, out: Out, copy: Copy = None, json: options.Json = False,
    quiet: options.Quiet = False, verbose: options.Verbose = False,
) -> int:  # fmt: skip
    """Write a part of a video as a file, without encoding it anew where that is exact.

    Says which of the two it did.
    """
    from ...video import cut_clip, open_video

    opened = open_video(video)
    done = cut_clip(opened.clip().trim(_seconds(start), _seconds(end)), out, copy)
    if json:
        print_document(_document(done))
    else:
        Terminal(quiet, verbose).result.line((str(done.path), "bold"), f"  {told(done)}")
    return 0


def cut_spans(path: Path, found: "Timeline", folder: Path, terminal: Terminal) -> None:
    """Write each span of a timeline as a clip, and say so on stderr.

    Args:
        path: The video.
        found: The spans.
        folder: Where the clips go; made when it is not there.
        terminal: Is told.
    """
    from ... import video

    for done in video.cut_spans(video.open_video(path), ((span.start, span.end) for span in found), folder):
        terminal.say(f"{done.path}  {told(done)}")


def told(done: "Cut") -> str:
    """What a file holds and how it came about."""
    return f"{exact_span(done.start, done.end)}, {'copied' if done.copied else 'encoded anew'}"


def _document(done: "Cut") -> dict[str, Any]:
    from ..documents import listing

    return listing("cut", path=str(done.path), start=round(done.start, 3), end=round(done.end, 3), copied=done.copied)


def _seconds(text: str) -> float:
    """Seconds of ``75``, ``1:15`` or ``0:01:15.5``."""
    try:
        parts = [float(part) for part in text.split(":")]
    except ValueError:
        parts = []
    if not parts or len(parts) > 3 or any(part < 0 for part in parts):
        raise UsageError(f"{text!r} is no time", code="time.format", hint="Write seconds (75.5) or m:ss (1:15.5).")
    return sum(part * 60.0**power for power, part in enumerate(reversed(parts)))
