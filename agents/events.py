"""What happens while a question is answered, as typed values: terminal, notebook and page draw the same stream."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from ..programs import Step


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""

    def to_json(self) -> dict[str, Any]:
        """The event's name and fields."""
        return {"event": type(self).__name__.lower(), **asdict(self)}


Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """A listener for callers that do not watch."""


@dataclass(frozen=True, slots=True)
class Progress(Event):
    """Long work goes on. ``share`` is 0 to 1, None where it is not known."""

    message: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Understood(Event):
    """A question that refers to the one before was put into words that stand by themselves."""

    question: str
    resolved: str


@dataclass(frozen=True, slots=True)
class Recalled(Event):
    """What is known about the video before anything is done."""

    facts: str
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Planned(Event):
    """A program was chosen or written. ``route`` says how."""

    round: int
    program: str
    planner: str
    route: str
    source: str


@dataclass(frozen=True, slots=True)
class Checked(Event):
    """The program was checked; no problems means that it will be run."""

    round: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repaired(Event):
    """A refused program was rewritten, or replaced by one of the library."""

    round: int
    how: str


@dataclass(frozen=True, slots=True)
class StepDone(Event):
    """A tool was called."""

    round: int
    step: Step


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """The program ended."""

    round: int
    text: str
    confidence: float
    abstained: bool


@dataclass(frozen=True, slots=True)
class Judged(Event):
    """Whether the answer is good enough; if not, what is wrong with it, and what exactly where that is known."""

    round: int
    accepted: bool
    diagnosis: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refined(Event):
    """What will be tried next."""

    round: int
    move: str
    reason: str
