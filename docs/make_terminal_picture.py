"""Make ``docs/terminal.svg``: a real question about the sample clip, as a terminal shows it.

Usage:
    pip install pyte && python docs/make_terminal_picture.py
"""

import os
import pty
import sys
import tempfile
from itertools import groupby
from pathlib import Path

import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text
from vidprog.apps.sample import write_sample

QUESTION = "Why is the train to Pine Valley late?"
CHOICES = ("because of a strike", "because of snow", "because of a fallen tree")
WIDTH, HEIGHT = 108, 60
ANSI = ("red", "green", "yellow", "blue", "magenta", "cyan", "white")
COLOURS = {"brown": "yellow", "default": None}
"""pyte names one colour after the paint."""


def recorded(command: list[str], folder: str) -> list[Text]:
    """The lines of a terminal in which a command has run."""
    output = bytearray()

    def read(descriptor: int) -> bytes:
        data = os.read(descriptor, 4096)
        output.extend(data)
        return data

    os.environ.update(COLUMNS=str(WIDTH), LINES=str(HEIGHT), TERM="xterm-256color", VIDPROG_STORE=folder)
    pty.spawn(command, read)
    screen = pyte.Screen(WIDTH, HEIGHT)
    pyte.ByteStream(screen).feed(bytes(output))
    return [_line(screen, row) for row in range(screen.cursor.y)]


def _line(screen: pyte.Screen, row: int) -> Text:
    cells = [screen.buffer[row][column] for column in range(WIDTH)]
    line = Text()
    for (colour, bold), group in groupby(cells, key=lambda cell: (cell.fg, cell.bold)):
        named = COLOURS.get(colour, colour if colour in ANSI else None)
        line.append("".join(cell.data for cell in group), Style(color=named, bold=bold))
    line.rstrip()
    return line


def main() -> None:
    """Ask, record, draw."""
    with tempfile.TemporaryDirectory() as folder:
        clip = str(write_sample(Path(folder) / "sample.mp4"))
        program = str(Path(sys.executable).with_name("vidprog"))
        options = [part for choice in CHOICES for part in ("-c", choice)]
        lines = recorded([program, "ask", clip, QUESTION, *options], folder)
    shown = f'$ vidprog ask sample.mp4 "{QUESTION}" ' + " ".join(f'-c "{choice}"' for choice in CHOICES)
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"))  # noqa: SIM115
    console.print(Text(shown, style="bold"))
    for line in lines:
        console.print(line)
    console.save_svg(str(Path(__file__).with_name("terminal.svg")), title="vidprog")


if __name__ == "__main__":
    main()
