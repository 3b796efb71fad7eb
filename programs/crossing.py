"""Takes values into the sandbox: evidence as plain lists, host objects as copies of a few attributes.

Monty has no truth value or length for host objects, so a timeline crosses as a list of observations: `if not lines:`,
`len(lines)` and slices then work as in Python. An object that comes back is the original one, with its pixels.
"""

from __future__ import annotations

import pydantic_monty

from ..memory import Timeline
from ..tools.types import SANDBOX_CLASSES

_ATTRIBUTES = {item.host: tuple(item.attributes) for item in SANDBOX_CLASSES}


class _Exposed(pydantic_monty.ClassInstance):
    """A host object of which programs see the attributes of the stub and no methods."""

    def convert_value(self, /, name: str, value: object) -> object:
        return _plain(value)


def to_sandbox(value: object) -> object:
    """A tool's result, or an input, as a program gets it."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, (Timeline, list, tuple)):
        return [to_sandbox(item) for item in value]
    attributes = _ATTRIBUTES.get(type(value))
    return value if attributes is None else _Exposed(value, eager_attrs=attributes)


def storable(text: str) -> str:
    """The text without lone surrogates, which the way to the worker (UTF-8) cannot carry."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _plain(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
