"""EgoSchema: questions without answers, and the answers of 500 of them in a file beside.

Questions whose answer is not in the files have no truth: they are answered and not scored.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..items import Item
from .format import Format, Reading, converted
from .row import Row, options, position
from .source import Source, load_object


def _read(source: Source) -> Reading:
    answers, files = _answers(source)

    def convert(row: Row) -> Item:
        name = row.text("q_uid")
        choices = options(row.numbered("option {}"), "option 0...")
        given = row.maybe("answer") or answers.get(name)
        return Item(
            id=name,
            video=name,
            question=row.text("question"),
            choices=choices,
            truth=None if given is None else position(given, choices),
        )

    return converted(source, convert, files)


def _answers(source: Source) -> tuple[Mapping[str, Any], list[Path]]:
    """Positions by question, from every file of answers in the folder."""
    found: dict[str, Any] = {}
    files = []
    for path in sorted(source.path.parent.glob("*answers*.json")):
        data = load_object(path)
        if not any(isinstance(value, dict | list) for value in data.values()):
            found.update(data)
            files.append(path)
    return found, files


EGOSCHEMA = Format(
    name="egoschema",
    title="EgoSchema",
    reads='questions.json: list of q_uid, question, "option 0"..."option 4"; subset_answers.json beside it',
    paper="Mangalam et al., EgoSchema: A Diagnostic Benchmark for Very Long-form Video Language Understanding, "
    "NeurIPS 2023",
    licence="none stated; videos: Ego4D's",
    where="github.com/egoschema/EgoSchema",
    recognises=lambda source: source.has("q_uid", "question", "option 0", "option 1"),
    read=_read,
)
