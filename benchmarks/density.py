"""What the first look costs tool by tool, and what it misses: beside looking at every frame of a 2 fps sampling.

Usage:
    python benchmarks/density.py CLIP [--reference-seconds N]

Prints for reading, detecting and hearing: CPU-seconds and their share, frames decoded and frames looked at; then the
same for a look at two frames a second over the first N seconds (all of the clip when left out), and how well the two
agree: of the texts and the things that the dense look found, how many the planned look found too, and how much their
spans overlap. CPU-seconds of this process, models loaded before the clock starts.
"""

import argparse
import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import vidprog
from vidprog.memory import Observation, Timeline
from vidprog.tools.context import Context
from vidprog.tools.detect import MIN_SCORE, detect
from vidprog.tools.layout import join_rows
from vidprog.tools.localize import presence
from vidprog.tools.read_text import join_readings, read_text
from vidprog.tools.sampling import Sampling
from vidprog.tools.sounds import sounds
from vidprog.tools.text import same_reading
from vidprog.tools.transcribe import transcribe
from vidprog.video import frames_at

DENSE = 0.5
"""Seconds between two frames of the reference."""
SEEN_TWICE = 2 * DENSE
"""Things and texts that the dense look saw for less are left out: a flicker is no truth."""


def measured(work: Callable[[], Timeline]) -> tuple[Timeline, float]:
    """What a tool found, and its CPU-seconds."""
    started = time.process_time()
    return work(), time.process_time() - started


def first_look(context: Context) -> tuple[dict[str, Timeline], dict[str, tuple[float, int, int]]]:
    """What each tool found; its CPU-seconds, frames decoded and frames looked at. One decoding serves all tools."""
    found: dict[str, Timeline] = {}
    costs: dict[str, tuple[float, int, int]] = {}
    sampling = Sampling.for_clip(context.whole)
    blocks = [context.whole.trim(block.start, block.end) for block in sampling.blocks(context.whole)]
    looks = {"detect": detect, "read_text": read_text}
    costs |= dict.fromkeys(looks, (0.0, 0, 0))
    for part in blocks:
        for name, tool in looks.items():
            before = context.meter.usage
            _, seconds = measured(lambda tool=tool, part=part: tool.run((part,), {}, context))
            after = context.meter.usage
            added = (seconds, after.frames_decoded - before.frames_decoded, after.frames_seen - before.frames_seen)
            costs[name] = tuple(map(sum, zip(costs[name], added, strict=True)))
    found |= {name: tool.run((context.whole,), {}, context) for name, tool in looks.items()}
    for name, tool in (("transcribe", transcribe), ("sounds", sounds)):
        found[name], seconds = measured(lambda tool=tool: tool.run((context.whole,), {}, context))
        costs[name] = (seconds, 0, 0)
    return found, costs


def dense_look(context: Context, seconds: float) -> tuple[Timeline, Timeline, dict[str, tuple[float, int, int]]]:
    """Texts and things of every frame of a 2 fps sampling of the first seconds, each frame read and detected in."""
    cells = [(place * DENSE, (place + 1) * DENSE) for place in range(int(seconds / DENSE))]
    frames = list(frames_at(context.video, [start + DENSE / 2 for start, _ in cells], max_side=960))
    ocr, detector = context.models.ocr, context.models.detector
    started = time.process_time()
    texts = [
        Observation(start, end, "text", line.text, line.score, "dense", line.box)
        for frame, (start, end) in zip(frames, cells, strict=True)
        for line in join_rows(ocr.read(frame.image))
    ]
    middle = time.process_time()
    things = [
        Observation(start, end, "object", thing.label, thing.score, "dense", thing.box)
        for frame, (start, end) in zip(frames, cells, strict=True)
        for thing in detector.detect([frame.image])[0]
        if thing.score >= MIN_SCORE
    ]
    costs = {
        "detect": (time.process_time() - middle, len(frames), len(frames)),
        "read_text": (middle - started, 0, len(frames)),
    }
    return Timeline(join_readings(texts)), Timeline(things), costs


def agreement(
    dense: list[Observation], planned: list[Observation], same: Callable[[Observation, Observation], bool]
) -> tuple[int, int, float]:
    """How many of the dense spans were found, how many there are, and the mean overlap of those that were found."""
    lasting = [span for span in dense if span.end - span.start >= SEEN_TWICE]
    overlaps = []
    for span in lasting:
        best = max((_overlap(span, other) for other in planned if same(span, other)), default=0.0)
        overlaps += [best] if best > 0 else []
    return len(overlaps), len(lasting), sum(overlaps) / max(1, len(overlaps))


def _overlap(one: Observation, two: Observation) -> float:
    both = min(one.end, two.end) - max(one.start, two.start)
    return max(0.0, both) / max(1e-9, max(one.end, two.end) - min(one.start, two.start))


def of_label(things: Timeline) -> list[Observation]:
    """Spans in which each label is in sight."""
    labels = sorted({thing.content for thing in things})
    return [span for label in labels for span in presence([thing for thing in things if thing.content == label])]


def show(title: str, costs: dict[str, tuple[float, int, int]]) -> None:
    total = sum(seconds for seconds, _, _ in costs.values())
    print(f"{title:<26} {'CPU s':>7} {'share':>6} {'decoded':>8} {'looked at':>9}")
    for name, (seconds, decoded, seen) in costs.items():
        print(f"  {name:<24} {seconds:>7.2f} {seconds / total:>6.0%} {decoded:>8} {seen:>9}")
    print(f"  {'together':<24} {total:>7.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--reference-seconds", type=float, default=math.inf)
    arguments = parser.parse_args()
    models = vidprog.Models(vidprog.load_profile("embedded"))
    models.ocr, models.detector, models.asr  # noqa: B018 - loaded before the clock starts
    with (
        tempfile.TemporaryDirectory() as store,
        vidprog.Session(arguments.clip, models=models, store=Path(store)) as session,
    ):
        context = session.context()
        found, costs = first_look(context)
        show("planned look", costs)
        seconds = min(arguments.reference_seconds, session.video.duration)
        texts, things, dense = dense_look(context, seconds)
        show(f"2 fps, first {seconds:.0f} s", dense)
    inside = {name: list(timeline.between(0, seconds)) for name, timeline in found.items()}
    rows = {
        "texts": agreement(list(texts), inside["read_text"], lambda a, b: same_reading(a.content, b.content)),
        "things": agreement(
            of_label(things), of_label(Timeline(inside["detect"])), lambda a, b: a.content == b.content
        ),
    }  # fmt: skip
    for name, (hits, total, overlap) in rows.items():
        print(f"{name}: {hits} of {total} that the dense look saw for 1 s or more; mean overlap {overlap:.2f}")


if __name__ == "__main__":
    main()
