"""Stands before a server: who may ask, from where, and how much a request may carry.

Without a token only programs of this machine may ask. A web page that somebody visits is none, though its browser
runs here: requests that name another host (DNS rebinding) or come from a page of another origin are refused.
"""

import ipaddress
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...video.errors import VidprogError
from .http_errors import error_response

OPEN = frozenset(["/health"])
"""What answers without a token: it says nothing about videos."""


class Guard:
    """Lets requests through to an application, or answers them itself.

    Args:
        app: The application.
        token: What clients must send; None where only this machine may ask.
        largest: Path of a request -> bytes that it may carry.
    """

    def __init__(self, app: ASGIApp, token: str | None, largest: Callable[[str], int]) -> None:
        self._app = app
        self._token = token
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), scope["path"]
        largest = self._largest(path)
        refusal = self._refusal(headers, path) or _size_refusal(headers, largest)
        if refusal is not None:
            await error_response(refusal, path)(scope, receive, send)
            return
        await self._app(scope, _counted(receive, largest), send)

    def _refusal(self, headers: Headers, path: str) -> VidprogError | None:
        if self._token is None:
            names = [_host_of(headers.get("host", "")), *(_host_of(each) for each in headers.getlist("origin"))]
            if all(map(is_loopback, names)):
                return None
            hint = "Ask for 127.0.0.1, or start the server with a token."
            return VidprogError("only programs of this machine may ask", code="server.host", hint=hint)
        scheme, _, given = headers.get("authorization", "").partition(" ")
        right = secrets.compare_digest(given.strip().encode("latin-1"), self._token.encode())
        if path in OPEN or (scheme.lower() == "bearer" and right):
            return None
        hint = "Send the header `Authorization: Bearer TOKEN`."
        return VidprogError("the token is missing or wrong", code="server.token", hint=hint)


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own.

    Example:
        >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
        (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host_of(text: str) -> str:
    """The host in a ``Host`` or ``Origin`` header."""
    try:
        return urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""


def too_large(largest: int) -> VidprogError:
    """The error for more bytes than are taken."""
    message = f"more than {largest} bytes are not taken"
    return VidprogError(message, code="server.size", hint="Send less, or put the video into a served directory.")


def _size_refusal(headers: Headers, largest: int) -> VidprogError | None:
    declared = headers.get("content-length", "0")
    return too_large(largest) if not declared.isdecimal() or int(declared) > largest else None


def _counted(receive: Receive, largest: int) -> Receive:
    """The same, refusing more bytes than are taken: a length that is declared need not be true."""
    arrived = 0

    async def counted() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > largest:
            raise HTTPException(413, too_large(largest).message)
        return message

    return counted
