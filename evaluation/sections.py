"""What a report says, as titled tables: the Markdown file and the page show the same ones."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from .amounts import NOTHING, amount, difference_row, duration, number, probability, with_interval
from .caveats import caveats, returned
from .items import Item, Task
from .overview import COSTS, Overview, Row, mean_usage
from .scores import Difference, Measure, compare, metrics_of
from .systems import CONDITIONS

GROUPS = ""
"""The task of measures over groups of questions that are right together only."""
COST_NAMES = {"llm_calls": "LLM calls", "vlm_calls": "VLM calls", "frames_seen": "frames seen", "cpu_seconds": "CPU-s"}


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in words; the first column names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report.

    Attributes:
        name: Short and stable: plots are found by it.
        title: Of the part.
        words: Paragraphs before the tables.
        tables: The tables.
        notes: Paragraphs after them.
    """

    name: str
    title: str
    words: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = field(default=())


def sections(run: Overview) -> tuple[Section, ...]:
    """All parts that the run has something for."""
    made = (_systems(run), _categories(run), _controls(run), _costs(run), _calibration(run), _lengths(run),
            _rounds(run), _metrics(run), _conduct(run))  # fmt: skip
    return tuple(section for section in made if section is not None)


def _systems(run: Overview) -> Section:
    """One table for each task: the main metric with its interval, beside the first system."""
    tasks = dict.fromkeys(item.task for row in run.rows for item in row.items)
    tables = [table for task in (*tasks, GROUPS) for table in _task_tables(run, task)]
    judge = run.rows[0].scores.judge if run.rows else ""
    level = run.rows[0].scores.level if run.rows else 0.95
    clustered = "; questions about one video are taken together" if run.sampling and run.sampling.cluster else ""
    words = (
        f"Intervals are {100 * level:.0f} %{clustered}. An abstention or an error counts as wrong; *nearest* counts "
        "the option that an abstention names as nearest.",
        *((_about_p(run.rows[0].name),) if len(run.rows) > 1 else ()),
        *((f"Open answers were judged by {judge}.",) if judge else ()),
    )
    return Section("systems", "Systems", words, tuple(tables), caveats(run))


def _about_p(first: str) -> str:
    return (
        f"*p* is how likely a difference from {first} at least as large would be by chance, on the questions that both "
        "were asked (McNemar's exact test where answers are right or wrong, else signs flipped at random). It is not "
        "corrected for the number of systems: of twenty that are alike, about one falls below 0.05."
    )


def _task_tables(run: Overview, task: str) -> Iterator[Table]:
    rows = [row for row in run.rows if any(measure.task == task for measure in row.scores.overall)]
    metrics = list(dict.fromkeys(m.metric for row in rows for m in row.scores.overall if m.task == task))
    if not metrics:
        return
    main, *others = metrics
    near = task == "choice"
    head = ("system", "asked", main, *(("nearest",) if near else ()), "p", "abstained", "errors")
    ordered = sorted(rows, key=lambda row: -_value(row, main, task))
    caption = f"Task: {task}" if task != GROUPS else "Groups: right only if every question of the group is"
    yield Table(head, tuple(_system_row(run, row, main, task, near) for row in ordered), caption)
    if others:
        cells = [(row.name, *(_cell(row, metric, task) for metric in others)) for row in ordered]
        yield Table(("system", *others), tuple(cells), f"Task: {task}, further metrics")


def _metrics(run: Overview) -> Section | None:
    """What each metric means, and how many questions have what it needs."""
    counts: dict[tuple[str, str], int] = {}
    for measure in (measure for row in run.rows for measure in row.scores.overall if measure.task != GROUPS):
        key = measure.task, measure.metric
        counts[key] = max(measure.count, counts.get(key, 0))
    known = {
        (task, metric.name): metric.means for task, _ in counts for metric in metrics_of(cast(Task, task), run.judge)
    }
    rows = tuple((metric, task, str(count), known[task, metric]) for (task, metric), count in counts.items())
    table = Table(("metric", "task", "questions", "what it is"), rows)
    return Section("metrics", "What is measured", (), (table,)) if rows else None


def _system_row(run: Overview, row: Row, metric: str, task: str, near: bool) -> tuple[str, ...]:
    first = run.rows[0]
    p = NOTHING if row is first or task == GROUPS else probability(difference(run, first, row, metric, task))
    nearest = (with_interval(row.nearest),) if near else ()
    asked = {item.id for item in row.items if item.task == task or (task == GROUPS and item.group)}
    failed = sum(each.item in asked and bool(each.error) for each in row.predictions)
    silent = sum(each.item in asked and each.abstained and not each.error for each in row.predictions)
    number = len(asked) if task != GROUPS else len({item.group for item in row.items if item.group})
    return (row.name, str(number), _cell(row, metric, task, True), *nearest, p, str(silent), str(failed))


def _value(row: Row, metric: str, task: str) -> float:
    return next((m.value for m in row.scores.overall if m.metric == metric and m.task == task), -math.inf)


def _cell(row: Row, metric: str, task: str, interval: bool = False) -> str:
    found = next((m for m in row.scores.overall if m.metric == metric and m.task == task), None)
    return with_interval(found) if interval else amount(found)


def difference(run: Overview, first: Row, second: Row, metric: str, task: str) -> Difference | None:
    """The paired test of two systems, marked and sampled as the scores of the run are."""
    tests = compare(first.items, first.predictions, second.predictions, judge=run.judge, sampling=run.sampling)
    wanted = (metric, task, "")
    return next((each for each in tests.differences if (each.metric, each.task, each.category) == wanted), None)


def _categories(run: Overview) -> Section | None:
    categories = list(dict.fromkeys(item.category for row in run.rows for item in row.items if item.category))
    if not categories:
        return None
    counts = {name: max(_count(row, name) for row in run.rows) for name in categories}
    head = ("system", *(f"{name} ({counts[name]})" for name in categories), f"all ({_most_asked(run)})",
            "mean of kinds")  # fmt: skip
    rows = [(row.name, *(_part(main_measure(row, name), counts[name]) for name in categories),
             _part(row.scores.headline, _most_asked(run)), _mean_of_kinds(row)) for row in run.rows]  # fmt: skip
    words = (
        f"{_main_metrics(run)}; questions in brackets, and behind a share where fewer were asked or scored. The mean "
        "of kinds is what TVBench, VNBench and others give as their overall score. "
        "A kind with few questions says little: three of three right may be 44 % in the long run (95 % interval).",
    )
    return Section("categories", "By kind of question", words, (Table(head, tuple(rows)),))


def _mean_of_kinds(row: Row) -> str:
    """Mean of the kinds' means, where all are by the same metric."""
    main = row.scores.headline
    kinds = [main_measure(row, name) for name in row.scores.categories]
    if main is None or any(kind is None or kind.metric != main.metric for kind in kinds):
        return NOTHING
    return amount(replace(main, value=row.scores.macro(main.metric)))


def _most_asked(run: Overview) -> int:
    """Questions that any system was asked."""
    return max((len(row.items) for row in run.rows), default=0)


def _main_metrics(run: Overview) -> str:
    """Names of the metrics that tables by kind of question show."""
    kinds = ["", *dict.fromkeys(item.category for row in run.rows for item in row.items if item.category)]
    found = [measure for row in run.rows for name in kinds if (measure := main_measure(row, name))]
    named = dict.fromkeys(f"{measure.metric} ({measure.task})" for measure in found)
    return f"Main metrics: {', '.join(named)}"


def _count(row: Row, category: str) -> int:
    return sum(item.category == category for item in row.items)


def main_measure(row: Row, category: str = "") -> Measure | None:
    """The main metric of the task that most questions of a kind have; of all questions when none is named."""
    if not category:
        return row.scores.headline
    found = [measure for measure in row.scores.measures if measure.category == category]
    return max(found, key=lambda measure: measure.count, default=None)


def _controls(run: Overview) -> Section | None:
    base = run.controlled
    if base is None or not run.controls:
        return None
    rows = [row for row in run.controls if row.system.condition.startswith("blind") or row.system.base == base.name]
    categories = ["", *dict.fromkeys(item.category for item in base.items if item.category)]
    head = ("questions", base.name, *(row.system.condition.replace("_", " ") for row in rows))
    table = Table(head, tuple(_control_row(base, rows, category) for category in categories))
    gaps = Table(
        ("condition", f"{base.name} is better by", "95 %", "p", "what was done"),
        tuple(_gap_row(run, base, row) for row in rows),
        "What is lost without it",
    )
    if run.sampling and run.sampling.cluster:
        gaps = replace(gaps, caption=f"{gaps.caption}; questions about one video taken together")
    seconds = run.configuration["controls"]["seconds"]
    notes = (
        f"Pieces are {seconds:g} s long, longer where a shuffled video has more than 256 of them; made files are "
        "encoded anew (H.264, CRF 14; sound as AAC, 16 kHz mono), have no subtitles, and stand in `videos/` of the "
        "run. A category whose score does not fall needs no video, or no order.",
    )
    words = (f"The same questions to {base.name} with less and less of the video.",)
    return Section("controls", "Does it need the video?", words, (table, gaps), notes)


def _control_row(base: Row, rows: Sequence[Row], category: str) -> tuple[str, ...]:
    count = _count(base, category) if category else len(base.items)
    cells = [_part(main_measure(row, category), count) for row in (base, *rows)]
    return (f"{category or 'all'} ({count})", *cells)


def _part(measure: Measure | None, count: int) -> str:
    """A mean; of how many where not all were asked yet."""
    return amount(measure) + (f" of {measure.count}" if measure and measure.count < count else "")


def _gap_row(run: Overview, base: Row, row: Row) -> tuple[str, ...]:
    main = base.scores.headline
    found = difference(run, row, base, main.metric, main.task) if main else None
    if found is None:
        return (row.name, NOTHING, NOTHING, NOTHING, CONDITIONS[row.system.condition])
    _, _, _, gap, ends, p, _ = difference_row(found)
    points = f"{gap} points" if found.unit == "share" else gap
    return (row.name, points, ends, p, CONDITIONS[row.system.condition])


def _costs(run: Overview) -> Section:
    names = [COST_NAMES.get(name, name) for name in COSTS]
    rows = [(row.name, amount(row.scores.headline), *(number(row.usage.get(name)) for name in COSTS))
            for row in run.rows]  # fmt: skip
    tables = [Table(("system", "score", *names), tuple(rows), "Mean cost of a question")]
    if run.looks:
        watched, took = (sum(look[name] for look in run.looks) for name in ("duration", "seconds"))
        tables.append(Table(("videos", "seconds of video", "seconds it took"),
                            ((str(len(run.looks)), number(watched), number(took)),),
                            "First looks, once for each video and made file"))  # fmt: skip
    first = (
        "A first look at each video is made once and is in no question's cost; every system works on a copy of its own"
        if run.configuration["settings"]["first_look"]
        else "No first look was made: the first questions about a video pay for what they look at; every system has a "
        "memory of its own"
    )
    words = (
        f"{first}, so none profits from the calls of another, but later questions about a video profit from earlier "
        "ones. CPU-s are those of the process with its threads; the first question of a process loads its models, too. "
        "Questions that failed are in no mean.",
    )
    return Section("costs", "Cost", words, tuple(tables))


def _calibration(run: Overview) -> Section | None:
    rows = []
    for row in run.rows:
        sure, silent = row.scores.calibration, row.scores.abstention
        if sure is None or silent is None:
            continue
        values = (sure.ece, sure.auroc, sure.aurc, sure.best_aurc, silent.coverage, silent.selective_accuracy)
        rows.append((row.name, str(sure.count), *(number(value) for value in values)))
    if not rows:
        return None
    head = ("system", "answers", "ECE", "AUROC", "AURC", "best AURC", "coverage", "right when it answers")
    words = (
        "Over the answers that were given; with fewer than some fifty of them each number is a rough guess. *ECE*: how "
        "far confidence and share of right answers are apart, 0 is best. *AUROC*: how likely a right answer is surer "
        "than a wrong one, 1 is best, 0.5 says nothing. *AURC*: mean share of wrong answers among the surest ones, "
        "over all ways to draw that line; 0 is best, *best AURC* is what the best order of these answers would have. "
        "*Coverage*: share of the questions that got an answer.",
    )
    return Section("calibration", "Does the confidence mean something?", words, (Table(head, tuple(rows)),))


def placed(item: Item) -> tuple[float, float] | None:
    """Depth (0 to 1; -1 where the answer needs several moments) and length (seconds) of an item made to order.

    None for others; the length that such an item has is in minutes.
    """
    depth, length = item.extra.get("depth", -1), item.extra.get("length")
    numbers = isinstance(depth, int | float) and isinstance(length, int | float)
    return (float(depth), 60 * float(length)) if numbers else None  # type: ignore[arg-type]


def _lengths(run: Overview) -> Section | None:
    """Share that is right by where the answer is and how long the video is."""
    tables = [table for row in run.plain if (table := _depth_table(row))]
    if not tables:
        return None
    words = ("Right answers by the length of the video and by where in it the answer is (0: beginning, 1: end).",)
    return Section("lengths", "Length and depth", words, (*tables, *_length_costs(run)))


def _depth_table(row: Row) -> Table | None:
    places = {item.id: place for item in row.items if (place := placed(item)) is not None}
    if not places:
        return None
    depths = sorted({round(depth, 2) for depth, _ in places.values()})
    lengths = sorted({length for _, length in places.values()})
    rows = []
    for length in lengths:
        cells = [_share(row, [name for name, place in places.items()
                              if place[1] == length and (depth is None or round(place[0], 2) == depth)])
                 for depth in (*depths, None)]  # fmt: skip
        rows.append((duration(length), *cells))
    names = [f"{depth:g}" if depth >= 0 else "several" for depth in depths]
    return Table(("length", *names, "all"), tuple(rows), row.name)


def _share(row: Row, names: Sequence[str]) -> str:
    known = [row.scores.right[name] for name in names if name in row.scores.right]
    return f"{sum(known)}/{len(known)}" if known else NOTHING


def _length_costs(run: Overview) -> Iterator[Table]:
    rows = []
    for row in run.plain:
        lengths = sorted({place[1] for item in row.items if (place := placed(item))})
        for length in lengths:
            names = {item.id for item in row.items if (place := placed(item)) and place[1] == length}
            means = mean_usage([each for each in row.predictions if each.item in names])
            rows.append((row.name, duration(length), *(number(means.get(name)) for name in COSTS)))
    if rows:
        names_ = [COST_NAMES.get(name, name) for name in COSTS]
        yield Table(("system", "length", *names_), tuple(rows), "Mean cost of a question once the video is known")


def _rounds(run: Overview) -> Section | None:
    """What the rounds after the first did for the loop."""
    row = next((row for row in run.plain if row.system.program is None), None)
    several = [line for line in row.lines.values() if len(line.get("rounds", ())) > 1] if row else []
    if row is None or not several:
        return None
    moves: dict[str, list[bool]] = {}
    for line in several:
        moves.setdefault(str(returned(line)["move"]), []).append(row.scores.right.get(line["item"], False))
    rows = tuple((move, str(len(right)), str(sum(right))) for move, right in moves.items())
    words = (f"{len(several)} of {len(row.items)} questions took more than one round. The round that was returned:",)
    return Section("rounds", "Rounds of the loop", words, (Table(("move", "questions", "right"), rows),))


def _conduct(run: Overview) -> Section:
    """Everything that is needed to do it again."""
    configuration, last = run.configuration, run.sessions[-1]
    data = configuration["data"]
    facts: dict[str, object] = {
        "data set": f"{data['name']} ({data['format']}, {data['items']} items), SHA-256 {data['sha256'][:16]}",
        "profile": ", ".join(f"{role}={spec}" for role, spec in configuration["profile"].items() if spec),
        "settings": ", ".join(f"{name}={value}" for name, value in configuration["settings"].items()
                              if not isinstance(value, list | dict)),
        "budget of a question": configuration["settings"]["budget"] or "none",
        "versions": ", ".join(f"{name} {value}" for name, value in last["versions"].items()),
        "code": last["code"]["rooms"],
        "prompts": f"{len(last['prompts'])} files, hashes in config.json",
        "begun": run.sessions[0]["started"],
        "calls": f"{len(run.sessions)}, the last one at {last['started']}",
        **_machine(last.get("machine", {})),
    }  # fmt: skip
    notes = (f"**Versions changed while the run was made:** {', '.join(run.changes)}.",) if run.changes else ()
    rows = tuple((name, str(value)) for name, value in facts.items())
    return Section("conduct", "How it was run", (), (Table(("what", ""), rows),), notes)


def _machine(facts: Mapping[str, Any]) -> dict[str, str]:
    busy = "" if facts.get("load") is None else f", load {facts['load']:.1f} when the last call began"
    return {"machine": f"{facts['cores']} cores{busy}, {facts['platform']}"} if facts else {}


def wrong_of(row: Row) -> Iterable[Item]:
    """The items that a system did not get right, in the order of the data set."""
    return (item for item in row.items if not row.scores.right.get(item.id, True))
