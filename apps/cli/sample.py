"""``vidprog sample``: a demo clip for a first question."""

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .terminal import Terminal

File = Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it, e.g. demo.mp4.", show_default=False)]
Force = Annotated[bool, typer.Option("--force", help="Replace a file of that name.", show_default=False)]


def sample(file: File, force: Force = False, quiet: options.Quiet = False) -> int:
    """Write a demo clip to try things with.

    Thirty seconds with speech, text on screen and things to see.
    """
    from ..sample import sample_facts, write_sample

    terminal = Terminal(quiet)
    with terminal.progress() as progress:
        progress.report("writing the demo clip", None)
        path = write_sample(file, overwrite=force)
    terminal.result.line(str(path))
    terminal.say(f'try: vidprog ask {path} "{sample_facts()[0].question}"')
    return 0
