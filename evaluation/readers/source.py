"""A file of annotations as rows with their numbers, whatever it is written in: CSV, JSON, JSON lines or plain lines.

What cannot be parsed becomes a problem with its line, so that one bad line costs one question and is told.
"""

import ast
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from ...video.errors import UsageError
from ..items import Problem
from .row import Row, option_columns

Kind = Literal["csv", "list", "mapping", "jsonl", "lines"]
"""How rows are written: a table, a JSON list, a JSON object by key, a JSON object a line, or text a line."""

DELIMITERS = ",;\t"
"""What may stand between cells: spreadsheets in many languages write semicolons."""

OFFERS = frozenset(["choices", "options", "candidates"])
"""Keys under which the options of a question stand as a list."""

PACKED = {
    b"\x1f\x8b": ("a gzip archive", "Unpack it with gunzip or tar."),
    b"PK": ("a ZIP archive or a spreadsheet", "Unpack it, or save the spreadsheet as CSV."),
    b"PAR1": ("a Parquet table", "pandas.read_parquet(FILE).to_json('FILE.jsonl', orient='records', lines=True)"),
}
"""How files begin that hold text and are not: what they are, and what makes text of them."""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""How a text in UTF-16 begins: what spreadsheets call Unicode."""

AROUND = ("questions", "data", "annotations", "items")
"""Keys of a JSON object under which the list of the questions stands."""

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

    @cached_property
    def offers(self) -> bool:
        """Whether the rows have options to choose from, under any usual name."""
        return bool(self.keys & OFFERS) or bool(option_columns(self.keys))

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
        path: Of text in UTF-8, or in UTF-16 with its mark.

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
        found = _parsed(_text(path))
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno}: not JSON: {error.msg}", code="eval.file") from error
    if not isinstance(found, dict):
        raise UsageError(f"{path} is not a JSON object", code="eval.file", hint="Fetch the file again.")
    return found


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"{path} does not exist", code="eval.file", hint="Check the path.") from error
    if packed := next((told for mark, told in PACKED.items() if data.startswith(mark)), None):
        raise UsageError(f"{path} is {packed[0]}", code="eval.file", hint=packed[1])
    try:
        text = data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "Give the file of annotations: CSV, JSON or JSON lines in UTF-8."
        raise UsageError(f"{path} is not text in UTF-8", code="eval.file", hint=hint) from error
    if not text.strip():
        raise UsageError(f"{path} is empty", code="eval.file", hint="Give a file with questions.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parsed(text: str) -> Any:
    """JSON; ``NaN``, which pandas writes for an empty cell, is nothing.

    Raises:
        json.JSONDecodeError: It is not.
    """
    return json.loads(text, parse_constant=lambda _: None)


def _json(path: Path, text: str) -> Source:
    try:
        data = _parsed(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" or error.lineno == 1 or _has_lines(text):
            return _json_lines(path, text)
        raise UsageError(f"{path}:{error.lineno}: not JSON: {error.msg}", code="eval.file") from error
    if isinstance(data, list):
        return _from_pairs(path, "list", ((place, "", value) for place, value in enumerate(data, start=1)))
    return _mapping(path, data)


def _mapping(path: Path, data: Mapping[str, Any]) -> Source:
    """A JSON object: of objects by key, around a list of questions, or, where it is neither, one row that is itself."""
    if 2 * sum(isinstance(value, dict) for value in data.values()) > len(data):
        return _from_pairs(path, "mapping", ((place, key, data[key]) for place, key in enumerate(data, start=1)))
    if listed := next((data[name] for name in AROUND if isinstance(data.get(name), list)), None):
        return _from_pairs(path, "list", ((place, "", value) for place, value in enumerate(listed, start=1)))
    return Source(path, "mapping", (Row(1, data),))


def _has_lines(text: str) -> bool:
    """Whether a text that is not JSON is JSON lines with a bad one: at least half of the first ones are objects."""
    values = [value for _, _, value in islice(_parsed_lines(text), LOOK)]
    return text.lstrip().startswith("{") and 2 * sum(isinstance(value, dict) for value in values) >= len(values)


def _json_lines(path: Path, text: str) -> Source:
    return _from_pairs(path, "jsonl", _parsed_lines(text))


def _parsed_lines(text: str) -> Iterator[tuple[int, str, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, "", _parsed(line)
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
    rows, problems, lines = [], [], text.split("\n")
    last = table.line_num
    for cells in table:
        number, last = last + 1, table.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if reason := _swallowed(lines, number, last) or _miscounted(len(cells), len(header)):
            problems.append(Problem(str(path), number, reason))
        else:
            rows.append(Row(number, dict(zip(header, cells, strict=True))))
    return Source(path, "csv", tuple(rows), tuple(problems))


def _miscounted(cells: int, wanted: int) -> str:
    return "" if cells == wanted else f"{cells} cells where the header has {wanted}"


def _swallowed(lines: Sequence[str], first: int, last: int) -> str:
    """Why the last row of a table is bad: a quotation mark that is not closed takes the rows behind it into a cell."""
    if first == last or any(lines[last:]) or sum(line.count('"') for line in lines[first - 1 :]) % 2 == 0:
        return ""
    return f"a quotation mark is not closed, in this row or the {last - first} lines behind it"


def _lines(path: Path, text: str) -> Source:
    lines = enumerate(text.split("\n"), start=1)
    return Source(path, "lines", tuple(Row(number, {"line": line.strip()}) for number, line in lines if line.strip()))
