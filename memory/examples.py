"""The store of examples: one SQLite file beside the videos' files, grown by users and by the loop, ranked by likeness.

An example is like a question as far as the two questions mean the same and the two videos are about the same
(VideoICL).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from ..video.errors import UsageError
from .database import Database, Kept, Schema
from .embeddings import TextEmbedder
from .example import Example, Outcome, now_utc
from .example_vectors import TABLE, ExampleVectors, VideoVector, replace_vectors
from .store import default_directory
from .words import squeeze

FILE = "examples.sqlite"
ALPHA = 0.5
"""Share of the questions' likeness, the videos' has the rest: alpha * cos(texts) + (1 - alpha) * cos(videos) is
VideoICL's ranking (arXiv 2412.02186). Its released run uses the videos alone, and a value for the mixture is not among
what is known of it; half and half favours neither where nothing is known about the questions to come."""
MOST_LEARNED = 500
"""Examples that the loop may have put in; users' own do not count and are never dropped."""

_FIELDS = tuple(item.name for item in fields(Example))
_SCHEMA = Schema(
    1,
    f"""
CREATE TABLE example (
    {", ".join("id TEXT PRIMARY KEY" if name == "id" else name for name in _FIELDS)});
{TABLE}CREATE TABLE history (
    id INTEGER PRIMARY KEY, example TEXT NOT NULL, program TEXT NOT NULL, origin TEXT NOT NULL,
    confidence REAL, replaced TEXT NOT NULL, why TEXT NOT NULL);
""",
)

# The most useful first: not known to be wrong, then surest, then newest. What comes after the limit is dropped.
_DROP = """SELECT id FROM example WHERE origin = 'loop'
    ORDER BY outcome = 'wrong', confidence IS NULL, confidence DESC, created DESC, id LIMIT -1 OFFSET ?"""
_UPSERT = f"""INSERT INTO example ({", ".join(_FIELDS)}) VALUES ({", ".join("?" * len(_FIELDS))})
    ON CONFLICT (id) DO """
_REPLACE = "UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _FIELDS if name != "id")


@dataclass(frozen=True, slots=True)
class Similar:
    """An example and how like it is to what was asked, -1 to 1."""

    example: Example
    score: float


@dataclass(frozen=True, slots=True)
class Replaced:
    """A program that an example had before."""

    program: str
    origin: str
    confidence: float | None
    replaced: str
    """When, in UTC."""
    why: str


class ExampleStore(Kept):
    """Examples that processes may read and write at once; a context manager.

    Args:
        database: An open file.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._vectors = ExampleVectors(database, database.path.parent)

    @classmethod
    def open(cls, directory: Path | str | None = None) -> ExampleStore:
        """Open or begin the store of a directory.

        Args:
            directory: Where the videos' stores are; None for `default_directory()`.

        Raises:
            VidprogError: `store.unwritable`, `store.full` or `store.busy`.
        """
        base = default_directory() if directory is None else Path(directory)
        return cls(Database(base / FILE, _SCHEMA))

    @classmethod
    def there(cls, directory: Path | str | None = None) -> ExampleStore | None:
        """Open the store of a directory; None when nobody has begun one."""
        base = default_directory() if directory is None else Path(directory)
        return cls.open(base) if (base / FILE).is_file() else None

    @classmethod
    def nowhere(cls) -> ExampleStore:
        """An empty store that is kept nowhere."""
        return cls(Database(Path(":memory:"), _SCHEMA))

    def __len__(self) -> int:
        return int(self._database.rows("SELECT count(*) FROM example")[0][0])

    def all(self) -> tuple[Example, ...]:
        """Every example, the oldest first."""
        return tuple(map(_example, self._database.rows(f"{_SELECT} ORDER BY created, rowid")))

    def get(self, id_: str) -> Example:
        """The example of that id, or of an id that begins so.

        Raises:
            UsageError: `example.unknown` when there is none, or several.
        """
        rows = self._database.rows(f"{_SELECT} WHERE substr(id, 1, ?) = ? LIMIT 2", (len(id_), id_))
        if len(rows) != 1 or not id_:
            what = "several examples begin with" if len(rows) > 1 else "there is no example"
            raise UsageError(
                f"{what} {id_!r}", code="example.unknown", hint="`vidprog examples list` shows the ids of all."
            )
        return _example(rows[0])

    def add(self, example: Example, video: VideoVector | None = None, *, replace: bool = True) -> bool:
        """Put an example in; afterwards there are at most `MOST_LEARNED` that the loop put in.

        Args:
            example: The example.
            video: What its video is about, where that is known.
            replace: Whether it takes the place of one with the same question, choices, video and program.

        Returns:
            Whether anything was stored.

        Raises:
            VidprogError: The store cannot be written to.
        """
        with self._database.transaction() as connection:
            stored = connection.execute(_UPSERT + (_REPLACE if replace else "NOTHING"), _row(example)).rowcount > 0
            if stored:
                replace_vectors(connection, example.id, video)
            dropped = [row[0] for row in connection.execute(_DROP, (MOST_LEARNED,))]
            _delete(connection, dropped)
        return stored and example.id not in dropped

    def knows(self, question: str, program: str) -> bool:
        """Whether there is an example of that question, up to case and signs, with that program."""
        rows = self._database.rows("SELECT question FROM example WHERE program = ?", (program,))
        return any(squeeze(row[0]) == squeeze(question) for row in rows)

    def remove(self, ids: Iterable[str]) -> tuple[Example, ...]:
        """Take examples out, together with their history.

        Args:
            ids: Or beginnings of ids.

        Returns:
            Those that were taken out.

        Raises:
            UsageError: `example.unknown` for one of them; nothing is taken out then.
        """
        found = tuple({example.id: example for example in map(self.get, ids)}.values())
        with self._database.transaction() as connection:
            _delete(connection, [example.id for example in found])
        return found

    def judge(self, id_: str, outcome: Outcome, answer: str | None = None) -> Example:
        """Say whether the answer of an example is right, or what the right one is.

        Raises:
            UsageError: `example.unknown`, and those of `Example`.
        """
        old = self.get(id_)
        new = _changed(old, outcome=outcome, answer=old.answer if answer is None else answer)
        self.add(new)
        return new

    def replace_program(
        self, id_: str, program: str, *, why: str, confidence: float | None = None, answer: str | None = None
    ) -> Example:
        """Give an example a better program; the old one goes into its history.

        Args:
            id_: Of the example.
            program: The better program's source.
            why: What is better.
            confidence: Of the answer that it gave.
            answer: What it answered, where the right answer is not known.

        Raises:
            UsageError: `example.unknown`.
        """
        old = self.get(id_)
        changes: dict[str, Any] = {"program": program, "origin": "refined", "confidence": confidence}
        new = _changed(old, **changes, answer=old.answer if answer is None else answer)
        with self._database.transaction() as connection:
            connection.execute(
                """INSERT INTO history (example, program, origin, confidence, replaced, why)
                VALUES (?, ?, ?, ?, ?, ?)""",
                (old.id, old.program, old.origin, old.confidence, now_utc(), why),
            )
            connection.execute(_UPSERT + _REPLACE, _row(new))
        return new

    def history(self, id_: str) -> tuple[Replaced, ...]:
        """The programs that an example had before, the oldest first."""
        rows = self._database.rows(
            "SELECT program, origin, confidence, replaced, why FROM history WHERE example = ? ORDER BY id", (id_,)
        )
        return tuple(Replaced(*row) for row in rows)

    def like(
        self,
        question: str,
        embedder: TextEmbedder | None,
        video: VideoVector | None = None,
        *,
        alpha: float = ALPHA,
        skip: int = 0,
        count: int = 4,
        wanted: Callable[[Example], bool] | None = None,
    ) -> tuple[Similar, ...]:
        """The examples that are most like a question about a video.

        Args:
            question: What is asked.
            embedder: Compares questions by meaning; without one, their words are compared.
            video: What the video is about; without it, only the questions are compared.
            alpha: Share of the questions' likeness, 0 to 1.
            skip: So many of the most similar are left out: `skip=2 * i, count=2` are the examples of round i.
            count: At most so many.
            wanted: Which examples come into question.

        Returns:
            Best first, always in the same order. An example whose video has no vector counts as one whose video is as
            like as the others' are on average: nothing speaks for or against it.
        """
        examples = [example for example in self.all() if wanted is None or wanted(example)]
        if not examples or count <= 0:
            return ()
        scores = self._vectors.question_likeness(question, examples, embedder)
        if video is not None:
            scores = alpha * scores + (1 - alpha) * self._vectors.video_likeness(video, examples)
        ranked = sorted(zip(scores, examples, strict=True), key=lambda item: (-round(float(item[0]), 6), item[1].id))
        first = max(0, skip)
        return tuple(Similar(example, float(score)) for score, example in ranked[first : first + count])

    def without_video(self, identity: str, wanted: Callable[[Example], bool]) -> list[Example]:
        """Examples whose video has no vector of this identity yet.

        Args:
            identity: Of the vectors.
            wanted: Which examples come into question.
        """
        known = self._vectors.known("video", identity)
        return [example for example in self.all() if example.id not in known and wanted(example)]

    def keep_video(self, id_: str, video: VideoVector) -> None:
        """Keep what the video of an example is about."""
        self._vectors.keep("video", video.identity, {id_: video.values})


_SELECT = f"SELECT {', '.join(_FIELDS)} FROM example"


def _row(example: Example) -> tuple[Any, ...]:
    values = dict(zip(_FIELDS, astuple(example), strict=True))
    return tuple((values | {"choices": json.dumps(list(example.choices), ensure_ascii=False)}).values())


def _example(row: Sequence[Any]) -> Example:
    values = dict(zip(_FIELDS, row, strict=True))
    return Example(**{**values, "choices": tuple(json.loads(values["choices"]))})


def _changed(example: Example, **changes: Any) -> Example:
    return Example.from_json({**example.to_json(), **changes})


def _delete(connection: Any, ids: Sequence[str]) -> None:
    for table, column in (("example", "id"), ("vector", "example"), ("history", "example")):
        connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(id_,) for id_ in ids])
