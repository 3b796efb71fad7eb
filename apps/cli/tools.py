"""``vidprog tools``: what a program can call, and the test that every tool must pass."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import completion, options
from .opening import open_registry
from .programs import show_new, show_problems
from .screen import Column, Table
from .terminal import Terminal, print_document

if TYPE_CHECKING:
    from ...tools import Tool

app = options.group("What programs can call: list, show, check your own.")

Name = Annotated[str, typer.Argument(metavar="NAME", autocompletion=completion.tools, help="A tool.")]
File = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="A Python file with tools; the tools there are if none.")
]


On = Annotated[
    str | None, typer.Option("--on", metavar="VIDEO", help="Also call each tool with this video, as the planner would.")
]
PRINTED = "it printed"
"""Begins what is noted of a tool that prints."""


@app.command("list")
def show_all(json: options.Json = False, tools: options.Tools = None) -> int:
    """List the tools."""
    registry = open_registry(tools)
    terminal = Terminal()
    terminal.warn(registry.warnings)
    if json:
        from ..documents import listing

        print_document(listing("tools", tools=[tool.to_json() for tool in registry]))
        return 0
    columns = (
        Column("tool", "bold cyan"), Column("kind"), Column("needs", "dim", wraps=True),
        Column("what it does", wraps=True),
    )  # fmt: skip
    rows = [(tool.name, tool.kind, ", ".join(tool.needs), tool.summary) for tool in registry]
    terminal.result.table(Table(columns, rows))
    return 0


@app.command("show")
def show(name: Name, json: options.Json = False, tools: options.Tools = None) -> int:
    """Show the signature, the documentation, the cost and the source of a tool."""
    from ...tools.costs import measured_cost
    from ...tools.registry import is_builtin

    tool = open_registry(tools).get(name)
    measured = measured_cost(name) if is_builtin(tool) else None
    if json:
        print_document({**tool.to_json(), **({"measured": measured.to_json()} if measured else {})})
    else:
        screen = Terminal().result
        screen.code(tool.stub())
        screen.line()
        known = {
            "cost": tool.cost,
            "measured": str(measured or ""),
            "needs": ", ".join(tool.needs),
            "source": tool.source,
        }
        for heading, text in known.items():
            if text:
                screen.line((f"{heading:<10}", "dim"), " ".join(text.split()))
    return 0


@app.command("stubs")
def stubs(tools: options.Tools = None) -> int:
    """Print the typed stubs that programs are checked against."""
    print(open_registry(tools).stubs().rstrip())
    return 0


@app.command("check")
def check_all(file: File = None, on: On = None, json: options.Json = False) -> int:
    """Run the conformance test over the tools; exit code 1 when one does not pass."""
    from ...tools.conformance import check

    tools = _tools_of(file)
    found = {tool.name: list(check(tool)) for tool in tools}
    if on is not None:
        found = {tool.name: found[tool.name] or _tried(tool, on) for tool in tools}
    if json:
        from ..documents import listing

        checked = [{"tool": name, "problems": problems} for name, problems in found.items()]
        print_document(listing("check", tools=checked))
    else:
        show_problems(found, {} if file is None else {tool.name: _planning(tool) for tool in tools})
    return int(any(found.values()))


@app.command("new")
def new(
    name: options.NewName,
    stateful: Annotated[
        bool, typer.Option("--stateful", help="A class with setup and identity, for a model.", show_default=False)
    ] = False,
    package: Annotated[
        bool, typer.Option("--package", help="A package that pip can install.", show_default=False)
    ] = False,
    folder: options.Into = Path(),
) -> int:
    """Write a tool to begin with, which passes its check."""
    from ..skeleton import tool_skeleton

    files = tool_skeleton(name, folder, stateful=stateful, package=package)
    source = next(file for file in files if file.name == f"{name}.py")
    steps = [f"vidprog tools check {source}", f'vidprog ask clip.mp4 "How light is the picture?" --tools {source}']
    if package:
        steps = [steps[0], f"pip install {files[0].parent}", f"vidprog tools show {name}"]
    show_new(files, steps)
    return 0


def _tried(tool: "Tool", video: str) -> list[str]:
    """What goes wrong when a tool is called with a video as the planner would call it; nothing of it is kept."""
    from tempfile import TemporaryDirectory

    from ...agents import Session
    from ...programs import run
    from ...programs.tool_program import program_of_tool
    from ...tools import open_registry

    program = program_of_tool(tool)
    if program is None:
        return []
    registry = open_registry([] if tool.name in open_registry() else [tool])
    with TemporaryDirectory() as folder, Session(video, store=Path(folder), registry=registry) as session:
        clip, question = session.video.clip(), program.examples[0]
        ran = run(program, registry, session.context(), video=clip, videos=(clip,), question=question)
    return [step.why for step in ran.steps if step.tool == tool.name and (step.failed or step.why.startswith(PRINTED))]


def _planning(tool: "Tool") -> str:
    """Whether the planner that only picks can use a tool by itself, and by what it finds it."""
    from ...programs.tool_program import obstacle, questions_of

    if why := obstacle(tool):
        return f"used where a program names it, not by the planner alone: {why}"
    found = f"the planner takes it for questions like: {questions_of(tool)[0]}"
    return found if tool.examples else f"{found} (better: write some under Examples: in the docstring)"


def _tools_of(file: Path | None) -> "list[Tool]":
    """All tools, or those of a file: loaded beside the others, so that a name that is taken is found."""
    registry = open_registry(file)
    if file is None:
        return list(registry)
    known = {id(tool) for tool in open_registry(None)}
    return [tool for tool in registry if id(tool) not in known]
