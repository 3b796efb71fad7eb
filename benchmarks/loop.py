"""The loop beside each named program alone, on the same questions: accuracy, and what an answer costs.

Usage:
    python benchmarks/loop.py MANIFEST.json [--programs A,B|all|general] [--profile P] [--json ROWS.json]

The manifest lists videos (``file`` beside it) with questions (``question``, ``options``, ``answer_index``, ``type``). A
first look at each video is made once and is in no cost; every system then works on a copy of that store, so none
profits from the calls of another. Rows that are in ROWS.json already are not made again.
"""

import argparse
import json
import math
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import vidprog
from questions import auroc, blind_choice
from vidprog.programs import Catalog
from vidprog.video.errors import VidprogError

LOOP, BLIND = "the loop", "blind"
Z = 1.96
"""Standard normal quantile of a 95 % interval."""
COSTS = ("llm_calls", "vlm_calls", "frames_seen", "seconds")


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927): sound for few questions and for shares near 0 or 1."""
    share, width = right / count, Z * Z / count
    middle = (share + width / 2) / (1 + width)
    half = Z * math.sqrt(share * (1 - share) / count + width / count / 4) / (1 + width)
    return middle - half, middle + half


def chosen_programs(names: str, models: vidprog.Models) -> list[str]:
    """The programs to run: those that are named, or all that the profile can run, or those for any kind of question."""
    if names not in ("all", "general"):
        return [Catalog.builtin().get(name).name for name in names.split(",")]
    runnable = [program for program in Catalog.builtin().runnable(models.roles) if program.takes == "one"]
    return [program.name for program in runnable if names == "all" or not program.special]


def questions_of(manifest: Path) -> Iterator[tuple[Path, dict]]:
    for video in json.loads(manifest.read_text())["videos"]:
        for item in video["questions"]:
            yield manifest.parent / video["file"], item


@contextmanager
def store_for_one(known: Path) -> Iterator[Path]:
    """A copy of what the first look found, for one system."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copytree(known, Path(folder) / "store"))


def look_first(manifest: Path, models: vidprog.Models, store: Path) -> None:
    for path in dict.fromkeys(path for path, _ in questions_of(manifest)):
        with vidprog.Session(path, models=models, store=store) as session:
            session.index()


def ask_one(
    path: Path, item: dict, system: str, models: vidprog.Models, settings: vidprog.Settings, store: Path
) -> dict:
    """One question, answered by one system."""
    started = time.perf_counter()
    row = {"system": system, **{name: item[name] for name in ("id", "type")}}
    try:
        result = vidprog.ask(path, item["question"], item["options"], models=models, store=store, settings=settings)
    except VidprogError as error:
        used = {"seconds": time.perf_counter() - started}
        return {**row, "right": False, "confidence": 0.0, "abstained": True, "error": error.message, "usage": used}
    return {
        **row,
        "choice": result.choice,
        "right": result.choice == item["answer_index"],
        "confidence": result.confidence,
        "abstained": result.answer.abstained,
        "program": result.program["name"],
        "rounds": [[part["move"], part["program"], part["choice"], part["confidence"], part["diagnosis"]]
                   for part in result.rounds],
        "usage": {**result.usage, "seconds": time.perf_counter() - started},
    }  # fmt: skip


def rows_of(
    system: str, manifest: Path, models: vidprog.Models, settings: vidprog.Settings, known: Path
) -> Iterable[dict]:
    """All questions, answered by one system on a copy of the store."""
    if system == BLIND:
        for _, item in questions_of(manifest):
            choice = blind_choice(models, item["question"], item["options"])
            yield {"system": system, "id": item["id"], "type": item["type"], "choice": choice,
                   "right": choice == item["answer_index"]}  # fmt: skip
        return
    with store_for_one(known) as store:
        for path, item in questions_of(manifest):
            yield ask_one(path, item, system, models, settings, store)


def line_of(system: str, rows: list[dict]) -> str:
    """One system as a line of the table."""
    right = sum(row["right"] for row in rows)
    low, high = wilson(right, len(rows))
    line = f"{system:<22} {right:>3}/{len(rows)} {right / len(rows):>5.0%} {low:>4.0%}-{high:<4.0%}"
    if "confidence" not in rows[0]:
        return line
    sure = auroc(np.array([row["confidence"] for row in rows]), np.array([row["right"] for row in rows], bool))
    costs = [np.mean([row["usage"].get(name, 0) for row in rows]) for name in COSTS]
    return f"{line} {sure:>6.2f} {sum(row['abstained'] for row in rows):>6} " + " ".join(f"{c:>7.2f}" for c in costs)


def report(rows: list[dict]) -> None:
    """The table, best system first, and what the rounds after the first did."""
    systems = {row["system"]: [other for other in rows if other["system"] == row["system"]] for row in rows}
    print(f"{'system':<22} {'right':>6} {'':>5} {'95 %':>9} {'AUROC':>6} {'none':>6}    LLM     VLM  frames seconds")
    for system, members in sorted(systems.items(), key=lambda item: -sum(row["right"] for row in item[1])):
        print(line_of(system, members))
    several = [row for row in systems.get(LOOP, ()) if len(row.get("rounds", ())) > 1]
    if several:
        print(f"\n{len(several)} questions took more than one round; the best round was made by:")
    for move in dict.fromkeys(_best_move(row) for row in several):
        members = [row for row in several if _best_move(row) == move]
        print(f"  {move:<18} {len(members):>3}, right {sum(row['right'] for row in members)}")


def _best_move(row: dict) -> str:
    """The move of the round whose answer was returned; confidences of rounds are rounded to four places."""
    nearest = min(row["rounds"], key=lambda round_: (round_[2] != row["choice"], abs(round_[3] - row["confidence"])))
    return nearest[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--programs", default="all", help="names with commas, all, or general (for any question)")
    parser.add_argument("--profile", default="embedded")
    parser.add_argument("--policy", type=Path, help="a policy for the loop")
    parser.add_argument("--store", type=Path, help="directory of the first look; a temporary one when left out")
    parser.add_argument("--json", type=Path, help="rows are written here after each system, and taken from here")
    arguments = parser.parse_args()
    models = vidprog.Models(vidprog.load_profile(arguments.profile))
    rows = json.loads(arguments.json.read_text()) if arguments.json and arguments.json.is_file() else []
    done = {row["system"] for row in rows}
    with tempfile.TemporaryDirectory() as temporary:
        known = arguments.store or Path(temporary) / "store"
        known.mkdir(parents=True, exist_ok=True)
        look_first(arguments.manifest, models, known)
        for system in [LOOP, BLIND, *chosen_programs(arguments.programs, models)]:
            if system in done:
                continue
            given = {"policy": arguments.policy} if system == LOOP else {"program": system}
            settings = vidprog.Settings(**given) if system != BLIND else vidprog.Settings()
            made = list(rows_of(system, arguments.manifest, models, settings, known))
            rows += made
            print(line_of(system, made), flush=True)
            if arguments.json:
                arguments.json.write_text(json.dumps(rows, indent=1))
    print()
    report(rows)


if __name__ == "__main__":
    main()
