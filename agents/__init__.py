"""The loop: plan a program, check it, run it, judge the answer, refine, and return the best round.

`Session` opens a video with its models and memory; `ask` is the whole loop as one call; events tell what happens.
"""

from .ask import ask
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
from .policy import Policy
from .result import Result
from .session import Session
from .settings import Settings

__all__ = [
    "Answered",
    "Checked",
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
    "ask",
]
