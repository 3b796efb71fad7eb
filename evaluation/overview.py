"""A run directory read and scored: what the tables, the plots and the comparison of runs are made from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ..video.errors import UsageError
from .items import Item, Prediction
from .lines import prediction_from_json, with_tokens
from .run_directory import RunDirectory, changed_versions
from .scores import Judge, Measure, Sampling, Scores, score
from .systems import System

COSTS = ("llm_calls", "vlm_calls", "frames_seen", "tokens", "seconds", "cpu_seconds")
"""What an answer cost, as reports show it; ``tokens`` are those of prompts and completions together.

``cpu_seconds`` are those of the process with all its threads: they say more than ``seconds`` of a busy machine.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One system and how it did.

    Attributes:
        system: Which.
        items: Those it was asked, in the order of the data set.
        lines: Its answers as the run keeps them, by the id of the item.
        predictions: The same as values.
        scores: How good they are; an abstention is wrong.
        nearest: Accuracy when the option that an abstention names as nearest counts; None where there are no options.
        usage: Mean cost of a question, by the names of ``COSTS``.
    """

    system: System
    items: tuple[Item, ...]
    lines: Mapping[str, Mapping[str, Any]]
    predictions: tuple[Prediction, ...]
    scores: Scores
    nearest: Measure | None
    usage: Mapping[str, float]

    @property
    def name(self) -> str:
        """Of the system."""
        return self.system.name

    @property
    def value(self) -> float:
        """The main metric; nan where nothing could be scored."""
        return self.scores.headline.value if self.scores.headline else float("nan")


@dataclass(frozen=True)
class Overview:
    """A run.

    Attributes:
        directory: Where it is.
        configuration: What it was begun with.
        items: All questions of the data set.
        rows: The systems in the order in which they were asked; controls after all others.
        looks: First looks at videos: name, seconds of the video, seconds it took.
        judge: What marked open answers; None where words did.
        sampling: How intervals were made.
    """

    directory: RunDirectory
    configuration: Mapping[str, Any]
    items: tuple[Item, ...]
    rows: tuple[Row, ...]
    looks: tuple[Mapping[str, Any], ...]
    judge: Judge | None = None
    sampling: Sampling | None = None

    @property
    def plain(self) -> tuple[Row, ...]:
        """The systems that saw the videos as they are."""
        return tuple(row for row in self.rows if not row.system.condition)

    @property
    def controls(self) -> tuple[Row, ...]:
        """The systems that were shown less."""
        return tuple(row for row in self.rows if row.system.condition)

    @property
    def controlled(self) -> Row | None:
        """The system of which there are controls."""
        bases = {row.system.base for row in self.controls if not row.system.condition.startswith("blind")}
        return next((row for row in self.plain if row.name in bases), self.plain[0] if self.plain else None)

    @property
    def sessions(self) -> Sequence[Mapping[str, Any]]:
        """The calls that made it, oldest first."""
        return self.configuration["sessions"]

    @property
    def askable(self) -> int:
        """Questions whose video is there."""
        missing = self.sessions[-1]["missing"] if self.sessions else {}
        return sum(item.video not in missing for item in self.items)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Names of all systems that were to be asked."""
        told = (System(**data).name for session in self.sessions for data in session["systems"])
        return tuple(dict.fromkeys(told))

    @cached_property
    def changes(self) -> list[str]:
        """Versions that changed while the run was made."""
        pairs = zip(self.sessions, self.sessions[1:], strict=False)
        return sorted({name for before, now in pairs for name in changed_versions(before, now)})

    def row(self, name: str) -> Row:
        """A system by name.

        Raises:
            UsageError: The run has none of it.
        """
        for row in self.rows:
            if row.name == name:
                return row
        known = ", ".join(row.name for row in self.rows) or "none"
        raise UsageError(f"{self.directory.path}: no answers of {name}", code="eval.system", hint=f"There are {known}.")


def overview(path: Path, judge: Judge | None = None, sampling: Sampling | None = None) -> Overview:
    """Read and score a run.

    Args:
        path: The run directory.
        judge: Marks open answers.
        sampling: How intervals are made.

    Raises:
        UsageError: It is no run.
    """
    directory = RunDirectory(path)
    configuration, items, answers = directory.configuration, directory.items, directory.answers()
    told = [System(**data) for session in configuration["sessions"] for data in session["systems"]]
    named = {system.name: system for system in reversed(told)}  # a file may have gone by several paths
    systems = sorted((named[name] for name in dict.fromkeys(each.name for each in told)),
                     key=lambda system: bool(system.condition))  # fmt: skip
    rows = [_row(system, items, answers, judge, sampling) for system in systems]
    looks = [json.loads(file.read_text(encoding="utf-8")) for file in _look_files(path)]
    asked = tuple(row for row in rows if row.items)
    return Overview(directory, configuration, items, asked, tuple(looks), judge, sampling)


def _look_files(path: Path) -> list[Path]:
    return sorted((path / "store" / "first-look").glob("*.json"))


def _row(
    system: System,
    items: Sequence[Item],
    answers: Mapping[tuple[str, str], Mapping[str, Any]],
    judge: Judge | None,
    sampling: Sampling | None,
) -> Row:
    lines = {item.id: answers[system.name, item.id] for item in items if (system.name, item.id) in answers}
    asked = tuple(item for item in items if item.id in lines)
    predictions = tuple(prediction_from_json(line) for line in lines.values())
    return Row(
        system,
        asked,
        lines,
        predictions,
        score(asked, predictions, judge=judge, sampling=sampling),
        _nearest(asked, predictions, sampling),
        mean_usage(predictions),
    )


def _nearest(items: Sequence[Item], predictions: Sequence[Prediction], sampling: Sampling | None) -> Measure | None:
    """Accuracy as benchmarks have it that force a choice."""
    choices = [item for item in items if item.task == "choice"]
    told = [replace(each, abstained=each.abstained and each.choice is None) for each in predictions]
    measures = score(choices, told, sampling=sampling).overall if choices else ()
    return next((measure for measure in measures if measure.metric == "accuracy"), None)


def mean_usage(predictions: Sequence[Prediction]) -> dict[str, float]:
    """Mean cost of the answers that there are, by the names of ``COSTS`` that any of them tells."""
    used = [with_tokens(prediction.usage) for prediction in predictions if not prediction.error]
    told = [name for name in COSTS if any(name in each for each in used)]
    return {name: sum(each.get(name, 0.0) for each in used) / len(used) for name in told}
