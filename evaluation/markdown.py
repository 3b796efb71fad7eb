"""A report as Markdown."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from .caveats import MANY
from .items import Item
from .overview import Overview, Row
from .sections import Section, Table, sections, wrong_of


def to_markdown(run: Overview) -> str:
    """The whole report."""
    data = run.configuration["data"]
    parts = [f"# {cell(data['name'])}", *(_section(section) for section in sections(run)), *_failures(run)]
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> str:
    words, notes = ([text.replace("<", "&lt;") for text in texts] for texts in (section.words, section.notes))
    return "\n\n".join((f"## {section.title}", *words, *map(table_lines, section.tables), *notes))


def table_lines(table: Table) -> str:
    """A table as Markdown has it."""
    lines = [table.head, tuple("---" for _ in table.head), *table.rows]
    drawn = "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines)
    return f"{table.caption}:\n\n{drawn}" if table.caption else drawn


def cell(text: str) -> str:
    """A text in one cell: foreign words must not break the table."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;")


def _failures(run: Overview) -> Iterable[str]:
    for row in run.plain[:1]:
        wrong = list(wrong_of(row))
        if wrong:
            rows = tuple(_failure(row, item) for item in wrong[:MANY])
            table = Table(("question", "right", "answered", "sure", "program", "trace"), rows)
            more = f" The first {MANY}; all are on the page." if len(wrong) > MANY else ""
            yield f"## What {row.name} got wrong\n\n{len(wrong)} questions.{more}\n\n{table_lines(table)}"


def _failure(row: Row, item: Item) -> tuple[str, ...]:
    line = row.lines[item.id]
    said = line["error"] or (f"(abstained) {line['text']}" if line["abstained"] else line["text"])
    return (f"{item.category}: {item.question}" if item.category else item.question, item.reference or str(item.spans),
            said[:120], f"{line['confidence']:.2f}", line.get("program", ""), _link(line.get("trace", "")))  # fmt: skip


def _link(trace: str) -> str:
    return f"[trace]({quote(trace)})" if trace else ""
