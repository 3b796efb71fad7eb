"""What is compared: the loop, single programs, and the same without what a video would tell them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..programs import Catalog, check
from ..video.errors import UsageError

if TYPE_CHECKING:
    from ..models import Models
    from ..tools import Registry

Condition = Literal["", "blind", "blind_vlm", "one_frame", "shuffled", "reversed", "wrong_video"]
LOOP = "loop"
EVERYTHING, GENERAL = "all", "general"
WITHOUT_VIDEO: dict[Condition, str] = {"blind": "llm", "blind_vlm": "vlm"}
"""Conditions in which no video is opened -> the role that answers."""
CONDITIONS: dict[Condition, str] = {
    "": "the video as it is",
    "blind": "the text model alone: question and options, no video",
    "blind_vlm": "the vision-language model alone: question and options, no frames",
    "one_frame": "a file of two seconds that shows the middle frame, without sound",
    "shuffled": "pieces of the video in another order, pictures with their sound",
    "reversed": "pictures backwards; the pieces of sound in backward order, each played forwards",
    "wrong_video": "the question about the next other video of the data set",
}
"""What each condition does to the video."""


@dataclass(frozen=True, slots=True)
class System:
    """Something that answers questions.

    Attributes:
        program: Name or file of a program; None for the loop.
        condition: What is done to the video.

    Example:
        >>> System(None, "shuffled").name, System("read_screen").name, System(None, "blind").name
        ('loop@shuffled', 'read_screen', 'blind')
    """

    program: str | None = None
    condition: Condition = ""

    @property
    def base(self) -> str:
        """What answers, whatever is done to the video; a file goes by its name with the suffix."""
        return LOOP if self.program is None else Path(self.program).name

    @property
    def name(self) -> str:
        """How predictions and reports call it."""
        if self.condition in WITHOUT_VIDEO:
            return self.condition
        return f"{self.base}@{self.condition}" if self.condition else self.base


def chosen_systems(names: str | None, models: "Models", controls: bool = False) -> tuple[System, ...]:
    """The systems to run.

    Args:
        names: Programs with commas between them, ``loop`` among them; ``all`` for the loop and every program that the
            models can run, ``general`` for those of them that suit any question; the loop when None.
        models: What there is.
        controls: The first system also with less and less of the video.

    Raises:
        UsageError: There is no program of a name, or two files have the same one.
    """
    systems = tuple(dict.fromkeys(System(name) for name in _programs(names, models)))
    if len({system.name for system in systems}) < len(systems):
        raise UsageError("two programs have one name", code="eval.program", hint="Rename one of the files.")
    return (*systems, *control_systems(systems[0], models)) if controls else systems


def refuse_faulty(systems: Iterable[System], registry: "Registry") -> None:
    """Check the files among the programs before anything is asked of them.

    Args:
        systems: Those that are to run.
        registry: The tools of programs.

    Raises:
        UsageError: ``eval.program``, a program would be refused at every question.
    """
    catalog = Catalog.builtin()
    for name in {system.program for system in systems if system.program is not None} - set(catalog.names):
        problems = check(catalog.get(name), registry)
        if problems:
            raise UsageError(f"{name}: {problems[0]}", code="eval.program", hint=f"`vidprog programs check {name}`")


def _programs(names: str | None, models: "Models") -> Iterable[str | None]:
    catalog = Catalog.builtin()
    if names not in (EVERYTHING, GENERAL):
        wanted = [name.strip() for name in (names or LOOP).split(",") if name.strip()]
        return [None if name == LOOP else _known(name, catalog) for name in wanted or [LOOP]]
    runnable = [program for program in catalog.runnable(models.roles) if program.takes == "one"]
    return [None, *(program.name for program in runnable if names == EVERYTHING or not program.special)]


def _known(name: str, catalog: Catalog) -> str:
    catalog.get(name)
    return name


def control_systems(base: System, models: "Models") -> tuple[System, ...]:
    """The controls of a system that the models can run, blind first."""
    blind = [System(None, condition) for condition, role in WITHOUT_VIDEO.items() if models.has(role)]
    changed = [System(base.program, name) for name in CONDITIONS if name and name not in WITHOUT_VIDEO]
    return (*blind, *changed)


def system_of(name: str, systems: Sequence[System]) -> System | None:
    """The system of a name."""
    return next((system for system in systems if system.name == name), None)
