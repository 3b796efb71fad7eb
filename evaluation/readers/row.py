"""One row of annotations, and what readers take from it; whatever is wrong with it is a reason in words."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..items import Span

_OPTION = re.compile(r"^\s*(?:\(([A-Z])\)|([A-Z])[.):])\s*(.*)$")
_COLUMN = re.compile(r"(?:a|(?i:option|choice)[ _]?)(\d+)|(?i:option|choice)[ _]?([A-Za-z])|([A-Z])")
"""What tables call the column of an option: a0, option 0, option_1, choice_a, A."""


_MOST_OPTIONS = 26


class BadRow(ValueError):  # noqa: N818 - it is the row that is bad
    """A row that cannot become an item; its text is the reason."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        number: Line of a text or table, position from 1 in JSON.
        values: By name of the column or key.
        key: Under which it stands in a JSON object; empty elsewhere.
    """

    number: int
    values: Mapping[str, Any]
    key: str = ""

    def text(self, *names: str) -> str:
        """The first of these that is there, as text.

        Raises:
            BadRow: None is there, or it is empty.
        """
        found = self.maybe(*names)
        if not found:
            raise BadRow(f"{' or '.join(names)} is missing or empty")
        return found

    def maybe(self, *names: str) -> str:
        """The first of these that is there, as text; empty where none is."""
        value = next((self.values[name] for name in names if self.values.get(name) not in (None, "")), "")
        if isinstance(value, dict | list):
            raise BadRow(f"{names[0]} is not a text but a {type(value).__name__}")
        return str(value).strip()

    def number_at(self, name: str) -> float:
        """A finite number.

        Raises:
            BadRow: It is missing or not one.
        """
        return number(self.values.get(name), name)

    def listed(self, name: str) -> list[Any]:
        """A list.

        Raises:
            BadRow: It is missing or not one.
        """
        value = self.values.get(name)
        if not isinstance(value, list):
            raise BadRow(f"{name} is not a list")
        return value

    def numbered(self, pattern: str) -> tuple[str, ...]:
        """The texts under ``pattern.format(0)``, ``pattern.format(1)``... as many as there are.

        Raises:
            BadRow: One is missing or empty before the last one: without it the others would have other places.
        """
        return self.under([pattern.format(place) for place in range(_MOST_OPTIONS)])

    def under(self, names: Sequence[str]) -> tuple[str, ...]:
        """The texts under some names in their order; empty ones only behind the last text.

        Raises:
            BadRow: One is missing or empty before the last one.
        """
        texts = [self.maybe(name) for name in names]
        count = max((place for place, text in enumerate(texts, start=1) if text), default=0)
        if "" in texts[:count]:
            empty, last = names[texts.index("")], names[count - 1]
            raise BadRow(f"{empty} is missing or empty, but {last} is not")
        return tuple(texts[:count])


def number(value: Any, name: str) -> float:
    """A finite number.

    Raises:
        BadRow: It is missing or not one.
    """
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise BadRow(f"{name} is not a number: {value!r}") from None
    if not math.isfinite(found):
        raise BadRow(f"{name} is not a number: {value!r}")
    return found


def position(value: Any, choices: Sequence[str], name: str = "answer") -> int:
    """The place of an option that is given by its number from 0.

    Raises:
        BadRow: There is no such option.
    """
    place = number(value, name)
    if place != int(place) or not 0 <= place < len(choices):
        raise BadRow(f"{name} is {value!r}, but the options are 0 to {len(choices) - 1}")
    return int(place)


def lettered(value: str, choices: Sequence[str], name: str = "answer") -> int:
    """The place of an option that is given by its letter, alone or before its text: ``C``, ``(C)``, ``C. a dog``.

    Raises:
        BadRow: There is no such option.
    """
    letter = value.strip().lstrip("(")[:1].upper()
    place = ord(letter) - 65 if letter else -1
    if not 0 <= place < len(choices) or value.strip().lstrip("(")[1:2].isalnum():
        raise BadRow(f"{name} is {value!r}, but the options are A to {chr(64 + len(choices))}")
    return place


def place_of(answer: str, choices: Sequence[str], name: str = "answer") -> int:
    """The place of an option that is given by its text; the first one where a data set has it twice.

    Raises:
        BadRow: It is not among the options.
    """
    for same in (str, str.strip, _plain):
        found = [same(choice) for choice in choices]
        if same(answer) in found:
            return found.index(same(answer))
    raise BadRow(f"{name} {answer!r} is not one of the {len(choices)} options")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")


def option_columns(names: Iterable[str]) -> tuple[str, ...]:
    """The columns of the options among some columns, in order: ``a0`` ``a1``, ``option 1`` ``option 2``, ``A`` ``B``.

    None where they do not count on from the first one: a lone column ``A`` is something else.

    Example:
        >>> option_columns(["video", "B", "A", "answer"])
        ('A', 'B')
    """
    found: dict[int, str] = {}
    for name in names:
        if match := _COLUMN.fullmatch(name):
            digits, letter = match.group(1), match.group(2) or match.group(3)
            found[int(digits) if digits else ord(letter.upper()) - 65] = name
    places = sorted(found)
    counted = len(places) > 1 and places[0] in (0, 1) and places == list(range(places[0], places[-1] + 1))
    return tuple(found[place] for place in places) if counted else ()


def options(texts: Sequence[Any], name: str = "options") -> tuple[str, ...]:
    """Options of a question, without the letters that stand before them.

    Raises:
        BadRow: There are fewer than two, or one is not a text.
    """
    if len(texts) < 2:
        raise BadRow(f"{name}: {len(texts)} given, at least 2 are needed")
    if not all(isinstance(text, str | int | float) and str(text).strip() for text in texts):
        raise BadRow(f"{name}: one of them is empty or not a text")
    found = [_OPTION.match(str(text)) for text in texts]
    letters = [match and (match.group(1) or match.group(2)) for match in found]
    if letters != [chr(65 + place) for place in range(len(texts))]:
        return tuple(str(text).strip() for text in texts)
    return tuple(match.group(3).strip() for match in found if match)


def split_options(text: str) -> tuple[str, tuple[str, ...]]:
    r"""A question and the options that stand below it, one a line behind ``A.`` or ``(A)``.

    Raises:
        BadRow: There are no such lines.

    Example:
        >>> split_options("What is it?\nA. a cat\nB. a dog")
        ('What is it?', ('a cat', 'a dog'))
    """
    lines = text.split("\n")
    start = next((place for place, line in enumerate(lines) if _is_first(line)), None)
    if start is None:
        raise BadRow("the question has no lines with options")
    found = []
    for place, line in enumerate(lines[start:]):
        match = _OPTION.match(line)
        if match is None or (match.group(1) or match.group(2)) != chr(65 + place):
            break
        found.append(match.group(3).strip())
    return "\n".join(lines[:start]).strip(), options(found)


def _is_first(line: str) -> bool:
    match = _OPTION.match(line)
    return match is not None and "A" in match.groups()[:2]


def span(value: Any, name: str) -> Span:
    """Start and end in seconds; a single number, alone or in a list, is a moment.

    A start before 0 is 0: NExT-GQA has some of -0.1.

    Raises:
        BadRow: It is neither, or the end lies before the start.
    """
    ends = value if isinstance(value, list | tuple) else [value]
    if len(ends) not in (1, 2):
        raise BadRow(f"{name} is not a pair of seconds: {value!r}")
    start, end = number(ends[0], name), number(ends[-1], name)
    if end < max(0.0, start):
        raise BadRow(f"{name} ends before it starts, or before 0: {value!r}")
    return max(0.0, start), end


def spans(value: Any, name: str) -> tuple[Span, ...]:
    """Spans in seconds: a list of pairs, of moments, or one pair.

    Raises:
        BadRow: It is none of them.
    """
    if not isinstance(value, list | tuple):
        raise BadRow(f"{name} is not a list of spans: {value!r}")
    if len(value) == 2 and not any(isinstance(part, list | tuple) for part in value):
        return (span(value, name),)
    return tuple(span(part, name) for part in value)
