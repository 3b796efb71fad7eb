"""``vidprog eval``: benchmarks and questions of one's own, systems side by side, runs compared, reports."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from ...video.errors import UsageError
from . import options
from .screen import Column, Table
from .terminal import Terminal, print_document
from .words import count

if TYPE_CHECKING:
    from ...evaluation.answering import Conduct
    from ...evaluation.comparison import Compared, Side
    from ...evaluation.items import DataSet
    from ...evaluation.run import Done, Extent
    from ...evaluation.scores import Judge, Sampling
    from ...evaluation.sections import Section

MANY = 10
"""Lines of a list that is only to be noticed."""


class WithDefault(TyperGroup):
    """``vidprog eval DATA`` is ``vidprog eval run DATA``: a first word that is no command is the data set."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command's name before arguments that begin with none."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = options.group(
    "Evaluate: vidprog eval DATA runs the loop and programs on a benchmark and writes a report with intervals."
)
app.info.cls = WithDefault

Data = Annotated[Path, typer.Argument(metavar="DATA", help="The file with the questions.", show_default=False)]
Videos = Annotated[Path | None, typer.Option("--videos", metavar="DIR", help="Where the videos are (beside DATA).")]
Format = Annotated[str | None, typer.Option("--format", metavar="NAME", help="How to read DATA; guessed if left out.")]
Programs = Annotated[
    str | None,
    typer.Option(
        "--program", metavar="A,B", help="Programs; loop; all: the loop and all that can run; general: without special."
    ),
]
Controls = Annotated[
    bool, typer.Option("--controls", help="Also blind, one frame, shuffled, reversed, wrong video.", show_default=False)
]
Circular = Annotated[
    bool,
    typer.Option("--circular", help="Every question in all rotations of its options; right together only.",
                 show_default=False),
]  # fmt: skip
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Run directory (eval-NAME). Resumes.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="The default: go on with the run in --out.", show_default=False, hidden=True)
]
Anyway = Annotated[
    bool, typer.Option("--anyway", help="Go on with a run although versions have changed.", show_default=False)
]
OnlyErrors = Annotated[
    bool, typer.Option("--only-errors", help="Ask again what failed, nothing else.", show_default=False)
]
Shard = Annotated[str, typer.Option("--shard", metavar="I/N", help="Only this part of the videos, e.g. 1/4.")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Processes, each with one copy of the models.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="The first N questions.")]
TimeLimit = Annotated[
    float | None, typer.Option("--time-limit", metavar="S", help="Begin no question after so many seconds.")
]
CostLimit = Annotated[
    list[str] | None,
    typer.Option("--cost-limit", metavar="NAME=N", help="Begin none once the run has used so much, e.g. llm_calls=99."),
]
FirstLook = Annotated[
    bool, typer.Option("--first-look/--no-first-look", help="Look at each video before asking about it.")
]
Looks = Annotated[
    Path | None,
    typer.Option("--store", metavar="DIR", help="Where first looks are, for several runs to share; else in --out."),
]
Rounds = Annotated[int | None, typer.Option("--max-rounds", metavar="N", help="Programs to try at most (3).")]
Threshold = Annotated[float | None, typer.Option("--threshold", metavar="T", help="Confidence that is enough (0.6).")]
Policy = Annotated[Path | None, typer.Option("--policy", metavar="FILE.toml", help="What is tried if not.")]
Seconds = Annotated[float | None, typer.Option("--max-seconds", metavar="S", help="Of one question.")]
Frames = Annotated[int | None, typer.Option("--max-frames", metavar="N", help="Shown to models for one question.")]
Calls = Annotated[int | None, typer.Option("--max-llm-calls", metavar="N", help="For one question.")]
Piece = Annotated[float, typer.Option("--piece", metavar="S", help="Length of pieces that are shuffled, seconds.")]
Seed = Annotated[int, typer.Option("--seed", help="Of the shuffled order.")]
JudgeSpec = Annotated[
    str | None, typer.Option("--judge", metavar="SPEC", help="A text model that marks open answers: openai:MODEL@URL.")
]
ByVideo = Annotated[
    bool, typer.Option("--by-video", help="Intervals that take questions about one video together.", show_default=False)
]
Run = Annotated[Path, typer.Argument(metavar="DIR", help="A run directory.", show_default=False)]
Side_ = Annotated[str, typer.Argument(metavar="DIR[:SYSTEM]", help="A run, or one system of it.", show_default=False)]


@app.command("run")
def run(
    data: Data,
    videos: Videos = None,
    format: Format = None,
    program: Programs = None,
    controls: Controls = False,
    circular: Circular = False,
    out: Out = None,
    resume: Resume = False,
    anyway: Anyway = False,
    only_errors: OnlyErrors = False,
    shard: Shard = "1/1",
    workers: Workers = 1,
    limit: Limit = None,
    time_limit: TimeLimit = None,
    cost_limit: CostLimit = None,
    first_look: FirstLook = True,
    max_rounds: Rounds = None,
    threshold: Threshold = None,
    policy: Policy = None,
    max_seconds: Seconds = None,
    max_frames: Frames = None,
    max_llm_calls: Calls = None,
    piece: Piece = 1.0,
    seed: Seed = 0,
    judge: JudgeSpec = None,
    by_video: ByVideo = False,
    json: options.Json = False,
    profile: options.Profile = None,
    tools: options.Tools = None,
    assignments: options.Assignments = None,
    store: Looks = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Ask every system every question of a data set, and write a report.

    The same command goes on where it was stopped. Exit codes: 0 done or at a limit, 1 failure, 2 usage, 130 stopped.
    """
    from ...evaluation.answering import Conduct
    from ...evaluation.readers import read
    from ...evaluation.rotations import rotated
    from ...evaluation.run import Extent

    terminal = Terminal(quiet, verbose)
    questions = read(data, format)
    if circular:
        limit = limit and len(rotated(replace(questions, items=questions.items[:limit])).items)
        questions = rotated(questions)
    given = _given(max_rounds=max_rounds, threshold=threshold, policy=str(policy) if policy else None)
    budget = _given(seconds=max_seconds, frames=max_frames, llm_calls=max_llm_calls)
    conduct = Conduct(
        out or Path(f"eval-{questions.name}"), profile, tuple(assignments or ()), store, first_look, given, budget,
        tools, piece, seed,
    )  # fmt: skip
    extent = Extent(_shard(shard), limit, only_errors, workers, time_limit, _costs(cost_limit or []))
    beside, marking = data if data.is_dir() else data.parent, _marking(judge, by_video)
    done = _evaluate(questions, videos or beside, conduct, extent, (program, controls), anyway, terminal)
    _show_done(done, terminal)
    _finish(conduct.folder, marking, json, terminal)
    return 0


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _shard(text: str) -> tuple[int, int]:
    number, _, total = text.partition("/")
    if not (number.isdecimal() and total.isdecimal() and 1 <= int(number) <= int(total)):
        raise UsageError(f"{text} is no part of the work", code="eval.shard", hint="Write --shard 1/4 to --shard 4/4.")
    return int(number), int(total)


def _costs(given: list[str]) -> dict[str, float]:
    costs = {}
    for text in given:
        name, _, limit = text.partition("=")
        try:
            costs[name.strip()] = float(limit)
        except ValueError as error:
            hint = "Write --cost-limit llm_calls=1000, or vlm_calls, tokens, frames_seen, seconds, cpu_seconds."
            raise UsageError(f"{text} is no limit", code="eval.limit", hint=hint) from error
    return costs


def _evaluate(
    questions: "DataSet", videos: Path, conduct: "Conduct", extent: "Extent", chosen: tuple[str | None, bool],
    anyway: bool, terminal: Terminal,
) -> "Done":  # fmt: skip
    from ...evaluation.readers import find_videos
    from ...evaluation.run import evaluate
    from ...evaluation.systems import chosen_systems, refuse_faulty
    from .opening import open_models, open_registry

    models = open_models(conduct.profile, conduct.assignments)
    registry = open_registry(conduct.tools)
    terminal.warn(registry.warnings)
    systems = chosen_systems(chosen[0], models, chosen[1])
    refuse_faulty(systems, registry)
    found = find_videos(questions.items, videos)
    terminal.warn(_some([f"{problem.file}: {problem.reason}" for problem in found.problems], "video", "not found"))
    terminal.warn(_some([str(problem) for problem in questions.problems], "row", "not read"))
    shared = models if extent.workers == 1 else None  # other processes load their own
    with terminal.progress() as progress:
        return evaluate(questions, found.paths, systems, conduct, extent, shared, anyway, progress.report)


def _show_done(done: "Done", terminal: Terminal) -> None:
    terminal.say(f"{count(done.answered, 'question')} answered now, {done.known} before")
    if done.left:
        terminal.warn([f"{count(done.left, 'question')} left: {done.stopped}; the same command goes on"])


def _some(lines: list[str], noun: str, what: str) -> list[str]:
    if not lines:
        return []
    more = [f"... and {len(lines) - MANY} more"] if len(lines) > MANY else []
    return [f"{count(len(lines), noun)} {what}:", *lines[:MANY], *more]


def _finish(folder: Path, marking: "tuple[Judge | None, Sampling]", json: bool, terminal: Terminal) -> None:
    """Write the reports and show the first table."""
    from ...evaluation.overview import overview
    from ...evaluation.report import document, write_report
    from ...evaluation.sections import sections

    seen = overview(folder, *marking)
    files, notes = write_report(seen)
    if json:
        print_document(document(seen))
        return
    first = sections(seen)[0]
    _show_section(first, terminal)
    terminal.warn([*(note.replace("**", "").replace("`", "") for note in first.notes), *notes])
    terminal.say(f"report: {', '.join(map(str, files))}")


def _marking(judge: str | None, by_video: bool) -> "tuple[Judge | None, Sampling]":
    """What marks open answers, and how intervals are made."""
    from ...evaluation.scores import Judge, Sampling
    from .opening import open_models

    model = open_models(None, [f"llm={judge}"]).get("llm") if judge else None
    return Judge(model) if model else None, Sampling(cluster=by_video)


def _show_section(section: "Section", terminal: Terminal) -> None:
    for table in section.tables:
        columns = [Column(name, "bold cyan" if place == 0 else "", place > 0) for place, name in enumerate(table.head)]
        if table.caption:
            terminal.result.line((table.caption, "dim"))
        terminal.result.table(Table(columns, table.rows))


@app.command("list")
def show_formats(json: options.Json = False) -> int:
    """List the formats that can be read."""
    from ...evaluation.readers import formats

    names = ("name", "title", "reads", "paper", "licence", "where")
    entries = [{name: getattr(each, name) for name in names} for each in formats()]
    if json:
        from ..documents import listing

        print_document(listing("eval.formats", formats=entries))
        return 0
    columns = (Column("format", "bold cyan"), Column("data set", wraps=True), Column("files", "dim", wraps=True))
    Terminal().result.table(Table(columns, [(entry["name"], entry["title"], entry["reads"]) for entry in entries]))
    return 0


@app.command("report")
def report(
    directory: Run,
    judge: JudgeSpec = None,
    by_video: ByVideo = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Write the reports of a run anew: report.md and report.html."""
    _finish(directory, _marking(judge, by_video), json, Terminal(quiet))
    return 0


@app.command("compare")
def compare(a: Side_, b: Side_, judge: JudgeSpec = None, by_video: ByVideo = False, json: options.Json = False) -> int:
    """Compare two runs, or two systems (DIR:SYSTEM): paired tests, and every question that flipped, with why."""
    from ...evaluation.comparison import compared

    found = compared(a, b, *_marking(judge, by_video))
    if json:
        from ...evaluation.report import comparison_document

        print_document(comparison_document(found))
        return 0
    _show_comparison(found, Terminal())
    return 0


def _show_comparison(found: "Compared", terminal: Terminal) -> None:
    from ...evaluation.amounts import difference_row

    screen = terminal.result
    columns = (
        Column("metric", "bold cyan"), *(Column(name, right=True) for name in ("A", "B", "B - A", "95 %", "p")),
        Column("test", "dim"),
    )  # fmt: skip
    screen.line(("A ", "bold"), found.names[0], ("   B ", "bold"), found.names[1])
    screen.table(Table(columns, [difference_row(each) for each in found.tests.differences if not each.category]))
    won, lost = len(found.tests.gained), len(found.tests.lost)
    screen.line(f"{count(found.count, 'question')} that both were asked; an error or an abstention is wrong.")
    for name, more in zip("AB", found.alone, strict=True):
        if more:
            screen.line((f"{count(more, 'question')} that only {name} was asked: not compared.", "yellow"))
    screen.line(f"B alone is right {won} times, A alone {lost} times.")
    for flip in found.flips:
        screen.line()
        screen.line((flip.item.id, "bold cyan"), f"  {flip.item.question}", (f"  [{flip.item.reference}]", "green"))
        screen.line((f"  {flip.why}", "dim"))
        for name, side in (("A", flip.a), ("B", flip.b)):
            _show_side(name, side, terminal)


def _show_side(name: str, side: "Side", terminal: Terminal) -> None:
    mark = ("right", "green") if side.right else ("wrong", "red")
    sure = f"{side.confidence:.2f}"
    terminal.result.line(f"  {name} ", mark, f"  {side.said}  (sure {sure}, {side.program or 'no program'})")
    for moment in side.evidence:
        terminal.result.line((f"      {_moment(moment)}", "dim"))


def _moment(moment: Mapping[str, Any]) -> str:
    from .words import span

    content = " ".join(str(moment["content"]).split())
    return f"{span(moment['start'], moment['end'])} {moment['kind']}: {content[:100]}"
