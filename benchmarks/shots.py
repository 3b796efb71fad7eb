"""Shot boundaries on generated clips: ours beside PySceneDetect's detectors; recall by kind, precision, CPU-seconds.

Usage:
    python benchmarks/shots.py [--clips N] [--video FILE ...]

Each generated clip is a row of scenes (a window that drifts or zooms over a photograph or a texture, some with a thing
that crosses, a flash, or light that goes down) joined by cuts, dissolves of 0.5, 1 and 2 s, and fades through black. A
boundary is found when one is reported within half a second of its middle; each counts once. For `--video` only the
numbers of shots and the seconds are printed: there is no truth.
"""

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from vidprog.video import find_shots, open_video

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from media import make_video
from moving_pictures import texture
from pictures import photograph

FPS, SIZE = 25, (480, 270)
NEAR = 0.5
"""Seconds between a boundary and its finding."""
KINDS = (("cut", 0.0), ("dissolve 0.5 s", 0.5), ("dissolve 1 s", 1.0), ("dissolve 2 s", 2.0), ("fade", 1.2))
SCENES = 8

Find = Callable[[Path], list[float]]


@dataclass(frozen=True)
class Scene:
    """A window that moves over a picture, and what happens in it."""

    name: str
    corner: tuple[float, float]
    way: tuple[float, float]
    zoom: float
    event: str

    def picture(self, time: float) -> np.ndarray:
        """Its picture so many seconds after its beginning."""
        import cv2

        over = picture_of(self.name)
        height, width = over.shape[:2]
        side = 0.5 * np.exp(-self.zoom * time)
        left, top = (min(max(c + w * time, 0.0), 1 - side) for c, w in zip(self.corner, self.way, strict=True))
        part = over[int(top * height) : int((top + side) * height), int(left * width) : int((left + side) * width)]
        shown = cv2.resize(part, SIZE, interpolation=cv2.INTER_AREA)
        if self.event == "light":
            return np.round(shown * (1 - 0.15 * min(time, 3.0))).astype(np.uint8)
        if self.event == "flash" and 1.2 <= time < 1.3:
            return np.full_like(shown, 250)
        if self.event == "thing":
            x = int(120 * time) - 60
            shown[90:200, max(0, x) : max(0, x + 90)] = (190, 40, 40)
        return shown


@cache
def picture_of(name: str) -> np.ndarray:
    """A photograph, or a texture."""
    return photograph(name) if name in ("cat", "coffee", "bridge") else texture(name)


def make_clip(path: Path, seed: int) -> tuple[Path, list[tuple[str, float]]]:
    """Write a clip; with the kind and the middle of each boundary."""
    rng = np.random.default_rng(seed)
    names = [str(name) for name in rng.permutation(["cat", "coffee", "bridge", "bricks", "discs"])] * 2
    scenes = [
        Scene(
            name, tuple(rng.uniform(0, 0.5, 2)), tuple(rng.uniform(-0.05, 0.05, 2)), float(rng.uniform(-0.05, 0.08)),
            str(rng.choice(["", "", "light", "flash", "thing"])),
        )
        for name in names[:SCENES]
    ]  # fmt: skip
    kinds = [KINDS[place] for place in rng.integers(len(KINDS), size=SCENES - 1)]
    middles = np.cumsum(rng.uniform(3.0, 4.5, SCENES)).tolist()
    starts = [0.0, *middles[:-1]]

    def picture(index: int, now: float) -> np.ndarray:
        for (kind, length), middle, place in zip(kinds, middles, range(SCENES), strict=False):
            if length and abs(now - middle) < length / 2:
                one, two = scenes[place].picture(now - starts[place] + 1), scenes[place + 1].picture(now - middle + 1)
                part = (now - middle) / length + 0.5
                if kind != "fade":
                    return np.round(one * (1 - part) + two * part).astype(np.uint8)
                return np.round((one if part < 0.5 else two) * abs(2 * part - 1)).astype(np.uint8)
        place = sum(now >= middle for middle in middles[:-1])
        return scenes[place].picture(now - starts[place] + 1)

    make_video(path, frames=int(middles[-1] * FPS), fps=FPS, size=SIZE, number=False, picture=picture, gop=50)
    return path, [(kind, middle) for (kind, _), middle in zip(kinds, middles, strict=False)]


def detectors() -> Iterator[tuple[str, Find]]:
    """Ours and, where it is installed, PySceneDetect's."""
    yield "vidprog", lambda path: [shot.start for shot in find_shots(open_video(path).clip())][1:]
    try:
        import scenedetect
    except ImportError:
        print("PySceneDetect is not installed (pip install scenedetect-headless): only ours is measured")
        return

    def theirs(*names: str) -> Find:
        def find(path: Path) -> list[float]:
            manager = scenedetect.SceneManager()
            for name in names:
                manager.add_detector(getattr(scenedetect, name)())
            manager.detect_scenes(scenedetect.open_video(str(path)))
            return [start.seconds for start, _ in manager.get_scene_list()][1:]

        return find

    yield "AdaptiveDetector", theirs("AdaptiveDetector")
    yield "ContentDetector", theirs("ContentDetector")
    yield "HistogramDetector", theirs("HistogramDetector")
    yield "Adaptive + Threshold", theirs("AdaptiveDetector", "ThresholdDetector")


def matched(truth: list[tuple[str, float]], found: list[float]) -> list[bool]:
    """Which boundaries were found; no finding counts twice."""
    left = sorted(found)
    hits = []
    for _, middle in truth:
        near = min(left, key=lambda time: abs(time - middle), default=None)
        hits.append(near is not None and abs(near - middle) <= NEAR)
        if hits[-1]:
            left.remove(near)
    return hits


def measure(name: str, find: Find, clips: list[tuple[Path, list[tuple[str, float]]]]) -> None:
    hits: dict[str, list[bool]] = defaultdict(list)
    reported, started = 0, time.process_time()
    for path, truth in clips:
        found = find(path)
        reported += len(found)
        for (kind, _), hit in zip(truth, matched(truth, found), strict=True):
            hits[kind].append(hit)
    seconds = time.process_time() - started
    right = sum(map(sum, hits.values()))
    total = sum(map(len, hits.values()))
    kinds = "  ".join(f"{sum(hits[kind]):>3}/{len(hits[kind]):<3}" for kind, _ in KINDS)
    print(f"{name:<22} {right / total:>6.0%} {right / max(1, reported):>9.0%}  {kinds}  {seconds:>6.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=10)
    parser.add_argument("--video", type=Path, nargs="*", default=[])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clips = [make_clip(Path(folder) / f"{seed}.mp4", seed) for seed in range(arguments.clips)]
        print(f"{'':<22} {'recall':>6} {'precision':>9}  {'  '.join(kind for kind, _ in KINDS)}  CPU s")
        for name, find in detectors():
            measure(name, find, clips)
        for path in arguments.video:
            for name, find in detectors():
                started = time.process_time()
                print(f"{path.name}: {name}: {len(find(path)) + 1} shots, {time.process_time() - started:.1f} CPU s")


if __name__ == "__main__":
    main()
