"""Every tool on the demo clip, with the real embedded models: what it gives is what the clip shows, says or is.

The clip (``apps/sample.py``): a station sign until 4 s, departures until 11, a cup of coffee until 16, a cat until 21,
a notice of lost property until 25, then a train that crosses a bridge; a voice speaks five times.
"""

from pathlib import Path

import numpy as np
import pytest
from vidprog.tools import Registry

TOOLS = {tool.name: tool for tool in Registry.builtin()}
SEEN_ELSEWHERE = {
    "ask": "tests/agents/test_seeing.py",
    "ask_with_examples": "tests/tools/test_examples.py",
    "cut_out": "tests/tools/test_pose.py",
    "pose": "tests/tools/test_pose.py",
    "yes_no": "tests/tools/test_looking_models.py",
    "yes_scores": "tests/agents/test_seeing.py",
}
"""Tools that need a model which the embedded profile has not, and the tests that give them one."""


def texts(lines):
    return " ".join(line.content for line in lines).lower()


def within(lines, start, end):
    return bool(lines) and all(line.end >= start and line.start <= end for line in lines)


class Desk:
    """Calls tools by name on one clip."""

    def __init__(self, context):
        self.context, self.clip = context, context.whole

    def __call__(self, name, *arguments):
        return TOOLS[name].run(arguments, {}, self.context)

    def part(self, start, end):
        return self.clip.trim(start, end)

    def frames(self, *times):
        return self.context.frames(times)


@pytest.fixture
def use(sample_context):
    return Desk(sample_context)


DOCUMENTS = ["an animal sleeps in its basket", "a train leaves the station"]
CASES = {
    "about_one": lambda use: use("about_one", "Which of the videos has a cat?", [use.clip]) == "has a cat",
    "after": lambda use: use("after", use.clip, 10.0).start == 10.0,
    "answer": lambda use: (
        use("answer", "Where is lost property?", use("read_text", use.clip), ["Room 12", "Room 40"]).choice == 0
    ),
    "around": lambda use: use("around", use.clip, 10.0, 2.0).duration == pytest.approx(4.0),
    "ask_about": lambda use: "brown" in use("ask_about", use.part(16, 21), [0.3, 0.2, 0.7, 0.8], "What is it?"),
    "audible_description": lambda use: "cat" in texts(use("audible_description", use.clip)),
    "before": lambda use: use("before", use.clip, 10.0).end == 10.0,
    "best_frames": lambda use: (
        [f.time for f in use("best_frames", use.frames(1.0, 18.0), [0.1, 0.9], 1)] == pytest.approx([18.0], abs=0.1)
    ),
    "between": lambda use: (
        use("between", use.clip, *use("transcribe", use.clip)[:2]).start
        == pytest.approx(use("transcribe", use.clip)[0].end, abs=0.1)
    ),
    "camera_motion": lambda use: within(use("camera_motion", use.part(16, 21)), 16, 21),
    "can_see": lambda use: not use("can_see"),
    "can_write": lambda use: use("can_write") is False,
    "caption": lambda use: "cat" in texts(use("caption", use.part(16, 21))),
    "chapters": lambda use: 2 <= len(use("chapters", use.clip)) <= 8,
    "choose": lambda use: use("choose", "Which animal is it?", ["a cat", "a dog"], use("detect", use.clip)) == "a cat",
    "colors": lambda use: {"red", "orange"} <= {line.content for line in use("colors", use.part(11, 16), "the cup")},
    "comings_and_goings": lambda use: within(use("comings_and_goings", use.clip, "the cat"), 15, 22),
    "count": lambda use: use("count", use.clip, "How many cats are there?") == 1,
    "crop": lambda use: (
        use("crop", use.frames(18.0), [0.0, 0.0, 0.5, 0.5])[0].image.shape[1] == use.clip.video.size[0] // 2
    ),
    "crop_track": lambda use: (
        len(use("crop_track", use.frames(17.0, 18.0), use("track", use.part(16, 21), "cat"))) >= 1
    ),
    "crossings": lambda use: (
        "nothing crosses the line" in use("crossings", use.part(16, 21), "the cat", [0.5, 0.0, 0.5, 1.0]).why
    ),
    "detect": lambda use: within(use("detect", use.clip, "cat"), 15, 22),
    "digest": lambda use: len(use("digest", use("caption", use.clip, 10.0))) >= 2,
    "distinct_frames": lambda use: len(use("distinct_frames", use.frames(17.0, 17.2, 27.0))) == 2,
    "examples_like": lambda use: not use("examples_like", "Which animal is it?") and use.context.notes.why,
    "find_moments": lambda use: within(use("find_moments", "when the cat is in sight")[:1], 15, 22),
    "fit": lambda use: (
        use("fit", "a late train and snow", use("transcribe", use.clip)) > use("fit", "violin", [])
        if use("transcribe", use.clip)
        else False
    ),
    "focus_box": lambda use: use("focus_box", use.frames(17.0, 18.0), "the cat") != [0.0, 0.0, 1.0, 1.0],
    "frame_report": lambda use: len(use("frame_report", use.clip, 4)) >= 4,
    "has_model": lambda use: use("has_model", "ocr") is True and use("has_model", "vlm") is False,
    "likelihood": lambda use: np.argmax(use("likelihood", "Two plus two is", [" four", " purple"])) == 0,
    "localize": lambda use: within(use("localize", "a cat")[:1], 15, 22),
    "look_closely": lambda use: "cat" in texts(use("look_closely", use.part(16, 21))),
    "make_grid": lambda use: use("make_grid", use.frames(1.0, 6.0, 12.0, 18.0), 2, 2).image.ndim == 3,
    "mark": lambda use: (
        not np.array_equal(
            use("mark", use.frames(18.0), use("detect", use.part(16, 21), "cat"))[0].image, use.frames(18.0)[0].image
        )
    ),
    "moment_of": lambda use: 20 <= use("moment_of", "lost property").start <= 25,
    "motion": lambda use: "right" in texts(use("motion", use.part(25, 30))),
    "name_videos": lambda use: use("name_videos", "Which video has a cat?", [use.clip], [1.0]) == "all of them",
    "named_range": lambda use: (
        use("named_range", use.clip, "What is shown in the first ten seconds?").end == pytest.approx(10.0, abs=0.5)
    ),
    "named_videos": lambda use: len(use("named_videos", "Which video has a cat?", [use.clip])) == 1,
    "note": lambda use: use("note", "seen by hand", 1.0, 2.0).content == "seen by hand",
    "one_line": lambda use: "cat" in use("one_line", use.clip).lower(),
    "picture_looks": lambda use: use("picture_looks", use.clip),
    "positions": lambda use: use("positions", use("detect", use.part(11, 16))),
    "read_closely": lambda use: "room 12" in texts(use("read_closely", use.part(22, 23))),
    "read_text": lambda use: "room 12" in texts(use("read_text", use.clip)),
    "reason": lambda use: "cat" in use("reason", "Say what is shown.", "A cat sits in the snow."),
    "relevance": lambda use: np.argmax(use("relevance", use.frames(1.0, 18.0), "a cat")) == 1,
    "resize": lambda use: max(use("resize", use.frames(1.0), 64)[0].image.shape) == 64,
    "retrieve": lambda use: "snow" in texts(use("retrieve", "Why is the train late?", use("transcribe", use.clip), 1)),
    "same_picture": lambda use: "another picture" in texts(use("same_picture", use.part(1, 2), use.part(17, 18))),
    "scenes": lambda use: len(use("scenes", use.clip)) >= 3,
    "screen_text": lambda use: "room 12" in texts(use("screen_text", use.clip)),
    "search": lambda use: "lost" in texts(use("search", "lost property")[:1]),
    "select_frames": lambda use: len(use("select_frames", use.clip, 6, "shots")) == 6,
    "shots": lambda use: len(use("shots", use.clip)) >= 5,
    "similarity": lambda use: np.argmax(use("similarity", "a cat", DOCUMENTS)) == 0,
    "sounds": lambda use: "speech" in texts(use("sounds", use.clip)),
    "speakers": lambda use: len({line.content.split(":")[0] for line in use("speakers", use.clip)}) == 1,
    "split_clip": lambda use: len(use("split_clip", use.clip, 10.0)) == 3,
    "split_events": lambda use: len(use("split_events", "the cat sits down, then the train leaves")) == 2,
    "split_question": lambda use: (
        "before" in use("split_question", "What is shown before the cat and after the coffee?")
    ),
    "spoken_words": lambda use: (
        {"snow", "train"} <= {word.content.strip(".,").lower() for word in use("spoken_words", use.clip)}
    ),
    "summarize": lambda use: "snow" in use("summarize", use("transcribe", use.clip), "Why is the train late?").lower(),
    "track": lambda use: {line.content for line in use("track", use.part(16, 21), "cat")} == {"cat"},
    "transcribe": lambda use: "because of snow" in texts(use("transcribe", use.clip)),
    "trim": lambda use: (use("trim", use.clip, 2.0, 5.0).start, use("trim", use.clip, 2.0, 5.0).end) == (2.0, 5.0),
    "weigh_colors": lambda use: (
        np.argmax(use("weigh_colors", use.part(11, 16), "the cup", ["red", "green", "blue"])) == 0
    ),
    "weigh_directions": lambda use: (
        np.argmax(use("weigh_directions", ["to the left", "to the right"], use("motion", use.part(25, 30)))) == 1
    ),
    "weigh_videos": lambda use: (
        np.argmax(use("weigh_videos", "Which is it?", ["the first", "the second"], [use.clip], [1.0])) == 0
    ),
}
"""Tool -> whether what it gives is right."""


def test_every_tool_is_tried_here_or_named_with_its_test():
    root = Path(__file__).parents[2]
    assert all(name in (root / test).read_text() for name, test in SEEN_ELSEWHERE.items())
    assert set(CASES) | set(SEEN_ELSEWHERE) == set(TOOLS)
    assert not set(CASES) & set(SEEN_ELSEWHERE)


@pytest.mark.parametrize("name", sorted(CASES))
def test_it_gives_what_the_clip_has(name, use):
    assert CASES[name](use)
