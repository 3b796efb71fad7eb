"""What each tool costs: CPU-seconds for a minute of video or for a call, which `vidprog tools show` says.

Usage:
    python benchmarks/tool_costs.py [CLIP] [--only TOOL,TOOL] [--write tools/costs.txt]

The demo clip (`vidprog sample`) when CLIP is left out. Models are loaded before the clock starts; each tool is called
once. Looking, reading and listening come first, on an empty store; the others find what those found. Free tools, and
those that need a model which the embedded profile has not, are left out. With `--only` the figures of the others stay
as they are in the table.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import vidprog
from vidprog.apps.sample import write_sample
from vidprog.memory import Timeline
from vidprog.tools import Registry
from vidprog.tools.context import Context

SCRIPT = "benchmarks/tool_costs.py"
MINUTE, CALL = "a minute of video", "a call"
FIRST = ("detect", "read_text", "transcribe", "sounds")

Arguments = Callable[[Context], tuple[Any, ...]]


CLOSE_SECONDS = 6.0
"""Of the clip that is read closely: it takes a hundred times as long as the clip."""


def whole(*more: Any) -> Arguments:
    return lambda context: (context.whole, *more)


CALLS: dict[str, tuple[str, Arguments]] = {
    "detect": (MINUTE, whole()),
    "read_text": (MINUTE, whole()),
    "transcribe": (MINUTE, whole()),
    "sounds": (MINUTE, whole()),
    "look_closely": (MINUTE, whole()),
    "scenes": (MINUTE, whole()),
    "answer": (CALL, lambda context: ("What is lost?", "Lost property is at counter four.", ["a bag", "property"])),
    "ask_about": (CALL, whole([0.3, 0.3, 0.7, 0.7], "What is it?")),
    "audible_description": (MINUTE, whole()),
    "camera_motion": (MINUTE, whole()),
    "can_see": (CALL, lambda context: ()),
    "caption": (MINUTE, whole()),
    "chapters": (MINUTE, whole()),
    "choose": (CALL, lambda context: ("What is it?", ["a cat", "a dog"], Timeline())),
    "colors": (CALL, whole("the cat")),
    "comings_and_goings": (MINUTE, whole("the cat")),
    "count": (MINUTE, whole("How many cats are there?")),
    "crossings": (MINUTE, whole("the cat", [0.5, 0.0, 0.5, 1.0])),
    "digest": (CALL, lambda context: (Timeline(),)),
    "distinct_frames": (CALL, lambda context: (frames(context),)),
    "find_moments": (CALL, lambda context: ("when the cat is in sight",)),
    "fit": (CALL, lambda context: ("a cat in the snow", _said(context))),
    "focus_box": (CALL, lambda context: (frames(context)[:4], "the cat")),
    "frame_report": (CALL, whole()),
    "likelihood": (CALL, lambda context: ("The cat is", [" asleep", " green"])),
    "localize": (CALL, lambda context: ("the cat",)),
    "moment_of": (CALL, lambda context: ("the cat sits in the snow",)),
    "motion": (MINUTE, whole("the cat")),
    "one_line": (CALL, whole()),
    "picture_looks": (CALL, whole()),
    "read_closely": (MINUTE, lambda context: (context.whole.trim(0.0, CLOSE_SECONDS),)),
    "reason": (CALL, lambda context: ("Say what is shown.", "A cat sits in the snow. A train waits.")),
    "relevance": (CALL, lambda context: (frames(context), "the cat")),
    "retrieve": (CALL, lambda context: ("the cat", _said(context))),
    "same_picture": (CALL, lambda context: (context.whole.trim(0, 2), context.whole.trim(10, 12))),
    "screen_text": (MINUTE, whole()),
    "search": (CALL, lambda context: ("lost property",)),
    "select_frames": (CALL, whole()),
    "shots": (MINUTE, whole()),
    "similarity": (CALL, lambda context: ("a cat", ["an animal", "a train"])),
    "speakers": (MINUTE, whole()),
    "split_clip": (CALL, whole(10.0, "scenes")),
    "spoken_words": (MINUTE, whole()),
    "summarize": (CALL, lambda context: (_said(context), "What is it about?")),
    "track": (MINUTE, whole()),
    "weigh_colors": (CALL, whole("the cat", ["black", "white", "brown"])),
}
"""Tool -> what its figure is for, and the arguments of the call that is measured."""


def frames(context: Context) -> tuple[Any, ...]:
    """Eight frames, decoded before the clock starts."""
    return context.frames([context.whole.duration * (place + 0.5) / 8 for place in range(8)])


def _said(context: Context) -> Timeline:
    return Registry.builtin().get("transcribe").run((context.whole,), {}, context)


def measure(context: Context, only: set[str]) -> dict[str, float]:
    registry = Registry.builtin()
    found = {}
    for name, (unit, arguments) in CALLS.items():
        if only and name not in {*only, *FIRST}:
            continue
        given = arguments(context)
        started = time.process_time()
        registry.get(name).run(given, {}, context)
        seconds = time.process_time() - started
        found[name] = seconds * 60 / given[0].duration if unit == MINUTE else seconds
        print(f"{name:<22} {found[name]:8.3f} for {unit}", flush=True)
    return found


def write(path: Path, head: str, found: dict[str, float]) -> None:
    """The table, with the figures that it had of tools that were not measured now."""
    old = path.read_text(encoding="utf-8").splitlines()[1:] if path.is_file() else []
    rows = {line.partition(" |")[0]: line for line in old if line.partition(" |")[0] in CALLS}
    for name, seconds in found.items():
        rows[name] = f"{name} | {seconds:.3g} | {CALLS[name][0]} | {'first' if name in FIRST else 'later'}"
    path.write_text("\n".join([head, *(rows[name] for name in sorted(rows)), ""]), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path, nargs="?")
    parser.add_argument("--only", default="", help="these tools, with commas")
    parser.add_argument("--write", type=Path, help="the table of the tools")
    arguments = parser.parse_args()
    models = vidprog.Models(vidprog.load_profile("embedded"))
    for role in models.roles:
        models.get(role)
    models.llm.score([("a", "b")]), models.embedder.embed(["a"])
    with tempfile.TemporaryDirectory() as folder:
        clip = arguments.clip or write_sample(Path(folder) / "sample.mp4")
        with vidprog.Session(clip, models=models, store=Path(folder)) as session:
            video = session.video
            found = measure(session.context(), set(filter(None, arguments.only.split(","))))
            size = "x".join(map(str, video.size))
            on = f"{Path(clip).name}: {video.duration:.0f} s of {size}, embedded profile"
    if arguments.write:
        write(arguments.write, f"# {SCRIPT} | {on}", found)


if __name__ == "__main__":
    main()
