"""Plots of a run as SVG that stands inside a page: text and axes take the page's colour, light or dark.

Needs matplotlib (extra ``eval``); without it a report has its tables only.
"""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from .amounts import duration
from .overview import Overview, Row
from .sections import main_measure, placed

MISSING = "plots were left out: matplotlib is not installed; pip install 'vidprog[eval]'"
INK = "#010203"
"""Drawn in this colour and written as ``currentColor``, which is the text colour of the page."""
COLOURS = ("#3b82f6", "#e8590c", "#2f9e44", "#ae3ec9", "#e03131", "#0c8599", "#f08c00", "#868e96")
"""Told apart on white and on black (contrast at least 2.9 to both)."""
SIZE = (4.8, 3.6)
"""In inches; small, so that the text can still be read on a phone."""
MOST_LINES = 5
"""Systems in a plot of lines."""
FEW = 8
"""Systems whose intervals can be told apart in a plot of cost."""
TIP = "tip:"
"""Begins the mark of a point whose name a browser shows under the pointer."""
BESIDE = ((5, -2.5, "left"), (-5, -2.5, "right"), (0, 5, "center"), (0, -10, "center"), (5, 4, "left"),
          (5, -9, "left"), (-5, 4, "right"), (-5, -9, "right"))  # fmt: skip
"""Where the name of a point may stand, best first: offset to the right and up in points, alignment."""
CLEAR = 6
"""Pixels (of 100 to the inch) around a point that hold no name but its own."""
BARS = 4
"""Systems in a plot of bars: more cannot be read on a phone."""


def plots(run: Overview) -> dict[str, str]:
    """Name of a section -> its plots as SVG, one behind the other; empty without matplotlib."""
    if find_spec("matplotlib") is None:
        return {}
    drawn = {name: [svg for draw in draws if (svg := _drawn(draw, run))] for name, draws in DRAWINGS.items()}
    return {name: "\n".join(svgs) for name, svgs in drawn.items() if svgs}


def _drawn(draw: Callable[[Any, Overview], str], run: Overview) -> str:
    """One figure; empty when there is nothing to draw."""
    with _figure() as (figure, axes):
        title = draw(axes, run)
        return _svg(figure, title) if title else ""


@contextmanager
def _figure() -> Iterator[tuple[Any, Any]]:
    """A figure that is no part of pyplot's state: a notebook that is open must not show it."""
    import matplotlib
    from matplotlib.figure import Figure

    names = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    style: dict[Any, Any] = {
        **dict.fromkeys(names, INK), "svg.fonttype": "none", "font.size": 10, "font.family": "sans-serif",
        "axes.facecolor": "none", "axes.spines.top": False, "axes.spines.right": False,
    }  # fmt: skip
    with matplotlib.rc_context(style):
        figure = Figure(figsize=SIZE, layout="constrained")
        figure.patch.set_alpha(0)
        yield figure, figure.subplots()


def _svg(figure: Any, title: str) -> str:
    from html import escape

    written = io.StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    text = written.getvalue()
    text = text[text.index("<svg") :].replace(INK, "currentColor")
    text = re.sub(r'font: ([0-9.]+)px [^;"]*', r"font: \1px system-ui, sans-serif", text)
    text = re.sub(f'<g id="{TIP}([^"]*)">', r"<g><title>\1</title>", text)
    mark = f'<svg role="img" aria-label="{escape(title, quote=True)}"'
    prefix = f"p{abs(hash(title)) % 10**8}-"  # several figures on one page must not share the names of their parts
    text = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{prefix}", text)
    return f"<figure>{text.replace('<svg', mark, 1)}<figcaption>{escape(title)}</figcaption></figure>"


def _categories(axes: Any, run: Overview) -> str:
    rows = _best(run)[:BARS]
    categories = list(dict.fromkeys(item.category for row in rows for item in row.items if item.category))
    if not categories or not any(row.scores.headline for row in rows):
        return ""
    height = 0.8 / len(rows)
    for place, row in enumerate(rows):
        measures = {name: main for name in categories if (main := main_measure(row, name)) and main.unit == "share"}
        places = [number + place * height for number, name in enumerate(categories) if name in measures]
        found = [measures[name] for name in categories if name in measures]
        errors = _errors(found)
        axes.barh(places, [100 * each.value for each in found], height, xerr=errors, color=COLOURS[place],
                  label=row.name, error_kw={"ecolor": INK, "elinewidth": 0.8})  # fmt: skip
    axes.set_yticks([number + 0.4 - height / 2 for number in range(len(categories))], categories)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("right, %")
    axes.figure.set_figheight(max(SIZE[1], 0.6 + len(categories) * (0.18 + 0.14 * len(rows))))
    _legend(axes)
    few = f"; the first system and the best {BARS - 1} of the others" if len(run.plain) > BARS else ""
    return f"Score by kind of question, with intervals{few}"


def _errors(measures: Sequence[Any]) -> list[list[float]]:
    low = [100 * max(0.0, each.value - each.interval.low) for each in measures]
    return [low, [100 * max(0.0, each.interval.high - each.value) for each in measures]]


def _cost(axes: Any, run: Overview) -> str:
    rows = [row for row in run.rows if row.scores.headline and row.usage.get("seconds", 0) > 0]
    if len(rows) < 2:
        return ""
    front = [row.name for row in _front([row for row in rows if not row.system.condition])]
    for row in rows:
        colour = COLOURS[1] if row.system.condition else COLOURS[0]
        drawn = axes.errorbar([row.usage["seconds"]], [100 * row.value], yerr=_errors([row.scores.headline]), fmt="o",
                              color=colour, ecolor=colour, alpha=0.8, elinewidth=0.7 if len(rows) <= FEW else 0.25,
                              markersize=5)  # fmt: skip
        drawn[0].set_gid(f"{TIP}{row.name}")
    _log_seconds(axes)
    axes.set_ylim(0, 100)
    axes.set_xlabel("seconds of a question")
    axes.set_ylabel("right, %")
    left = _name_points(axes, sorted(rows, key=lambda row: (row is not rows[0], row.name not in front, -row.value)))
    unnamed = f"; {left} stand too close for a name, which a pointer brings up" if left else ""
    return f"Cost (without the first look) against score{unnamed}; orange: less of the video"


def _name_points(axes: Any, rows: Sequence[Row]) -> int:
    """Write names beside points where nothing else stands, the first ones first; how many are left without one."""
    axes.figure.draw_without_rendering()  # only then it is known where a point is
    taken = {row.name: [_around(axes.transData.transform((row.usage["seconds"], 100 * row.value)))] for row in rows}
    return sum(not _named(axes, row, taken) for row in rows)


def _around(place: Any) -> Any:
    """The box in which no name of another point may stand, or it would be taken for this one's."""
    from matplotlib.transforms import Bbox

    return Bbox.from_bounds(place[0] - CLEAR, place[1] - CLEAR, 2 * CLEAR, 2 * CLEAR)


def _named(axes: Any, row: Row, taken: dict[str, list[Any]]) -> bool:
    """Whether there was a free place beside a point for its name; the name is written there."""
    others = [box for name, boxes in taken.items() if name != row.name for box in boxes]
    for right, up, side in BESIDE:
        text = axes.annotate(row.name, (row.usage["seconds"], 100 * row.value), xytext=(right, up), fontsize=7.5,
                             textcoords="offset points", ha=side)  # fmt: skip
        box = text.get_window_extent()
        if axes.bbox.x0 <= box.x0 and box.x1 <= axes.figure.bbox.x1 and not any(map(box.overlaps, others)):
            taken[row.name].append(box)
            return True
        text.remove()
    return False


def _log_seconds(axes: Any) -> None:
    """A logarithmic axis with numbers that people read: 0.5, 1, 2."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())


def _front(rows: Sequence[Row]) -> list[Row]:
    """Those that no other one beats in both cost and score."""
    return [row for row in rows if not any(_beats(other, row) for other in rows)]


def _beats(one: Row, other: Row) -> bool:
    cheaper = one.usage["seconds"] <= other.usage["seconds"] and one.value >= other.value
    return cheaper and (one.usage["seconds"], one.value) != (other.usage["seconds"], other.value)


def _best(run: Overview) -> list[Row]:
    """The first system and the best of the others: more lines cannot be told apart."""
    first, others = run.plain[:1], sorted(run.plain[1:], key=lambda row: -row.value)
    return [*first, *others[: MOST_LINES - 1]]


def _reliability(axes: Any, run: Overview) -> str:
    rows = [row for row in _best(run) if row.scores.calibration]
    if not rows:
        return ""
    axes.plot([0, 1], [0, 1], "--", color=INK, linewidth=0.8)
    for colour, row in zip(COLOURS, rows, strict=False):
        bins = row.scores.calibration.bins if row.scores.calibration else ()
        x, y = [each.confidence for each in bins], [each.accuracy for each in bins]
        axes.plot(x, y, "-", color=colour, label=row.name, linewidth=0.8)
        axes.scatter(x, y, s=[5 * each.count for each in bins], color=colour, alpha=0.7, linewidths=0)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="share that is right")
    _legend(axes)
    return "Calibration: on the dashed line a confidence means what it says; small dots are of few answers"


def _risk(axes: Any, run: Overview) -> str:
    rows = [row for row in _best(run) if row.scores.calibration]
    if not rows:
        return ""
    for colour, row in zip(COLOURS, rows, strict=False):
        curve = row.scores.calibration.curve if row.scores.calibration else ()
        axes.plot([x for x, _ in curve], [y for _, y in curve], color=colour, label=row.name)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="share of the answers, surest first", ylabel="share that is wrong")
    _legend(axes)
    return "Risk and coverage: wrong answers among the surest"


def _length(axes: Any, run: Overview) -> str:
    def share(row: Row, names: list[str]) -> float:
        return 100 * sum(row.scores.right.get(name, False) for name in names) / len(names)

    drawn = _by_length(axes, run, share)
    axes.set_ylim(-2, 102)
    axes.set_ylabel("right, %")
    return "Score by length of the video" if drawn else ""


def _length_cost(axes: Any, run: Overview) -> str:
    def seconds(row: Row, names: list[str]) -> float:
        used = [each.usage.get("seconds", 0.0) for each in row.predictions if each.item in names]
        return sum(used) / len(used)

    drawn = _by_length(axes, run, seconds)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("seconds of a question")
    return "Cost of a question by length of the video, once it is known" if drawn else ""


def _by_length(axes: Any, run: Overview, value: Callable[[Row, list[str]], float]) -> bool:
    """Lines of a value over the lengths of the videos, one for each system."""
    drawn = False
    for colour, row in zip(COLOURS, _best(run), strict=False):
        places = {item.id: place[1] for item in row.items if (place := placed(item)) is not None}
        lengths = sorted(set(places.values()))
        values = [value(row, [name for name, length in places.items() if length == each]) for each in lengths]
        if lengths:
            axes.plot(lengths, values, "o-", color=colour, label=row.name)
            axes.set_xscale("log")
            axes.set_xticks(lengths, [duration(each) for each in lengths])
            axes.minorticks_off()
            drawn = True
    axes.set_xlabel("length of the video")
    _legend(axes)
    return drawn


def _legend(axes: Any) -> None:
    """Above the axes, where no line runs through it."""
    if axes.get_legend_handles_labels()[0]:
        axes.figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=8.5, columnspacing=1.0)


DRAWINGS: dict[str, tuple[Callable[[Any, Overview], str], ...]] = {
    "categories": (_categories,),
    "costs": (_cost,),
    "calibration": (_reliability, _risk),
    "lengths": (_length, _length_cost),
}
"""Name of a section -> what is drawn there; each names its figure, or says with an empty name that there is nothing."""
