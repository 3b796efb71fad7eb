"""HTML and SVG as values: whatever is not markup already is escaped, so that no text of a video can become a tag."""

from collections.abc import Iterable
from html import escape

VOID = frozenset(["img", "br", "rect", "line", "input", "link", "meta", "source"])
"""Elements that are closed by themselves, in HTML and in SVG."""


class Markup(str):
    """Text that is HTML already; only the functions of this package make it."""

    __slots__ = ()


def element(name: str, /, *children: object, **attributes: object) -> Markup:
    """An element; children and attributes are escaped unless they are markup.

    Args:
        name: Of the element.
        *children: Texts, numbers and markup; None is left out.
        **attributes: By name, a trailing underscore dropped and others written as hyphens; None is left out, True gives
            the bare name.

    Example:
        >>> element("p", "a < b", element("b", 3), class_="note", data_start=1.5)
        '<p class="note" data-start="1.5">a &lt; b<b>3</b></p>'
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{joined(children)}</{name}>")


def joined(parts: Iterable[object]) -> Markup:
    """Parts one after the other, those that are no markup escaped, None left out."""
    return Markup("".join(_text(part) for part in parts if part is not None))


def _text(part: object) -> str:
    return part if isinstance(part, Markup) else escape(_plain(part))


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(_plain(value))}"'


def _plain(value: object) -> str:
    """As text that XML may hold: control characters of a subtitle file are no part of it."""
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t")
