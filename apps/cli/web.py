"""``vidprog web``: a page to try it: pick a video, ask, watch, see what proves the answer."""

from pathlib import Path
from typing import Annotated

import typer

from . import mcp, options
from .serve import MEGABYTE, Upload

Roots = Annotated[
    list[Path] | None, typer.Option("--root", metavar="DIR", help="Directory whose videos may be chosen on the page.")
]


def web(
    roots: Roots = None,
    host: mcp.Host = "127.0.0.1",
    port: mcp.Port = 7860,
    token: mcp.Token = None,
    max_seconds: mcp.Seconds = 600.0,
    max_upload: Upload = 512.0,
    parallel: mcp.Parallel = 2,
    profile: options.Profile = None,
    tools: options.Tools = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
) -> int:
    """Open a page in the browser's reach: choose or drop a video, ask, see the steps and the proof.

    Only this machine can open it unless --host says otherwise; then a token is needed. Nothing leaves the machine.
    """
    mcp.with_extra("fastapi", "uvicorn", "python_multipart", extra="web")
    from ...models import profile_names
    from ..servers.library import Library
    from ..servers.limits import Limits
    from ..servers.listening import Address, listen
    from ..servers.sources import Sources
    from ..servers.uploads import Uploads
    from ..web.app import web_app
    from ..web.desks import Desks
    from .opening import open_models, open_registry

    address = Address(host, port, token)
    limits = Limits(seconds=max_seconds, parallel=parallel, upload=round(max_upload * MEGABYTE))
    models = open_models(profile, assignments)
    first = models.profile.name
    names = (first, *(name for name in profile_names() if name != first))
    library = Library.of(roots or ())
    desks = Desks(names, models, library, limits, store, open_registry(tools))
    sources = Sources(library, Uploads(limits), limits)
    listen(web_app(desks, sources, token), address, f"/?token={token}" if token else "/")
    return 0
