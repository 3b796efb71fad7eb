"""What is known about a video as lanes, one for each kind, drawn over its time."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...memory import KINDS
from ..cli.words import clock, count, span
from .film_strip import shortened
from .markup import Markup, element

ROW = 18
"""Pixels; a line of text fits in."""
MOST_ROWS = 8
"""In one lane; what is on at the same time as eight others is drawn over the last, without its name."""
MOST_BARS = 240
"""In one lane: closer than four pixels on a wide screen nothing can be told apart."""
LEAST_NAMED = 0.05
"""Share of the time from which on a bar is wide enough for its content."""
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
"""Seconds between marks of the axis."""
MOST_TICKS = 6

Moment = Mapping[str, Any]


def lanes(moments: Iterable[Moment], duration: float, evidence: Iterable[Moment] = ()) -> Markup:
    """Lanes of speech, text, objects and so on, with an axis of time.

    Args:
        moments: Observations of one video as plain data (``Timeline.to_json``).
        duration: Of the video, in seconds.
        evidence: Of those, or beside them: what is drawn in full colour.

    Returns:
        An element that is as wide as its place. Each bar is a ``<g class="vp-bar">`` with ``data-start``, ``data-end``
        (seconds) and ``data-kind``.
    """
    marked = {_key(moment) for moment in evidence}
    every = {(*_key(moment), moment["start"], moment["end"]): moment for moment in (*evidence, *moments)}
    kinds = {kind: [moment for moment in every.values() if moment["kind"] == kind] for kind in KINDS}
    length = max([duration, *(moment["end"] for moment in every.values()), 0.001])
    parts: list[Markup] = []
    for kind, found in kinds.items():
        if found:
            parts += _lane(kind, found, length, marked)
    return element("div", *parts, element("span"), _axis(length), class_="vp-lanes")


def _key(moment: Moment) -> tuple[Any, ...]:
    return (moment["kind"], moment["content"], moment["source"], round(moment["start"], 2))


def _lane(kind: str, found: Sequence[Moment], length: float, marked: set[tuple[Any, ...]]) -> list[Markup]:
    kept = sorted(found, key=lambda moment: (_key(moment) not in marked, -moment["score"]))[:MOST_BARS]
    rows = _rows(sorted(kept, key=lambda moment: (moment["start"], moment["end"])))
    bars = [
        _bar(moment, length, row, _key(moment) in marked, named=row < MOST_ROWS - 1)
        for row, moments in enumerate(rows)
        for moment in moments
    ]
    told = f"{kind}: {count(len(found), 'moment')}"
    left_out = f" (the best {len(kept)} shown)" if len(kept) < len(found) else ""
    drawing = element(
        "svg", *bars, class_=f"vp-lane vp-{kind}", height=len(rows) * ROW, role="img", aria_label=told + left_out
    )
    return [element("span", kind, class_="vp-lane-name", title=told + left_out), drawing]


def _rows(moments: Iterable[Moment]) -> list[list[Moment]]:
    """Moments that are on at the same time one below the other; a content keeps its row where that is free."""
    rows: list[list[Moment]] = []
    for moment in moments:
        free = [row for row in rows if row[-1]["end"] <= moment["start"]]
        same = [row for row in free if row[-1]["content"] == moment["content"]]
        if same or free:
            (same or free)[0].append(moment)
        elif len(rows) < MOST_ROWS:
            rows.append([moment])
        else:
            rows[-1].append(moment)
    return rows


def _bar(moment: Moment, length: float, row: int, marked: bool, named: bool) -> Markup:
    start, share = moment["start"] / length, (moment["end"] - moment["start"]) / length
    place = {"x": f"{100 * start:.3f}%", "width": f"{max(100 * share, 0.15):.3f}%"}
    said = f"{span(moment['start'], moment['end'])} {moment['kind']}: {shortened(moment['content'], 300)}"
    box = element("rect", **place, y=row * ROW + 2, height=ROW - 4, rx=2)
    name = None
    if named and share >= LEAST_NAMED:  # an <svg> of its own cuts the text off where the bar ends
        words = element("text", shortened(moment["content"], 80), x=4, y=12.5)
        name = element("svg", words, **place, y=row * ROW, height=ROW)
    return element(
        "g", element("title", said), box, name, class_="vp-bar vp-evidence" if marked else "vp-bar",
        data_start=round(moment["start"], 3), data_end=round(moment["end"], 3), data_kind=moment["kind"],
    )  # fmt: skip


def _axis(length: float) -> Markup:
    step = next((tick for tick in TICKS if length / tick <= MOST_TICKS), TICKS[-1])
    marks: list[Markup] = []
    for number in range(int(length / step) + 1):
        time = number * step
        at = f"{100 * time / length:.3f}%"
        anchor = "start" if number == 0 else "end" if time > 0.96 * length else "middle"
        marks.append(element("line", x1=at, x2=at, y1=0, y2=4))
        marks.append(element("text", _tick(time, step), x=at, y=15, text_anchor=anchor))
    return element("svg", *marks, class_="vp-axis", height=18, aria_hidden="true")


def _tick(time: float, step: float) -> str:
    return clock(time) if step < 1 else clock(time)[:-2]
