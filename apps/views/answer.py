"""An answer in front of everything that explains it: how sure, why, and between which options."""

from collections.abc import Mapping
from typing import Any

from ...tools.answer import NOT_SHOWN
from ..cli.words import count, grounded, span, sure
from .film_strip import shortened
from .markup import Markup, element, joined

MOST_CHOICES = 12
MOST_MOMENTS = 10


def headline(document: Mapping[str, Any]) -> Markup:
    """The question, the answer, and how sure it is and by what.

    Args:
        document: ``vidprog.answer/1``.
    """
    abstained = document["abstained"]
    return joined(
        [
            element("p", document["question"], class_="vp-question"),
            element("p", shown_answer(document), class_="vp-answer vp-abstained" if abstained else "vp-answer"),
            element("dl", *_rows(document), class_="vp-facts"),
            _choices(document),
            *(element("p", f"Warning: {text}", class_="vp-warning") for text in document["warnings"]),
        ]
    )


def shown_answer(document: Mapping[str, Any]) -> str:
    """The answer, or why there is none: not shown, or not looked for long enough."""
    stopped = any(round_["stopped"] for round_ in document["rounds"])
    return NOT_SHOWN if document["abstained"] and not stopped else str(document["answer"])


def _rows(document: Mapping[str, Any]) -> list[Markup]:
    facts = {"confidence": f"{sure(document['confidence'])}, by {document['basis']}"}
    facts["grounding"] = grounded(document["grounding"])
    if document["abstained"] and document["answer"] not in (NOT_SHOWN, shown_answer(document)):
        facts = {"best guess": document["answer"], **facts}
    if document.get("resolved"):
        facts["understood as"] = document["resolved"]
    used = f"{count(len(document['rounds']), 'round')}, {document['usage']['seconds']:.1f} s"
    facts["program"] = f"{document['program']['name']} ({used})"
    return [part for name, text in facts.items() for part in (element("dt", name), element("dd", text))]


def _choices(document: Mapping[str, Any]) -> Markup | None:
    """The options with their probabilities as bars; None for an open question."""
    chances = document["probabilities"]
    if len(chances) != len(document["choices"]) or not chances:
        return None
    rows: list[Markup] = []
    for place, (text, chance) in list(enumerate(zip(document["choices"], chances, strict=True)))[:MOST_CHOICES]:
        chosen = " vp-chosen" if place == document["choice"] else ""
        rows += [
            element("span", text, class_=chosen.strip() or None),
            element("span", element("span", style=f"width:{100 * chance:.1f}%"), class_=f"vp-track{chosen}"),
            element("span", f"{chance:.2f}", class_="vp-quiet"),
        ]
    return element("div", *rows, class_="vp-choices")


def moments(document: Mapping[str, Any], most: int = MOST_MOMENTS) -> Markup | None:
    """The moments that support an answer as a table; None where there are none. Times have ``data-start``.

    Args:
        document: ``vidprog.answer/1``.
        most: How many, those with the best scores.
    """
    evidence = document["evidence"]
    if not evidence:
        return None
    best = sorted(evidence, key=lambda moment: -moment["score"])[:most]
    rows = [_moment(moment) for moment in evidence if moment in best]
    head = element("tr", *(element("th", name, scope="col") for name in ("time", "kind", "content", "source")))
    table = element("table", element("thead", head), element("tbody", *rows), class_="vp-table")
    more = f"and {len(evidence) - len(rows)} more" if len(rows) < len(evidence) else None
    return joined([element("div", table, class_="vp-scroll"), element("p", more, class_="vp-quiet") if more else None])


def _moment(moment: Mapping[str, Any]) -> Markup:
    time = element("span", span(moment["start"], moment["end"]), class_="vp-time", data_start=moment["start"])
    cells = (time, moment["kind"], shortened(moment["content"], 300), moment["source"])
    return element("tr", *(element("td", cell) for cell in cells))
