"""The language of visual programs: reading, checking and running them, and the library of named ones.

`Program` is a program as a value, `check` lists what is wrong with it, `run` runs it in the sandbox and returns a
`RunResult` with one `Step` for each tool call, `Catalog` finds programs by name. The sandbox is loaded when it is used.
"""

from typing import TYPE_CHECKING

from ..video.lazy import lazy_exports

if TYPE_CHECKING:
    from .catalog import Catalog, missing_roles
    from .checker import Problem, check
    from .program import Program, ProgramError
    from .runner import RunContext, RunResult, run
    from .trace import Step

_HOME = {
    "Catalog": "catalog",
    "Problem": "checker",
    "Program": "program",
    "ProgramError": "program",
    "RunContext": "runner",
    "RunResult": "runner",
    "Step": "trace",
    "check": "checker",
    "missing_roles": "catalog",
    "run": "runner",
}
"""Public name -> module."""

__all__ = [
    "Catalog",
    "Problem",
    "Program",
    "ProgramError",
    "RunContext",
    "RunResult",
    "Step",
    "check",
    "missing_roles",
    "run",
]

__getattr__, __dir__ = lazy_exports(__name__, _HOME)
