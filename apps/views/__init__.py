"""Pieces of a page, as pure functions from an answer's JSON to HTML and SVG: notebook, report and web page share them.

Everything is escaped (`markup.element`), needs no script, and follows the reader's light or dark theme (`style.css`,
all rules below ``.vidprog``). Whatever has a time carries it as ``data-start`` (seconds), for a page that jumps there.

    from ..views import film_strip, framed, headline, lanes, pictures_of, rounds

    document = result.to_json()
    page = framed(headline(document), film_strip(pictures_of(document)), lanes(moments, duration), rounds(document))
"""

from .answer import headline, moments, shown_answer
from .film_strip import Picture, film_strip, jpeg_uri, pictures_of, shortened
from .lanes import lanes
from .markup import Markup, element, joined
from .steps import program, rounds, steps
from .style import framed, stylesheet

__all__ = [
    "Markup",
    "Picture",
    "element",
    "film_strip",
    "framed",
    "headline",
    "joined",
    "jpeg_uri",
    "lanes",
    "moments",
    "pictures_of",
    "program",
    "rounds",
    "shortened",
    "shown_answer",
    "steps",
    "stylesheet",
]
