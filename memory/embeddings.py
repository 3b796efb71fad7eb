"""Search by meaning: one small vector per distinct text, kept in the store, compared with numpy.

Brute force is enough for a video: ten thousand vectors take well under 5 ms, and SQLite's vector extensions cannot be
counted on (many builds of Python do not load extensions).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from .database import Database
from .records import Filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 64

# "shot 12" means nothing; everything else is words.
EMBEDDED_KINDS = ("speech", "text", "object", "caption", "action", "note")
# A stray "B" or "42" is near to nearly everything for a sentence embedder.
_SHORTEST = 3


class TextEmbedder(Protocol):
    """What turns sentences into vectors."""

    @property
    def identity(self) -> str:
        """Changes whenever the vectors would be others; vectors of two identities are never compared."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors for the texts.

        Args:
            texts: At least one.

        Returns:
            Shape (number of texts, dimensions), float32, each row of length 1.
        """
        ...


class Embeddings:
    """The vectors of one store.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loaded: dict[str, _Matrix] = {}
        self._lock = threading.Lock()

    def embed_missing(self, embedder: TextEmbedder, on_progress: Callable[[int, int], None] | None = None) -> int:
        """Embed each text that has no vector of this embedder yet, committing every `BATCH` texts.

        Args:
            embedder: Called outside of any lock.
            on_progress: Gets how many texts are done and how many there are to do.

        Returns:
            How many texts were embedded.
        """
        missing = self._missing(embedder.identity)
        for first in range(0, len(missing), BATCH):
            batch = missing[first : first + BATCH]
            vectors = _unit_vectors(embedder, [content for _, content in batch]).astype("float16")
            with self._database.transaction() as connection:
                connection.executemany(
                    "INSERT OR IGNORE INTO embedding (identity, text, vector) VALUES (?, ?, ?)",
                    [(embedder.identity, text, row.tobytes()) for (text, _), row in zip(batch, vectors, strict=True)],
                )
            if on_progress is not None:
                on_progress(first + len(batch), len(missing))
        return len(missing)

    def nearest(
        self, query: str, embedder: TextEmbedder, wanted: Filter, floor: float, count: int
    ) -> list[tuple[int, float]]:
        """Texts whose meaning is near to the query's.

        Args:
            query: A sentence.
            embedder: The one that `embed_missing` was called with.
            wanted: Only texts of observations that pass.
            floor: Least cosine, -1 to 1.
            count: At most so many.

        Returns:
            Row of the text and its cosine, nearest first.
        """
        import numpy as np

        texts, vectors = self._matrix(embedder.identity)
        if not len(texts):
            return []
        asked = _unit_vectors(embedder, [query])[0]
        if asked.shape[0] != vectors.shape[1]:
            raise ValueError(f"{embedder.identity} gave {asked.shape[0]} dimensions, and {vectors.shape[1]} before")
        cosines = vectors @ asked
        near = cosines >= floor
        if not wanted.everything:
            near &= np.isin(texts, self._texts_of(wanted))
        rows = np.flatnonzero(near)
        best = rows[np.argsort(-cosines[rows], kind="stable")[:count]]
        return [(int(texts[row]), float(cosines[row])) for row in best]

    def mean(self, identity: str) -> NDArray[np.float32] | None:
        """What everything that was observed is about, as one vector.

        Args:
            identity: Of the embedder that `embed_missing` was called with.

        Returns:
            The mean of the vectors of all texts, each text counted once, with length 1; None when there is none.
        """
        import numpy as np

        vectors = self._matrix(identity)[1]
        if not len(vectors):
            return None
        mean = vectors.mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)

    def _missing(self, identity: str) -> list[tuple[int, str]]:
        rows = self._database.rows(
            f"""SELECT t.id, t.content, t.squeezed FROM text t
            WHERE EXISTS (SELECT 1 FROM observation o WHERE o.text = t.id
                          AND o.kind IN ({", ".join("?" * len(EMBEDDED_KINDS))}))
            AND NOT EXISTS (SELECT 1 FROM embedding e WHERE e.identity = ? AND e.text = t.id)""",
            (*EMBEDDED_KINDS, identity),
        )
        return [(text, content) for text, content, squeezed in rows if _has_meaning(squeezed)]

    def _texts_of(self, wanted: Filter) -> list[int]:
        rows = self._database.rows(f"SELECT DISTINCT o.text FROM observation o WHERE {wanted.condition}", wanted.values)
        return [row[0] for row in rows]

    def _matrix(self, identity: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """All vectors of an embedder: kept between searches, completed with what was stored since."""
        with self._lock:
            matrix = self._loaded.setdefault(identity, _Matrix())
            matrix.extend(
                self._database.rows(
                    "SELECT id, text, vector FROM embedding WHERE identity = ? AND id > ? ORDER BY id",
                    (identity, matrix.last),
                )
            )
            return matrix.texts, matrix.vectors


class _Matrix:
    def __init__(self) -> None:
        import numpy as np

        self.last = 0
        self.texts: NDArray[np.int64] = np.zeros(0, np.int64)
        self.vectors: NDArray[np.float32] = np.zeros((0, 0), np.float32)

    def extend(self, rows: Sequence[tuple[Any, ...]]) -> None:
        import numpy as np

        if not rows:
            return
        new = np.frombuffer(b"".join(row[2] for row in rows), np.float16).reshape(len(rows), -1).astype(np.float32)
        self.vectors = np.concatenate([self.vectors, new]) if len(self.texts) else new
        self.texts = np.concatenate([self.texts, np.array([row[1] for row in rows], np.int64)])
        self.last = rows[-1][0]


def _has_meaning(squeezed: str) -> bool:
    letters = sum(letter.isalpha() for letter in squeezed)
    return letters >= (_SHORTEST if squeezed.isascii() else 1)


def _unit_vectors(embedder: TextEmbedder, texts: list[str]) -> NDArray[np.float32]:
    import numpy as np

    vectors = np.asarray(embedder.embed(texts), np.float32)
    if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
        raise ValueError(f"{embedder.identity} gave no finite vector for each of {len(texts)} texts")
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
