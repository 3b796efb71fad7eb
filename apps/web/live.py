"""The events of the work as lines of a page: what the terminal says, as markup."""

from collections.abc import Callable, Mapping

from ...agents import events
from ..cli.watch import HIDDEN
from ..report.rounds import judged, why
from ..views import Markup, element, joined, steps


def line(event: events.Event) -> Markup | None:
    """An event as a line; None for one that says nothing to a reader."""
    say = LINES.get(type(event))
    return say(event) if say else None


def _note(name: str, *words: object) -> Markup:
    return element("p", element("span", name, class_="vp-quiet"), " ", *words)


def _recalled(event: events.Recalled) -> Markup | None:
    return _note("Going on", "where the interrupted run stopped") if event.resumed else None


def _planned(event: events.Planned) -> Markup:
    reason = element("span", f" {why(event.route, event.planner)}", class_="vp-quiet")
    return element("p", element("b", f"Round {event.round} "), element("code", event.program), reason)


def _checked(event: events.Checked) -> Markup | None:
    return joined(_note("Refused", problem) for problem in event.problems) if event.problems else None


def _step(event: events.StepDone) -> Markup | None:
    step = event.step
    return None if step.tool in HIDDEN and not step.failed else steps([step.to_json()])


def _judged(event: events.Judged) -> Markup:
    return _note("Judged", judged("" if event.accepted else event.diagnosis, event.reason))


LINES: Mapping[type[events.Event], Callable[..., Markup | None]] = {
    events.Understood: lambda event: _note("Understood as", event.resolved),
    events.Recalled: _recalled,
    events.Planned: _planned,
    events.Checked: _checked,
    events.Repaired: lambda event: _note("Repaired", event.how),
    events.StepDone: _step,
    events.Judged: _judged,
}
"""Kind of event -> how it is shown; progress is a bar, not a line."""
