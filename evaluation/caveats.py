"""What a reader could take for covered and that is not: missing, unread, unfinished, failed, broken, not scored."""

from collections.abc import Iterator, Mapping
from typing import Any

from .overview import Overview, Row

MANY = 40
"""Names that a list has at most."""


def caveats(run: Overview) -> tuple[str, ...]:
    """Everything that the tables of a run do not show, a sentence or two each, in Markdown."""
    last = run.sessions[-1] if run.sessions else {"missing": {}, "problems": []}
    return (*_left_out(last["missing"], last["problems"]), *_unfinished(run), *_unscored(run),
            *(text for row in run.rows for text in _about(row)))  # fmt: skip


def _left_out(missing: Mapping[str, int], problems: list[str]) -> Iterator[str]:
    if missing:
        questions = sum(missing.values())
        yield (
            f"**Missing:** {_count(len(missing), 'video')} with {_count(questions, 'question')} not found, which no "
            f"score counts: {_listed(sorted(missing))}."
        )
    if problems:
        yield f"**Not read:** {_count(len(problems), 'row')}; the first: {problems[0]}."


def _unfinished(run: Overview) -> Iterator[str]:
    damaged = run.directory.damaged
    if damaged:
        lines = _count(damaged, "line")
        yield f"**Damaged:** {lines} of the answers cannot be read; the same command asks those questions again."
    few = [f"{row.name} {len(row.items)}" for row in run.rows if len(row.items) < run.askable]
    if few:
        yield (
            f"**Not finished:** of {_count(run.askable, 'question')} whose videos are there, so many were asked: "
            f"{_listed(few)}. A score is that of the questions that were asked."
        )
    absent = [name for name in run.wanted if name not in {row.name for row in run.rows}]
    if absent:
        yield f"**Not asked yet:** {_listed(absent)}."
    if any(name.endswith("wrong_video") for name in absent):
        yield "A wrong video takes two videos that are there."


def _unscored(run: Overview) -> Iterator[str]:
    unknown = max((len(row.scores.unknown) for row in run.rows), default=0)
    if unknown:
        yield f"**Not scored:** {_count(unknown, 'question')}, asked without a known answer to hold against."


def _about(row: Row) -> Iterator[str]:
    """What goes for one system: failures, programs that broke, what its scores lack."""
    failed = [str(line["error"]) for line in row.lines.values() if line["error"]]
    if failed:
        yield (
            f"**{row.name} failed** on {_count(len(failed), 'question')}, which count as wrong; the first: "
            f"{failed[0]}. `--only-errors` asks them again."
        )
    broken = [reason for line in row.lines.values() if (reason := returned(line).get("error"))]
    if broken:
        yield (
            f"**{row.name} broke off** in {_count(len(broken), 'question')}: what was answered is from what was found "
            f"until then, or was known before; the first: {broken[0]}."
        )
    yield from (f"{row.name}: {note}." for note in row.scores.notes)


def returned(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """The round that was returned; confidences are rounded, so the nearest one it is. Empty where there is none."""
    return min(
        line.get("rounds", ()),
        key=lambda part: (part["choice"] != line["choice"], abs(part["confidence"] - line["confidence"])),
        default={},
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MANY} more" if len(names) > MANY else ""
    return ", ".join(names[:MANY]) + more
