"""Where the videos of a data set are: by path, by file name or by id, anywhere under a folder.

Data sets name videos by ids, by paths of the authors' machines or by file names; what is looked for is the file whose
path ends in the most of that. Nothing is guessed: a name that fits several files equally well is told, not chosen.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from ...video.errors import UsageError
from ..items import Item, Problem

EXTENSIONS = frozenset([
    ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".flv", ".wmv", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".ogv",
    ".3gp", ".gif",
])  # fmt: skip
PREFIXES = ("", "v_", "video", "video_", "vid")
"""What files have before the id: ActivityNet's ``v_``, MSR-VTT's ``video``, MSVD's ``vid``."""


@dataclass(frozen=True)
class Found:
    """Where videos are.

    Attributes:
        paths: By the name that the items have.
        missing: Names that no file fits.
        ambiguous: Names that several files fit, with these files.
        directory: Where they were looked for.
    """

    paths: Mapping[str, Path]
    missing: tuple[str, ...]
    ambiguous: Mapping[str, tuple[Path, ...]]
    directory: Path

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What was not found, one sentence each."""
        none = [Problem(name, 0, f"no such video under {self.directory}") for name in self.missing]
        many = [
            Problem(name, 0, f"{len(found)} videos under {self.directory}: {', '.join(map(str, found[:3]))}")
            for name, found in self.ambiguous.items()
        ]
        return (*none, *many)


def find_videos(items: Iterable[Item], directory: Path) -> Found:
    """Where the videos of some items are.

    An item's own ``extra["file"]`` (a path that its data set gives) is looked for before its ``video``. Case, extension
    and the usual prefixes of ids do not matter; of files that fit, the one whose folders fit best is taken.

    Args:
        items: Of one data set.
        directory: Searched with all its folders; links to folders are followed.

    Raises:
        UsageError: ``eval.videos`` when it is not a folder.
    """
    if not directory.is_dir():
        raise UsageError(f"{directory} is not a folder", code="eval.videos", hint="Name the folder of the videos.")
    files = _by_stem(directory)
    wanted = {item.video: str(item.extra.get("file") or item.video) for item in items}
    fits = {name: _best(files, directory, [target, name]) for name, target in wanted.items()}
    return Found(
        paths={name: found[0] for name, found in fits.items() if len(found) == 1},
        missing=tuple(name for name, found in fits.items() if not found),
        ambiguous={name: found for name, found in fits.items() if len(found) > 1},
        directory=directory,
    )


def _by_stem(directory: Path) -> Mapping[str, tuple[Path, ...]]:
    found: dict[str, list[Path]] = defaultdict(list)
    walked: set[tuple[int, int]] = set()
    for folder, folders, names in os.walk(directory, followlinks=True):
        place = os.stat(folder)
        if (place.st_dev, place.st_ino) in walked:  # a link to where we are, or to what was seen
            folders.clear()
            continue
        walked.add((place.st_dev, place.st_ino))
        for name in names:
            path = Path(folder, name)
            if path.suffix.casefold() in EXTENSIONS:
                found[path.stem.casefold()].append(path)
    return {stem: tuple(sorted(paths)) for stem, paths in found.items()}


def _best(files: Mapping[str, Sequence[Path]], directory: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """The files that fit the first name that any fits; several only where they fit equally well."""
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        for stem in _stems(path):
            if candidates := files.get(stem.casefold()):
                return _closest(candidates, directory, path)
    return ()


def _stems(path: PurePosixPath) -> Iterable[str]:
    """What the file may be called without its extension; a dot in an id is not one."""
    stem = path.stem if path.suffix.casefold() in EXTENSIONS else path.name
    yield from (prefix + stem for prefix in PREFIXES)
    if stem.startswith("v_"):
        yield stem.removeprefix("v_")


def _closest(candidates: Sequence[Path], directory: Path, wanted: PurePosixPath) -> tuple[Path, ...]:
    def shared(path: Path) -> tuple[int, bool, bool]:
        """Folders in common, counted from the file, then whether the letters' case is, then the extension."""
        folders = [part.casefold() for part in reversed(path.relative_to(directory).parent.parts)]
        names = [part.casefold() for part in reversed(wanted.parent.parts)]
        same = [one == two for one, two in zip(folders, names, strict=False)]
        return (
            [*same, False].index(False),
            path.stem.endswith((wanted.stem, wanted.name, wanted.stem.removeprefix("v_"))),
            path.suffix.casefold() == wanted.suffix.casefold(),
        )

    best = max(map(shared, candidates))
    found = {path.resolve(): path for path in reversed(candidates) if shared(path) == best}
    return tuple(reversed(found.values()))
