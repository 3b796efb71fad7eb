"""The directory of a run: what was asked and how, every answer as a line, every trace as a file.

A line is appended in one write and synchronised before anything else happens, so a run that is killed has lost the
question under way and nothing else. Several processes (shards) may write beside each other, each into its own file.
"""

import errno
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from ..video.errors import UsageError, VidprogError
from .items import Item
from .lines import canonical, digest, item_from_json, item_to_json

SCHEMA = "vidprog.eval.run/1"
FIXED = ("data", "profile", "settings", "controls")
"""Parts of the configuration that all answers of a run share."""
Key = tuple[str, str]
"""Name of the system and id of the item."""


class RunDirectory:
    """A directory that holds a run.

    Args:
        path: Where.
        shard: Which part of the work this process does, from 1, of how many.
    """

    def __init__(self, path: Path, shard: tuple[int, int] = (1, 1)) -> None:
        self.path = path
        number, count = shard
        self._own = path / ("predictions.jsonl" if count == 1 else f"predictions-{number}of{count}.jsonl")

    @property
    def configuration(self) -> dict[str, Any]:
        """What the run was begun with.

        Raises:
            UsageError: It is no run.
        """
        try:
            return dict(json.loads((self.path / "config.json").read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            hint = "`vidprog eval DATA --out DIR` makes one."
            raise UsageError(f"{self.path} is no directory of a run", code="eval.directory", hint=hint) from error

    def begin(self, configuration: Mapping[str, Any], items: Sequence[Item], anyway: bool = False) -> None:
        """Begin the run, or go on with it when it was begun in the same way.

        Args:
            configuration: ``FIXED`` parts, and ``session``: what may differ from call to call.
            items: All questions of the data set.
            anyway: Go on although versions, prompts or programs have changed.

        Raises:
            UsageError: ``eval.configuration`` or ``eval.versions``: answers would not belong together.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with locked(self.path / "config.lock", wait=True):
            fixed = {name: configuration[name] for name in FIXED}
            sessions: list[Any] = []
            if (self.path / "config.json").exists():
                before = self.configuration
                _refuse_changes(before, fixed, self.path)
                sessions = before["sessions"]
                if not anyway:
                    _refuse_versions(sessions[-1], configuration["session"], self.path)
            elif any(self.path.glob("predictions*.jsonl")):
                raise UsageError(f"{self.path} holds answers of nobody knows what", code="eval.directory",
                                 hint="Name another --out.")  # fmt: skip
            else:
                _write(self.path / "items.jsonl", "".join(canonical(item_to_json(item)) + "\n" for item in items))
            document = {"schema": SCHEMA, **fixed, "sessions": [*sessions, configuration["session"]]}
            _write(self.path / "config.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n")

    @contextmanager
    def working(self) -> Iterator[None]:
        """For as long as this process works on its shard.

        Raises:
            VidprogError: ``eval.busy``, another process does, or one that divides the work otherwise.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        own = self._own.with_suffix(".lock")
        with locked(own, wait=False):
            self._refuse_other_divisions(own)
            _drop_torn_line(self._own)
            yield

    def _refuse_other_divisions(self, own: Path) -> None:
        """Parts 1/2 and 1/3, or 1/2 and the whole, have questions in common."""
        count = own.stem.partition("of")[2]
        with ExitStack() as held:
            for other in self.path.glob("predictions*.lock"):
                if other != own and other.stem.partition("of")[2] != count:
                    held.enter_context(locked(other, wait=False))

    @property
    def items(self) -> tuple[Item, ...]:
        """All questions of the data set, in its order.

        Raises:
            UsageError: ``eval.directory``, they cannot be read.
        """
        try:
            return tuple(item_from_json(json.loads(line)) for line in _lines(self.path / "items.jsonl"))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{self.path / 'items.jsonl'} is damaged", code="eval.directory",
                             hint="Name another --out.") from error  # fmt: skip

    def answers(self) -> dict[Key, dict[str, Any]]:
        """The line of every system about every item: the last one, and an answer rather than an error."""
        kept: dict[Key, dict[str, Any]] = {}
        for line in filter(None, map(_answer, self._recorded())):
            key = line["system"], line["item"]
            if key not in kept or kept[key]["error"] or not line["error"]:
                kept[key] = line
        return kept

    @property
    def damaged(self) -> int:
        """Lines of answers that cannot be read; their questions count as not asked yet."""
        return sum(_answer(line) is None for line in self._recorded())

    def _recorded(self) -> Iterator[str]:
        for file in sorted(self.path.glob("predictions*.jsonl")):
            yield from _lines(file)

    def record(self, line: Mapping[str, Any], trace: Mapping[str, Any]) -> None:
        """Keep an answer: the trace first, so that every line has one."""
        name = trace_name(line["system"], line["item"])
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, json.dumps(trace, indent=1, ensure_ascii=False, default=str) + "\n")
        _append(self._own, canonical({**line, "trace": name}) + "\n")

    def trace(self, name: str) -> dict[str, Any]:
        """A trace by the name that its line gives; empty when it is gone."""
        with suppress(OSError, ValueError):
            return dict(json.loads((self.path / name).read_text(encoding="utf-8")))
        return {}


def trace_name(system: str, item: str) -> str:
    """Where the trace of an answer is: a readable name, told apart by a hash where an id is no file name."""
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", item).strip("-.")[:60]
    return f"traces/{system}/{readable}-{digest(item)}.json"


def _refuse_changes(before: Mapping[str, Any], now: Mapping[str, Any], path: Path) -> None:
    for name in FIXED:
        old, new = before.get(name), json.loads(canonical(now[name]))
        if old == new:
            continue
        keys = [key for key in {**(old or {}), **new} if (old or {}).get(key) != new.get(key)]
        raise UsageError(
            f"{path} was made with another configuration: {name} {', '.join(map(_shown(old, new), keys))}",
            code="eval.configuration",
            hint="Name another --out, or run it as it was begun.",
        )


def _shown(old: Any, new: Any) -> Any:
    return lambda key: f"{key} was {_short((old or {}).get(key))}, is {_short(new.get(key))}"


def _short(value: Any) -> str:
    text = canonical(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _refuse_versions(before: Mapping[str, Any], now: Mapping[str, Any], path: Path) -> None:
    changed = changed_versions(before, now)
    if changed:
        raise UsageError(
            f"{path} was made with other versions: {', '.join(changed)}",
            code="eval.versions",
            hint="Name another --out; --anyway goes on, and the report says that answers are of both.",
        )


def changed_versions(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between two sessions of a run: packages, prompts, programs, the code."""
    changed = []
    for group in ("versions", "prompts", "programs", "code"):
        old, new = before.get(group) or {}, now.get(group) or {}
        changed += [f"{group} {name}" for name in old if name in new and old[name] != new[name]]
    return changed


def _lines(path: Path) -> Iterator[str]:
    with suppress(FileNotFoundError), path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        for line in file:
            if line.endswith("\n"):  # the last one of a killed process may be torn
                yield line


def _answer(line: str) -> dict[str, Any] | None:
    """A recorded answer; None where the line is damaged: a machine that lost its power leaves such ones."""
    with suppress(ValueError):
        found = json.loads(line)
        return found if isinstance(found, dict) and {"system", "item", "error"} <= found.keys() else None
    return None


def _append(path: Path, text: str) -> None:
    """Append a text as a whole, or not at all."""
    content = text.encode("utf-8", "replace")
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        before = os.fstat(handle).st_size
        if os.write(handle, content) < len(content):  # as much as the full disk took
            os.ftruncate(handle, before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(handle)
    finally:
        os.close(handle)


def _drop_torn_line(path: Path) -> None:
    with suppress(FileNotFoundError):
        content = path.read_bytes()
        if content and not content.endswith(b"\n"):
            os.truncate(path, content.rfind(b"\n") + 1)


def _write(path: Path, text: str) -> None:
    """Replace a file at once: a reader sees the old one or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8", errors="replace")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def locked(path: Path, wait: bool) -> Iterator[None]:
    """Hold a lock that the system drops when the process ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # Windows has none; one process at a time is then up to the user
        yield
        return
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            hint = "Wait for it, or give each process its --shard."
            raise VidprogError(f"another process works on {path.parent}", code="eval.busy", hint=hint) from error
        yield
