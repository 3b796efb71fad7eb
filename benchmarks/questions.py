"""Multiple-choice questions about real clips: accuracy by type, beside blind, with calibration.

Usage:
    python benchmarks/questions.py MANIFEST.json [--program NAME] [--max-rounds N] [--json OUT.json]

The manifest lists videos (``file`` beside it) with questions (``question``, ``options``, ``answer_index``, ``type``).
Blind is the same text model without any video. Nothing here is timed except the seconds that are printed.
"""

import argparse
import json
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import vidprog
from vidprog.prompts import prompt

BINS = 5
COVERAGES = (0.2, 0.4, 0.6, 0.8, 1.0)


def blind_choice(models: vidprog.Models, question: str, options: list[str]) -> int:
    """The option that the text model finds likeliest without the video, per token."""
    scores = models.llm.score([(prompt("answer_blind", question=question), option) for option in options])
    return int(np.argmax([score.per_token for score in scores]))


def answer_all(manifest: Path, settings: vidprog.Settings, store: Path) -> list[dict]:
    """One row for each question."""
    models = vidprog.Models(vidprog.load_profile("embedded"))
    return [
        answer_one(manifest.parent / video["file"], item, models, settings, store)
        for video in json.loads(manifest.read_text())["videos"]
        for item in video["questions"]
    ]


def answer_one(path: Path, item: dict, models: vidprog.Models, settings: vidprog.Settings, store: Path) -> dict:
    """A question of the manifest, answered with and without the video."""
    question, options, truth = item["question"], item["options"], item["answer_index"]
    started = time.perf_counter()
    result = vidprog.ask(path, question, options, models=models, store=store, settings=settings)
    return {
        **{name: item[name] for name in ("id", "type", "question", "options")},
        "truth": truth,
        "choice": result.choice,
        "right": result.choice == truth,
        "blind_right": blind_choice(models, question, options) == truth,
        "confidence": result.confidence,
        "grounding": result.answer.grounding,
        "abstained": result.answer.abstained,
        "program": result.program["name"],
        "rounds": [(part["program"], part["choice"], part["confidence"]) for part in result.rounds],
        "seconds": time.perf_counter() - started,
    }


def auroc(confidences: np.ndarray, right: np.ndarray) -> float:
    """Probability that a right answer is surer than a wrong one; ties count half."""
    hits, misses = confidences[right], confidences[~right]
    if not len(hits) or not len(misses):
        return float("nan")
    wins = (hits[:, None] > misses[None]).mean() + 0.5 * (hits[:, None] == misses[None]).mean()
    return float(wins)


def calibration_error(confidences: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error over five bins of equal width."""
    places = np.minimum((confidences * BINS).astype(int), BINS - 1)
    gaps = [
        abs(confidences[places == place].mean() - right[places == place].mean()) * (places == place).mean()
        for place in range(BINS)
        if (places == place).any()
    ]
    return float(sum(gaps))


def report(rows: list[dict]) -> None:
    by_type = defaultdict(list)
    for row in rows:
        by_type[row["type"]].append(row)
    print(f"{'type':<12} {'right':>9} {'blind':>9}")
    for kind, members in sorted(by_type.items()):
        print(f"{kind:<12} {_share(members, 'right'):>9} {_share(members, 'blind_right'):>9}")
    told = [row for row in rows if row["type"] in ("ocr", "speech")]
    print(f"{'ocr+speech':<12} {_share(told, 'right'):>9} {_share(told, 'blind_right'):>9}")
    print(f"{'all':<12} {_share(rows, 'right'):>9} {_share(rows, 'blind_right'):>9}")
    confidences = np.array([row["confidence"] for row in rows])
    right = np.array([row["right"] for row in rows])
    print(f"AUROC of confidence {auroc(confidences, right):.2f}   ECE {calibration_error(confidences, right):.2f}")
    order = np.argsort(-confidences)
    covered = {share: right[order[: max(1, int(share * len(rows)))]].mean() for share in COVERAGES}
    print("risk-coverage:", "  ".join(f"{share:.0%} answered: {hits:.0%} right" for share, hits in covered.items()))
    seconds = np.mean([row["seconds"] for row in rows])
    print(f"abstained {sum(row['abstained'] for row in rows)}; seconds a question {seconds:.2f}")


def _share(rows: list[dict], name: str) -> str:
    count = sum(row[name] for row in rows)
    return f"{count}/{len(rows)} {count / max(1, len(rows)):4.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--program", help="run this program instead of the loop")
    parser.add_argument("--max-rounds", type=int, default=3)
    parser.add_argument("--store", type=Path, help="directory of the memory files; a temporary one when left out")
    parser.add_argument("--json", type=Path, help="write every row here")
    arguments = parser.parse_args()
    settings = vidprog.Settings(max_rounds=arguments.max_rounds, program=arguments.program)
    with tempfile.TemporaryDirectory() as temporary:
        rows = answer_all(arguments.manifest, settings, arguments.store or Path(temporary))
    report(rows)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
