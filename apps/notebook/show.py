"""Values as HTML for a cell's output: one function for each type, put together from `apps.views`."""

from pathlib import Path

from ...agents import Description, Result
from ...agents.cell import CellProgress
from ...memory import Timeline
from ...programs import Program
from ...programs.trace import Step
from ...tools import Answer
from ...video import Frame
from .. import views
from ..cli.words import count, grounded, span, sure
from ..views import Markup, element

MOST_ROWS = 20
"""Of a timeline's table."""


def result(value: Result) -> Markup:
    """An answer: how sure it is and why, its frames, the lanes of its videos, the rounds with every step."""
    document = value.to_json()
    parts = [views.headline(document), views.film_strip(views.pictures_of(document))]
    for entry in document["videos"]:
        evidence = [moment for moment in document["evidence"] if moment["video"] == entry["path"]]
        known = value.timeline(entry["path"]).to_json()
        if known or evidence:
            name = f" of {Path(entry['path']).name}" if len(document["videos"]) > 1 else ""
            parts += [element("h3", f"Timeline{name}"), views.lanes(known, entry["duration"], evidence)]
    moments = views.moments(document)
    if moments is not None:
        parts.append(_folded(f"Evidence ({count(len(document['evidence']), 'moment')})", moments))
    parts += [element("h3", "Program and rounds"), views.rounds(document)]
    return views.framed(*parts, label=f"Answer to: {value.question}")


def answer(value: Answer) -> Markup:
    """An answer without its trace."""
    facts = {"confidence": f"{sure(value.confidence)}, by {value.basis}", "grounding": grounded(value.grounding)}
    rows = [part for name, text in facts.items() for part in (element("dt", name), element("dd", text))]
    head = element("p", value.text, class_="vp-answer vp-abstained" if value.abstained else "vp-answer")
    facts_list = element("dl", *rows, class_="vp-facts")
    return views.framed(head, facts_list, element("h3", "Evidence"), _moments(value.evidence), label="Answer")


def timeline(value: Timeline) -> Markup:
    """Lanes over time, one set for each video, and the first moments as a table; an empty one says why."""
    if not value:
        return views.framed(element("p", f"Nothing: {value.why}", class_="vp-quiet"), label="Timeline")
    parts: list[object] = []
    for name in dict.fromkeys(moment.video for moment in value):
        part = value.of_video(name)
        parts += [element("h3", name) if name else None, views.lanes(part.to_json(), max(m.end for m in part))]
    table = _folded(f"{count(len(value), 'moment')} as a table", _moments(value))
    return views.framed(*parts, table, label="Timeline")


def description(value: Description) -> Markup:
    """What a video shows: a line, chapters, captions."""
    head = element("p", element("b", value.summary or "Nothing was seen, read or heard."))
    captions = _folded(count(len(value.captions), "caption"), _moments(value.captions))
    return views.framed(head, element("h3", "Chapters"), _moments(value.chapters), captions, label="Description")


def program(value: Program) -> Markup:
    """A program: when to use it, what it needs, its text."""
    needs = f"needs {', '.join(value.needs)}" if value.needs else "needs no model"
    head = element("p", element("b", value.name), element("span", f"  {needs}", class_="vp-quiet"))
    return views.framed(head, element("p", value.when or value.summary), views.program(value.source), label="Program")


def frame(value: Frame) -> Markup:
    """A frame with its time."""
    picture = views.Picture(value.time, views.jpeg_uri(value.image), ())
    return views.framed(views.film_strip([picture]), label="Frame")


def progress(value: CellProgress) -> Markup:
    """What is going on and what was done up to now; one line when it is over."""
    done = [step for _, steps in value.rounds for step in steps]
    if not value.doing:
        names = ", ".join(dict.fromkeys(step.tool for step in done))
        told = f"{count(len(done), 'step')} ({names}), " if done else ""
        return element("small", f"done: {told}{value.seconds:.1f} s", style="opacity: .7")
    share = None if value.share is None else _share(value.share)
    parts: list[object] = [element("p", f"{value.doing} …", share)]
    for name, steps in value.rounds:
        parts += [element("h4", name), views.steps([_plain(step) for step in steps])]
    return views.framed(*parts, label="Progress")


def _share(share: float) -> Markup:
    done = f"{100 * min(max(share, 0.0), 1.0):.0f}%"
    bar = element("span", style=f"width:{done}", class_="vp-done")
    return element("span", bar, class_="vp-track vp-share", role="img", aria_label=done)


def _plain(step: Step) -> dict[str, object]:
    return step.to_json()


def _moments(moments: Timeline) -> Markup:
    """The first moments as a table; why there are none."""
    if not moments:
        return element("p", moments.why, class_="vp-quiet")
    rows = [
        element(
            "tr",
            element("td", element("span", span(moment.start, moment.end), class_="vp-time")),
            *(element("td", text) for text in (moment.kind, views.shortened(moment.content, 300), moment.source)),
        )
        for moment in moments[:MOST_ROWS]
    ]
    head = element("tr", *(element("th", name, scope="col") for name in ("time", "kind", "content", "source")))
    table = element("table", element("thead", head), element("tbody", *rows), class_="vp-table")
    more = f"and {len(moments) - MOST_ROWS} more" if len(moments) > MOST_ROWS else ""
    return element("div", table, element("p", more, class_="vp-quiet") if more else None, class_="vp-scroll")


def _folded(summary: str, *children: object) -> Markup:
    return element("details", element("summary", summary), *children)
