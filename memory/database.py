"""The SQLite file under a store: opened safely, repaired by replacement, its errors put into words.

A store of a video holds nothing that cannot be computed again, so a file that is damaged or of another version is moved
aside with a warning and a new one is begun; nobody should have to repair a cache by hand. That of the examples is
treated alike: what users put into it is still in the file beside it, and in what they exported.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..video.errors import VidprogError

SCHEMA_VERSION = 1
BUSY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Schema:
    """What a file holds.

    Attributes:
        version: Raised whenever older files cannot be read any more.
        script: The statements that make an empty file.
    """

    version: int
    script: str


# Each distinct text is kept once: "person" may be seen ten thousand times, but is indexed and embedded once.
_SCHEMA = """
CREATE TABLE artefact (
    id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, tool TEXT NOT NULL, version TEXT NOT NULL,
    backend TEXT NOT NULL, parameters TEXT NOT NULL, value TEXT);
CREATE TABLE block (
    id INTEGER PRIMARY KEY, artefact INTEGER NOT NULL REFERENCES artefact, start REAL NOT NULL, "end" REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'empty', 'failed')), why TEXT NOT NULL,
    UNIQUE (artefact, start, "end"));
CREATE TABLE text (id INTEGER PRIMARY KEY, content TEXT NOT NULL UNIQUE, squeezed TEXT NOT NULL);
CREATE TABLE observation (
    id INTEGER PRIMARY KEY, block INTEGER NOT NULL REFERENCES block, start REAL NOT NULL, "end" REAL NOT NULL,
    kind TEXT NOT NULL, text INTEGER NOT NULL REFERENCES text, score REAL NOT NULL, source TEXT NOT NULL,
    x0 REAL, y0 REAL, x1 REAL, y1 REAL, track INTEGER);
CREATE INDEX observation_of_block ON observation (block);
CREATE INDEX observation_of_text ON observation (text, kind);
CREATE TABLE embedding (
    id INTEGER PRIMARY KEY, identity TEXT NOT NULL, text INTEGER NOT NULL REFERENCES text, vector BLOB NOT NULL,
    UNIQUE (identity, text));
CREATE VIRTUAL TABLE words USING fts5(
    content, content='text', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE letters USING fts5(squeezed, content='text', content_rowid='id', tokenize='trigram');
CREATE TRIGGER text_is_indexed AFTER INSERT ON text BEGIN
    INSERT INTO words (rowid, content) VALUES (new.id, new.content);
    INSERT INTO letters (rowid, squeezed) VALUES (new.id, new.squeezed);
END;
"""
VIDEO_SCHEMA = Schema(SCHEMA_VERSION, _SCHEMA)
"""What is known about one video."""

_ELSEWHERE = "Choose another directory with --store DIR or the environment variable VIDPROG_STORE."
_AGAIN = "Run again: it is set aside and built anew."
# By SQLite's primary result code: our code, what happened, what to do.
_FAILURES = {
    sqlite3.SQLITE_FULL: ("store.full", "There is no room left for", "Free some space. " + _ELSEWHERE),
    sqlite3.SQLITE_READONLY: ("store.unwritable", "Nothing can be written to", _ELSEWHERE),
    sqlite3.SQLITE_CANTOPEN: ("store.unwritable", "Cannot open or create", _ELSEWHERE),
    sqlite3.SQLITE_PERM: ("store.unwritable", "There is no permission to use", _ELSEWHERE),
    sqlite3.SQLITE_IOERR: ("store.unwritable", "The disk does not read or write", _ELSEWHERE),
    sqlite3.SQLITE_BUSY: ("store.busy", "Another process keeps hold of", "Wait for it to finish, then try again."),
    sqlite3.SQLITE_CORRUPT: ("store.damaged", "Damage was found in", _AGAIN),
    sqlite3.SQLITE_NOTADB: ("store.damaged", "Damage was found in", _AGAIN),
}
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class _UnusableError(Exception):
    """The file is there, but not a store of this version."""


class Database:
    """One connection, shared by threads behind a lock that is held for single statements and transactions only.

    Args:
        path: The file; made together with its directory.
        schema: What it holds.

    Raises:
        VidprogError: `store.unwritable`, `store.full` or `store.busy`.
    """

    def __init__(self, path: Path, schema: Schema = VIDEO_SCHEMA) -> None:
        self.path = path
        self.warnings: tuple[str, ...] = ()
        self._lock = threading.RLock()
        self._damaged = False
        _make_directory(path.parent)
        with _in_words(path):
            try:
                self._connection = _connect(path, schema)
            except _UnusableError:
                self._connection, self.warnings = _replace(path, schema)

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows that a query gives.

        Args:
            statement: One SELECT.
            values: For its question marks.
        """
        with self._lock, self._guarded():
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything done inside is stored together when it ends, or not at all when it raises."""
        with self._lock, self._guarded():
            # IMMEDIATE: a transaction that reads first and writes later cannot wait for another writer, only fail.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file; closing twice does nothing."""
        with self._lock, self._guarded():
            self._connection.close()
            if self._damaged:
                with _alone_in(self.path.parent):
                    _move_aside(self.path)
                self._damaged = False

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            with _in_words(self.path):
                yield
        except VidprogError as error:
            # Damage inside a page that opening did not look at; the next opening must not trust the file.
            self._damaged = self._damaged or error.code == "store.damaged"
            raise


class Kept:
    """What is kept in an open file; a context manager.

    Args:
        database: The open file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    @property
    def warnings(self) -> tuple[str, ...]:
        """What had to be done to open the file, e.g. moving a damaged one aside."""
        return self._database.warnings

    def close(self) -> None:
        """Close the file; closing twice does nothing."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code, happened, hint = _FAILURES.get(_primary_code(error), ("", "", ""))
        if not code:
            raise
        raise VidprogError(f"{happened} the store {path} ({error}).", code=code, hint=hint) from error


def _primary_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise VidprogError(
            f"Cannot make the store directory {directory} ({error.strerror}).",
            code="store.unwritable",
            hint=_ELSEWHERE,
        ) from error


def _connect(path: Path, schema: Schema) -> sqlite3.Connection:
    """Open the file and make sure that it is a sound store.

    Raises:
        _UnusableError: It is not.
        sqlite3.Error: It cannot be opened or written at all.
    """
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, schema)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error) and _primary_code(error) in _DAMAGED:
            raise _UnusableError("it is damaged") from error
        raise
    return connection


def _prepare(connection: sqlite3.Connection, schema: Schema) -> None:
    if _version(connection) is None:
        _use_write_ahead_log(connection)
        connection.execute("BEGIN IMMEDIATE")
        if _version(connection) is None:  # another process may have been faster
            for statement in _statements(schema.script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {schema.version}")
        connection.execute("COMMIT")
    version = _version(connection)
    if version != schema.version:
        raise _UnusableError(f"it has format {version}, and this vidprog uses format {schema.version}")
    _use_write_ahead_log(connection)
    # NORMAL: a killed process loses nothing, a power cut at most the last blocks; neither damages the file.
    connection.execute("PRAGMA synchronous = NORMAL")
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise _UnusableError("it is damaged")


def _version(connection: sqlite3.Connection) -> int | None:
    """The schema's version; None for a new file, 0 for somebody else's."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    new = version == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    return None if new else version


def _statements(script: str) -> Iterator[str]:
    """One statement after the other: `executescript` would commit in between."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Let readers read while another process writes; where the file system cannot, go on without."""
    for attempt in range(100):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # Two processes that switch at once are refused without the usual waiting.
            if _primary_code(error) != sqlite3.SQLITE_BUSY or attempt == 99:
                raise
            time.sleep(0.02)


def _replace(path: Path, schema: Schema) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    """Move an unusable file aside and begin a new one, unless another process has just done so."""
    with _alone_in(path.parent):
        try:
            return _connect(path, schema), ()
        except _UnusableError as reason:
            aside = _move_aside(path)
            warning = f"The store {path.name} cannot be used ({reason}); it was moved to {aside.name} and begun anew."
            return _connect(path, schema), (warning,)


def _move_aside(path: Path) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.{stamp}-{time.time_ns() % 1_000_000_000:09d}.aside")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        with suppress(FileNotFoundError):
            part.rename(aside.with_name(aside.name + ending))
    return aside


@contextmanager
def _alone_in(directory: Path) -> Iterator[None]:
    """Keep other processes from repairing in the same directory; nothing is left behind, even when killed."""
    try:
        import fcntl
        import os
    except ImportError:  # not on Windows, where an open file cannot be renamed from under its user anyway
        yield
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
