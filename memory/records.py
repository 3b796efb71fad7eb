"""How observations are written to the tables and read back."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from typing import Any

from .block import Block
from .observation import Observation, check_kinds
from .words import squeeze


def select_observations(*more_columns: str) -> str:
    """The query for rows that `to_observation` reads, without a condition.

    DISTINCT: blocks of two runs may overlap, and what both saw is one observation.

    Args:
        more_columns: Columns of `observation o` that come after the eleven that make an observation.
    """
    more = "".join(f", {column}" for column in more_columns)
    return f"""SELECT DISTINCT o.start, o."end", o.kind, t.content, o.score, o.source, o.x0, o.y0, o.x1, o.y1, o.track
        {more} FROM observation o JOIN text t ON t.id = o.text"""


class Filter:
    """The condition on `observation o` that kinds and times make.

    Args:
        kinds: Names out of `KINDS`; None for all.
        start: Seconds; only what holds at this time or later.
        end: Seconds; only what holds at this time or earlier.

    Raises:
        UsageError: `kind.unknown`.
    """

    def __init__(
        self, kinds: Collection[str] | str | None = None, start: float | None = None, end: float | None = None
    ) -> None:
        names = check_kinds(kinds)
        wanted: list[tuple[str, tuple[Any, ...]]] = []
        if names:
            wanted.append((f"o.kind IN ({', '.join('?' * len(names))})", names))
        if start is not None:
            wanted.append(('o."end" >= ?', (float(start),)))
        if end is not None:
            wanted.append(("o.start <= ?", (float(end),)))
        self.everything = not wanted
        self.condition = " AND ".join(condition for condition, _ in wanted) or "TRUE"
        self.values = tuple(value for _, values in wanted for value in values)


def to_observation(row: tuple[Any, ...]) -> Observation:
    """An observation from a row of `select_observations`."""
    start, end, kind, content, score, source, x0, y0, x1, y1, track = row[:11]
    return Observation(start, end, kind, content, score, source, None if x0 is None else (x0, y0, x1, y1), track)


def write_block(
    connection: sqlite3.Connection, artefact: int, block: Block, state: str, why: str, found: Iterable[Observation] = ()
) -> None:
    """Store a block with its observations, unless it is there already.

    A failed block may be overwritten, a finished one never: another process may have been faster, and its
    observations are already in.

    Args:
        connection: Inside a transaction.
        artefact: Row of the artefact.
        block: The stretch of the video.
        state: `done`, `empty` or `failed`.
        why: The reason for `empty` and `failed`.
        found: The observations of a `done` block.
    """
    rows = connection.execute(
        """INSERT INTO block (artefact, start, "end", state, why) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (artefact, start, "end") DO UPDATE SET state = excluded.state, why = excluded.why
        WHERE block.state = 'failed' RETURNING id""",
        (artefact, block.start, block.end, state, why),
    ).fetchall()
    if rows:
        _write_observations(connection, rows[0][0], tuple(found))


def _write_observations(connection: sqlite3.Connection, block: int, observations: tuple[Observation, ...]) -> None:
    contents = dict.fromkeys(observation.content for observation in observations)
    connection.executemany(
        "INSERT OR IGNORE INTO text (content, squeezed) VALUES (?, ?)",
        ((content, squeeze(content)) for content in contents),
    )
    connection.executemany(
        """INSERT INTO observation (block, start, "end", kind, text, score, source, x0, y0, x1, y1, track)
        VALUES (?, ?, ?, ?, (SELECT id FROM text WHERE content = ?), ?, ?, ?, ?, ?, ?, ?)""",
        (
            (block, o.start, o.end, o.kind, o.content, o.score, o.source, *(o.box or (None,) * 4), o.track)
            for o in observations
        ),
    )
