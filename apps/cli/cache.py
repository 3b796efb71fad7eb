"""``vidprog cache``: where what was found in videos is kept, how much of it there is, and getting rid of it."""

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...video.errors import UsageError
from . import options
from .screen import Column, Table
from .terminal import Terminal, print_document
from .words import count, size

if TYPE_CHECKING:
    from ...memory.housekeeping import Held, Pruned

app = options.group("What was found in videos, on disk: list, prune, clear.")

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
BYTES = {"b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)")

Videos = Annotated[
    list[str] | None, typer.Argument(metavar="[VIDEO]...", help="Only of these videos; all of the store if none.")
]
Named = Annotated[list[str], typer.Argument(metavar="VIDEO|FINGERPRINT...", help="Video files, or names in the list.")]
Older = Annotated[
    str | None, typer.Option("--older-than", metavar="TIME", help="What was not used for so long, e.g. 30d or 12h.")
]
Larger = Annotated[
    str | None,
    typer.Option("--larger-than", metavar="SIZE", help="Until the rest takes no more, e.g. 2GB; oldest first."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would go.", show_default=False)]


@app.command("list")
def show_all(videos: Videos = None, json: options.Json = False, store: options.Store = None) -> int:
    """List how much is kept of each video, the one used last first."""
    from ...memory.housekeeping import held_in, leftovers
    from ...models.weights import weights_directory

    directory = _directory(store)
    wanted = {_fingerprint(video) for video in videos or ()}
    held = [each for each in held_in(directory) if not wanted or each.fingerprint in wanted]
    rest = sum(path.stat().st_size for path in leftovers(directory))
    weights = sum(path.stat().st_size for path in weights_directory().rglob("*") if path.is_file())
    total = sum(each.size for each in held)
    if json:
        from ..documents import listing

        places = {"store": str(directory), "weights": str(weights_directory())}
        sizes = {"bytes": total, "leftovers": rest, "weights_bytes": weights}
        print_document(listing("cache", **places, **sizes, videos=[_entry(each) for each in held]))
        return 0
    screen = Terminal().result
    if held:
        names = (Column("video", "bold cyan"), Column("size", right=True), Column("used"))
        columns = (*names, Column("what is known", wraps=True))
        screen.table(
            Table(columns, [(each.fingerprint, size(each.size), _ago(each.used), _known(each)) for each in held])
        )
        screen.line()
    screen.line((f"{'store':<9}", "dim"), f"{directory}: {count(len(held), 'video')}, {size(total + rest)}")
    screen.line((f"{'weights':<9}", "dim"), f"{weights_directory()}: {size(weights)}")
    return 0


@app.command("prune")
def prune(
    older_than: Older = None,
    larger_than: Larger = None,
    dry_run: DryRun = False,
    json: options.Json = False,
    store: options.Store = None,
) -> int:
    """Remove what was not used for long, or what is too much. What is in use stays."""
    from ...memory.housekeeping import Pruned, chosen, held_in, leftovers, remove

    if older_than is None and larger_than is None:
        raise UsageError(
            "nothing is said about what may go",
            code="cache.prune",
            hint="Give --older-than 30d, --larger-than 2GB, or both.",
        )
    directory = _directory(store)
    seconds = _amount(older_than, UNITS, "--older-than 30d") if older_than else None
    most = _amount(larger_than, BYTES, "--larger-than 2GB") if larger_than else None
    going = chosen(held_in(directory), older_than=seconds, larger_than=most)
    if not dry_run:
        for path in leftovers(directory):
            path.unlink(missing_ok=True)
    return _show(Pruned(going, ()) if dry_run else remove(going), dry_run, json)


@app.command("clear")
def clear(names: Named, dry_run: DryRun = False, json: options.Json = False, store: options.Store = None) -> int:
    """Remove what is known about some videos. What is in use stays."""
    from ...memory.housekeeping import Pruned, held_in, remove

    stores = {each.fingerprint: each for each in held_in(_directory(store))}
    wanted = [_fingerprint(name, stores) for name in names]
    unknown = [name for name, fingerprint in zip(names, wanted, strict=True) if fingerprint not in stores]
    if unknown:
        hint = "`vidprog cache list` shows what is known."
        raise UsageError(f"nothing is known about {', '.join(unknown)}", code="cache.unknown", hint=hint)
    going = tuple(stores[fingerprint] for fingerprint in dict.fromkeys(wanted))
    return _show(Pruned(going, ()) if dry_run else remove(going), dry_run, json)


def _directory(store: Path | None) -> Path:
    from ...memory import default_directory

    return store or default_directory()


def _fingerprint(name: str, known: dict[str, Any] | None = None) -> str:
    """A fingerprint of the list, or a video's."""
    if known and name in known:
        return name
    from ...video import open_video

    return open_video(name).fingerprint


def _amount(text: str, units: dict[str, float], example: str) -> float:
    match = _AMOUNT.fullmatch(text.strip().casefold())
    if match is None or match[2] not in units:
        known = ", ".join(units)
        raise UsageError(
            f"{text!r} is no amount", code="cache.amount", hint=f"Write it like {example}; units: {known}."
        )
    return float(match[1]) * units[match[2]]


def _show(pruned: "Pruned", dry_run: bool, json: bool) -> int:
    freed = sum(held.size for held in pruned.removed)
    if json:
        from ..documents import listing

        entries = {
            "removed": [_entry(held) for held in pruned.removed],
            "in_use": [_entry(held) for held in pruned.busy],
        }
        print_document(listing("cache.pruned", dry_run=dry_run, bytes=freed, **entries))
        return 0
    terminal = Terminal()
    for held in pruned.removed:
        terminal.result.line(
            ("would go  " if dry_run else "removed  ", "yellow"), f"{held.fingerprint}  {size(held.size)}"
        )
    terminal.warn(f"{held.fingerprint} is in use and stays" for held in pruned.busy)
    terminal.say(f"{size(freed)} {'would be freed' if dry_run else 'freed'}")
    return 0


def _entry(held: "Held") -> dict[str, Any]:
    return {
        "fingerprint": held.fingerprint, "path": str(held.path), "bytes": held.size, "used": round(held.used, 3),
        "observations": held.kinds,
    }  # fmt: skip


def _known(held: "Held") -> str:
    return ", ".join(f"{number} {kind}" for kind, number in held.kinds.items()) or "nothing"


def _ago(moment: float) -> str:
    seconds = max(0.0, time.time() - moment)
    name, unit = next(
        (item for item in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)) if seconds >= item[1]), ("s", 1.0)
    )
    return f"{seconds // unit:.0f} {name} ago"
