"""Listening on an address: refused without a token where other machines reach it, and said once it is open."""

import sys
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from ...video.errors import UsageError
from .guard import is_loopback

PATIENCE = 3
"""Seconds for open requests when the server is told to end."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen.

    Attributes:
        host: Name or address of an interface.
        port: 0 for any that is free.
        token: What clients must send; None for none.

    Raises:
        UsageError: Other machines reach it and there is no token.
    """

    host: str
    port: int
    token: str | None = None

    def __post_init__(self) -> None:
        if not self.token and not is_loopback(self.host):
            raise UsageError(
                f"{self.host} is reached by other machines: a token is needed",
                code="server.token",
                hint="Give --token TEXT or set VIDPROG_TOKEN, or listen on 127.0.0.1.",
            )


def listen(app: ASGIApp, address: Address, path: str) -> None:
    """Serve until interrupted; the address is printed on stderr when it is open.

    Args:
        app: What answers.
        address: Where.
        path: Shown behind the address.

    Raises:
        UsageError: The address cannot be used.
    """
    config = uvicorn.Config(
        app, address.host, address.port, log_level="warning", timeout_graceful_shutdown=PATIENCE, server_header=False
    )
    try:
        opened = config.bind_socket()
    except SystemExit as error:  # uvicorn's way to say that the address is taken
        message = f"{address.host}:{address.port} cannot be listened on"
        raise UsageError(message, code="server.address", hint="Choose another --port; 0 takes a free one.") from error
    opened.listen()  # who reads the line below is not refused
    port = opened.getsockname()[1]
    host = f"[{address.host}]" if ":" in address.host else address.host
    print(f"vidprog listens on http://{host}:{port}{path}", file=sys.stderr, flush=True)
    uvicorn.Server(config).run(sockets=[opened])
