"""Is everything there that an answer needs? Each check looks at one thing and says how to mend it."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..memory import default_directory
from ..models import ROLES, Models, Profile, open_models
from ..models.inventory import LIBRARY, MISSING, RAW, Role, roles_of
from ..models.weights import manifest
from ..tools import Limits, shared_sandbox

MIN_PYTHON = (3, 11)
LITTLE_SPACE = 500e6
"""Bytes; all weights take 400 MB, the memory of an hour of video about 10 MB."""
INDEX_SECONDS = 15.0

Status = Literal["ok", "absent", "warning", "broken"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, what was found, and the command that mends it."""

    name: str
    status: Status
    found: str
    mend: str = ""


def doctor(
    profile: str | Profile | Models | None = None,
    roles: Mapping[str, str] | Sequence[str] | None = None,
    store: str | Path | None = None,
    deep: bool = False,
) -> Iterator[Check]:
    """Check that everything needed is there.

    Args:
        profile: Name of the model profile, a profile, or models.
        roles: Another model for a role, e.g. ``{"vlm": "openai:my-model@http://localhost:8000/v1"}``.
        store: Directory of the memory files.
        deep: Whether to read all weights and compare their hashes.

    Yields:
        One check after the other; ``mend`` is the command that mends what is not ``ok``.

    Example:
        >>> [check.name for check in vidprog.doctor() if check.status == "broken"]
        []
    """
    yield python()
    yield from packages()
    yield storage(default_directory() if store is None else Path(store))
    yield from weights(open_models(profile, roles), deep)
    yield sandbox()


def python() -> Check:
    """The interpreter's version."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < MIN_PYTHON:
        return Check("python", "broken", version, "Install Python 3.11 or later, and vidprog in it.")
    return Check("python", "ok", f"{version}, {sys.executable}")


def packages() -> Iterator[Check]:
    """The packages that vidprog declares: those that are missing or older than they must be, or one line for all."""
    wrong = [check for requirement in _requirements() if (check := _package(*requirement)) is not None]
    yield from wrong
    if not wrong:
        yield Check("packages", "ok", f"{len(list(_requirements()))} of {len(list(_requirements()))} are here")


def _requirements() -> Iterator[tuple[str, str]]:
    """Name and least version of each package that is always needed."""
    for line in importlib.metadata.requires("vidprog") or ():
        match = re.match(r"([A-Za-z0-9._-]+)(?:>=([0-9.]+))?", line)
        if match and "extra ==" not in line:
            yield match[1], match[2] or "0"


def _package(name: str, least: str) -> Check | None:
    mend = f"{sys.executable} -m pip install '{name}>={least}'"
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Check(f"package {name}", "broken", "it is not installed", mend)
    if _numbers(version) < _numbers(least):
        return Check(f"package {name}", "broken", f"{version} is older than {least}", mend)
    return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0])[:3])


def storage(directory: Path) -> Check:
    """Whether something can be written to the store, and how much room there is."""
    mend = 'export VIDPROG_STORE="$HOME/vidprog-store"  (or another directory that you can write to, or --store)'
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=directory):
            free = shutil.disk_usage(directory).free
    except OSError as error:
        return Check("store", "broken", f"{directory}: {error.strerror}", mend)
    used = sum(path.stat().st_size for path in directory.glob("*.sqlite*"))
    found = f"{directory}: {used / 1e6:.0f} MB in use, {free / 1e9:.1f} GB free"
    if free > LITTLE_SPACE:
        return Check("store", "ok", found)
    return Check("store", "warning", found, f"vidprog cache prune --larger-than 100MB; or {mend}")


def weights(models: Models, deep: bool) -> Iterator[Check]:
    """The weights of each role; the package index is asked only when some are missing.

    Args:
        models: The profile.
        deep: Whether to read every file and compare its hash.
    """
    roles = roles_of(models)
    reachable: bool | None = None
    for role in roles:
        if role.weights and role.state == MISSING and reachable is None:
            reachable = index_answers(_package_of(role))
        yield _weights(role, deep, bool(reachable))
    for missing in sorted(set(ROLES) - models.roles):
        yield Check(f"model {missing}", "absent", f"the profile {models.profile.name} has none (--set {missing}=SPEC)")


def _weights(role: Role, deep: bool, reachable: bool) -> Check:
    name = f"model {role.role}"
    if role.state == LIBRARY:
        lacks = f"{role.spec}: {', '.join(role.libraries)} not installed"
        return Check(name, "broken", lacks, role.mend)
    if role.state == MISSING and not role.weights:
        return Check(name, "warning", f"{role.spec}: {role.state} ({role.about})", role.mend)
    if role.ready or role.state == RAW:
        damaged = manifest()[role.weights].damaged() if deep and role.weights else ()
        if damaged:
            mend = f"rm -r {role.directory} && vidprog models pull {role.role}"
            return Check(name, "broken", f"{role.spec}: other content than pinned in {', '.join(damaged)}", mend)
        if role.ready:
            return Check(name, "ok", f"{role.spec}: {role.about}" + (", hashes agree" if deep and role.weights else ""))
        return Check(name, "warning", f"{role.spec}: {role.state}", role.mend)
    if reachable:
        return Check(name, "warning", f"{role.spec}: {role.state}; the package index answers", role.mend)
    mend = f"Check which index pip uses (pip config list), then: {role.mend}"
    return Check(name, "broken", f"{role.spec}: {role.state}, and the package index does not answer", mend)


def _package_of(role: Role) -> str:
    return manifest()[role.weights].package


def index_answers(package: str) -> bool:
    """Whether pip finds a package on the index that it is set to; gives up after some seconds."""
    command = [sys.executable, "-m", "pip", "index", "versions", package, "--disable-pip-version-check", "--no-input"]
    try:
        asked = subprocess.run(
            [*command, "--retries", "0", "--timeout", "5"], capture_output=True, timeout=INDEX_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


def sandbox() -> Check:
    """Whether programs can be type-checked and run."""
    mend = f"{sys.executable} -m pip install --force-reinstall pydantic-monty"
    try:
        from pydantic_monty import MontyError
    except ImportError as error:
        return Check("sandbox", "broken", str(error), mend)
    try:
        found = shared_sandbox().check_types("number: int = 'text'", "")
        with shared_sandbox().session(Limits(seconds=2.0)) as session:
            result = session.feed_run("sum([1, 2, 3])")
    except (MontyError, OSError) as error:
        return Check("sandbox", "broken", f"{type(error).__name__}: {error}", mend)
    if not found or result != 6:
        return Check("sandbox", "broken", "it does not check or compute as it must", mend)
    return Check("sandbox", "ok", "programs are checked and run")
