"""Errors over HTTP: one shape for vidprog's own endpoints, that of OpenAI where OpenAI's clients ask."""

from typing import Any

from starlette.responses import JSONResponse

from ...video.errors import UsageError, VidprogError

OPENAI = ("/v1/chat/", "/v1/models", "/v1/files")
"""Where clients of OpenAI ask."""
STATUSES = {
    "server.token": 401,
    "server.outside": 403,
    "server.host": 403,
    "server.url": 403,
    "media.missing": 404,
    "server.missing": 404,
    "server.model": 404,
    "server.method": 405,
    "server.size": 413,
    "server.busy": 429,
    "server.time": 504,
    "internal": 500,
}
"""Code -> status; other errors in the request are 400, media that cannot be used 422, the rest 500."""
TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
"""Status -> OpenAI's word for it; other errors in the request are ``invalid_request_error``."""


def status_of(error: VidprogError) -> int:
    """The HTTP status of an error."""
    if error.code in STATUSES:
        return STATUSES[error.code]
    return 400 if isinstance(error, UsageError) else 422 if error.code.startswith(("media.", "clip.")) else 500


def error_body(error: VidprogError, path: str) -> dict[str, Any]:
    """An error as the clients of a path expect it.

    Args:
        error: The error.
        path: Of the request.
    """
    if not path.startswith(OPENAI):
        return error.to_json()
    status = status_of(error)
    kind = TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    message = f"{error.message} ({error.hint})" if error.hint else error.message
    return {"error": {"message": message, "type": kind, "param": None, "code": error.code, "hint": error.hint}}


def error_response(error: VidprogError, path: str) -> JSONResponse:
    """An error as the reply to a request."""
    headers = {"WWW-Authenticate": "Bearer"} if error.code == "server.token" else None
    return JSONResponse(error_body(error, path), status_of(error), headers)
