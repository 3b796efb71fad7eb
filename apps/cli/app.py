"""The tree of commands."""

from typing import Annotated

import typer

from . import cache, eval, examples, models, options, programs, tools
from . import config as config_commands
from .ask import ask
from .batch import batch
from .chat import chat
from .cut import cut
from .describe import describe
from .doctor import doctor
from .index import index
from .mcp import mcp
from .needles import needles
from .sample import sample
from .search import search
from .serve import serve
from .timeline import timeline
from .web import web
from .when import when

app = typer.Typer(
    help="Ask a video: answers with a confidence and the moments that prove it.",
    invoke_without_command=True,
    rich_markup_mode=options.markup(),
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(ask)
app.command()(batch)
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
app.add_typer(eval.app, name="eval")
app.add_typer(cache.app, name="cache")
app.add_typer(config_commands.app, name="config")
app.command()(doctor)
app.command()(sample)
app.command()(needles)
app.command()(mcp)
app.command()(serve)
app.command()(web)


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
    config: Annotated[
        str | None, typer.Option("--config", metavar="FILE", help="A TOML file with defaults of your own.")
    ] = None,
) -> None:
    """Ask a video: answers with a confidence and the moments that prove it."""
    from .configuration import apply

    options.show_help_when_alone(context)
    if context.invoked_subcommand != "config":  # which shows a file that is wrong, and begins one
        apply(context, config)
