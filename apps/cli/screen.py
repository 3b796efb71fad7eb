"""Where words go: styled on a terminal, plain text everywhere else.

Plain text is printed without Rich, which takes 0.07 s to load: a search in a script should not wait for colours.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TextIO

Span = str | tuple[str, str]
"""Text, or text and its style."""
WIDEST_PADDING = 56
"""Columns of plain tables are not padded beyond this: one long line must not push the others apart."""
LEAST_WRAPPED = 18
"""Characters that a column with sentences keeps on a narrow terminal; the others are cut instead."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    style: str = ""
    right: bool = False
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


class Screen(Protocol):
    """Something that shows lines, tables and code."""

    def line(self, *spans: Span) -> None:
        """One line."""

    def table(self, table: Table) -> None:
        """A table with a head."""

    def code(self, source: str) -> None:
        """Python source as it is."""


def one_line(text: str) -> str:
    """The text without line breaks and without what could command a terminal (names and screen texts are foreign)."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def screen_on(stream: TextIO) -> Screen:
    """The screen that suits a stream."""
    return RichScreen(stream) if is_terminal(stream) else PlainScreen(stream)


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody looks at it, or wants it to look as if (``FORCE_COLOR``)."""
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


class PlainScreen:
    """Text without styles; columns are padded."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def line(self, *spans: Span) -> None:
        """One line."""
        print("".join(_printable(_text(span)) for span in spans), file=self._stream)

    def table(self, table: Table) -> None:
        """A table with a head."""
        rows = [[column.name for column in table.columns], *([one_line(cell) for cell in row] for row in table.rows)]
        widths = [min(WIDEST_PADDING, max(len(row[index]) for row in rows)) for index in range(len(table.columns))]
        for row in rows:
            cells = zip(row, widths, table.columns, strict=True)
            padded = (text.rjust(width) if column.right else text.ljust(width) for text, width, column in cells)
            print("  ".join(padded).rstrip(), file=self._stream)

    def code(self, source: str) -> None:
        """Python source as it is."""
        print(source.rstrip(), file=self._stream)


class RichScreen:
    """A terminal."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console

        self.console = Console(file=stream, highlight=False)

    def line(self, *spans: Span) -> None:
        """One line."""
        from rich.text import Text

        pieces = ((_printable(_text(span)), "" if isinstance(span, str) else span[1]) for span in spans)
        self.console.print(Text.assemble(*pieces))

    def table(self, table: Table) -> None:
        """A table with a head."""
        from rich.table import Table as RichTable
        from rich.text import Text

        drawn = RichTable(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
        for column in table.columns:
            drawn.add_column(
                column.name,
                style=column.style,
                justify="right" if column.right else "left",
                no_wrap=not column.wraps,
                overflow="fold" if column.wraps else "ellipsis",
                min_width=LEAST_WRAPPED if column.wraps else None,
            )
        for row in table.rows:
            drawn.add_row(*(Text(one_line(cell)) for cell in row))
        self.console.print(drawn)

    def code(self, source: str) -> None:
        """Python source as it is."""
        from rich.syntax import Syntax

        self.console.print(Syntax(source.rstrip(), "python", theme="ansi_dark", background_color="default"))


def _text(span: Span) -> str:
    return span if isinstance(span, str) else span[0]


def _printable(text: str) -> str:
    """Like `one_line`, with the spaces kept: they are the layout."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
