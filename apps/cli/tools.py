"""``vidprog tools``: what a program can call, and the test that every tool must pass."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .opening import open_registry
from .programs import show_problems
from .screen import Column, Table
from .terminal import Terminal, print_document

if TYPE_CHECKING:
    from ...tools import Tool

app = options.group("What programs can call: list, show, check your own.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="A tool.")]
File = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="A Python file with tools; the tools there are if none.")
]


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
    tool = open_registry(tools).get(name)
    if json:
        print_document(tool.to_json())
    else:
        screen = Terminal().result
        screen.code(tool.stub())
        screen.line()
        for name, text in (("cost", tool.cost), ("needs", ", ".join(tool.needs)), ("source", tool.source)):
            if text:
                screen.line((f"{name:<8}", "dim"), " ".join(text.split()))
    return 0


@app.command("stubs")
def stubs(tools: options.Tools = None) -> int:
    """Print the typed stubs that programs are checked against."""
    print(open_registry(tools).stubs().rstrip())
    return 0


@app.command("check")
def check_all(file: File = None, json: options.Json = False) -> int:
    """Run the conformance test over the tools; exit code 1 when one does not pass."""
    from ...tools.conformance import check

    found = {tool.name: list(check(tool)) for tool in _tools_of(file)}
    if json:
        from ..documents import listing

        checked = [{"tool": name, "problems": problems} for name, problems in found.items()]
        print_document(listing("check", tools=checked))
    else:
        show_problems(found)
    return int(any(found.values()))


def _tools_of(file: Path | None) -> "list[Tool]":
    """All tools, or those of a file: loaded beside the others, so that a name that is taken is found."""
    registry = open_registry(file)
    if file is None:
        return list(registry)
    known = {id(tool) for tool in open_registry(None)}
    return [tool for tool in registry if id(tool) not in known]
