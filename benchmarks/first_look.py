"""What the first look at a video costs, and everything after it, beside the floor of pure decoding and pure models.

Usage:
    python benchmarks/first_look.py [CLIP]

Without a clip, one of 120 s at 1280x720 is made from the sample clip (speech, signs, photographs). Every command runs
in a process of its own with a store of its own; CPU-seconds are those of that process and its children.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import vidprog
from vidprog.apps.sample import write_sample
from vidprog.memory import Block
from vidprog.tools.sampling import Sampling
from vidprog.video import frames_at, iter_frames, read_audio

SECONDS = 120.0
SIZE = (1280, 720)
COMMAND = str(Path(sys.executable).with_name("vidprog"))
QUESTIONS = ("What does the sign say?", "What is announced?")


def make_clip(path: Path) -> Path:
    """The sample clip repeated to 120 s at 1280x720."""
    import av

    source = vidprog.open_video(write_sample(path.with_name("sample.mp4")))
    with av.open(str(path), "w") as output:
        pictures = output.add_stream("libx264", rate=24, options={"preset": "veryfast"})
        pictures.width, pictures.height, pictures.pix_fmt = *SIZE, "yuv420p"
        sound = output.add_stream("aac", rate=16000, layout="mono")
        for frame in islice(cycle(list(iter_frames(source.clip()))), int(SECONDS * 24)):
            picture = av.VideoFrame.from_ndarray(frame.image, format="rgb24").reformat(*SIZE)
            output.mux(pictures.encode(picture))
        output.mux(pictures.encode())
        samples = read_audio(source.clip()).samples
        samples = np.resize(np.pad(samples, (0, 1600)), int(SECONDS * 16000))
        for start in range(0, len(samples), 1024):
            block = av.AudioFrame.from_ndarray(samples[None, start : start + 1024].astype(np.float32), "fltp", "mono")
            block.sample_rate, block.pts = 16000, start
            output.mux(sound.encode(block))
        output.mux(sound.encode())
    return path


def measured(*arguments: str, store: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU-seconds and peak megabytes of one command."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [COMMAND, *arguments], env={**os.environ, "VIDPROG_STORE": str(store)}, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(arguments)}: exit code {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def floors(path: Path) -> dict[str, float]:
    """CPU-seconds of each part by itself, over exactly the moments the first look takes."""
    video = vidprog.open_video(path)
    models = vidprog.Models()
    sampling = Sampling.for_clip(video.clip())
    times = [(a + b) / 2 for a, b in sampling.cells(Block(sampling.start, sampling.end))]
    frames = [frame.image for frame in frames_at(video, times, max_side=960)]
    samples = read_audio(video.clip()).samples
    speech = [samples[int(a * 16000) : int(b * 16000)] for a, b in models.asr.speech_regions(samples)]
    models.ocr.read(frames[0]), models.detector.detect(frames[:1])  # loaded before the clock starts
    parts: dict[str, Callable[[], object]] = {
        "decode every frame": lambda: sum(1 for _ in iter_frames(video.clip(), max_side=64)),
        f"decode the {len(times)} frames": lambda: list(frames_at(video, times, max_side=960)),
        f"detect in {len(times)} frames": lambda: models.detector.detect(frames),
        f"read {len(times)} frames": lambda: [models.ocr.read(frame) for frame in frames],
        "hear the speech": lambda: [models.asr.transcribe(region) for region in speech],
    }
    return {name: _cpu(part) for name, part in parts.items()}


def _cpu(part: Callable[[], object]) -> float:
    started = time.process_time()
    part()
    return time.process_time() - started


def main() -> None:
    if sys.argv[1:2] == ["--make"]:
        make_clip(Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "clip.mp4"
        if not path.exists():  # in a process of its own: a child starts with the memory of its parent on its account
            subprocess.run([sys.executable, __file__, "--make", str(path)], check=True)
        store, clip = Path(folder) / "store", str(path)
        rows = {
            "--help": ("--help",),
            "index (first look)": ("index", clip, "-q"),
            "index (warm)": ("index", clip, "-q"),
            "ask (further question)": ("ask", clip, QUESTIONS[0], "-q"),
            "ask (another)": ("ask", clip, QUESTIONS[1], "-q"),
            "search": ("search", "train", clip, "-q"),
        }
        print(f"{'command':<26} {'wall s':>8} {'CPU s':>8} {'peak MB':>8}", flush=True)
        for name, arguments in rows.items():
            wall, cpu, memory = measured(*arguments, store=store)
            print(f"{name:<26} {wall:>8.2f} {cpu:>8.2f} {memory:>8.0f}", flush=True)
        print(f"\n{'floor':<26} {'CPU s':>8}", flush=True)
        for name, cpu in floors(path).items():
            print(f"{name:<26} {cpu:>8.2f}")


if __name__ == "__main__":
    main()
