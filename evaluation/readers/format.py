"""What a reader is: how its files are recognised, how a row becomes an item, and where the files come from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..items import Item, Problem
from .row import BadRow, Row
from .source import Source


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of a file, or of the files that belong together.

    Attributes:
        items: In the order of the file.
        problems: Rows that could not be read.
        files: Every file that was read.
    """

    items: tuple[Item, ...]
    problems: tuple[Problem, ...]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of annotations.

    Attributes:
        name: What ``--format`` takes.
        title: The data set, as its authors write it.
        reads: The files and columns that are read.
        paper: Who made it.
        licence: Of the annotations, as their repository states it.
        where: Where the full files are.
        recognises: Whether a file has this format.
        read: Its items.
    """

    name: str
    title: str
    reads: str
    paper: str
    licence: str
    where: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Reading]


Convert = Callable[[Row], Item | Iterable[Item]]
"""One row to its items; raises BadRow with a reason where it cannot."""


def converted(
    source: Source, convert: Convert, files: Iterable[Path] = (), rows: Iterable[Row] | None = None
) -> Reading:
    """Every row through one function; rows that fail and ids that come twice are problems.

    Args:
        source: The file.
        convert: One row to its item or items.
        files: What else was read.
        rows: What to convert instead of the rows of the file: the questions that stand inside of each. Their ``key``
            says which one it is and goes before the reason.
    """
    items: dict[str, Item] = {}
    problems = list(source.problems)
    for row in source.rows if rows is None else rows:
        try:
            made = convert(row)
            for item in [made] if isinstance(made, Item) else list(made):
                if item.id in items:
                    raise BadRow(f"the id {item.id!r} stands above already")
                items[item.id] = item
        except BadRow as error:
            inside = f"{row.key}: " if rows is not None else ""
            problems.append(Problem(str(source.path), row.number, f"{inside}{error}"))
    problems.sort(key=lambda problem: problem.row)
    return Reading(tuple(items.values()), tuple(problems), (source.path, *files))


def reader(convert: Convert) -> Callable[[Source], Reading]:
    """The ``read`` of a format whose rows stand alone."""
    return lambda source: converted(source, convert)


def beside(source: Source, *patterns: str) -> Path | None:
    """The first file in the folder of a source that fits one of some glob patterns, in their order."""
    for pattern in patterns:
        found = sorted(path for path in source.path.parent.glob(pattern) if path != source.path)
        if found:
            return found[0]
    return None


def split_of(source: Source) -> str:
    """The name of a file without its extensions: ``val`` of ``val.csv`` and of ``val.sample.csv``."""
    return source.path.name.split(".")[0]


def inner(row: Row, key: str, entry: Any, **more: Any) -> Row:
    """A question inside of a row, with what the row says of it; an entry that is no object has no keys of its own."""
    return Row(row.number, {**more, **entry} if isinstance(entry, dict) else more, key)
