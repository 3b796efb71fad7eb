"""A report as one page that needs nothing else: no network, no script; colours follow the reader's light or dark."""

import re
from collections.abc import Sequence
from html import escape
from importlib import resources
from string import Template

from .failures import failures, joined
from .overview import Overview
from .plots import MISSING, plots
from .sections import Section, Table, sections

FAILURES = "failures"
LONG = 24
"""Characters of a cell that holds words, not numbers."""
NAMED = 6
"""Systems that the head of the page names."""


def to_page(run: Overview) -> tuple[str, tuple[str, ...]]:
    """The page, and what is missing on it and why."""
    drawn, parts = plots(run), sections(run)
    wrong = failures(run)
    links = [(section.name, section.title) for section in parts] + ([(FAILURES, "What went wrong")] if wrong else [])
    body = [section_html(section, drawn.get(section.name, "")) for section in parts]
    if wrong:
        body.append(f'<section id="{FAILURES}"><h2>What went wrong</h2>\n{wrong}\n</section>')
    data = run.configuration["data"]
    more = f" and {len(run.rows) - NAMED} more" if len(run.rows) > NAMED else ""
    systems = ", ".join(row.name for row in run.rows[:NAMED]) + more
    template = Template(resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
    page = template.substitute(
        title=escape(f"Evaluation: {data['name']}"),
        about=escape(f"{data['items']} questions; {systems}; last run {run.sessions[-1]['started']}"),
        links=" ".join(f'<a href="#{name}">{escape(title)}</a>' for name, title in links),
        body=joined(body),
    )
    return page, () if drawn or not run.rows else (MISSING,)


def section_html(section: Section, drawn: str) -> str:
    """A section with its plots before its tables."""
    words = [f"<p>{marked(text)}</p>" for text in section.words]
    figures = f'<div class="plots">{drawn}</div>' if drawn else ""
    tables = [table_html(table) for table in section.tables]
    notes = [f"<p>{marked(text)}</p>" for text in section.notes]
    inside = joined((f"<h2>{escape(section.title)}</h2>", *words, figures, *tables, *notes))
    return f'<section id="{section.name}">\n{inside}\n</section>'


def table_html(table: Table) -> str:
    """A table that scrolls sideways in itself where it is too wide; one with two columns holds words."""
    kinds = [
        ' class="text"' if any(len(cell) > LONG for cell in column) else "" for column in zip(*table.rows, strict=True)
    ]
    head = _cells("th", table.head, kinds or [""] * len(table.head))
    rows = "".join(f"<tr>{_cells('td', row, kinds)}</tr>" for row in table.rows)
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    words = ' class="words"' if len(table.head) == 2 else ""
    drawn = f"<table{words}>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="wide" tabindex="0">{drawn}</div>'


def _cells(name: str, texts: Sequence[str], kinds: Sequence[str]) -> str:
    return "".join(f"<{name}{kind}>{escape(text)}</{name}>" for text, kind in zip(texts, kinds, strict=True))


def marked(text: str) -> str:
    """The emphasis and code of Markdown that sections use."""
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text))
    text = re.sub(r"\*(\S.*?)\*", r"<i>\1</i>", text)
    return re.sub(r"`(.+?)`", r"<code>\1</code>", text)
