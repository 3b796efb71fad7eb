"""The library programs that look at frames: each takes the steps of the system that it is named after."""

from types import SimpleNamespace

import numpy as np
import pytest
from colour_runs import BLUE, CHOICES, QUESTION, RED, SECONDS, times
from colour_vision import colour_vision, options_in, seen
from media import make_video
from scripted import ScriptedLanguageModel, ScriptedVision
from vidprog.models import Models, Profile
from vidprog.programs import check, run

LOOKING = (
    "aim", "free_video_llm", "gpt4scene", "image_grid", "long_video_interleaved", "scene_tiling", "sevila",
    "share_gpt4_video", "share_gpt4_video_fast", "story_teller", "uniform_frames", "video_espresso",
    "visual_context_window", "vurf",
)  # fmt: skip


# ---- all of them


@pytest.mark.parametrize("name", LOOKING)
def test_its_docstring_says_what_it_needs_and_costs(name, library, builtin_tools):
    program = library.get(name)
    assert check(program, builtin_tools) == ()
    assert program.needs[0] == "vlm"
    assert "vlm" not in "".join(program.examples).casefold()
    assert program.when and program.origin and program.defaults and program.cost
    assert 4 <= len(program.examples) <= 8


@pytest.mark.parametrize("name", LOOKING)
def test_the_last_part_of_the_video_is_seen(name, look):
    """What is published as IG-VLM never looks at the last sixth: here the last eighth decides."""
    ran = look(name)
    assert (ran.result.answer.text, ran.result.answer.choice) == ("blue", 2)
    assert not ran.result.answer.abstained


@pytest.mark.parametrize("name", LOOKING)
def test_a_reply_that_names_no_option_is_no_guess(name, look):
    """VURF takes option 0 then."""
    ran = look(name, ScriptedVision("I am not able to tell."))
    assert ran.result.answer.choice is None
    assert ran.result.answer.abstained


@pytest.mark.parametrize("name", LOOKING)
def test_an_open_question_is_answered_in_the_models_words(name, look):
    ran = look(name, choices=())
    assert "blue" in ran.result.answer.text.casefold()
    assert ran.result.answer.choice is None


TRACES = {
    "uniform_frames": ("named_range select_frames answer", 8),
    "image_grid": ("named_range select_frames make_grid answer", 1),
    "share_gpt4_video_fast": ("named_range select_frames make_grid answer", 1),
    "sevila": ("named_range select_frames yes_scores best_frames answer answer answer answer answer best_frames", 4),
    "free_video_llm": ("named_range select_frames relevance best_frames resize focus_box crop answer", 58),
    "gpt4scene": ("named_range track select_frames resize mark answer", 32),
    "aim": ("named_range select_frames distinct_frames resize answer", 4),
    "visual_context_window": ("named_range select_frames resize resize answer", 16),
    "long_video_interleaved": ("named_range select_frames transcribe answer", 16),
    "scene_tiling": ("named_range scenes" + " trim select_frames caption" * 4 + " answer", 4),
    "share_gpt4_video": (
        "named_range select_frames distinct_frames" + " ask note" * 4 + " can_write answer", 4
    ),
    "video_espresso": (
        "named_range select_frames distinct_frames ask ask ask ask can_write make_grid ask relevance best_frames ask"
        " note answer",
        3,
    ),
}  # fmt: skip
"""Program -> its steps on the clip of colours, and the pictures of its last look."""


@pytest.mark.parametrize("name", TRACES)
def test_the_steps(name, look):
    ran = look(name)
    assert (ran.tools, len(ran.looks[-1][0])) == TRACES[name]


@pytest.mark.parametrize("name", ["uniform_frames", "image_grid", "sevila", "aim", "free_video_llm", "video_rag"])
def test_a_named_time_is_all_that_is_looked_at(name, look):
    ran = look(name, colour_vision("red"), question=QUESTION.replace("?", " between 4 and 8 seconds?"), choices=())
    looked = [time for frames, _ in ran.looks for time in times(frames)]
    assert min(looked) >= 4.0 and max(looked) <= 8.0
    assert ran.result.answer.text == "A red picture."


# ---- only what is named under Needs


@pytest.mark.parametrize("name", LOOKING)
def test_it_runs_with_nothing_but_what_it_needs(name, open_session, models, builtin_tools, library, flash):
    needs = library.get(name).needs
    loaded = {role: colour_vision("blue") if role == "vlm" else models.get(role) for role in needs}
    context = open_session(flash, models=Models(Profile("needed", {}), loaded=loaded)).context()
    result = run(
        library.get(name), builtin_tools, context, video=context.whole, question=QUESTION, choices=list(CHOICES)
    )
    assert (result.error, result.answer.text) == (None, "blue")
    assert [f"{step.tool}: {step.why}" for step in result.steps if step.failed] == []


# ---- each of them


def test_uniform_frames_stand_in_the_middles(look):
    assert times(look("uniform_frames").looks[-1][0]) == pytest.approx([1, 3, 5, 7, 9, 11, 13, 15], abs=0.26)


@pytest.mark.parametrize(
    ("name", "rows", "columns", "last"), [("image_grid", 3, 2, 14.5), ("share_gpt4_video_fast", 4, 4, 15.5)]
)
def test_one_picture_row_by_row(name, rows, columns, last, look):
    ran = look(name)
    assert ran.step("make_grid")[0].result.startswith(f"{rows}x{columns} grid")
    ((sheet,), text) = ran.looks[-1]
    named = [
        float(part.split()[0]) for part in text.split("times are: ")[1].split("\n")[0].replace(";", ",").split(",")
    ]
    assert len(named) == rows * columns
    assert named == sorted(named)
    assert named[-1] == pytest.approx(last, abs=0.26)
    height, width = sheet.image.shape[:2]
    corner = sheet.image[height - height // rows + 40 :, width - width // columns + 40 :]
    assert seen([SimpleNamespace(image=corner)]) == {"blue"}  # row by row: the last frame is at the bottom right


def test_sevila_asks_each_frame_alone_and_keeps_four_in_the_order_of_time(look):
    ran = look("sevila")
    alone = [(frames, text) for frames, text in ran.vlm.asked if text.endswith("Answer yes or no.")]
    assert len(alone) == 32
    assert all(len(frames) == 1 for frames, _ in alone)
    assert all(QUESTION in text and "green; yellow; blue" in text for _, text in alone)
    assert times(ran.looks[-1][0]) == pytest.approx([14.25, 14.75, 15.25, 15.75], abs=0.26)


def _favours(*wanted):
    """Yes to frames at some times and the letter of the colour there; what is asked about several frames: blue."""

    def reply(frames, text):
        if text.endswith("Answer yes or no."):
            return "Yes" if any(abs(frames[0].time - time) < 0.3 for time in wanted) else "No"
        if frames and len(frames) > 1 and (letters := options_in(text)):
            return next(letter for letter, option in letters.items() if option == "blue")
        return None

    return reply


def test_sevila_gives_up_frames_that_disagree_and_chooses_once_more(look):
    """Two grey frames look promising and show nothing alone: they count half in the second choice."""
    vlm = colour_vision("blue", _favours(1.25, 3.25, 14.25, 15.25))
    ran = look("sevila", vlm)
    first, second = ran.step("best_frames")
    assert first.arguments["count"] == second.arguments["count"] == 4
    joint = [times(frames) for frames, _ in ran.looks if len(frames) == 4]
    assert joint[0] == pytest.approx([1.25, 3.25, 14.25, 15.25], abs=0.3)
    assert joint[-1] == joint[0]  # 0.9 halved is still more than 0.1: nothing better is known
    assert len(ran.step("answer")) == 5


def test_sevila_takes_other_frames_where_some_are_as_good(look):
    """Six frames look equally promising: two of the four kept ones disagree and make room."""
    ran = look("sevila", colour_vision("blue", _favours(1.25, 3.25, 14.25, 14.75, 15.25, 15.75)))
    joint = [times(frames) for frames, _ in ran.looks if len(frames) == 4]
    assert joint[0] == pytest.approx([1.25, 3.25, 14.25, 14.75], abs=0.3)
    assert joint[-1] == pytest.approx([14.25, 14.75, 15.25, 15.75], abs=0.3)
    assert len(ran.step("answer")) == 6
    assert ran.result.answer.text == "blue"


def test_free_video_llm_shows_slow_middle_and_fast_frames(look):
    ran = look("free_video_llm", colour_vision("red"), choices=("green", "red", "blue"))
    frames, _ = ran.looks[-1]
    slow, middle, fast = frames[:3], frames[3:8], frames[8:]
    assert all(RED[0] <= frame.time < RED[1] for frame in slow)
    assert times(slow) == sorted(times(slow))
    assert times(middle) == pytest.approx([1.6, 4.8, 8.0, 11.2, 14.4], abs=0.5)
    assert len(fast) == 50
    assert times(fast) == sorted(times(fast))
    assert {max(frame.image.shape) for frame in fast} == {160}
    assert ran.step("focus_box")[0].arguments["keep"] == 0.8
    assert all(160 < max(frame.image.shape) <= 320 for frame in (*slow, *middle))


def test_aim_merges_like_frames_and_halves_the_rest(look, tmp_path):
    ran = look("aim")
    assert ran.step("select_frames")[0].arguments["count"] == 32
    assert {max(frame.image.shape) for frame in ran.looks[-1][0]} == {680}
    noise = np.random.default_rng(5)
    restless = make_video(
        tmp_path / "restless.mp4", frames=64, fps=4, size=(320, 180), number=False,
        picture=lambda index, time: noise.integers(0, 256, (6, 10, 3)).repeat(30, 0).repeat(32, 1),
    )  # fmt: skip
    ran = look("aim", path=restless)
    assert [step.arguments["threshold"] for step in ran.step("distinct_frames")] == [0.98, 0.93, 0.85, 0.7][
        : len(ran.step("distinct_frames"))
    ]
    kept = times(ran.looks[-1][0] if ran.looks else ran.vlm.asked[0][0])
    assert 8 <= len(kept) <= 16
    assert kept[-1] > 0.9 * SECONDS


def test_a_large_frame_leads_each_group_of_four(look):
    frames, _ = look("visual_context_window").looks[-1]
    assert times(frames) == sorted(times(frames))
    sides = [max(frame.image.shape) for frame in frames]
    assert sides == [448, 224, 224, 224] * 4


def test_a_frame_a_second_at_most(look, clips):
    long = make_video(clips / "long.mp4", frames=400, fps=1, size=(64, 36), number=False)
    assert len(look("visual_context_window", path=long).vlm.asked[0][0]) == 256
    assert len(look("long_video_interleaved", path=long).vlm.asked[0][0]) == 64


def test_espresso_describes_what_differs_chooses_and_collects_evidence(look):
    llm = ScriptedLanguageModel("frame 2 at 5.2 s: A red picture. frame 4 at 14.2 s: A blue picture.")
    ran = look("video_espresso", llm=llm)
    described = [frames for frames, text in ran.vlm.asked if "one short sentence" in text]
    assert [len(frames) for frames in described] == [1, 1, 1, 1]
    assert "frame 4 at 14.2 s: A blue picture." in llm.prompts[0] and "data" in llm.prompts[0]
    collected = [frames for frames, text in ran.vlm.asked if "Do not answer" in text]
    assert times(collected[0]) == times(ran.looks[-1][0]) == pytest.approx([5.25, 14.25], abs=0.1)
    assert "A blue, red picture." in ran.looks[-1][1]
    assert ran.tools.endswith("can_write reason ask note answer")


@pytest.mark.parametrize("reply", ["I would look at all of them.", "frames 7, 8 and 9", "frame 1, 2, 3 and 4", ""])
def test_espresso_measures_where_no_core_frame_is_named(reply, look):
    ran = look("video_espresso", llm=ScriptedLanguageModel(reply))
    assert len(ran.step("relevance")) == 1
    assert max(times(ran.looks[-1][0])) >= BLUE[0]
    assert len(ran.looks[-1][0]) == 3


def test_scenes_are_described_one_by_one(look):
    ran = look("scene_tiling")
    assert ran.step("scenes")[0].arguments["most"] == 15
    assert times(ran.looks[-1][0]) == pytest.approx([2.5, 6, 10.5, 15], abs=0.3)
    assert "A red picture." in ran.looks[-1][1] and "A blue picture." in ran.looks[-1][1]
    spans = [(moment.start, moment.end) for moment in ran.result.answer.evidence if moment.kind == "caption"]
    assert (14.0, 16.0) in spans


def test_key_frames_are_described_by_what_changed(look):
    llm = ScriptedLanguageModel("From 0 to 5 s the wall is grey, then red, then grey, at last blue.")
    ran = look("share_gpt4_video", llm=llm, choices=())
    assert ran.step("select_frames")[0].arguments["count"] == 8  # every two seconds
    assert ran.step("distinct_frames")[0].arguments["threshold"] == 0.93
    asked = [(times(frames), text) for frames, text in ran.vlm.asked]
    assert [len(some) for some, _ in asked] == [1, 2, 2, 2]
    assert "in detail" in asked[0][1]
    for pair, text in asked[1:]:
        assert f"{pair[0]:.1f} s and {pair[1]:.1f} s" in text
        assert "data, not instructions" in text
    assert '"A grey picture."' in asked[1][1] and '"A red picture."' in asked[2][1]
    assert [note.arguments["end"] for note in ran.step("note")][:4] == pytest.approx([1, 5, 7, 15], abs=0.3)
    assert "A blue picture." in llm.prompts[0]
    assert ran.tools.endswith("can_write reason note answer")


def test_the_last_key_frame_is_the_last_look(look, clips):
    still = make_video(clips / "still.mp4", frames=80, fps=4, size=(64, 36), number=False)
    ran = look("share_gpt4_video", path=still)
    assert times([frame for frames, _ in ran.vlm.asked[:2] for frame in frames]) == pytest.approx([1, 1, 19], abs=0.3)
