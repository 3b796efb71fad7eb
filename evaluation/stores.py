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
from typing import TYPE_CHECKING

from ..video import open_video
from .lines import digest

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
        self._looks = looks or directory / "first-look"

    def look(self, path: Path, models: "Models") -> str:
        """Look at a video once, or find that it was done; a look that was killed goes on where it was.

        Args:
            path: The video.
            models: What looks.

        Returns:
            The fingerprint of the video.

        Raises:
            VidprogError: The video cannot be used.
        """
        from ..agents import Session

        video = open_video(path)
        done = self._looks / f"{video.fingerprint}.sqlite"
        if done.exists():
            return video.fingerprint
        under_way = self._looks / "under-way" / video.fingerprint
        started = time.perf_counter()
        with Session(path, models=models, store=under_way) as session:
            session.index()
        facts = {"video": path.name, "duration": round(video.duration, 3),
                 "seconds": round(time.perf_counter() - started, 3)}  # fmt: skip
        done.with_suffix(".json").write_text(json.dumps(facts) + "\n", encoding="utf-8")
        with suppress(FileNotFoundError):  # another process was faster: the video goes by two names
            os.replace(under_way / done.name, done)
        shutil.rmtree(under_way, ignore_errors=True)
        return video.fingerprint

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
