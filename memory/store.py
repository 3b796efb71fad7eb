"""What is known about one video, kept between runs in one SQLite file.

Everything that took time to find out is asked for through `VideoMemory.compute`, which looks first, works block by
block, and commits each block: a run that is killed goes on where it was.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..video.errors import VidprogError
from .block import ArtefactInfo, Block, BlockResult, Computed
from .database import Database, Kept
from .embeddings import Embeddings, TextEmbedder
from .key import ArtefactKey, canonical_json
from .records import Filter, select_observations, to_observation, write_block
from .search import MEANING_FLOOR, Hit, search
from .timeline import Timeline

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[int, int], None]


def default_directory() -> Path:
    """Where stores are kept: the environment variable VIDPROG_STORE, else the user's cache directory."""
    chosen = os.environ.get("VIDPROG_STORE")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("vidprog", appauthor=False)


class VideoMemory(Kept):
    """The store of one video; a context manager that threads may share and processes may open at once.

    Args:
        database: An open file.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._embeddings = Embeddings(database)

    @classmethod
    def open(cls, fingerprint: str, directory: Path | str | None = None) -> VideoMemory:
        """Open or begin the store of a video.

        Args:
            fingerprint: Of the video's content; letters and digits.
            directory: Where stores are kept; None for `default_directory()`.

        Raises:
            VidprogError: `store.unwritable`, `store.full` or `store.busy`.
            ValueError: The fingerprint is none.
        """
        if not (fingerprint.isascii() and fingerprint.isalnum()):
            raise ValueError(f"a fingerprint is letters and digits, not {fingerprint!r}")
        base = default_directory() if directory is None else Path(directory)
        database = Database(base / f"{fingerprint}.sqlite")
        with suppress(OSError):  # when it was used last, which pruning goes by; a file of another user's cannot say
            os.utime(database.path)
        return cls(database)

    def compute(
        self,
        key: ArtefactKey,
        blocks: Sequence[Block],
        observe: Callable[[Block], BlockResult],
        on_progress: Progress | None = None,
    ) -> Computed:
        """Observe the blocks that are not known yet, and give back what is known about all of them.

        A block counts as known when it was observed, even with nothing found. One for which `observe` raised a
        VidprogError is noted as failed, and tried again next time.

        Args:
            key: Names the result.
            blocks: Stretches of the video; the same one twice counts once.
            observe: Called once for each unknown block, in order, with no lock held. Its observations may reach
                beyond the block.
            on_progress: Gets how many blocks are finished and how many there are; called before the first and after
                each.

        Raises:
            VidprogError: The store cannot be written to (`store.full`, `store.unwritable`, `store.busy`).
        """
        wanted = tuple(dict.fromkeys(blocks))
        artefact = self._artefact(key)
        report = on_progress or _no_progress
        report(0, len(wanted))
        computed = 0
        for finished, block in enumerate(wanted, 1):
            # Asked for each block, as another process may be working on the same ones.
            if not self._is_known(artefact, block):
                self._observe(artefact, block, observe)
                computed += 1
            report(finished, len(wanted))
        return self._collect(artefact, wanted, computed)

    def value(self, key: ArtefactKey) -> Any:
        """A saved value, or None when there is none (or None was saved).

        Args:
            key: Names the value.
        """
        rows = self._database.rows("SELECT value FROM artefact WHERE digest = ?", (key.digest,))
        return json.loads(rows[0][0]) if rows and rows[0][0] is not None else None

    def save_value(self, key: ArtefactKey, value: Any) -> None:
        """Keep a value that can be written as JSON; it replaces the one saved before.

        Args:
            key: Names the value.
            value: Plain data with finite numbers.

        Raises:
            TypeError: It is not plain data.
            ValueError: A number in it is not finite.
            VidprogError: The store cannot be written to.
        """
        text = canonical_json(value)
        artefact = self._artefact(key)
        with self._database.transaction() as connection:
            connection.execute("UPDATE artefact SET value = ? WHERE id = ?", (text, artefact))

    def timeline(
        self, kinds: Collection[str] | str | None = None, start: float | None = None, end: float | None = None
    ) -> Timeline:
        """Everything that was ever observed in this video.

        Args:
            kinds: Names out of `KINDS`; None for all.
            start: Seconds; only what holds at this time or later.
            end: Seconds; only what holds at this time or earlier.

        Raises:
            UsageError: `kind.unknown`.
        """
        wanted = Filter(kinds, start, end)
        rows = self._database.rows(f"{select_observations()} WHERE {wanted.condition}", wanted.values)
        nothing = "nothing was observed in this video yet" if wanted.everything else "nothing of that kind at that time"
        return Timeline([to_observation(row) for row in rows], nothing)

    def artefacts(self) -> tuple[ArtefactInfo, ...]:
        """What the store holds, in the order in which it was begun."""
        rows = self._database.rows(
            """SELECT a.tool, a.version, a.backend, a.parameters, count(b.id), coalesce(sum(b."end" - b.start), 0),
                (SELECT count(*) FROM observation o JOIN block ob ON ob.id = o.block WHERE ob.artefact = a.id),
                max(b.state = 'failed'), min(b.state = 'empty'),
                max(CASE WHEN b.state = 'failed' THEN b.why END), max(CASE WHEN b.state = 'empty' THEN b.why END)
            FROM artefact a LEFT JOIN block b ON b.artefact = a.id
            GROUP BY a.id HAVING count(b.id) > 0 OR a.value IS NOT NULL ORDER BY a.id"""
        )
        return tuple(_artefact_info(row) for row in rows)

    def embed_missing(self, embedder: TextEmbedder, on_progress: Progress | None = None) -> int:
        """Make every text that was observed findable by meaning; each distinct text is embedded once.

        Args:
            embedder: Makes the vectors.
            on_progress: Gets how many texts are done and how many there are to do.

        Returns:
            How many texts were embedded now.

        Raises:
            ValueError: The embedder gave something else than a finite vector for each text.
            VidprogError: The store cannot be written to.
        """
        return self._embeddings.embed_missing(embedder, on_progress)

    def content_vector(self, identity: str) -> NDArray[np.float32] | None:
        """What the video is about: the mean vector of what was seen, heard and read; None when nothing is embedded.

        Args:
            identity: Of the embedder that `embed_missing` was called with.
        """
        return self._embeddings.mean(identity)

    def search(
        self,
        query: str,
        *,
        embedder: TextEmbedder | None = None,
        kinds: Collection[str] | str | None = None,
        start: float | None = None,
        end: float | None = None,
        limit: int = 10,
        meaning_floor: float = MEANING_FLOOR,
    ) -> tuple[Hit, ...]:
        """Find the moments that a query is about.

        Args:
            query: Words or a question; only its telling words count ("the" alone finds nothing).
            embedder: Searches by meaning too, among what `embed_missing` was called for.
            kinds: Names out of `KINDS`; None for all.
            start: Seconds; only what holds at this time or later.
            end: Seconds; only what holds at this time or earlier.
            limit: At most so many hits.
            meaning_floor: Least cosine that counts as similar, -1 to 1. The default suits MiniLM-like embedders;
                those whose unrelated sentences have higher cosines need a higher one.

        Returns:
            Best first; nothing when nothing matches. The same content of the same kind at overlapping times is one
            hit.

        Raises:
            UsageError: `kind.unknown`.
        """
        wanted = Filter(kinds, start, end)
        return search(self._database, self._embeddings, query, embedder, wanted, limit, meaning_floor)

    def _artefact(self, key: ArtefactKey) -> int:
        select = "SELECT id FROM artefact WHERE digest = ?"
        rows = self._database.rows(select, (key.digest,))
        if not rows:
            with self._database.transaction() as connection:
                connection.execute(
                    """INSERT OR IGNORE INTO artefact (digest, tool, version, backend, parameters)
                    VALUES (?, ?, ?, ?, ?)""",
                    (key.digest, key.tool, key.version, key.backend, canonical_json(key.parameters)),
                )
                rows = connection.execute(select, (key.digest,)).fetchall()
        artefact: int = rows[0][0]
        return artefact

    def _is_known(self, artefact: int, block: Block) -> bool:
        rows = self._database.rows(
            """SELECT 1 FROM block WHERE artefact = ? AND start = ? AND "end" = ? AND state != 'failed'""",
            (artefact, block.start, block.end),
        )
        return bool(rows)

    def _observe(self, artefact: int, block: Block, observe: Callable[[Block], BlockResult]) -> None:
        found = BlockResult(why="failed")
        try:
            found = observe(block)
            state = "done" if found.observations else "empty"
            why = "" if found.observations else found.why
        except VidprogError as error:
            state, why = "failed", error.message
        with self._database.transaction() as connection:
            write_block(connection, artefact, block, state, why, found.observations)

    def _collect(self, artefact: int, blocks: tuple[Block, ...], computed: int) -> Computed:
        wanted = set(blocks)
        rows = self._database.rows(
            'SELECT id, start, "end", state, why FROM block WHERE artefact = ? ORDER BY start, "end"', (artefact,)
        )
        states = [(row[0], block, *row[3:]) for row in rows if (block := Block(row[1], row[2])) in wanted]
        failed = tuple(f"{b.start:.1f}-{b.end:.1f} s: {why}" for _, b, state, why in states if state == "failed")
        reasons = dict.fromkeys(why for *_, state, why in states if state == "empty")
        if failed:
            reasons[f"{len(failed)} of {len(blocks)} blocks failed: {failed[0]}"] = None
        timeline = Timeline(self._observations_of({row[0] for row in states}, artefact), _summary(list(reasons)))
        return Computed(timeline, computed == 0, computed, len(blocks), failed, timeline.why)

    def _observations_of(self, blocks: set[int], artefact: int) -> list[Any]:
        # Chosen here and not in SQL: a long video has more blocks than a statement may have question marks.
        rows = self._database.rows(
            f"{select_observations('o.block')} WHERE o.block IN (SELECT id FROM block WHERE artefact = ?)", (artefact,)
        )
        distinct = dict.fromkeys(row[:11] for row in rows if row[11] in blocks)
        return [to_observation(row) for row in distinct]


def _artefact_info(row: tuple[Any, ...]) -> ArtefactInfo:
    tool, version, backend, parameters, blocks, seconds, observations, any_failed, all_empty, failure, nothing = row
    state = "failed" if any_failed else "empty" if all_empty else "done"
    why = {"failed": failure, "empty": nothing, "done": ""}[state]
    return ArtefactInfo(tool, version, backend, state, why, blocks, seconds, observations, json.loads(parameters))


def _summary(reasons: list[str], most: int = 3) -> str:
    """The first few reasons in one line."""
    rest = len(reasons) - most
    return "; ".join([*reasons[:most], *([f"and {rest} other reasons"] if rest > 0 else [])]) or "no blocks to look at"


def _no_progress(done: int, total: int) -> None:
    """Nobody is watching."""
