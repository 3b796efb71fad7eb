"""The language of visual programs: reading, checking and running them, and the library of named ones.

`Program` is a program as a value, `check` lists what is wrong with it, `run` runs it in the sandbox and returns a
`RunResult` with one `Step` for each tool call, `Catalog` finds programs by name. The sandbox is loaded when it is used.
"""

from typing import TYPE_CHECKING

from ..video.lazy import lazy_exports

if TYPE_CHECKING:
    from .catalog import Catalog, missing_roles
    from .checker import Problem, check
    from .grammar import program_grammar
    from .mend import Mended
    from .program import Program, ProgramError
    from .runner import RunContext, RunResult, run
    from .steps import program_from_steps, steps_schema
    from .trace import Step

_HOME = {
    "Catalog": "catalog",
    "Mended": "mend",
    "Problem": "checker",
    "Program": "program",
    "ProgramError": "program",
    "RunContext": "runner",
    "RunResult": "runner",
    "Step": "trace",
    "check": "checker",
    "missing_roles": "catalog",
    "program_from_steps": "steps",
    "program_grammar": "grammar",
    "run": "runner",
    "steps_schema": "steps",
}
"""Public name -> module."""

__all__ = [
    "Catalog",
    "Mended",
    "Problem",
    "Program",
    "ProgramError",
    "RunContext",
    "RunResult",
    "Step",
    "check",
    "missing_roles",
    "program_from_steps",
    "program_grammar",
    "run",
    "steps_schema",
]

__getattr__, __dir__ = lazy_exports(__name__, _HOME)
