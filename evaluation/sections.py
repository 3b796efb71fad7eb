"""What a report says, as titled tables: the Markdown file and the page show the same ones."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .items import Item
from .overview import COSTS, Overview, Row, mean_usage
from .scores import Difference, Measure, compare
from .systems import CONDITIONS

NOTHING = "–"
GROUPS = ""
"""The task of measures over groups of questions that are right together only."""
COST_NAMES = {"llm_calls": "LLM calls", "vlm_calls": "VLM calls", "frames_seen": "frames seen", "cpu_seconds": "CPU-s"}
MANY = 40
"""Lines of a table that only lists things."""


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
            _rounds(run), _conduct(run))  # fmt: skip
    return tuple(section for section in made if section is not None)


def _systems(run: Overview) -> Section:
    """One table for each task: the main metric with its interval, beside the first system."""
    tasks = dict.fromkeys(item.task for row in run.rows for item in row.items)
    tables = [table for task in (*tasks, GROUPS) for table in _task_tables(run, task)]
    judge = run.rows[0].scores.judge if run.rows else ""
    level = run.rows[0].scores.level if run.rows else 0.95
    words = (
        f"Intervals are {100 * level:.0f} %. An abstention counts as wrong; *nearest* counts the option that it names "
        "as nearest. *p* compares with the first system on the questions that both were asked.",
        *((f"Open answers were judged by {judge}.",) if judge else ()),
    )
    return Section("systems", "Systems", words, tuple(tables), tuple(_incomplete(run)))


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


def _system_row(run: Overview, row: Row, metric: str, task: str, near: bool) -> tuple[str, ...]:
    first = run.rows[0]
    p = NOTHING if row is first or task == GROUPS else _p(difference(first, row, metric))
    nearest = (with_interval(row.nearest),) if near else ()
    asked = {item.id for item in row.items if item.task == task or (task == GROUPS and item.group)}
    failed = sum(each.item in asked and bool(each.error) for each in row.predictions)
    silent = sum(each.item in asked and each.abstained and not each.error for each in row.predictions)
    number = len(asked) if task != GROUPS else len({item.group for item in row.items if item.group})
    return (row.name, str(number), _cell(row, metric, task, True), *nearest, p, str(silent), str(failed))


def _value(row: Row, metric: str, task: str) -> float:
    return next((m.value for m in row.scores.overall if m.metric == metric and m.task == task), math.nan)


def _cell(row: Row, metric: str, task: str, interval: bool = False) -> str:
    found = next((m for m in row.scores.overall if m.metric == metric and m.task == task), None)
    return with_interval(found) if interval else amount(found)


def difference(first: Row, second: Row, metric: str = "", category: str = "") -> Difference | None:
    """The paired test of two systems; of the main metric when none is named."""
    found = compare(first.items, first.predictions, second.predictions).differences
    name = metric or (first.scores.headline.metric if first.scores.headline else "")
    return next((each for each in found if (each.metric, each.category) == (name, category)), None)


def _incomplete(run: Overview) -> Iterator[str]:
    """Everything that a reader could take for covered and that is not."""
    missing = run.sessions[-1]["missing"] if run.sessions else {}
    if missing:
        named = ", ".join(sorted(missing)[:MANY])
        yield f"**Missing:** {len(missing)} videos with {sum(missing.values())} questions were not found: {named}."
    problems = run.sessions[-1]["problems"] if run.sessions else []
    if problems:
        yield f"**Not read:** {len(problems)} rows; the first: {problems[0]}."
    most = max((len(row.items) for row in run.rows), default=0)
    few = [f"{row.name} {len(row.items)}" for row in run.rows if len(row.items) < most]
    if few:
        yield f"**Not finished:** of {most} questions that were asked: {', '.join(few)}."
    absent = [name for name in run.wanted if name not in {row.name for row in run.rows}]
    if absent:
        yield f"**Not asked yet:** {', '.join(absent)}."
    if any(name.endswith("wrong_video") for name in absent):
        yield "A wrong video takes two videos that are there."
    for row in run.rows:
        yield from (f"{row.name}: {note}." for note in row.scores.notes)


def _categories(run: Overview) -> Section | None:
    categories = list(dict.fromkeys(item.category for row in run.rows for item in row.items if item.category))
    if not categories:
        return None
    counts = {name: max(_count(row, name) for row in run.rows) for name in categories}
    head = ("system", *(f"{name} ({counts[name]})" for name in categories), "all")
    rows = [(row.name, *(amount(_main(row, name)) for name in categories), amount(row.scores.headline))
            for row in run.rows]  # fmt: skip
    return Section("categories", "By kind of question", ("The main metric; questions in brackets.",),
                   (Table(head, tuple(rows)),))  # fmt: skip


def _count(row: Row, category: str) -> int:
    return sum(item.category == category for item in row.items)


def _main(row: Row, category: str) -> Measure | None:
    headline = row.scores.headline
    return row.scores.by_category(headline.metric).get(category) if headline else None


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
        tuple(_gap_row(base, row) for row in rows),
        "What is lost without it",
    )
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
    cells = [_part(_main(row, category) if category else row.scores.headline, count) for row in (base, *rows)]
    return (f"{category or 'all'} ({count})", *cells)


def _part(measure: Measure | None, count: int) -> str:
    """A mean; of how many where not all were asked yet."""
    return amount(measure) + (f" of {measure.count}" if measure and measure.count < count else "")


def _gap_row(base: Row, row: Row) -> tuple[str, ...]:
    found = difference(row, base)
    if found is None:
        return (row.name, NOTHING, NOTHING, NOTHING, CONDITIONS[row.system.condition])
    ends = f"{100 * found.interval.low:+.0f} to {100 * found.interval.high:+.0f}"
    return (row.name, f"{100 * found.difference:+.0f} points", ends, _p(found), CONDITIONS[row.system.condition])


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
    words = (
        "A first look at each video is made once and is in no question's cost; every system works on a copy of its "
        "own, so none profits from the calls of another, but later questions about a video profit from earlier ones. "
        "CPU-s are those of the process with its threads; the first question of a process loads its models, too.",
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
    words = ("Over the answers that were given. ECE and AURC: 0 is best; AUROC: 1 is best, 0.5 says nothing.",)
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
        moves.setdefault(_best_move(line), []).append(row.scores.right.get(line["item"], False))
    rows = tuple((move, str(len(right)), str(sum(right))) for move, right in moves.items())
    words = (f"{len(several)} of {len(row.items)} questions took more than one round. The round that was returned:",)
    return Section("rounds", "Rounds of the loop", words, (Table(("move", "questions", "right"), rows),))


def _best_move(line: Mapping[str, Any]) -> str:
    """The move of the round that was returned; confidences are rounded, so the nearest one it is."""
    best = min(line["rounds"], key=lambda part: (part["choice"] != line["choice"],
                                                 abs(part["confidence"] - line["confidence"])))  # fmt: skip
    return str(best["move"])


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


def with_interval(measure: Measure | None) -> str:
    """A mean with its interval.

    Example:
        >>> from vidprog.evaluation.scores import Interval
        >>> with_interval(Measure("accuracy", 0.5, 8, "choice", "", Interval(0.25, 0.75)))
        '50 % (25–75)'
    """
    if measure is None:
        return NOTHING
    ends = measure.interval
    if measure.unit == "share":
        return f"{amount(measure)} ({100 * ends.low:.0f}–{100 * ends.high:.0f})"
    return f"{amount(measure)} ({ends.low:.2f}–{ends.high:.2f})"


def amount(measure: Measure | None) -> str:
    """A mean in percent, or as the number that it is."""
    if measure is None:
        return NOTHING
    return f"{100 * measure.value:.0f} %" if measure.unit == "share" else f"{measure.value:.2f}"


def number(value: float | None) -> str:
    """A number with as many digits as it is worth."""
    if value is None or math.isnan(value):
        return NOTHING
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"


def duration(seconds: float) -> str:
    """A length in words.

    Example:
        >>> duration(45), duration(600)
        ('45 s', '10 min')
    """
    return f"{seconds:g} s" if seconds < 60 else f"{seconds / 60:g} min"


def _p(found: Difference | None) -> str:
    if found is None:
        return NOTHING
    return "< 0.001" if found.p < 0.001 else f"{found.p:.3f}"


def wrong_of(row: Row) -> Iterable[Item]:
    """The items that a system did not get right, in the order of the data set."""
    return (item for item in row.items if not row.scores.right.get(item.id, True))


def difference_row(found: Difference) -> tuple[str, ...]:
    """A paired test as the cells of a table: metric, A, B, B - A, its interval, p, the test."""
    scale, sign = (100, "%") if found.unit == "share" else (1, "")
    a, b, gap, low, high = (
        scale * each
        for each in (found.a, found.b, found.difference, found.interval.low, found.interval.high)
    )  # fmt: skip
    places = 0 if scale == 100 else 2
    ends = f"{low:+.{places}f} to {high:+.{places}f}"
    values = (f"{a:.{places}f} {sign}".strip(), f"{b:.{places}f} {sign}".strip(), f"{gap:+.{places}f}")
    return (found.metric, *values, ends, _p(found), found.test)
