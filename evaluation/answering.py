"""One question put to one system: the right file, a fair memory, the answer as a line and its trace."""

import errno
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..prompts import prompt
from ..video import open_video
from ..video.errors import VidprogError
from .blind import answer_blind
from .items import Item, Prediction, Span
from .lines import item_from_json, item_to_json, prediction_to_json
from .reordering import part_of, prepared
from .stores import Stores
from .systems import WITHOUT_VIDEO, System

if TYPE_CHECKING:
    from ..agents import Result, Settings
    from ..models import Models
    from ..tools import Registry
    from .run_directory import Key


FULL = (errno.ENOSPC, errno.EDQUOT)
"""What the system says when there is no space left."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """How questions are put; plain data, so that other processes can be told.

    Attributes:
        folder: The run directory.
        profile: Name of the model profile; the default one when None.
        assignments: Other models for roles, ``role=spec``.
        looks: Where first looks are kept; in the run directory when None.
        first_look: Whether a video is looked at before it is asked about.
        settings: What is given to ``Settings``: ``max_rounds``, ``threshold``, ``policy``.
        budget: Limits for one question by name, as ``Budget`` has them.
        tools: A file with tools of the user.
        seconds: Length of the pieces that are reordered.
        seed: Of their order.
    """

    folder: Path
    profile: str | None = None
    assignments: tuple[str, ...] = ()
    looks: Path | None = None
    first_look: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)
    budget: Mapping[str, float] = field(default_factory=dict)
    tools: Path | None = None
    seconds: float = 1.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A question for a system.

    Attributes:
        system: Which.
        record: The item as plain data.
        video: The file that it is asked about.
    """

    system: System
    record: dict[str, Any]
    video: str

    @classmethod
    def of(cls, system: System, item: Item, video: Path) -> "Job":
        """The job of an item."""
        return cls(system, item_to_json(item), str(video))

    @property
    def key(self) -> "Key":
        """What the answer goes by."""
        return self.system.name, self.record["id"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer as a run keeps it: its line, and the trace."""

    key: "Key"
    line: dict[str, Any]
    trace: dict[str, Any]


class Answerer:
    """Answers jobs, with one copy of each model.

    Args:
        conduct: How.
        models: Loaded models, used instead of the profile's.
    """

    def __init__(self, conduct: Conduct, models: "Models | None" = None) -> None:
        self.conduct = conduct
        self._given = models
        self.stores = Stores(conduct.folder / "store", conduct.looks)

    @cached_property
    def models(self) -> "Models":
        """The models, opened at the first use."""
        from ..models import Models, load_profile

        return self._given or Models(load_profile(self.conduct.profile, self.conduct.assignments))

    @cached_property
    def registry(self) -> "Registry":
        """The tools of programs."""
        from ..tools import Registry

        registry = Registry.builtin().with_entry_points()
        return registry.with_file(self.conduct.tools) if self.conduct.tools is not None else registry

    def answer(self, job: Job) -> Outcome:
        """Answer a job; what goes wrong is in the line.

        Raises:
            OSError: The disk is full: no other question would fare better.
        """
        item, started = item_from_json(job.record), time.perf_counter()
        try:
            prediction, told, trace = self._answered(job, item)
        except VidprogError as error:
            prediction, told, trace = _failed(item, error.message), {}, error.to_json()
        except Exception as error:  # one question that breaks something must not end a run of thousands
            if isinstance(error, OSError) and error.errno in FULL:
                raise
            reason = f"{type(error).__name__}: {error}"
            prediction, told, trace = _failed(item, reason), {}, {"error": {"code": "internal", "message": reason}}
        if prediction.error:
            self.stores.drop(job.key)
            prediction = replace(prediction, usage={"seconds": time.perf_counter() - started})
        line = {"system": job.system.name, **prediction_to_json(prediction), **told}
        about = {"system": job.system.name, "condition": job.system.condition, "item": job.record}
        return Outcome(job.key, line, {**about, "prediction": line, "result": trace})

    def _answered(self, job: Job, item: Item) -> tuple[Prediction, dict[str, Any], dict[str, Any]]:
        condition = job.system.condition
        if condition in WITHOUT_VIDEO:
            prediction = answer_blind(item, self.models, condition)
            return prediction, {"program": job.system.name, "rounds": []}, {}
        path, offset = self._file(job, item)
        if self.conduct.first_look:
            self.stores.look(path, self.models)
        started = time.process_time()
        result = self._result(job, item, path)
        spent = time.process_time() - started
        told = {"program": result.program["name"], "rounds": [_round(part) for part in result.rounds]}
        prediction = prediction_of(item, result, offset)
        return replace(prediction, usage={**prediction.usage, "cpu_seconds": spent}), told, result.to_json()

    def _file(self, job: Job, item: Item) -> tuple[Path, float]:
        """The file to ask about, and where in the video it begins."""
        made, path, offset = self.conduct.folder / "videos", Path(job.video), 0.0
        if item.part is not None:
            wrong = job.system.condition == "wrong_video"
            start, end = _as_long(item.part, open_video(path).duration) if wrong else item.part
            path, offset = part_of(path, start, end, made), start
        return prepared(path, job.system.condition, made, self.conduct.seconds, self.conduct.seed), offset

    def _result(self, job: Job, item: Item, path: Path) -> "Result":
        """The system's answer, on a copy of what it knows about the video."""
        from ..agents import ask
        from ..agents.events import ignore

        store = self.stores.borrow(job.key, open_video(path).fingerprint)
        return ask(
            path, question_of(item), item.choices or None, models=self.models, store=store, registry=self.registry,
            settings=self._settings(job.system), on_event=ignore,
        )  # fmt: skip

    def _settings(self, system: System) -> "Settings":
        """No question becomes an example for later ones: they would depend on the order."""
        from ..agents import Settings
        from ..tools import Budget

        budget = Budget(**self.conduct.budget)  # type: ignore[arg-type]
        given = dict(self.conduct.settings)
        return Settings(program=system.program, budget=budget, learn=False, **given)


def question_of(item: Item) -> str:
    """The question as it is asked; what is only to be found becomes a question for its time."""
    sought = item.task in ("when", "highlight") and not item.question.rstrip().endswith("?")
    return prompt("ask_when", query=item.question.rstrip(". ")) if sought else item.question


def prediction_of(item: Item, result: "Result", offset: float = 0.0) -> Prediction:
    """What a result says about an item.

    Args:
        item: The item.
        result: Its answer.
        offset: Where the file that was asked about begins in the video, in seconds.
    """
    answer = result.answer
    moments = sorted(answer.evidence, key=lambda moment: -moment.score)
    spans: tuple[Span, ...] = tuple((moment.start + offset, moment.end + offset) for moment in moments)
    return Prediction(
        item.id,
        answer.choice,
        answer.text,
        spans,
        tuple(moment.score for moment in moments),
        tuple(answer.probabilities),
        answer.confidence,
        answer.grounding,
        answer.abstained,
        dict(result.usage),
    )


def _as_long(part: Span, duration: float) -> Span:
    """A part of the same length that lies in another video: that may end before the part begins."""
    start = max(0.0, min(part[0], duration - (part[1] - part[0])))
    return start, min(duration, start + part[1] - part[0])


def _failed(item: Item, reason: str) -> Prediction:
    return Prediction(item.id, abstained=True, error=reason)


def _round(part: Mapping[str, Any]) -> dict[str, Any]:
    error = part["error"]["message"] if part["error"] else ""
    kept = {name: part[name] for name in ("move", "program", "choice", "confidence", "diagnosis")}
    return {**kept, "error": error} if error else kept
