"""Every tool of the registry: how it is documented, what it says where there is nothing, and what it costs."""

import math

import pytest
from media import make_audio
from vidprog.memory import Timeline
from vidprog.tools import Registry
from vidprog.tools.costs import measured_cost
from vidprog.tools.values import Answer
from vidprog.video import MediaError

TOOLS = {tool.name: tool for tool in Registry.builtin()}

NO_PICTURES = "the tone has no pictures"
PLAIN = "nothing is in the mute clip that this finds"
NOTHING_GIVEN = "it gets nothing to work on"
NOTHING = {
    "answer": (NOTHING_GIVEN, lambda clip: ("What is it?", Timeline((), "nothing was seen"), ["a cat", "a dog"])),
    "ask": (NOTHING_GIVEN, lambda clip: ((), "What is it?")),
    "ask_about": (NOTHING_GIVEN, lambda clip: (clip, Timeline((), "no dog was found"), "What is it?")),
    "ask_with_examples": (NOTHING_GIVEN, lambda clip: ((), "What is it?", None, [])),
    "audible_description": (PLAIN, lambda clip: (clip,)),
    "camera_motion": (NO_PICTURES, lambda clip: (clip,)),
    "can_see": (PLAIN, lambda clip: ()),
    "can_write": (PLAIN, lambda clip: ()),
    "caption": (PLAIN, lambda clip: (clip,)),
    "colors": (NO_PICTURES, lambda clip: (clip, "the cat")),
    "comings_and_goings": (PLAIN, lambda clip: (clip, "the cat")),
    "count": (NO_PICTURES, lambda clip: (clip, "cats")),
    "crossings": (PLAIN, lambda clip: (clip, "the cat", [0.5, 0.0, 0.5, 1.0])),
    "cut_out": (NOTHING_GIVEN, lambda clip: ((), "the cat")),
    "detect": (PLAIN, lambda clip: (clip, "cat")),
    "digest": (NOTHING_GIVEN, lambda clip: (Timeline((), "nothing was said"),)),
    "examples_like": (PLAIN, lambda clip: ("What is it?",)),
    "find_moments": (PLAIN, lambda clip: ("when the elephant trumpets", clip)),
    "focus_box": (NOTHING_GIVEN, lambda clip: ((), "the cat")),
    "frame_report": (NO_PICTURES, lambda clip: (clip,)),
    "localize": (PLAIN, lambda clip: ("the elephant", None, clip)),
    "look_closely": (PLAIN, lambda clip: (clip, "cat")),
    "moment_of": (PLAIN, lambda clip: ("an elephant trumpets", clip)),
    "motion": (NO_PICTURES, lambda clip: (clip, "the cat")),
    "one_line": (PLAIN, lambda clip: (clip,)),
    "picture_looks": (NO_PICTURES, lambda clip: (clip,)),
    "pose": (PLAIN, lambda clip: (clip,)),
    "positions": (NOTHING_GIVEN, lambda clip: (Timeline((), "no cat was found"),)),
    "read_closely": (PLAIN, lambda clip: (clip,)),
    "read_text": (PLAIN, lambda clip: (clip,)),
    "reason": (NOTHING_GIVEN, lambda clip: ("", None)),
    "relevance": (PLAIN, lambda clip: ((), "the cat")),
    "retrieve": (NOTHING_GIVEN, lambda clip: ("the cat", Timeline((), "nothing was said"))),
    "same_picture": (NO_PICTURES, lambda clip: (clip, clip)),
    "scenes": (NO_PICTURES, lambda clip: (clip,)),
    "screen_text": (PLAIN, lambda clip: (clip,)),
    "search": (PLAIN, lambda clip: ("the price of the ticket",)),
    "select_frames": (NO_PICTURES, lambda clip: (clip,)),
    "shots": (NO_PICTURES, lambda clip: (clip,)),
    "sounds": (PLAIN, lambda clip: (clip,)),
    "speakers": (PLAIN, lambda clip: (clip,)),
    "spoken_words": (PLAIN, lambda clip: (clip,)),
    "summarize": (NOTHING_GIVEN, lambda clip: (Timeline((), "nothing was said"), "What is it?")),
    "track": (PLAIN, lambda clip: (clip, "cat")),
    "transcribe": (PLAIN, lambda clip: (clip,)),
    "weigh_colors": (NO_PICTURES, lambda clip: (clip, "the cat", ["red", "blue"])),
    "yes_no": (NOTHING_GIVEN, lambda clip: ((), "Is it a cat?")),
    "yes_scores": (NOTHING_GIVEN, lambda clip: ((), "Is it a cat?")),
}
"""Tool -> why there is nothing to find, and the arguments of a call that finds nothing."""
_ALWAYS = """
about_one after around before best_frames between chapters choose crop crop_track distinct_frames fit has_model
likelihood make_grid mark name_videos named_range named_videos note resize similarity split_clip split_events
split_question trim weigh_directions weigh_videos
"""
NEUTRAL = {"focus_box": [0.0, 0.0, 1.0, 1.0]}
"""What stands for nothing where a result cannot be empty."""
ALWAYS = frozenset(_ALWAYS.split())
"""Tools that look for nothing: they cut, arrange, compare or compute what they are given."""


def test_every_tool_is_in_one_of_the_tables():
    assert set(NOTHING) | ALWAYS == set(TOOLS)
    assert not set(NOTHING) & ALWAYS


@pytest.fixture(scope="module")
def tone(clips):
    return make_audio(clips / "tone-of-every-tool.m4a")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """One for all tools: what one has looked at the next one knows."""
    return tmp_path_factory.mktemp("every-tool")


@pytest.mark.parametrize("name", sorted(NOTHING))
def test_nothing_has_a_reason(name, open_session, mute, tone, store):
    why, arguments = NOTHING[name]
    context = open_session(tone if why == NO_PICTURES else mute, store=store).context()
    try:
        result = TOOLS[name].run(arguments(context.whole), {}, context)
    except MediaError as error:  # the program gets the reason as the failure of its step
        assert error.code == "media.no_pictures"
        return
    if isinstance(result, Answer):
        assert result.abstained and result.warnings
        return
    assert not result or result == NEUTRAL.get(name)
    assert context.notes.why or getattr(result, "why", ""), f"{name} says nothing"


@pytest.mark.parametrize("name", sorted(TOOLS))
def test_every_tool_tells_what_it_costs(name):
    tool = TOOLS[name]
    assert tool.cost
    found = measured_cost(name)
    if tool.cost == "free" or not needs_no_model_that_sees(tool):
        return
    assert found is not None, f"run benchmarks/tool_costs.py: {name} was not measured"
    assert math.isfinite(found.seconds) and found.seconds >= 0 and found.script.startswith("benchmarks/")


def needs_no_model_that_sees(tool):
    return not {"vlm", "detector.mask", "detector.keypoints"} & set(tool.needs)
