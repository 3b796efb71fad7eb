"""An evaluation from its questions to the last answer: what is done is not done again, what is missing is said."""

import os
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..video.errors import UsageError
from .answering import Conduct, Job
from .items import DataSet, Item
from .lines import items_digest, with_tokens
from .pool import outcomes
from .run_directory import Key, RunDirectory
from .stores import Stores
from .systems import System
from .versions import session_versions

if TYPE_CHECKING:
    from ..models import Models

Report = Callable[[str, float | None], None]
COUNTED = ("llm_calls", "vlm_calls", "prompt_tokens", "completion_tokens", "tokens", "frames_decoded", "frames_seen",
           "seconds", "cpu_seconds")  # fmt: skip
"""What an answer may cost: names of its usage, and ``tokens`` for those of prompts and completions together."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of the work is done now.

    Attributes:
        shard: This part of the videos, from 1, of how many.
        limit: The first so many items; None for all.
        only_errors: Only what failed before.
        workers: Processes.
        seconds: No question is begun after so many; None for no limit.
        costs: No question is begun once the run has used so much, by names of ``COUNTED``.

    Raises:
        UsageError: ``eval.limit``, nothing of a name is counted, so its limit would never be reached; or it is no
            limit.
    """

    shard: tuple[int, int] = (1, 1)
    limit: int | None = None
    only_errors: bool = False
    workers: int = 1
    seconds: float | None = None
    costs: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = [name for name in self.costs if name not in COUNTED]
        if unknown:
            raise UsageError(
                f"no cost is called {unknown[0]}", code="eval.limit", hint=f"There are {', '.join(COUNTED)}."
            )
        for name, limit in (("seconds", self.seconds), *self.costs.items()):
            if limit is not None and not limit >= 0:
                raise UsageError(f"a limit of {limit:g} {name} cannot be", code="eval.limit", hint="Give 0 or more.")


@dataclass(frozen=True, slots=True)
class Done:
    """What a call did.

    Attributes:
        directory: The run.
        answered: Questions answered now.
        known: Questions that were answered before and are not wanted anew.
        left: Questions of this shard that were not begun.
        stopped: Why they were not; empty when none is left.
        missing: Videos that were not found, each with the number of items about it.
    """

    directory: RunDirectory
    answered: int
    known: int
    left: int
    stopped: str
    missing: dict[str, int]


def evaluate(
    data: DataSet,
    videos: Mapping[str, Path],
    systems: Sequence[System],
    conduct: Conduct,
    extent: Extent | None = None,
    models: "Models | None" = None,
    anyway: bool = False,
    report: Report = lambda message, share: None,
) -> Done:
    """Ask every system every question whose answer is not known yet.

    Args:
        data: The questions.
        videos: Name of a video in the data set -> its file; what is not there is counted as missing.
        systems: What answers.
        conduct: How questions are put, and the run directory.
        extent: How much of the work is done now; all of it when left out.
        models: Loaded models, for one worker.
        anyway: Go on with a run although versions have changed.
        report: Told how far it is.

    Raises:
        UsageError: The directory holds another run, or no video is there.
    """
    extent = extent or Extent()
    missing = Counter(item.video for item in data.items if item.video not in videos)
    if not data.items:
        raise UsageError(f"{data.name} has no question", code="eval.empty", hint="Give a file with questions.")
    if len(missing) == len({item.video for item in data.items}):
        hint = "Name the directory that holds them with --videos."
        raise UsageError(f"none of the {len(missing)} videos of {data.name} was found", code="eval.videos", hint=hint)
    directory = RunDirectory(conduct.folder, extent.shard)
    with directory.working():
        directory.begin(_configuration(data, systems, conduct, extent, missing, models), data.items, anyway)
        jobs = list(jobs_of(data.items, videos, systems, extent))
        known = directory.answers()
        Stores(conduct.folder / "store", conduct.looks).recover(
            {key for key, line in known.items() if not line["error"]}, [job.key for job in jobs]
        )
        wanted = [job for job in jobs if _is_wanted(known.get(job.key), extent.only_errors)]
        stop = _Stop(extent, known)
        answered = _work(wanted, directory, conduct, extent.workers, models, stop, report)
    left = len(wanted) - answered
    before = sum(job.key in known for job in jobs) - (len(wanted) if extent.only_errors else 0)
    return Done(directory, answered, before, left, stop.why if left else "", dict(missing))


def _work(
    jobs: Sequence[Job], directory: RunDirectory, conduct: Conduct, workers: int, models: "Models | None",
    stop: "_Stop", report: Report,
) -> int:  # fmt: skip
    """Answer, record, let the next question build on it; in this order."""
    stores = Stores(conduct.folder / "store", conduct.looks)
    report(_so_far(0, len(jobs), ""), 0.0 if jobs else 1.0)
    answered = 0
    for outcome in outcomes(jobs, conduct, workers, models, stop.go_on):
        directory.record(outcome.line, outcome.trace)
        if not outcome.line["error"]:
            stores.settle(outcome.key)
        stop.count(outcome.line["usage"])
        answered += 1
        report(_so_far(answered, len(jobs), outcome.key[0]), answered / len(jobs))
    return answered


def _so_far(answered: int, total: int, system: str) -> str:
    return f"{answered} of {total} questions" + (f" ({system})" if system else "")


def jobs_of(
    items: Sequence[Item], videos: Mapping[str, Path], systems: Sequence[System], extent: Extent
) -> Iterable[Job]:
    """The questions of a shard for every system, one system after the other.

    A shard is a part of the videos: what was found in one is found once.
    """
    number, count = extent.shard
    names = list(dict.fromkeys(item.video for item in items if item.video in videos))
    own = {name for place, name in enumerate(names) if place % count == number - 1}
    asked = [item for item in items[: extent.limit] if item.video in own]
    for system in systems:
        if system.condition == "wrong_video" and len(names) < 2:
            continue
        for item in asked:
            name = wrong_video(item.video, names) if system.condition == "wrong_video" else item.video
            yield Job.of(system, item, videos[name])


def wrong_video(name: str, names: Sequence[str]) -> str:
    """The next other video of the data set; that of the first for the last.

    Example:
        >>> wrong_video("b", ["a", "b"])
        'a'
    """
    return names[(names.index(name) + 1) % len(names)]


def _is_wanted(line: Mapping[str, Any] | None, only_errors: bool) -> bool:
    return line is not None and bool(line["error"]) if only_errors else line is None


class _Stop:
    """Says when no further question is begun."""

    def __init__(self, extent: Extent, known: Mapping[Key, Mapping[str, Any]]) -> None:
        self._end = None if extent.seconds is None else time.monotonic() + extent.seconds
        self._costs = dict(extent.costs)
        self._used: Counter[str] = Counter()
        self.why = "no question was begun"
        for line in known.values():
            self.count(line["usage"])

    def count(self, usage: Mapping[str, float]) -> None:
        """What an answer cost."""
        self._used.update({name: amount for name, amount in with_tokens(usage).items() if name in self._costs})

    def go_on(self) -> bool:
        """Whether another question may be begun."""
        if self._end is not None and time.monotonic() >= self._end:
            self.why = "the time limit was reached"
            return False
        over = [name for name, limit in self._costs.items() if self._used[name] >= limit]
        if over:
            self.why = f"the limit of {over[0]} was reached"
        return not over


def machine() -> dict[str, Any]:
    """What seconds depend on besides the code: cores, and how busy they were when the call began."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"cores": os.cpu_count(), "load": load, "platform": platform.platform()}


def _configuration(
    data: DataSet,
    systems: Sequence[System],
    conduct: Conduct,
    extent: Extent,
    missing: Mapping[str, int],
    models: "Models | None",
) -> dict[str, Any]:
    from ..agents import Settings
    from ..models import load_profile

    profile = models.profile if models else load_profile(conduct.profile, conduct.assignments)
    rules = Settings(**dict(conduct.settings)).rules.to_json()
    return {
        "data": {
            "name": data.name,
            "format": data.format,
            "items": len(data.items),
            "sha256": items_digest(data.items),
        },
        "profile": profile.to_json(),
        "settings": {**rules, "budget": dict(conduct.budget), "first_look": conduct.first_look,
                     "tools": str(conduct.tools or "")},
        "controls": {"seconds": conduct.seconds, "seed": conduct.seed},
        "session": {
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "files": [str(file) for file in data.files],
            "systems": [asdict(system) for system in systems],
            "extent": asdict(extent),
            "missing": dict(missing),
            "problems": [str(problem) for problem in data.problems],
            **session_versions(systems),
        },
    }  # fmt: skip
