"""An answer for a reader: the answer first, how sure it is and why, and the moments that support it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...agents.result import video_names
from ...tools.answer import NOT_SHOWN
from .screen import Column, Table
from .terminal import Terminal
from .words import count, grounded, span, sure

if TYPE_CHECKING:
    from ...agents import Result
    from ...memory import Observation

MOST_MOMENTS = 10


def show_result(result: "Result", terminal: Terminal) -> None:
    """Print an answer.

    Args:
        result: What the loop gave.
        terminal: Where to.
    """
    screen = terminal.result
    if not terminal.quiet:
        terminal.notes.line()  # between the steps and the answer
    style = "bold yellow" if result.answer.abstained else "bold green"
    screen.line((_headline(result), style))
    screen.line()
    for name, text in _facts(result):
        screen.line((f"{name:<11}", "dim"), text)
    _moments(result, terminal)
    if terminal.verbose:
        screen.line()
        screen.code(result.program["source"])
    terminal.warn(result.warnings)


def _headline(result: "Result") -> str:
    """The answer, or why there is none: not shown, or not looked for long enough."""
    if result.answer.abstained and not any(round_["stopped"] for round_ in result.rounds):
        return NOT_SHOWN
    return result.text


def _facts(result: "Result") -> list[tuple[str, str]]:
    answer = result.answer
    facts = []
    if answer.abstained and result.text not in (NOT_SHOWN, _headline(result)):
        facts.append(("best guess", result.text))
    if answer.choice is not None:
        facts.append(("choice", f"{answer.choice + 1} of {len(result.choices)}"))
    facts.append(("confidence", f"{sure(answer.confidence)}, by {answer.basis}"))
    facts.append(("grounding", grounded(answer.grounding)))
    if result.resolved:
        facts.append(("understood", result.resolved))
    if any(moment.video for moment in answer.evidence):
        facts.append(("videos", ", ".join(video_names(video["path"] for video in result.videos))))
    elif len(result.videos) > 1:
        facts.append(("video", result.path))
    used = f"{count(len(result.rounds), 'round')}, {result.usage['seconds']:.1f} s"
    facts.append(("program", f"{result.program['name']} ({used})"))
    return facts


def _moments(result: "Result", terminal: Terminal) -> None:
    evidence = result.answer.evidence
    if not evidence:
        return
    screen = terminal.result
    screen.line()
    best = sorted(evidence, key=lambda moment: -moment.score)[:MOST_MOMENTS]
    if result.answer.abstained:
        screen.line(("nearest moments", "bold"))
    shown = [moment for moment in evidence if moment in best]
    screen.table(moment_table(shown))
    if len(evidence) > len(shown):
        terminal.say(f"and {len(evidence) - len(shown)} more; --json has them all")


def moment_table(moments: "Sequence[Observation]") -> Table:
    """Moments with their times; those of several videos with the video's name."""
    columns = [Column("time", "green"), Column("kind", "cyan"), Column("content", wraps=True), Column("source", "dim")]
    rows = [[span(moment.start, moment.end), moment.kind, moment.content, moment.source] for moment in moments]
    if any(moment.video for moment in moments):
        columns.insert(0, Column("video"))
        rows = [[moment.video, *row] for moment, row in zip(moments, rows, strict=True)]
    return Table(columns, rows)
