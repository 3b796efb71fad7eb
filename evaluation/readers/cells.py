"""What one's own questions hold in one place: several values or moments, as lists or as text in a cell of a table."""

import ast
import json
import re
from collections.abc import Mapping
from typing import Any

from ..items import Span
from .row import BadRow, number, span, spans

_CLOCK = r"(?:\d+:){0,2}\d+(?:\.\d+)?"
_RANGE = re.compile(rf"\s*({_CLOCK})\s*(?:-|–|to)\s*({_CLOCK})\s*")


def listed(value: Any, name: str) -> list[Any]:
    """Several values: a list, the values of an object in its order, or a cell that holds a list or ``|`` between them.

    Args:
        value: As it stands in the row; None or empty for no values.
        name: Of the column, for the reason.

    Raises:
        BadRow: It is none of these.
    """
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, Mapping):
        return list(value.values())
    if not isinstance(value, str):
        raise BadRow(f"{name} is neither a list nor a text: {value!r}")
    return _written(value, name) if value.lstrip().startswith("[") else [part.strip() for part in value.split("|")]


def _written(text: str, name: str) -> list[Any]:
    """A list in JSON, or as Python prints it: pandas writes lists so into a table."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        try:
            found = ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            raise BadRow(f"{name} is not a list in JSON: {error.msg}") from None
    if not isinstance(found, list):
        raise BadRow(f"{name} is not a list in JSON")
    return found


def spans_in(value: Any, name: str) -> tuple[Span, ...]:
    """Spans as lists of seconds, or as ``12.5-14 | 1:20-1:21`` in a cell.

    Raises:
        BadRow: They are neither, or one ends before it starts.
    """
    found = listed(value, name)
    if found and all(isinstance(part, str) for part in found):
        return tuple(_range(part, name) for part in found)
    return spans(found, name) if found else ()


def moment(value: Any, name: str) -> float:
    """Seconds, as a number or on a clock: ``83.5``, ``1:23.5``.

    Raises:
        BadRow: It is neither.
    """
    if not isinstance(value, str) or not re.fullmatch(_CLOCK, value.strip()):
        return number(value, name)
    seconds = 0.0
    for part in value.split(":"):
        seconds = 60 * seconds + float(part)
    return seconds


def _range(text: str, name: str) -> Span:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise BadRow(f"{name} has {text!r}, not <start>-<end> in seconds")
    return span([moment(end, name) for end in found.groups()], name)
