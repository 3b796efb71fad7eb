"""Options that several commands share, each with one spelling and one explanation."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from . import completion

Help = Literal["rich"] | None

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.", show_default=False)]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile", metavar="NAME", autocompletion=completion.profiles,
        help="Which models to use: embedded (the default), cpu, gpu or api.",
    ),
]  # fmt: skip
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="ROLE=SPEC", autocompletion=completion.assignments,
        help="Another model for a role, e.g. llm=openai:gpt-4o@https://host/v1.",
    ),
]  # fmt: skip
Store = Annotated[
    Path | None,
    typer.Option("--store", metavar="DIR", help="Where what was found is kept; your cache directory by default."),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress and no warnings on stderr.", show_default=False)
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say more; show where errors come from.", show_default=False)
]
Tools = Annotated[
    Path | None, typer.Option("--tools", metavar="FILE", help="A Python file with tools of your own (@tool).")
]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        autocompletion=completion.kinds,
        help="Only this kind: speech, text, object, ... Can be repeated.",
    ),
]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="In small letters, e.g. count_birds.")]
Into = Annotated[Path, typer.Option("--into", metavar="DIR", help="Where; here by default.", show_default=False)]
Video = Annotated[str, typer.Argument(metavar="VIDEO", help="A video file.", show_default=False)]
Videos = Annotated[list[str], typer.Argument(metavar="VIDEO...", help="One or more video files.", show_default=False)]


def markup() -> Help:
    """How help is drawn: with Rich (0.1 s slower) for somebody who looks at it, plain for a pipe."""
    return "rich" if sys.stdout.isatty() else None


def group(help_text: str) -> typer.Typer:
    """A group of commands that shows its help when it is called alone."""
    return typer.Typer(
        help=help_text,
        invoke_without_command=True,
        callback=_help_when_alone,
        rich_markup_mode=markup(),
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def _help_when_alone(context: typer.Context) -> None:
    show_help_when_alone(context)


def show_help_when_alone(context: typer.Context) -> None:
    """Print the help of a group that was called without a command, and end as a usage error does."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)
