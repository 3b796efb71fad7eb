"""Questions about videos with needles: right or wrong by depth and length, and what each costs after the one before.

Usage:
    vidprog needles FOLDER --lengths 1,10,60 --tasks retrieval
    python benchmarks/needles.py FOLDER ROWS.json [--profile P] [--program NAME] [--longest MINUTES]
                                [--kinds text,spoken]

Each video begins with an empty store; its first question pays for the first look. Rows that are in ROWS.json already
are not made again. CPU-seconds are of this process: elapsed time says little on a machine that others use as well.
"""

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import vidprog
from vidprog.video.errors import VidprogError

USED = ("frames_decoded", "frames_seen", "llm_calls")


def items_by_video(folder: Path, longest: float, kinds: set[str]) -> dict[str, list[dict]]:
    """The multiple-choice items of each video."""
    videos: dict[str, list[dict]] = defaultdict(list)
    for line in (folder / "items.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item["task"] == "choice" and item["length"] <= longest and item["kind"] in kinds:
            videos[item["video"]].append(item)
    return videos


def ask_about(path: Path, items: list[dict], models: vidprog.Models, settings: vidprog.Settings) -> Iterable[dict]:
    """Every question about a video, on one store that is empty at first; none follows up another."""
    with tempfile.TemporaryDirectory() as store, vidprog.Session(path, models=models, store=Path(store)) as session:
        for number, item in enumerate(items, 1):
            session.history.clear()
            started, cpu = time.perf_counter(), time.process_time()
            row = {name: item.get(name) for name in ("kind", "category", "length", "depth")}
            row |= {"id": item["id"], "video": item["video"], "number": number}
            try:
                result = session.ask(item["question"], item["choices"], settings)
                row |= {"right": result.choice == item["truth"], "confidence": result.confidence}
                row |= {"program": result.program["name"], **{name: result.usage.get(name, 0) for name in USED}}
                row |= {"evidence": [[seen.start, seen.end] for seen in result.answer.evidence][:8]}
            except VidprogError as error:
                row |= {"right": False, "confidence": 0.0, "error": error.message}
            cost = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}
            yield row | {name: round(value, 2) for name, value in cost.items()}


def warm_up(models: vidprog.Models) -> None:
    """Load every model, so that the first question of the first video does not pay for it."""
    for role in models.roles:
        models.get(role)


def share(rows: list[dict]) -> str:
    """How many are right."""
    return f"{sum(row['right'] for row in rows)} of {len(rows)}" if rows else ""


def print_accuracy(rows: list[dict]) -> None:
    """Rows: kind and depth; columns: minutes."""
    lengths = sorted({row["length"] for row in rows})
    print("| kind | depth | " + " | ".join(f"{length:g} min" for length in lengths) + " |")
    print("|---|---|" + "---|" * len(lengths))
    for kind in dict.fromkeys(row["kind"] for row in rows):
        for depth in sorted({row["depth"] for row in rows if row["kind"] == kind and row["depth"] is not None}):
            cells = [[r for r in rows if (r["kind"], r["depth"], r["length"]) == (kind, depth, n)] for n in lengths]
            print(f"| {kind} | {depth:g} | " + " | ".join(map(share, cells)) + " |")
    print("| all | | " + " | ".join(share([row for row in rows if row["length"] == n]) for n in lengths) + " |")


def print_categories(rows: list[dict]) -> None:
    """Rows: what is asked; columns: kinds."""
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    print("| asked | " + " | ".join(kinds) + " |")
    print("|---|" + "---|" * len(kinds))
    for category in dict.fromkeys(row["category"] for row in rows):
        cells = [[row for row in rows if (row["category"], row["kind"]) == (category, kind)] for kind in kinds]
        print(f"| {category} | " + " | ".join(map(share, cells)) + " |")


def print_cost(rows: list[dict]) -> None:
    """Means over the videos of one length: the first question, which looks at the video, and those after it."""
    print("| minutes | kind | first question, CPU-s | frames looked at | later questions, CPU-s | frames looked at |")
    print("|---|---|---|---|---|---|")
    cells = dict.fromkeys((row["length"], row["kind"]) for row in rows)
    for length, kind in sorted(cells, key=lambda cell: (cell[0], list(cells).index(cell))):
        there = [row for row in rows if (row["length"], row["kind"]) == (length, kind)]
        parts = [[row for row in there if (row["number"] == 1) == first] for first in (True, False)]
        texts = [f"{mean(part, 'cpu'):.1f} | {mean(part, 'frames_seen'):.0f}" for part in parts]
        print(f"| {length:g} | {kind} | {' | '.join(texts)} |")


def mean(rows: list[dict], name: str) -> float:
    """Of one field, over the rows that have it."""
    values = [row[name] for row in rows if name in row]
    return sum(values) / max(1, len(values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--profile")
    parser.add_argument("--program", help="instead of the loop")
    parser.add_argument("--longest", type=float, default=24 * 60)
    parser.add_argument("--kinds", default="text,picture,spoken,object")
    arguments = parser.parse_args()
    rows = json.loads(arguments.rows.read_text()) if arguments.rows.exists() else []
    models = vidprog.Models(vidprog.load_profile(arguments.profile))
    done = {row["video"] for row in rows}
    videos = items_by_video(arguments.folder, arguments.longest, set(arguments.kinds.split(",")))
    missing = {name: items for name, items in videos.items() if name not in done}
    if missing:
        warm_up(models)
    for name, items in missing.items():
        rows += ask_about(arguments.folder / name, items, models, vidprog.Settings(program=arguments.program))
        arguments.rows.write_text(json.dumps(rows, indent=1))
    print_accuracy(rows)
    print()
    print_categories(rows)
    print()
    print_cost(rows)


if __name__ == "__main__":
    main()
