"""The loop: plan a program, check it, run it, judge the answer, refine, and return the best round.

`Session` opens a video with its models and memory; `ask` is the whole loop as one call; events tell what happens.
"""

from . import events
from .ask import ask, ask_async, stream
from .description import Description
from .events import (
    Answered,
    Checked,
    Event,
    Judged,
    Planned,
    Progress,
    Recalled,
    Refined,
    Repaired,
    StepDone,
)
from .opening import open
from .policy import Policy
from .result import Result
from .session import Session
from .settings import Settings
from .streaming import Stream

__all__ = [
    "Answered",
    "Checked",
    "Description",
    "Event",
    "Judged",
    "Planned",
    "Policy",
    "Progress",
    "Recalled",
    "Refined",
    "Repaired",
    "Result",
    "Session",
    "Settings",
    "StepDone",
    "Stream",
    "ask",
    "ask_async",
    "events",
    "open",
    "stream",
]
