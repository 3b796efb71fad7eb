"""Memory files of a run: each system starts from the first look at a video and profits from its own calls only.

A question works on a copy. The copy takes the place of the system's file once the answer is recorded, so a question
that was killed begins again from exactly the state that it began from, and costs the same.
"""

import json
import os
import shutil
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..video import Video, open_video
from .lines import digest
from .run_directory import locked
from .versions import code_mark

if TYPE_CHECKING:
    from ..models import Models
    from .run_directory import Key


class Stores:
    """The memory files of a run.

    Args:
        directory: Where those of the run are.
        looks: Where first looks are kept; in the directory when None. Runs may share them.
    """

    def __init__(self, directory: Path, looks: Path | None = None) -> None:
        self._directory = directory
        self._own_looks = directory / "first-look"
        self._looks = looks or self._own_looks

    def look(self, path: Path, models: "Models") -> str:
        """Look at a video once, or find that it was done; a look that was killed goes on where it was.

        One that other code or other models made is brought up to date: what it lacks would be paid for by questions.

        Args:
            path: The video.
            models: What looks.

        Returns:
            The fingerprint of the video.

        Raises:
            VidprogError: The video cannot be used.
        """
        video = open_video(path)
        done, mark = self._looks / f"{video.fingerprint}.sqlite", digest(code_mark(), models.profile.to_json())
        under_way = self._looks / "under-way" / video.fingerprint
        if not _is_current(done, mark):
            under_way.mkdir(parents=True, exist_ok=True)
            with locked(under_way.with_suffix(".lock"), wait=True):  # other shards, or runs that share the looks
                if not _is_current(done, mark):
                    _look(video, models, under_way, done, mark)
                shutil.rmtree(under_way, ignore_errors=True)
        self._note(done.with_suffix(".json"))
        return video.fingerprint

    def _note(self, facts: Path) -> None:
        """Keep what a look that others share has cost beside the run, whose report tells it."""
        own = self._own_looks / facts.name
        own.parent.mkdir(parents=True, exist_ok=True)
        with suppress(shutil.SameFileError):
            shutil.copyfile(facts, own)

    def borrow(self, key: "Key", fingerprint: str) -> Path:
        """A folder with a copy of what the system knows about a video, for one question."""
        system, _ = key
        folder = self._pending(key)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        name = f"{fingerprint}.sqlite"
        for known in (self._directory / "systems" / system / name, self._looks / name):
            if known.exists():
                shutil.copyfile(known, folder / name)
                break
        return folder

    def settle(self, key: "Key") -> None:
        """The copy becomes what the system knows; called when the answer is recorded, and again does no harm."""
        folder = self._pending(key)
        target = self._directory / "systems" / key[0]
        for file in folder.glob("*.sqlite"):
            if file.name != "checkpoints.sqlite":
                target.mkdir(parents=True, exist_ok=True)
                os.replace(file, target / file.name)
        shutil.rmtree(folder, ignore_errors=True)

    def drop(self, key: "Key") -> None:
        """Forget the copy of a question that failed."""
        shutil.rmtree(self._pending(key), ignore_errors=True)

    def recover(self, recorded: Collection["Key"], own: Collection["Key"]) -> None:
        """After a kill: finish what is recorded, drop what is not.

        Args:
            recorded: All answers that there are, without those that failed.
            own: The questions of this process; those of other shards are left alone.
        """
        for key in own:
            if self._pending(key).exists():
                (self.settle if key in recorded else self.drop)(key)

    def _pending(self, key: "Key") -> Path:
        return self._directory / "pending" / digest(*key)


def _facts(done: Path) -> dict[str, Any]:
    """What is known of a look: of which video, how long it took, what made it."""
    with suppress(OSError, ValueError):
        return dict(json.loads(done.with_suffix(".json").read_text(encoding="utf-8")))
    return {}


def _is_current(done: Path, mark: str) -> bool:
    return done.exists() and _facts(done).get("mark") == mark


def _look(video: Video, models: "Models", under_way: Path, done: Path, mark: str) -> None:
    """Look in a folder of its own, and put what was seen in its place; then say so, so that a kill repeats little."""
    from ..agents import Session

    if done.exists() and not (under_way / done.name).exists():
        shutil.copyfile(done, under_way / done.name)
    before, started = _facts(done).get("seconds", 0.0), time.perf_counter()
    with Session(video.path, models=models, store=under_way) as session:
        session.index()
    spent = round(before + time.perf_counter() - started, 3)
    os.replace(under_way / done.name, done)
    facts = {"video": video.path.name, "duration": round(video.duration, 3), "seconds": spent, "mark": mark}
    beside = done.with_suffix(f".json.{os.getpid()}")
    beside.write_text(json.dumps(facts) + "\n", encoding="utf-8")
    os.replace(beside, done.with_suffix(".json"))
