"""All tools by name: the built-in ones, those of installed packages, and a user's own file.

A registry never changes; adding tools gives another one. Its stub text is what programs are checked against.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from ..video.errors import UsageError, VidprogError
from .tool import Tool, ToolDefinitionError
from .types import declarations

BUILTIN_MODULES: tuple[str, ...] = (
    "time", "frames", "grid", "read_text", "transcribe", "detect", "colors", "search", "localize",
    "summarize", "choose", "ask", "answer",
    "caption", "likelihood", "reason",
    "crop", "mark", "relevance", "focus", "split", "scenes", "track", "positions", "retrieve", "digest",
    "question_parts", "moment", "speakers", "has_model",
    "can_write", "can_see", "note",
    "examples",
    "compare",
    "motion", "directions", "closely", "counts", "events", "looks",
    "spoken_words", "sounds", "moments", "read_closely", "screen_text", "chapters",
    "pose", "cut_out", "ask_about", "audible",
)  # fmt: skip
"""Modules of this package whose tools every registry starts with."""

ENTRY_POINTS = "vidprog.tools"


class Registry:
    """Tools by name; iterating gives the tools in the order of their names.

    Args:
        tools: The tools; a second one of the same name must say `@tool(replaces=True)`.
        warnings: What went wrong with tools that were left out.

    Raises:
        ToolDefinitionError: `tool.duplicate`.

    Example:
        >>> registry = vidprog.Registry.builtin()
        >>> registry.get("read_text").needs, "transcribe" in registry
        (('ocr',), True)
    """

    def __init__(self, tools: Iterable[Tool] = (), warnings: Iterable[str] = ()) -> None:
        by_name: dict[str, Tool] = {}
        for item in tools:
            earlier = by_name.get(item.name)
            if earlier is not None and earlier is not item and not item.replaces:
                raise ToolDefinitionError(
                    f"there is a tool named {item.name!r} already",
                    code="tool.duplicate",
                    hint="Give it another name, or write @tool(replaces=True) to replace the one that is there.",
                )
            by_name[item.name] = item
        self._tools = dict(sorted(by_name.items()))
        self.warnings = tuple(warnings)

    @classmethod
    def builtin(cls) -> Registry:
        """The tools that come with vidprog."""
        modules = (importlib.import_module(f".{name}", __package__) for name in BUILTIN_MODULES)
        return cls(item for module in modules for item in tools_of(module))

    @classmethod
    def installed(cls) -> Registry:
        """The tools that come with vidprog, and those of installed packages."""
        return cls.builtin().with_entry_points()

    def with_tools(self, tools: Iterable[Tool]) -> Registry:
        """These tools as well.

        Raises:
            ToolDefinitionError: `tool.duplicate`.
        """
        return Registry([*self._tools.values(), *tools], self.warnings)

    def with_module(self, module: ModuleType) -> Registry:
        """Every tool that is a variable of the module, e.g. `sys.modules["__main__"]` in a notebook.

        Raises:
            ToolDefinitionError: `tool.duplicate`.
        """
        return self.with_tools(tools_of(module))

    def with_file(self, path: str | Path) -> Registry:
        """The tools of a user's own Python file, which is imported under a private name.

        Raises:
            ToolDefinitionError: `tool.file` when it is missing, fails to import or declares no tool; `tool.invalid` and
                `tool.duplicate` as elsewhere.
        """
        path = Path(path)
        tools = tools_of(_import_file(path))
        if not tools:
            raise ToolDefinitionError(
                f"{path} declares no tool", code="tool.file", hint="Put @tool above a typed function with a docstring."
            )
        return self.with_tools(tools)

    def with_entry_points(self) -> Registry:
        """The tools of installed packages (entry-point group `vidprog.tools`).

        An entry point names a tool, a module, or a sequence of tools. One that is broken becomes a warning.
        """
        registry = self
        for entry in importlib.metadata.entry_points(group=ENTRY_POINTS):
            try:
                registry = registry.with_tools(_loaded(entry.load()))
            except VidprogError as error:
                registry = registry._warned(entry.name, error.message)
            except Exception as error:  # another package's code may raise anything, and must not take the others down
                registry = registry._warned(entry.name, f"{type(error).__name__}: {error}")
        return registry

    def _warned(self, name: str, problem: str) -> Registry:
        warning = f"the tools of entry point {name!r} are left out: {' '.join(problem.split())}"
        return Registry(self._tools.values(), [*self.warnings, warning])

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def __len__(self) -> int:
        return len(self._tools)

    @property
    def names(self) -> tuple[str, ...]:
        """The names, sorted."""
        return tuple(self._tools)

    @property
    def added(self) -> tuple[Tool, ...]:
        """The tools that do not come with vidprog."""
        return tuple(tool for tool in self if not is_builtin(tool))

    def get(self, name: str) -> Tool:
        """The tool of that name.

        Raises:
            UsageError: `tool.unknown`; the hint has the nearest names.
        """
        if name in self._tools:
            return self._tools[name]
        near = self.nearest(name)
        hint = f"Did you mean {', '.join(near)}?" if near else "`vidprog tools list` shows them all."
        raise UsageError(f"there is no tool {name!r}", code="tool.unknown", hint=hint)

    def nearest(self, name: str) -> tuple[str, ...]:
        """Up to three names that look like `name`, best first."""
        return tuple(difflib.get_close_matches(name, self._tools, n=3))

    def stubs(self) -> str:
        """The whole stub file: the classes, the names that are given, every tool."""
        return "\n\n".join([declarations(), *(item.stub() + "\n" for item in self._tools.values())])


def is_builtin(tool: Tool) -> bool:
    """Whether a tool comes with vidprog."""
    return tool.target.__module__.rpartition(".")[0] == __package__


def tools_of(module: ModuleType) -> tuple[Tool, ...]:
    """The tools that are variables of a module, each once."""
    found = {id(value): value for value in vars(module).values() if isinstance(value, Tool)}
    return tuple(found.values())


def _loaded(value: object) -> tuple[Tool, ...]:
    if isinstance(value, Tool):
        return (value,)
    if isinstance(value, ModuleType):
        return tools_of(value)
    tools = tuple(value) if isinstance(value, Iterable) else ()
    if not tools or not all(isinstance(item, Tool) for item in tools):
        raise ToolDefinitionError("it names neither a tool, a module, nor a list of tools", code="tool.file")
    return tools


def _import_file(path: Path) -> ModuleType:
    name = "_vidprog_tools_" + hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    spec = importlib.util.spec_from_file_location(name, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise ToolDefinitionError(
            f"{path} is not a Python file",
            code="tool.file",
            hint="--tools takes the path of a .py file with tools in it.",
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look modules up there
    try:
        spec.loader.exec_module(module)
    except VidprogError:
        del sys.modules[name]
        raise
    except Exception as error:  # a user's file may raise anything while it is imported
        del sys.modules[name]
        line = getattr(error, "lineno", None)
        place = f"{path}:{line}" if line else str(path)
        problem = " ".join(f"{type(error).__name__}: {error}".split())
        raise ToolDefinitionError(
            f"{place} cannot be imported: {problem}", code="tool.file", hint="Run the file with Python to see where."
        ) from error
    return module
