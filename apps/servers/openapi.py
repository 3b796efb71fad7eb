"""The documents of the command line in the server's OpenAPI schema: one contract, described once."""

from typing import Any

from ..documents import schema

DOCUMENTS = ("answer", "error", "search", "timeline", "when")
_LOCAL, _SHARED = "#/$defs/", "#/components/schemas/"


def reference(name: str) -> dict[str, str]:
    """The place of a document's schema.

    Args:
        name: One of ``DOCUMENTS``.
    """
    return {"$ref": f"{_SHARED}vidprog_{name}"}


def responses(name: str, stream: str = "", texts: bool = False) -> dict[int | str, dict[str, Any]]:
    """What an endpoint replies with.

    Args:
        name: The document.
        stream: What its stream of events is, where it can have one.
        texts: Whether it gives plain text, too.
    """
    content: dict[str, Any] = {"application/json": {"schema": reference(name)}}
    if stream:
        content["text/event-stream"] = {"schema": {"type": "string", "description": stream}}
    if texts:
        content["text/plain"] = {"schema": {"type": "string"}}
    wrong = {"description": "What is wrong", "content": {"application/json": {"schema": reference("error")}}}
    return {200: {"description": "Done", "content": content}, "4XX": wrong, "5XX": wrong}


def with_documents(described: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI schema with the documents among its components, and with the token."""
    components = described.setdefault("components", {})
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    described["security"] = [{"token": []}, {}]
    shared = components.setdefault("schemas", {})
    for name in DOCUMENTS:
        whole = _moved(schema(name), name)
        for part, each in whole.pop("$defs", {}).items():
            shared[f"vidprog_{name}_{part}"] = each
        shared[f"vidprog_{name}"] = {key: value for key, value in whole.items() if key not in ("$schema", "$id")}
    return described


def _moved(value: Any, name: str) -> Any:
    """The same with references to the place where the parts are now."""
    if isinstance(value, dict):
        return {
            key: each.replace(_LOCAL, f"{_SHARED}vidprog_{name}_") if key == "$ref" else _moved(each, name)
            for key, each in value.items()
        }
    return [_moved(each, name) for each in value] if isinstance(value, list) else value
