"""``vidprog mcp``: agents ask about videos through the Model Context Protocol."""

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...video.errors import UsageError
from . import options

if TYPE_CHECKING:
    from ..servers.desk import Desk
    from ..servers.limits import Limits

Roots = Annotated[
    list[Path] | None,
    typer.Option("--root", metavar="DIR", help="Directory whose videos may be asked about; this one by default."),
]
Http = Annotated[bool, typer.Option("--http", help="Listen on an address instead of stdio.", show_default=False)]
Host = Annotated[str, typer.Option("--host", help="Where to listen; anything but loopback needs a token.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")]
Token = Annotated[
    str | None,
    typer.Option("--token", metavar="TEXT", envvar="VIDPROG_TOKEN", help="What clients must send.", show_envvar=True),
]
Seconds = Annotated[float, typer.Option("--max-seconds", help="For one question at most.")]
Parallel = Annotated[int, typer.Option("--parallel", min=1, help="Questions worked on at the same time.")]


def mcp(
    roots: Roots = None,
    http: Http = False,
    host: Host = "127.0.0.1",
    port: Port = 8765,
    token: Token = None,
    max_seconds: Seconds = 600.0,
    parallel: Parallel = 1,
    profile: options.Profile = None,
    tools: options.Tools = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
) -> int:
    """Let agents ask about videos: a server of the Model Context Protocol.

    Speaks over stdin and stdout, or over HTTP with --http. Only videos in the given directories can be asked about.
    """
    with_extra("mcp")
    from ..servers import mcp_server
    from ..servers.limits import Limits

    limits = Limits(seconds=max_seconds, parallel=parallel)
    with redirect_stdout(sys.stderr):  # a file of tools may print; stdout is for the protocol alone
        desk = open_desk(roots, limits, profile, assignments, tools, store)
    if http:
        from ..servers.listening import Address

        mcp_server.serve_http(desk, Address(host, port, token))
    else:
        if sys.stdin.isatty():
            print("vidprog mcp waits for an agent on stdin; docs/servers.md says how to register it", file=sys.stderr)
        mcp_server.serve_stdio(desk)
    return 0


def with_extra(*packages: str, extra: str = "serve") -> None:
    """Make sure that the packages of a server are installed.

    Args:
        *packages: As they are imported.
        extra: Of vidprog, that brings them.

    Raises:
        UsageError: One is not; it says what to install.
    """
    from importlib.util import find_spec

    for package in packages:
        if find_spec(package) is None:
            message = f"the package {package} is not installed"
            raise UsageError(message, code="server.extra", hint=f'Install it: pip install "vidprog[{extra}]"')


def open_desk(
    roots: list[Path] | None,
    limits: "Limits",
    profile: str | None,
    assignments: list[str] | None,
    tools: Path | None,
    store: Path | None,
) -> "Desk":
    """What answers clients; what is wrong with an option is said before it listens.

    Raises:
        UsageError: No such directory, profile, model or tool.
    """
    from ..servers.desk import Desk
    from ..servers.library import Library
    from .opening import open_models, open_registry

    library = Library.of(roots or [Path()])
    return Desk(library, open_models(profile, assignments), limits, store, open_registry(tools))
