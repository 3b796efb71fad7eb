"""What a program can call, one module for each tool or family of tools.

`@tool` turns a typed, documented function into a `Tool`; a `Registry` holds tools by name and renders the stubs that
programs are checked against; `conformance.check` is the test that every tool passes.
"""

from .cancellation import Cancellation, Cancelled
from .meter import Budget, BudgetExceeded, Meter, Usage
from .notes import Notes
from .opening import open_registry
from .registry import Registry
from .sandbox import Diagnostic, Limits, Sandbox, shared_sandbox
from .tool import Parameter, Tool, ToolDefinitionError, ToolError, tool
from .values import Answer, Grid

__all__ = [
    "Answer",
    "Budget",
    "BudgetExceeded",
    "Cancellation",
    "Cancelled",
    "Diagnostic",
    "Grid",
    "Limits",
    "Meter",
    "Notes",
    "Parameter",
    "Registry",
    "Sandbox",
    "Tool",
    "ToolDefinitionError",
    "ToolError",
    "Usage",
    "open_registry",
    "shared_sandbox",
    "tool",
]
