"""How like examples are: vectors of their questions and of what their videos are about, kept beside them.

Vectors are kept for each model that makes them; those of two models are never compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..video.errors import VidprogError
from .database import Database
from .embeddings import TextEmbedder
from .example import Example
from .store import VideoMemory
from .words import words_of

if TYPE_CHECKING:
    import sqlite3

    import numpy as np
    from numpy.typing import NDArray

TIMELINE = "timeline:"
"""Begins the identity of vectors that are means over what was seen, heard and read."""
MOST_COMPLETED = 64
"""Videos whose missing vectors one ranking looks up."""
TABLE = """
CREATE TABLE vector (
    example TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('question', 'video')), identity TEXT NOT NULL,
    vector BLOB NOT NULL, PRIMARY KEY (example, kind, identity)) WITHOUT ROWID;
"""
# Another process may have removed the example since it was read.
_KEEP = """INSERT OR REPLACE INTO vector (example, kind, identity, vector)
    SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM example WHERE id = ?1)"""

Kind = Literal["question", "video"]


@dataclass(frozen=True, slots=True, eq=False)
class VideoVector:
    """What a video is about.

    Attributes:
        identity: Of what made it: `timeline:` and a text embedder, or `frames:` and an image embedder.
        values: A vector of length 1.
    """

    identity: str
    values: NDArray[np.float32]


def timeline_vector(memory: VideoMemory, embedder: TextEmbedder) -> VideoVector | None:
    """What a video is about, from what was seen, heard and read; None when nothing is embedded.

    Args:
        memory: Of the video.
        embedder: The one that `VideoMemory.embed_missing` was called with; only its identity is asked for.
    """
    values = memory.content_vector(embedder.identity)
    return None if values is None else VideoVector(TIMELINE + embedder.identity, values)


class ExampleVectors:
    """The vectors of one store.

    Args:
        database: Where they are kept.
        directory: Where the videos' stores are.
    """

    def __init__(self, database: Database, directory: Path) -> None:
        self._database = database
        self._directory = directory

    def question_likeness(
        self, question: str, examples: Sequence[Example], embedder: TextEmbedder | None
    ) -> NDArray[np.float32]:
        """Cosine of each example's question with another; of their sets of words where there is no embedder."""
        import numpy as np

        if embedder is None:
            return np.array([_shared_words(question, example.question) for example in examples], np.float32)
        known = self.known("question", embedder.identity)
        missing = [example for example in examples if example.id not in known]
        if missing:
            made = np.asarray(embedder.embed([example.question for example in missing]), np.float32)
            found = {example.id: vector for example, vector in zip(missing, made, strict=True)}
            self._keep_found("question", embedder.identity, found)
            known |= found
        asked = np.asarray(embedder.embed([question]), np.float32)[0]
        return np.array([float(known[example.id] @ asked) for example in examples], np.float32)

    def video_likeness(self, video: VideoVector, examples: Sequence[Example]) -> NDArray[np.float32]:
        """Cosine of what each example's video is about with another; the mean of the others where that is not known."""
        import numpy as np

        known = self.known("video", video.identity)
        missing = [example for example in examples if example.id not in known and example.fingerprint]
        found = self._from_timelines(missing[:MOST_COMPLETED], video.identity)
        self._keep_found("video", video.identity, found)
        known |= found
        cosines = [float(known[item.id] @ video.values) if item.id in known else np.nan for item in examples]
        likeness = np.array(cosines, np.float32)
        average = float(np.nanmean(likeness)) if not np.isnan(likeness).all() else 0.0
        return np.where(np.isnan(likeness), np.float32(average), likeness)

    def known(self, kind: Kind, identity: str) -> dict[str, NDArray[np.float32]]:
        """The vectors that are kept, by the examples' ids."""
        import numpy as np

        rows = self._database.rows(
            "SELECT example, vector FROM vector WHERE kind = ? AND identity = ?", (kind, identity)
        )
        return {id_: np.frombuffer(blob, np.float16).astype(np.float32) for id_, blob in rows}

    def keep(self, kind: Kind, identity: str, vectors: dict[str, NDArray[np.float32]]) -> None:
        """Keep vectors by the examples' ids.

        Raises:
            VidprogError: The store cannot be written to.
        """
        if vectors:
            with self._database.transaction() as connection:
                connection.executemany(_KEEP, [_row(id_, kind, identity, vector) for id_, vector in vectors.items()])

    def _keep_found(self, kind: Kind, identity: str, vectors: dict[str, NDArray[np.float32]]) -> None:
        """Keep them where that can be done; a ranking in a store that is only read computes them again next time."""
        with suppress(VidprogError):
            self.keep(kind, identity, vectors)

    def _from_timelines(self, examples: Sequence[Example], identity: str) -> dict[str, NDArray[np.float32]]:
        """Vectors of videos that were looked at since their examples were stored."""
        found: dict[str, NDArray[np.float32]] = {}
        if not identity.startswith(TIMELINE):
            return found
        for example in examples:
            if not (self._directory / f"{example.fingerprint}.sqlite").is_file():
                continue
            with VideoMemory.open(example.fingerprint, self._directory) as memory:
                vector = memory.content_vector(identity.removeprefix(TIMELINE))
            if vector is not None:
                found[example.id] = vector
        return found


def replace_vectors(connection: sqlite3.Connection, id_: str, video: VideoVector | None) -> None:
    """Within a transaction that stores an example: forget its question's vectors, keep its video's.

    Another question may have had this id, in a file that was imported.
    """
    connection.execute("DELETE FROM vector WHERE example = ? AND kind = 'question'", (id_,))
    if video is not None:
        connection.execute(_KEEP, _row(id_, "video", video.identity, video.values))


def _row(id_: str, kind: Kind, identity: str, vector: NDArray[np.float32]) -> tuple[Any, ...]:
    return id_, kind, identity, vector.astype("float16").tobytes()


def _shared_words(one: str, two: str) -> float:
    """Cosine of two questions as sets of words."""
    first, second = set(words_of(one)), set(words_of(two))
    together = (len(first) * len(second)) ** 0.5
    return len(first & second) / together if together else 0.0
