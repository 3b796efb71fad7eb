"""A file of annotations as rows with their numbers, whatever it is written in: CSV, JSON, JSON lines or plain lines.

What cannot be parsed becomes a problem with its line, so that one bad line costs one question and is told.
"""

import ast
import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from ...video.errors import UsageError
from ..items import Problem
from .row import Row

Kind = Literal["csv", "list", "mapping", "jsonl", "lines"]
"""How rows are written: a table, a JSON list, a JSON object by key, a JSON object a line, or text a line."""

DELIMITERS = ",;\t"
"""What may stand between cells: spreadsheets in many languages write semicolons."""

LOOK = 20
"""Rows whose keys say what format a file has."""


@dataclass(frozen=True)
class Source:
    """One file.

    Attributes:
        path: Where it is.
        kind: How its rows are written.
        rows: Those that could be parsed; lines of text have the one key ``line``.
        problems: Those that could not.
    """

    path: Path
    kind: Kind
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def keys(self) -> frozenset[str]:
        """Keys of the first rows; of a mapping's values where its rows are objects."""
        return frozenset(key for row in self.rows[:LOOK] for key in row.values)

    def has(self, *keys: str) -> bool:
        """Whether the rows have all of these keys."""
        return self.keys.issuperset(keys)

    @property
    def seen(self) -> str:
        """What the file looks like, for a message."""
        names = ", ".join(sorted(self.keys)[:12]) or "no keys"
        return f"{_KIND_NAMES[self.kind]} of {len(self.rows)} rows with {names}"


_KIND_NAMES: Mapping[Kind, str] = {
    "csv": "a CSV table",
    "list": "a JSON list",
    "mapping": "a JSON object",
    "jsonl": "JSON lines",
    "lines": "lines of text",
}


def load(path: Path) -> Source:
    """Read a file by what stands in it, not by its name.

    Args:
        path: Of text in UTF-8.

    Raises:
        UsageError: ``eval.file`` when it is missing, a folder, empty or not text.
    """
    text = _text(path)
    first = text.lstrip()[:1]
    if first in ("[", "{"):
        return _json(path, text)
    header = text.lstrip().splitlines()[0]
    delimiter = max(DELIMITERS, key=header.count)
    return _lines(path, text) if delimiter not in header or "##" in header else _csv(path, text, delimiter)


def load_object(path: Path | None) -> Mapping[str, Any]:
    """The JSON object that a file beside the questions holds; an empty one where there is no such file.

    Raises:
        UsageError: ``eval.file`` when it is not one.
    """
    if path is None:
        return {}
    try:
        found = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno}: not JSON: {error.msg}", code="eval.file") from error
    if not isinstance(found, dict):
        raise UsageError(f"{path} is not a JSON object", code="eval.file", hint="Fetch the file again.")
    return found


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError(f"{path} does not exist", code="eval.file", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        hint = "Give the file of annotations: CSV, JSON or JSON lines in UTF-8."
        raise UsageError(f"{path} is not text in UTF-8", code="eval.file", hint=hint) from error
    if not text.strip():
        raise UsageError(f"{path} is empty", code="eval.file", hint="Give a file with questions.")
    return text


def _json(path: Path, text: str) -> Source:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" or error.lineno == 1:
            return _json_lines(path, text)
        raise UsageError(f"{path}:{error.lineno}: not JSON: {error.msg}", code="eval.file") from error
    if isinstance(data, list):
        return _from_pairs(path, "list", ((place, "", value) for place, value in enumerate(data, start=1)))
    return _mapping(path, data)


def _mapping(path: Path, data: Mapping[str, Any]) -> Source:
    """A JSON object: of objects by key, or, where it is not, one row that is the object itself."""
    if data and all(isinstance(value, dict) for value in data.values()):
        return _from_pairs(path, "mapping", ((place, key, data[key]) for place, key in enumerate(data, start=1)))
    return Source(path, "mapping", (Row(1, data),))


def _json_lines(path: Path, text: str) -> Source:
    return _from_pairs(path, "jsonl", _parsed_lines(text))


def _parsed_lines(text: str) -> Iterator[tuple[int, str, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, "", json.loads(line)
            except json.JSONDecodeError as error:
                yield number, "", _literal(line, error)


def _literal(line: str, error: json.JSONDecodeError) -> Any:
    """A line that is not strict JSON, read as a Python literal: VNBench's published example has single quotes."""
    try:
        return ast.literal_eval(line.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return f"not JSON: {error.msg} at column {error.colno}"


def _from_pairs(path: Path, kind: Kind, values: Iterator[tuple[int, str, Any]]) -> Source:
    rows, problems = [], []
    for number, key, value in values:
        if isinstance(value, dict):
            rows.append(Row(number, value, key))
        else:
            broken = isinstance(value, str) and value.startswith("not JSON")
            reason = value if broken else f"not an object but {type(value).__name__}"
            problems.append(Problem(str(path), number, reason))
    return Source(path, kind, tuple(rows), tuple(problems))


def _csv(path: Path, text: str, delimiter: str) -> Source:
    csv.field_size_limit(1 << 24)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip() for name in next(cells for cells in table if cells)]
    rows, problems = [], []
    last = table.line_num
    for cells in table:
        number, last = last + 1, table.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) == len(header):
            rows.append(Row(number, dict(zip(header, cells, strict=True))))
        else:
            problems.append(Problem(str(path), number, f"{len(cells)} cells where the header has {len(header)}"))
    return Source(path, "csv", tuple(rows), tuple(problems))


def _lines(path: Path, text: str) -> Source:
    lines = enumerate(text.split("\n"), start=1)
    return Source(path, "lines", tuple(Row(number, {"line": line.strip()}) for number, line in lines if line.strip()))
