"""TempCompass: by video and aspect of time; which of its four tasks a question is, only its text says.

A video and its ``_reverse``, ``_speed`` or joined twin are asked the same question and have different answers: these
make a group, right only together, because one answer to both is no look at the video.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..items import Item
from .format import Format, Reading, converted, inner
from .row import Row, lettered, options, place_of, split_options
from .source import Source

DIMENSIONS = ("action", "speed", "direction", "order", "attribute_change")
_LINE = re.compile(r"^(?:Option|Sentence|Caption) (?:[A-Z]|\d+): *(.+)$", re.MULTILINE)
RULE = "It is right when it agrees with the right answer and with none of the other pieces of information."


def _item(row: Row) -> Item:
    question, answer = row.text("question"), row.text("answer")
    video, category = row.text("video"), row.text("aspect")
    name = f"{video}_{category}_{row.text('place')}"
    if "Generated Caption" in question:
        right = (answer.split(". ", 1)[-1],)
        return Item(name, video, question, "open", answers=right, category=category, extra={"rule": RULE})
    asked, choices, truth = _choice(question, answer)
    return Item(name, video, asked, choices=choices, truth=truth, category=category)


def _choice(question: str, answer: str) -> tuple[str, tuple[str, ...], int]:
    if answer.casefold() in ("yes", "no"):
        return question, ("yes", "no"), ("yes", "no").index(answer.casefold())
    if found := _LINE.findall(question):
        choices = options(found)
        return question.split("\n", 1)[0], choices, place_of(answer.split(": ", 1)[-1], choices)
    asked, choices = split_options(question)
    return asked, choices, lettered(answer[:1], choices)


def _rows(source: Source) -> Iterator[Row]:
    for row in source.rows:
        for category, entries in row.values.items():
            for place, entry in enumerate(entries if isinstance(entries, list) else [entries]):
                key = f"{row.key}, {category} {place}"
                yield inner(row, key, entry, video=row.key, aspect=category, place=place)


def _read(source: Source) -> Reading:
    reading = converted(source, _item, rows=_rows(source))
    return replace(reading, items=tuple(_paired(reading.items)))


def _paired(items: Sequence[Item]) -> Iterator[Item]:
    """The items, twins with the name of their group."""
    same: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in items:
        same[_twin(item)].add(item.video)
    for item in items:
        yield replace(item, group="_".join(_twin(item))) if len(same[_twin(item)]) > 1 else item


def _twin(item: Item) -> tuple[str, str]:
    return item.video.split("_", 1)[0], f"{item.category}: {item.question} {' / '.join(item.choices)}".strip()


TEMPCOMPASS = Format(
    name="tempcompass",
    title="TempCompass",
    reads="questions/*.json of each of its tasks: {video: {aspect: [{question, answer}]}}",
    paper="Liu et al., TempCompass: Do Video LLMs Really Understand Videos?, Findings of ACL 2024",
    licence="CC BY-NC 4.0",
    where="github.com/llyx97/TempCompass, questions/",
    recognises=lambda source: source.kind == "mapping" and bool(source.keys) and source.keys <= set(DIMENSIONS),
    read=_read,
)
