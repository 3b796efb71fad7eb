"""One look for everything that is drawn: light and dark, wide and narrow."""

from functools import cache
from importlib import resources

from .markup import Markup, element


@cache
def stylesheet() -> str:
    """The rules; all of them begin with ``.vidprog``, so they change nothing else on a page."""
    return resources.files(__package__).joinpath("style.css").read_text(encoding="utf-8")


def framed(*children: object, label: str = "vidprog") -> Markup:
    """Children as one section with the rules that it needs.

    Args:
        *children: Markup, or texts that are escaped.
        label: What screen readers call the section.
    """
    style = Markup(f"<style>{stylesheet()}</style>")
    return element("section", style, *children, class_="vidprog", aria_label=label)
