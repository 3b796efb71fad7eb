"""Tools from what a user names: those that are installed, a file of one's own, or tools that were just written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .registry import Registry
from .tool import Tool

Given = str | Path | Registry | Tool | Iterable[Tool] | None


def open_registry(tools: Given = None) -> Registry:
    """The built-in tools, those of installed packages, and those that are given.

    Args:
        tools: A Python file with tools in it, tools, or a registry, which is taken as it is.

    Raises:
        ToolDefinitionError: The file declares no tools, or wrong ones, or a name is taken.

    Example:
        >>> "read_text" in open_registry()
        True
    """
    if isinstance(tools, Registry):
        return tools
    registry = Registry.builtin().with_entry_points()
    if tools is None:
        return registry
    if isinstance(tools, str | Path):
        return registry.with_file(tools)
    return registry.with_tools((tools,) if isinstance(tools, Tool) else tools)
