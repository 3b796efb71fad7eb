"""The program of an answer, what each of its steps gave, and the rounds that were tried."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...agents.refine import REASONS
from ..cli.words import count, grounded, sure
from .film_strip import shortened
from .markup import Markup, element, joined

LONGEST_ARGUMENTS = 300
MOST_LINES = 12
"""Of a program that is shown unfolded."""
MARKS = {"done": "✓", "nothing": "·", "failed": "✗"}
"""How a step ended -> its sign."""
SAID = {"done": "done", "nothing": "found nothing", "failed": "failed"}


def program(source: str) -> Markup:
    """The source of a program; a long one is folded, and so is its docstring, being longer than what it explains."""
    head, code = _split(source)
    told = element("details", element("summary", "when it is used, and where it is from"), element("pre", head))
    length = code.count("\n") + 1
    text = element("pre", element("code", code), tabindex=0)
    if length > MOST_LINES:
        text = element("details", element("summary", f"its {length} lines"), text)
    return joined([text, told if head else None])


def _split(source: str) -> tuple[str, str]:
    """A leading docstring, and the rest."""
    quotes = '"""'
    if not source.startswith(quotes) or quotes not in source[3:]:
        return "", source.strip()
    head, _, code = source[3:].partition(quotes)
    return head.strip(), code.strip()


def steps(entries: Sequence[Mapping[str, Any]]) -> Markup:
    """Tool calls in order: what was asked, what came back, how long it took.

    Args:
        entries: ``steps`` of a round of ``vidprog.answer/1``.
    """
    return element("ol", *(_step(entry) for entry in entries), class_="vp-steps")


def _step(entry: Mapping[str, Any]) -> Markup:
    state = "failed" if entry["failed"] else "nothing" if entry["result"] == "nothing" else "done"
    said = entry["why"] if state != "done" and entry["why"] else entry["result"]
    note = f" ({entry['why']})" if state == "done" and entry["why"] else None
    costs = [f"{entry['seconds']:.1f} s", *(["known already"] if entry["cached"] else []), *_costs(entry["cost"])]
    given = ", ".join(f"{name} = {_argument(value)}" for name, value in entry["arguments"].items())
    return element(
        "li",
        element("span", MARKS[state], class_=f"vp-mark-{state}", title=SAID[state], aria_label=SAID[state], role="img"),
        element("span", entry["tool"], class_="vp-tool"),
        element("span", said, element("span", note, class_="vp-quiet") if note else None, class_="vp-result"),
        element("span", costs[0], class_="vp-cost", title=", ".join(costs)),
        element("span", shortened(given, LONGEST_ARGUMENTS), class_="vp-arguments") if given else None,
    )


def _argument(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _costs(cost: Mapping[str, float]) -> list[str]:
    return [f"{value:g} {name.replace('_', ' ')}" for name, value in cost.items()]


def rounds(document: Mapping[str, Any]) -> Markup:
    """Every round: its program, its answer with how sure it was, what was found wrong, and its steps.

    Args:
        document: ``vidprog.answer/1``.
    """
    entries = document["rounds"]
    parts = [_round(number, entry, open_=len(entries) == 1) for number, entry in enumerate(entries, 1)]
    return joined(parts)


def _round(number: int, entry: Mapping[str, Any], open_: bool) -> Markup:
    judged = REASONS.get(entry["diagnosis"], "good enough" if entry["diagnosis"] == "good" else entry["diagnosis"])
    judged += f" ({entry['reason']})" if entry["reason"] else ""
    head = [f"Round {number}: ", element("b", entry["program"]), f" → {entry['answer'] or 'no answer'}"]
    told = [f"confidence {sure(entry['confidence'])}", f"grounding {grounded(entry['grounding'])}", judged]
    told += [entry["error"]["message"]] if entry["error"] else []
    told += [f"stopped: {entry['stopped']}"] if entry["stopped"] else []
    cost = f" ({count(len(entry['steps']), 'step')}, {entry['seconds']:.1f} s)"
    return element(
        "details",
        element("summary", *head, element("span", cost, class_="vp-quiet")),
        element("p", "; ".join(filter(None, told)), class_="vp-quiet"),
        steps(entry["steps"]),
        element("h4", "The program"),
        program(entry["source"]),
        open=open_,
        class_="vp-round",
    )
