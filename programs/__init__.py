"""The language of visual programs: reading, checking and running them, and the library of named ones.

`Program` is a program as a value, `check` lists what is wrong with it, `run` runs it in the sandbox and returns a
`RunResult` with one `Step` for each tool call, `Catalog` finds programs by name.
"""

from .catalog import Catalog, missing_roles
from .checker import Problem, check
from .program import Program, ProgramError
from .runner import RunContext, RunResult, run
from .trace import Step

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
