"""What stores take on disk, and getting rid of it: by age, by size, or one video's; never what a process has open.

Everything in a store can be computed again, but an open one must not vanish: its process would go on writing into a
file that nobody finds any more.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_STORE = re.compile(r"[0-9a-f]{32}")
_PARTS = ("", "-wal", "-shm")
_LEFTOVERS = ("*.aside*", "examples-*.npy", "*.part.npy")
"""Damaged files that were set aside, and vectors of examples, which are made again at the next question."""


@dataclass(frozen=True, slots=True)
class Held:
    """The store of one video.

    Attributes:
        path: The file.
        size: Bytes, with what SQLite keeps beside it.
        used: When it was opened last, seconds since 1970.
        kinds: Kind of observation -> how many; empty where the file cannot be read.
    """

    path: Path
    size: int
    used: float
    kinds: dict[str, int]

    @property
    def fingerprint(self) -> str:
        """Of the video."""
        return self.path.stem


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, and what was to be removed and is in use."""

    removed: tuple[Held, ...]
    busy: tuple[Held, ...]


def held_in(directory: Path) -> tuple[Held, ...]:
    """The stores in a directory, the one that was used last first."""
    found = [_held(path) for path in directory.glob("*.sqlite") if _STORE.fullmatch(path.stem)]
    return tuple(sorted(found, key=lambda held: -held.used))


def leftovers(directory: Path) -> tuple[Path, ...]:
    """Files beside the stores that nobody needs."""
    return tuple(sorted({path for pattern in _LEFTOVERS for path in directory.glob(pattern)}))


def chosen(
    stores: Sequence[Held],
    *,
    older_than: float | None = None,
    larger_than: float | None = None,
    now: float | None = None,
) -> tuple[Held, ...]:
    """The stores that pruning would remove.

    Args:
        stores: All of a directory.
        older_than: Seconds; those that were not used for so long.
        larger_than: Bytes; of what is left, those used longest ago until the rest takes no more.
        now: Seconds since 1970.
    """
    now = time.time() if now is None else now
    old = [held for held in stores if older_than is not None and now - held.used > older_than]
    rest = sorted((held for held in stores if held not in old), key=lambda held: held.used)
    excess = sum(held.size for held in rest) - larger_than if larger_than is not None else 0.0
    for held in rest:
        if excess <= 0:
            break
        old.append(held)
        excess -= held.size
    return tuple(old)


def remove(stores: Iterable[Held]) -> Pruned:
    """Remove stores, those in use left out."""
    wanted = tuple(stores)
    busy = tuple(held for held in wanted if is_in_use(held.path))
    removed = tuple(held for held in wanted if held not in busy)
    for held in removed:
        for part in _PARTS:
            held.path.with_name(held.path.name + part).unlink(missing_ok=True)
    return Pruned(removed, busy)


def is_in_use(path: Path) -> bool:
    """Whether a process, this one included, has a store open.

    Leaving the write-ahead log needs the file for oneself: SQLite refuses it while anybody else has it open.
    """
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    except sqlite3.DatabaseError:  # it is damaged: nobody can use it
        return False
    return False


def _held(path: Path) -> Held:
    parts = [part for ending in _PARTS if (part := path.with_name(path.name + ending)).exists()]
    return Held(path, sum(part.stat().st_size for part in parts), path.stat().st_mtime, _kinds(path))


def _kinds(path: Path) -> dict[str, int]:
    """What is in a file; read without locks, which would leave files behind: what is being written may be left out."""
    query = "SELECT kind, count(*) FROM observation GROUP BY kind ORDER BY kind"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as connection:
            return dict(connection.execute(query).fetchall())
    except sqlite3.Error:
        return {}
