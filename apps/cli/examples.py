"""``vidprog examples``: questions with their programs and answers, which planners and models go by."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ...video.errors import UsageError
from . import options
from .screen import Column, Table
from .terminal import Terminal, print_document
from .words import count

if TYPE_CHECKING:
    from ...agents.self_refine import Change
    from ...memory import Example, ExampleStore

app = options.group("Examples that later questions go by: add, list, move, refine.")

Question = Annotated[str, typer.Option("--question", metavar="Q", help="What was asked.", show_default=False)]
Answer = Annotated[str, typer.Option("--answer", metavar="A", help="The right answer.", show_default=False)]
Program = Annotated[
    str, typer.Option("--program", metavar="NAME|FILE", help="The program that answers it.", show_default=False)
]
Video = Annotated[str, typer.Option("--video", metavar="V", help="The video it was asked about.", show_default=False)]
Choices = Annotated[
    list[str] | None, typer.Option("--choice", "-c", metavar="CHOICE", help="One option; give all, one -c for each.")
]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, or how they begin.", show_default=False)]
Id = Annotated[str, typer.Argument(metavar="ID", help="An id, or how it begins.", show_default=False)]
Outcome = Annotated[
    Literal["right", "wrong", "unknown"],
    typer.Argument(metavar="right|wrong|unknown", help="Whether its answer is right.", show_default=False),
]
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help="jsonl: one example a line.")]
Target = Annotated[str | None, typer.Argument(metavar="[FILE]", help="Where to; the screen if left out.")]
Source = Annotated[Path, typer.Argument(metavar="FILE", help="A file with one example a line.", show_default=False)]
Limit = Annotated[int | None, typer.Option("--limit", "-n", min=1, help="So many examples at most.")]
FORMATS = ("jsonl",)


@app.command("add")
def add(
    question: Question,
    answer: Answer = "",
    program: Program = "",
    video: Video = "",
    choices: Choices = None,
    json: options.Json = False,
    tools: options.Tools = None,
    store: options.Store = None,
) -> int:
    """Add an example: a program for questions like this, a right answer about a video, or both."""
    from ...agents.ask import check_question
    from ...memory import Example

    if not answer and not program:
        raise UsageError(
            "an example needs a program or an answer", code="example.empty", hint="Give --program or --answer."
        )
    example = Example(
        question,
        _source(program, tools) if program else "",
        answer,
        check_question(question, choices),
        *_video(video),
        outcome="right" if answer else "unknown",
    )
    with _open(store, begin=True) as opened:
        opened.add(example)
    _print([example], json, "added")
    return 0


def _source(program: str, tools: Path | None) -> str:
    """The text of a program that can be run.

    Raises:
        UsageError: There is none of that name.
        ProgramError: It has problems.
    """
    from ...programs import Catalog, ProgramError, check
    from .opening import open_registry

    catalog = Catalog.builtin()
    found = catalog.get(program)
    problems = () if program in catalog else check(found, open_registry(tools))
    if problems:
        hint = f"`vidprog programs check {program}` lists what is wrong ({count(len(problems), 'problem')})."
        raise ProgramError(f"{program} cannot be run: {problems[0]}", code="program.refused", hint=hint)
    return found.source


def _video(path: str) -> tuple[str, str]:
    """Absolute path and fingerprint of a video."""
    from ...video import open_video

    if not path:
        return "", ""
    video = open_video(path)
    return str(video.path), video.fingerprint


@app.command("list")
def show_all(json: options.Json = False, store: options.Store = None) -> int:
    """List the examples, the oldest first."""
    with _open(store) as opened:
        examples = opened.all()
    if json:
        _print(examples, json)
        return 0
    columns = (
        Column("example", "bold cyan"), Column("from", "dim"), Column("answer is", "dim"), Column("program", "dim"),
        Column("video", "dim"), Column("question", wraps=True), Column("answer", wraps=True),
    )  # fmt: skip
    terminal = Terminal()
    if not examples:
        terminal.say("there are no examples; `vidprog examples add` makes one")
        return 0
    terminal.result.table(Table(columns, [_row(example) for example in examples]))
    return 0


def _row(example: "Example") -> list[str]:
    from ...programs import Program

    named = Program.draft(example.program, name="written").name if example.program else "-"
    known = example.outcome if example.answer else "-"
    video = Path(example.video).name or "-"
    return [example.id, example.origin, known, named, video, example.question, example.answer or "-"]


@app.command("show")
def show(id_: Id, json: options.Json = False, store: options.Store = None) -> int:
    """Show an example with its program and the programs it had before."""
    from dataclasses import asdict

    with _open(store) as opened:
        example = opened.get(id_)
        history = opened.history(example.id)
    if json:
        print_document({**example.to_json(), "history": [asdict(old) for old in history]})
        return 0
    screen = Terminal().result
    for name, value in example.to_json().items():
        if name != "program" and value not in ("", None, []):
            screen.line((f"{name:<12}", "dim"), "; ".join(value) if isinstance(value, list) else str(value))
    for title, source in (("program", example.program), *((f"before: {old.why}", old.program) for old in history)):
        screen.line()
        screen.line((title, "dim"))
        screen.code(source or "none")
    return 0


@app.command("remove")
def remove(ids: Ids, json: options.Json = False, store: options.Store = None) -> int:
    """Take examples out."""
    with _open(store) as opened:
        removed = opened.remove(ids)
    _print(removed, json, "removed")
    return 0


@app.command("mark")
def mark(
    id_: Id, outcome: Outcome, answer: Answer = "", json: options.Json = False, store: options.Store = None
) -> int:
    """Say whether the answer of an example is right, or what the right one is."""
    with _open(store) as opened:
        example = opened.judge(id_, outcome, answer or None)
    _print([example], json, "marked")
    return 0


@app.command("export")
def export(file: Target = None, form: Format = "jsonl", store: options.Store = None) -> int:
    """Write all examples, one a line."""
    from ..example_lines import to_lines

    if form not in FORMATS:
        raise UsageError(f"there is no format {form!r}", code="examples.format", hint=f"Use {', '.join(FORMATS)}.")
    with _open(store) as opened:
        examples = opened.all()
    if file is None or file == "-":
        sys.stdout.write(to_lines(examples))
        return 0
    Path(file).write_text(to_lines(examples), encoding="utf-8")
    Terminal().result.line(f"{count(len(examples), 'example')} in {file}")
    return 0


@app.command("import")
def import_(file: Source, json: options.Json = False, store: options.Store = None) -> int:
    """Read examples, one a line: {"question", "answer", "video", "program", "choices", ...}.

    A line with an answer is taken to be right; paths of videos may be relative to the file. Nothing is read when a line
    is wrong.
    """
    from ..example_lines import from_lines

    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file} is not UTF-8 text", code="example.line", hint="Give a file with JSON lines."
        ) from error
    examples = list(from_lines(text, file.parent, file.name))
    with _open(store, begin=True) as opened:
        for example in examples:
            opened.add(example)
    if json:
        _print(examples, json)
    else:
        Terminal().result.line(f"{count(len(examples), 'example')} from {file}")
    return 0


@app.command("refine")
def refine(
    limit: Limit = None,
    json: options.Json = False,
    profile: options.Profile = None,
    tools: options.Tools = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Let the text model write better programs for the examples, where it can.

    Each example's program is replaced only when a freely written one does better: right where the answer is known, else
    surer and grounded in the video. The old one stays in its history.
    """
    from ...agents.self_refine import refine_examples
    from ...memory import default_directory
    from .opening import open_models, open_registry

    terminal = Terminal(quiet, verbose)
    models, registry = open_models(profile, assignments), open_registry(tools)
    terminal.warn(registry.warnings)
    with terminal.progress() as progress:
        changes = list(
            refine_examples(store or default_directory(), models, registry, limit=limit, report=progress.report)
        )
    if json:
        from ..documents import listing

        print_document(listing("refine", changes=[change.to_json() for change in changes]))
        return 0
    _show_changes(changes, terminal)
    return 0


def _show_changes(changes: "list[Change]", terminal: Terminal) -> None:
    if not changes:
        terminal.say("there are no examples with a program")
        return
    columns = (
        Column("example", "bold cyan"), Column("program", "yellow"), Column("question", wraps=True),
        Column("before", wraps=True), Column("free", wraps=True), Column("why", wraps=True),
    )  # fmt: skip
    rows = [
        [
            change.example.id, "replaced" if change.replaced else "kept", change.example.question,
            *(trial.said() if trial else "-" for trial in (change.own, change.free)), change.why,
        ]
        for change in changes
    ]  # fmt: skip
    terminal.result.table(Table(columns, rows))
    terminal.say(f"{sum(change.replaced for change in changes)} of {count(len(changes), 'program')} replaced")


def _open(store: Path | None, begin: bool = False) -> "ExampleStore":
    """The store; one that nobody has begun is only begun to put something in.

    Raises:
        VidprogError: It cannot be opened.
    """
    from ...memory import ExampleStore

    opened = ExampleStore.open(store) if begin else ExampleStore.there(store) or ExampleStore.nowhere()
    Terminal().warn(opened.warnings)
    return opened


def _print(examples: "Any", json: bool, done: str = "") -> None:
    if json:
        from ..documents import listing

        print_document(listing("examples", examples=[example.to_json() for example in examples]))
        return
    screen = Terminal().result
    for example in examples:
        screen.line((f"{done:<9}", "dim"), (example.id, "bold cyan"), f"  {example.question}")
