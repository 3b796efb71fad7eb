"""Videos that clients send: kept in a directory of the server's own until it ends, or until there are too many."""

import hashlib
import os
import re
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ...video.errors import VidprogError
from .guard import too_large
from .limits import Limits

UPLOAD = re.compile("file-[0-9a-f]{32}")
"""What clients call what they sent."""
BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Upload:
    """A video that a client sent.

    Attributes:
        id: What clients call it: the hash of its content, so a video that is sent twice is kept, and looked at, once.
        path: Where it is.
        size: In bytes.
        filename: As the client called it; never used as a path.
        created: Seconds since 1970.
    """

    id: str
    path: Path
    size: int
    filename: str
    created: int


class Uploads:
    """The videos that clients sent; may be used by several threads.

    Args:
        limits: How large one, and how large all may be.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.directory = Path(tempfile.mkdtemp(prefix="vidprog-")).resolve()
        self._kept: OrderedDict[str, Upload] = OrderedDict()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Remove them all."""
        shutil.rmtree(self.directory, ignore_errors=True)

    def add(self, blocks: Iterable[bytes], filename: str = "") -> Upload:
        """Keep a video.

        Args:
            blocks: Its bytes.
            filename: What the client calls it.

        Raises:
            VidprogError: ``server.size`` when it is too large.
        """
        handle, name = tempfile.mkstemp(dir=self.directory, prefix="part-")
        try:
            with os.fdopen(handle, "wb") as file:
                digest, size = self._write(blocks, file.write)
            return self._keep(Path(name), f"file-{digest[:32]}", size, filename)
        finally:
            Path(name).unlink(missing_ok=True)

    def _write(self, blocks: Iterable[bytes], write: Callable[[bytes], int]) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        for block in blocks:
            size += len(block)
            if size > self._limits.upload:
                raise too_large(self._limits.upload)
            digest.update(block)
            write(block)
        return digest.hexdigest(), size

    def _keep(self, part: Path, identity: str, size: int, filename: str) -> Upload:
        with self._lock:
            path = self.directory / identity
            part.rename(path)
            self._kept[identity] = Upload(identity, path, size, filename[:200], int(time.time()))
            self._kept.move_to_end(identity)
            while sum(each.size for each in self._kept.values()) > self._limits.stored and len(self._kept) > 1:
                self._kept.popitem(last=False)[1].path.unlink(missing_ok=True)
            return self._kept[identity]

    def get(self, identity: str) -> Upload:
        """One of them.

        Raises:
            VidprogError: ``server.missing``.
        """
        with self._lock:
            if identity not in self._kept:
                hint = "Send it again: files are kept until the server ends or needs the room."
                raise VidprogError(f"there is no file {identity[:80]!a}", code="server.missing", hint=hint)
            self._kept.move_to_end(identity)
            return self._kept[identity]

    def all(self) -> list[Upload]:
        """All of them, the last used last."""
        with self._lock:
            return list(self._kept.values())

    def remove(self, identity: str) -> None:
        """Forget one of them.

        Raises:
            VidprogError: ``server.missing``.
        """
        found = self.get(identity)
        with self._lock:
            self._kept.pop(identity, None)
        found.path.unlink(missing_ok=True)
