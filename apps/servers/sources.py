"""From what a client calls a video to a file: a served directory, something it sent, or an address."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...video.errors import UsageError
from .fetch import Fetcher
from .guard import too_large
from .library import Library
from .limits import Limits
from .uploads import UPLOAD, Upload, Uploads

QUARTER = 2**20
"""Letters of base64 that are decoded at a time; a multiple of four."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where videos come from.

    Attributes:
        library: Served directories.
        uploads: What clients sent.
        limits: How large a video may be.
        fetcher: Fetches addresses; None where they are refused.
    """

    library: Library
    uploads: Uploads
    limits: Limits
    fetcher: Fetcher | None = None

    def find(self, name: str) -> Path:
        """The file that a client means; may take long, so call it in a thread.

        Args:
            name: A path in a served directory, ``file://``, the id of an upload, ``data:``, ``http://`` or ``https://``.

        Raises:
            VidprogError: It is refused, missing or too large.
        """
        scheme = name[:8].partition(":")[0].lower()
        if UPLOAD.fullmatch(name):
            return self.uploads.get(name).path
        if scheme == "data":
            return self._decoded(name).path
        if scheme in ("http", "https"):
            return self._fetched(name).path
        return self.library.find(name)

    def _decoded(self, url: str) -> Upload:
        head, comma, body = url.partition(",")
        if not comma or not head.lower().endswith(";base64"):
            hint = "Write data:video/mp4;base64,..."
            raise UsageError("this data: address is not base64", code="server.data", hint=hint)
        if len(body) * 3 // 4 > self.limits.inline + 2:
            raise too_large(self.limits.inline)
        try:
            return self.uploads.add(_decode(body))
        except binascii.Error as error:
            raise UsageError("this data: address is not base64", code="server.data", hint="Check its end.") from error

    def _fetched(self, url: str) -> Upload:
        if self.fetcher is None:
            hint = "Download it, or start the server with --allow-urls."
            raise UsageError("addresses of other machines are refused", code="server.url", hint=hint)
        return self.uploads.add(self.fetcher.fetch(url))

    def name(self, path: Path) -> str:
        """What clients call a file."""
        return path.name if path.parent == self.uploads.directory else self.library.name(path)

    def shown(self, value: Any) -> Any:
        """Plain data without the directories of the server in its texts."""
        return Library((*self.library.roots, self.uploads.directory)).shown(value)


def _decode(body: str) -> Iterator[bytes]:
    for start in range(0, len(body), QUARTER):
        yield base64.b64decode(body[start : start + QUARTER], validate=True)
