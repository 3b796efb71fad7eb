"""Making a set: room on disk is looked at first, finished videos are kept, and the items name finished videos only."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...models.weights import Report, ignore_progress
from ...video.errors import UsageError
from ..items import Item
from .needle import Script
from .plan import Plan, Planned, plan_needles
from .settings import NeedleSettings
from .writer import write_script

ITEMS = "items.jsonl"
BYTES_PER_PIXEL = 0.004
"""Of each frame: 35 generated videos of a minute took 0.0004 to 0.002 at 640x360 and 12.5 frames a second."""
FILM_BYTES_PER_PIXEL = 0.04
"""Of a video behind the needles: the demo clip took 0.009, and grain and quick movement take more."""
SOUND_BYTES = 8_000
"""A second."""


@dataclass(frozen=True, slots=True)
class Made:
    """A set on disk.

    Attributes:
        folder: Where it is.
        items_file: The JSONL file with the questions.
        items: Of this call's videos.
        written: Files that were made now.
        kept: Files that were there already.
        left_out: What was asked for and could not be, with the reason.
    """

    folder: Path
    items_file: Path
    items: tuple[Item, ...]
    written: tuple[str, ...]
    kept: tuple[str, ...]
    left_out: tuple[str, ...]


def make_needles(settings: NeedleSettings, folder: Path, report: Report = ignore_progress) -> Made:
    """Make the videos of a set and the items about them.

    An interrupted call goes on where it stopped; further lengths, tasks or kinds join a set that is there.

    Args:
        settings: What is wanted.
        folder: Where; it is created.
        report: Is told how far it is.

    Returns:
        What was made.

    Raises:
        UsageError: Settings that cannot be; ``needles.disk``, the room on disk does not suffice; ``needles.other``,
            the folder holds another video of the same name.
    """
    plan = plan_needles(settings)
    folder.mkdir(parents=True, exist_ok=True)
    before = read_rows(folder / ITEMS)
    missing = [video for video in plan.videos if not _is_made(video, folder, before)]
    check_room(folder, [video.script for video in missing])
    _write(plan, missing, folder, before, report)
    written = tuple(video.script.file for video in missing)
    kept = tuple(video.script.file for video in plan.videos if video.script.file not in written)
    items = tuple(item for video in plan.videos for item in video.items)
    return Made(folder, folder / ITEMS, items, written, kept, plan.left_out)


def _write(plan: Plan, missing: list[Planned], folder: Path, rows: list[dict[str, Any]], report: Report) -> None:
    total, done = sum(video.script.seconds for video in missing) or 1.0, 0.0
    for video in plan.videos:
        if video in missing:
            share = video.script.seconds / total
            told = _told(report, video.script.file, done, share)
            write_script(video.script, folder / video.script.file, told)
            done += share
        rows = _joined(rows, video)
        write_rows(folder / ITEMS, rows)


def _joined(rows: list[dict[str, Any]], video: Planned) -> list[dict[str, Any]]:
    """The rows with those of a video; what was asked about the same video in another form stays."""
    ids, script = {item.id for item in video.items}, video.script
    others = [row for row in rows if row["video"] != script.file or row["plan"] == script.digest]
    return [row for row in others if row.get("id") not in ids] + [row_of(item) for item in video.items]


def _told(report: Report, file: str, done: float, share: float) -> Callable[[float], None]:
    return lambda part: report(f"writing {file}", done + part * share)


def bytes_of(script: Script) -> int:
    """How large the file of a script will be at most, as far as one can say before."""
    pixels = script.size[0] * script.size[1] * script.frames
    each = BYTES_PER_PIXEL if script.background is None else FILM_BYTES_PER_PIXEL
    return round(pixels * each + script.seconds * SOUND_BYTES)


def check_room(folder: Path, scripts: Sequence[Script]) -> int:
    """See whether the videos will fit on the disk.

    Args:
        folder: Where they go.
        scripts: Those that are still to be made.

    Returns:
        Bytes that they will take at most.

    Raises:
        UsageError: ``needles.disk``.
    """
    wanted, free = sum(map(bytes_of, scripts)), shutil.disk_usage(folder).free
    if wanted > free:
        raise UsageError(
            f"{len(scripts)} videos take up to {wanted / 1e6:,.0f} MB, {folder} has {free / 1e6:,.0f} MB free",
            code="needles.disk",
            hint="Make fewer or shorter videos, or smaller frames (--size 320x180).",
        )
    return wanted


def _is_made(video: Planned, folder: Path, rows: list[dict[str, Any]]) -> bool:
    """Whether the file is there and was made from the same script.

    Raises:
        UsageError: ``needles.other``.
    """
    if not (folder / video.script.file).exists():
        return False
    made = {row["plan"] for row in rows if row["video"] == video.script.file}
    if made == {video.script.digest}:
        return True
    raise UsageError(
        f"{folder / video.script.file} was made with other settings, or by another version of vidprog",
        code="needles.other",
        hint="Choose another folder, or delete that file.",
    )


def row_of(item: Item) -> dict[str, Any]:
    """An item as a line of the project's own JSONL (the reader ``plain``): fields that say nothing are left out."""
    fields = {
        "id": item.id, "video": item.video, "question": item.question, "task": item.task,
        "choices": list(item.choices), "truth": item.truth, "answer": "".join(item.answers[:1]),
        "aliases": list(item.answers[1:]), "spans": [list(span) for span in item.spans], "category": item.category,
        "group": item.group, **item.extra,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def read_rows(file: Path) -> list[dict[str, Any]]:
    """The lines of an items file; none where there is no file.

    Raises:
        UsageError: ``needles.items``, a line is not one that this program wrote.
    """
    if not file.exists():
        return []
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            row["video"], row["plan"]
        except (ValueError, KeyError, TypeError) as error:
            message = f"{file}:{number} was not written by vidprog needles"
            raise UsageError(message, code="needles.items", hint="Choose another folder.") from error
        rows.append(row)
    return rows


def write_rows(file: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write an items file; it is whole at any moment."""
    part = file.with_name(f".{file.name}.part")
    part.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    part.replace(file)
