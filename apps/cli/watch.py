"""The events of a question as they happen, one short line each on stderr."""

from typing import Any

from ...agents import events
from ...agents.refine import REASONS
from ...programs import Step
from .progress import Progress
from .screen import Span
from .terminal import Terminal

ROUTES = {
    "direct": "it fits the question", "planned": "written for this question", "given": "as you asked",
    "fallback": "instead of a refused one", "other_program": "another way to look",
    "finer_window": "closer at the best moment", "direct_to_program": "written for this question",
    "merge_evidence": "everything found so far", "fix_bug": "with its error mended",
    "more_frames": "the same with more frames", "other_examples": "written after other examples",
    "other_tool": "the same with another tool", "other_model": "the same with another model",
}  # fmt: skip
"""How a plan came about -> words."""
HIDDEN = frozenset(["named_range"])
"""Steps that say nothing to a reader unless details are wanted."""


class Watcher:
    """Told every event; draws those that say something."""

    def __init__(self, terminal: Terminal, progress: Progress) -> None:
        self._terminal = terminal
        self._progress = progress

    def __call__(self, event: events.Event) -> None:
        """Draw an event."""
        if isinstance(event, events.Progress):
            self._progress.report(event.message, event.share)
            return
        draw = getattr(self, f"_{type(event).__name__.lower()}", None)
        if draw is not None and not self._terminal.quiet:
            draw(event)

    def _line(self, *spans: Span) -> None:
        self._terminal.notes.line(*spans)

    def _understood(self, event: events.Understood) -> None:
        self._line(("understood as  ", "dim"), event.resolved)

    def _recalled(self, event: events.Recalled) -> None:
        self._progress.report("choosing a program", None)
        if event.resumed:
            self._line(("going on where the interrupted run stopped", "dim"))
        elif self._terminal.verbose:
            self._line((event.facts, "dim"))

    def _planned(self, event: events.Planned) -> None:
        self._line((f"round {event.round}", "bold"), "  ", (event.program, "bold cyan"), (f"  {_why(event)}", "dim"))
        if self._terminal.verbose:
            self._terminal.notes.code(event.source)
        self._progress.report("working", None)

    def _checked(self, event: events.Checked) -> None:
        for problem in event.problems:
            self._line("  ", ("refused  ", "yellow"), problem)

    def _repaired(self, event: events.Repaired) -> None:
        self._line("  ", ("repaired ", "yellow"), event.how)

    def _stepdone(self, event: events.StepDone) -> None:
        step = event.step
        if step.tool in HIDDEN and not (self._terminal.verbose or step.failed):
            return
        mark: Span = ("✗ ", "red") if step.failed else ("· ", "yellow") if step.why else ("✓ ", "green")
        said = step.why if step.failed or (step.why and step.result == "nothing") else step.result
        self._line("  ", mark, f"{step.tool:<12} {said}", (f"  {_cost(step)}", "dim"))
        if self._terminal.verbose:
            self._line(("      " + ", ".join(f"{name}={value}" for name, value in step.arguments.items()), "dim"))
        self._progress.report("working", None)

    def _judged(self, event: events.Judged) -> None:
        if event.accepted:
            self._line("  ", ("judged good enough", "green"))
        else:
            reason = REASONS.get(event.diagnosis, event.diagnosis)
            self._line("  ", (f"judged: {reason}" + (f" ({event.reason})" if event.reason else ""), "yellow"))


def _why(event: events.Planned) -> str:
    route = ROUTES.get(event.route, event.route.replace("_", " "))
    return f"{route} ({event.planner})" if event.planner != event.route else route


def _cost(step: Step) -> str:
    parts: list[Any] = [f"{step.seconds:.1f} s", *(["known already"] if step.cached else [])]
    return ", ".join(parts)
