"""The tree of commands."""

from typing import Annotated

import typer

from . import examples, models, options, programs, tools
from .ask import ask
from .chat import chat
from .cut import cut
from .describe import describe
from .doctor import doctor
from .index import index
from .sample import sample
from .search import search
from .timeline import timeline
from .when import when

app = typer.Typer(
    help="Ask a video: answers with a confidence and the moments that prove it.",
    invoke_without_command=True,
    rich_markup_mode=options.markup(),
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(ask)
app.command()(chat)
app.command()(index)
app.command()(search)
app.command()(timeline)
app.command()(when)
app.command()(cut)
app.command()(describe)
app.add_typer(programs.app, name="programs")
app.add_typer(tools.app, name="tools")
app.add_typer(examples.app, name="examples")
app.add_typer(models.app, name="models")
app.command()(doctor)
app.command()(sample)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"vidprog {version('vidprog')}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version.", show_default=False
        ),
    ] = False,
) -> None:
    """Ask a video: answers with a confidence and the moments that prove it."""
    options.show_help_when_alone(context)
