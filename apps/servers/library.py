"""The directories whose videos may be asked about: the only way from a name that a client sends to a file.

A client is not the user who started the server. Whatever it sends is resolved to a real path first, links included, and
refused unless that lies in one of the directories; the refusal does not tell whether such a file exists.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ...video.errors import MediaError, UsageError, VidprogError

SUFFIXES = frozenset(
    [
        ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".flv", ".wmv", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts",
        ".3gp", ".ogv", ".mp3", ".m4a", ".wav", ".flac", ".aac", ".ogg", ".opus",
    ]
)  # fmt: skip
"""What is listed; any file that can be decoded may be asked about."""
LOOKED_AT = 20_000
"""Directory entries looked at for one listing."""
LONGEST = 4096
"""Characters of a path, as on Linux."""


@dataclass(frozen=True, slots=True)
class Library:
    """Directories and what is in them.

    Attributes:
        roots: Real paths of the directories.
    """

    roots: tuple[Path, ...]

    @classmethod
    def of(cls, directories: Iterable[str | Path]) -> "Library":
        """A library of directories.

        Raises:
            UsageError: One of them is none.
        """
        roots = []
        for directory in directories:
            path = Path(directory).expanduser()
            if not path.is_dir():
                raise UsageError(f"{path} is not a directory", code="server.root", hint="Give a directory with --root.")
            roots.append(path.resolve())
        return cls(tuple(dict.fromkeys(roots)))

    def find(self, name: str) -> Path:
        """The real path of what a client named.

        Args:
            name: A path under a root, relative or absolute, or a ``file://`` URL.

        Raises:
            UsageError: It is an address of another kind.
            MediaError: It is outside the roots, or missing.
        """
        text = _path_text(name)
        if not _is_path(text):
            raise _outside(name)
        inside = [real for real in self._candidates(text) if self.holds(real)]
        if not inside:
            raise _outside(name)
        there = [real for real in inside if real.exists()]
        if not there:
            raise MediaError(f"{name} does not exist", code="media.missing", hint="List the videos that there are.")
        return there[0]

    def holds(self, path: Path) -> bool:
        """Whether a real path lies in one of the directories."""
        return any(path.is_relative_to(root) for root in self.roots)

    def _candidates(self, text: str) -> Iterator[Path]:
        for root in self.roots:
            try:
                yield (root / text).resolve()  # an absolute path takes the root's place
            except (OSError, RuntimeError):  # links that lead to themselves
                continue

    def name(self, path: Path) -> str:
        """What clients call a file: its path in its directory, as long as that means no other file."""
        for root in self.roots:
            if path.is_relative_to(root):
                relative = str(path.relative_to(root))
                first = next((found for found in self._candidates(relative) if found.exists()), path)
                return relative if first == path else str(path)
        return str(path)

    def videos(self, limit: int) -> tuple[list[Path], bool]:
        """Media files, by name, and whether there are more. Links and hidden files are left out.

        Args:
            limit: So many at most.
        """
        found, looked = [], 0
        for root in self.roots:
            for directory, folders, files in os.walk(root):
                folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
                looked += len(folders) + len(files)
                for file in sorted(files):
                    path = Path(directory, file)
                    if path.suffix.lower() in SUFFIXES and not file.startswith(".") and _is_own_file(path):
                        found.append(path)
                if len(found) > limit or looked > LOOKED_AT:
                    return found[:limit], True
        return found, False

    def shown(self, value: Any) -> Any:
        """Plain data with the roots taken out of all texts: clients need not know where on the machine they are."""
        if isinstance(value, str):
            return self._shown_text(value)
        if isinstance(value, dict):
            return {key: self.shown(each) for key, each in value.items()}
        return [self.shown(each) for each in value] if isinstance(value, list | tuple) else value

    def _shown_text(self, text: str) -> str:
        if text.startswith("/") and self.holds(Path(text)) and os.path.exists(text):
            return self.name(Path(text))
        for root in self.roots:
            text = text.replace(f"{root}/", "") if root != root.parent else text
        return text


def _is_own_file(path: Path) -> bool:
    return not path.is_symlink() and path.is_file()  # reading a pipe would never end


def _is_path(text: str) -> bool:
    """Whether a text can be a path at all, and one that only goes down."""
    if not text or "\0" in text or len(text) > LONGEST or ".." in Path(text).parts:
        return False
    return not any(0xD800 <= ord(letter) < 0xE000 for letter in text)


def _path_text(name: str) -> str:
    """A name without its ``file://``.

    Raises:
        UsageError: It is an address of another kind.
        MediaError: It is a file of another machine.
    """
    scheme, separator, _ = name.partition(":")
    if not separator or "/" in scheme or not scheme.isascii() or not scheme.isalpha() or len(scheme) < 2:
        return name
    if scheme.lower() != "file":
        raise UsageError(
            f"{scheme}: addresses are not taken here", code="server.url", hint="Name a file in a served directory."
        )
    try:
        parts = urlsplit(name)
    except ValueError as error:
        raise _outside(name) from error
    if parts.netloc not in ("", "localhost"):
        raise _outside(name)
    return unquote(parts.path)


def _outside(name: str) -> VidprogError:
    shown = name if name.isprintable() and len(name) < 200 else ascii(name[:200])
    return MediaError(
        f"{shown} is not in a directory that is served", code="server.outside", hint="List the videos that there are."
    )
