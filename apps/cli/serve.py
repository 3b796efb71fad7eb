"""``vidprog serve``: questions over HTTP, from any program and from clients of OpenAI."""

from typing import Annotated

import typer

from . import mcp, options

MEGABYTE = 10**6
Upload = Annotated[float, typer.Option("--max-upload", metavar="MB", min=0.001, help="Size of a video that is sent.")]
Urls = Annotated[
    bool,
    typer.Option("--allow-urls", help="Fetch videos from addresses of public machines.", show_default=False),
]


def serve(
    roots: mcp.Roots = None,
    host: mcp.Host = "127.0.0.1",
    port: mcp.Port = 8000,
    token: mcp.Token = None,
    max_seconds: mcp.Seconds = 600.0,
    max_upload: Upload = 256.0,
    parallel: mcp.Parallel = 1,
    allow_urls: Urls = False,
    profile: options.Profile = None,
    tools: options.Tools = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
) -> int:
    """Answer questions over HTTP: JSON endpoints, and chat completions for clients of OpenAI.

    Only videos in the given directories, and those that a client sends, can be asked about. /openapi.json describes
    the endpoints.
    """
    mcp.with_extra("fastapi", "uvicorn", "python_multipart")
    from ..servers.fetch import Fetcher
    from ..servers.http_app import http_app
    from ..servers.limits import Limits
    from ..servers.listening import Address, listen
    from ..servers.sources import Sources
    from ..servers.uploads import Uploads

    address = Address(host, port, token)
    limits = Limits(seconds=max_seconds, parallel=parallel, upload=round(max_upload * MEGABYTE))
    desk = mcp.open_desk(roots, limits, profile, assignments, tools, store)
    fetcher = Fetcher(limits.upload) if allow_urls else None
    listen(http_app(desk, Sources(desk.library, Uploads(limits), limits, fetcher), token or None), address, "")
    return 0
