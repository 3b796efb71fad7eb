"""When does it happen: overlap of the found spans with the true ones, by kind of question.

Usage:
    python benchmarks/when.py MANIFEST.json [--store DIR] [--rows]

The manifest lists videos (``file`` beside it) with questions that carry a ``time_span`` (seconds), and with the texts
that are on screen (``visible_text``: start, end, text), each of which becomes a query of its own. Of several spans that
are found the surest counts. A moment counts as half a second on either side. Printed for each kind: mean IoU, the share
of the queries with an IoU of at least 0.3, 0.5 and 0.7 (R@IoU), and the same for the best of the spans.
"""

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import vidprog
from vidprog.memory import Observation
from vidprog.tools.moments import find_moments

LEVELS = (0.3, 0.5, 0.7)
MOMENT = 0.5


@dataclass(frozen=True)
class Row:
    """A query with its true span and what was found."""

    kind: str
    query: str
    truth: tuple[float, float]
    overlap: float
    best: float
    found: str
    seconds: float


def overlap(span: Observation, truth: tuple[float, float]) -> float:
    """Intersection over union, moments made half a second wide on either side.

    Args:
        span: What was found.
        truth: Start and end, seconds.
    """
    one = (span.start - MOMENT, span.end + MOMENT) if span.start == span.end else (span.start, span.end)
    both = min(one[1], truth[1]) - max(one[0], truth[0])
    either = max(one[1], truth[1]) - min(one[0], truth[0])
    return max(0.0, both) / either if either > 0 else 0.0


def queries(video: dict) -> Iterator[tuple[str, str, tuple[float, float]]]:
    """Kind, query and true span of everything in a video of the manifest that has one."""
    for item in video["questions"]:
        if item.get("time_span"):
            yield item["type"], item["question"], tuple(item["time_span"])
    for line in video.get("visible_text", ()):
        if not line["text"].startswith("running "):  # a description, not a text
            yield "text shown", f'the text "{line["text"]}"', (line["start"], line["end"])


def measure(manifest: Path, store: Path) -> Iterator[Row]:
    """A row for each query."""
    models = vidprog.Models(vidprog.load_profile("embedded"))
    for video in json.loads(manifest.read_text())["videos"]:
        with vidprog.Session(manifest.parent / video["file"], models=models, store=store) as session:
            for kind, query, truth in queries(video):
                context, started = session.context(), time.process_time()
                spans = find_moments(query, context=context)
                surest = max(spans, key=lambda span: span.score, default=None)
                overlaps = [overlap(span, truth) for span in spans]
                yield Row(
                    kind, query, truth, overlap(surest, truth) if surest else 0.0, max(overlaps, default=0.0),
                    f"{surest.start:.2f}-{surest.end:.2f} {surest.score:.2f} {surest.content[:40]}" if surest else "",
                    time.process_time() - started,
                )  # fmt: skip


def report(rows: list[Row]) -> None:
    groups = defaultdict(list)
    for row in rows:
        groups[row.kind].append(row)
    groups["all"] = rows
    levels = "".join(f"{f'R@{level}':>8}" for level in LEVELS)
    print(f"{'kind':<12} {'queries':>7} {'mIoU':>6}{levels} {'found':>7} {'best of':>8} {'CPU s':>6}")
    for kind, some in groups.items():
        values = np.array([row.overlap for row in some])
        shares = "".join(f"{(values >= level).mean():>8.0%}" for level in LEVELS)
        found = f"{sum(bool(row.found) for row in some)}/{len(some)}"
        best = np.mean([row.best for row in some])
        seconds = np.mean([row.seconds for row in some])
        print(f"{kind:<12} {len(some):>7} {values.mean():>6.2f}{shares} {found:>7} {best:>8.2f} {seconds:>6.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--store", type=Path, help="directory of the memory files; a temporary one when left out")
    parser.add_argument("--rows", action="store_true", help="print every query")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        rows = list(measure(arguments.manifest, arguments.store or Path(temporary)))
    for row in rows if arguments.rows else ():
        print(f"{row.overlap:.2f} {row.kind:<10} {row.truth} {row.query[:70]!r} -> {row.found}")
    report(rows)


if __name__ == "__main__":
    main()
