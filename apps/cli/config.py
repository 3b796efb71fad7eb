"""``vidprog config``: every option that can be kept in a file, what holds now, and where it is from."""

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .terminal import Terminal, print_document

app = options.group("Your own defaults, in a TOML file: show, init, path.")

Force = Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.", show_default=False)]


@app.command("show")
def show(context: typer.Context, json: options.Json = False) -> int:
    """Show every option: what is set and by what, and the others with their defaults, as comments."""
    from .configuration import as_toml, options_of, read_config, settings

    path = _path(context)
    known = options_of(context.find_root().command)
    found = settings(known, read_config(path, known, context))
    if not json:
        print(as_toml(path, found), end="")
        return 0
    from ..documents import listing

    entries = [
        {
            "option": each.option.name, "value": each.value, "source": each.source, "default": each.option.default,
            "variable": each.option.variable, "about": each.option.about,
        }
        for each in found
    ]  # fmt: skip
    print_document(listing("config", path=str(path), exists=path.is_file(), options=entries))
    return 0


@app.command("init")
def init(context: typer.Context, force: Force = False) -> int:
    """Write a file in which every option stands as a comment."""
    from ...video.errors import UsageError
    from .configuration import as_toml, options_of, settings

    path = _path(context)
    if path.exists() and not force:
        raise UsageError(
            f"{path} is there already", code="config.exists", hint="Edit it, or overwrite it with --force."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_toml(path, settings(options_of(context.find_root().command), {}), plain=True), encoding="utf-8")
    Terminal().result.line(str(path))
    return 0


@app.command("path")
def path_of(context: typer.Context) -> int:
    """Print the path of the file, whether it is there or not."""
    Terminal().result.line(str(_path(context)))
    return 0


def _path(context: typer.Context) -> Path:
    from .configuration import config_path

    return config_path(context.find_root().params.get("config"))
