"""Which videos may be asked about, and which of them were looked at already."""

from functools import lru_cache
from pathlib import Path

from ...memory import default_directory
from ...video.source import fingerprint
from .library import Library
from .shapes import Listed, Videos


def list_known(library: Library, store: Path | None, limit: int) -> Videos:
    """The videos of a library, and whether each was looked at.

    Args:
        library: Where they are.
        store: Directory of the memory files.
        limit: So many at most.
    """
    paths, more = library.videos(limit)
    return Videos(videos=[_listed(library, store or default_directory(), path) for path in paths], more=more)


@lru_cache(4096)
def _identity(path: Path, size: int, changed: int) -> str:
    """The fingerprint of a file as long as it is the same: computing it reads 1 MB."""
    return fingerprint(path)


def _listed(library: Library, store: Path, path: Path) -> Listed:
    try:
        status = path.stat()
        size, known = status.st_size, (store / f"{_identity(path, status.st_size, status.st_mtime_ns)}.sqlite").exists()
    except OSError:  # it has just gone, or may not be read
        size, known = 0, False
    return Listed(video=library.name(path), megabytes=round(size / 1e6, 2), known=known)
