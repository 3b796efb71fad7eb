"""A token for browsers: they cannot send the header that programs send, so an address, then a cookie brings it."""

import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "vidprog"


class Door:
    """Lets a browser in that came with the token, and remembers it; the guard behind it decides.

    Args:
        app: The guarded application.
        token: What must be sent.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and scope["path"] == "/":
            given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
            if secrets.compare_digest(given.encode(), self._token.encode()):
                reply = RedirectResponse("/", 303)  # the address must not stay in the browser's history
                reply.set_cookie(COOKIE, self._token, httponly=True, samesite="strict")
                await reply(scope, receive, send)
                return
        if scope["type"] == "http" and (token := _cookie(Headers(scope=scope).get("cookie", ""))):
            headers = MutableHeaders(scope=scope)
            headers.setdefault("authorization", f"Bearer {token}")
        await self._app(scope, receive, send)


def _cookie(text: str) -> str:
    try:
        found = SimpleCookie(text).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
