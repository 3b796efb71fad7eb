"""A small vision-language model that really sees answers about clips of known truth: what random weights cannot prove.

Frames reach it upright, in order, in RGB and with their times; it is surer the more there is to see.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torchvision", reason='the local VLM needs the extra: pip install "vidprog[gpu]"')

import seeing
from media import make_video
from seeing.scenes import KNOWN, QUESTIONS, Scene, random_scene
from vidprog.agents import Settings
from vidprog.models import Models, load_profile
from vidprog.tools.ask import yes_scores
from vidprog.tools.caption import caption

pytestmark = pytest.mark.vision
CLIPS = 60
RIGHT = 0.95
SIZE = (320, 180)
UNIFORM = Settings(program="uniform_frames", max_rounds=1, learn=False)


def film(path: Path, scenes: Sequence[tuple[Scene, float]], seed: int = 0, fps: int = 2) -> Path:
    """A clip of scenes, each for so many seconds."""
    random = np.random.default_rng(seed)
    ends = np.cumsum([seconds for _, seconds in scenes])
    shown = [scene for scene, _ in scenes]
    return make_video(
        path, times=[place / fps for place in range(int(ends[-1] * fps))], size=SIZE, number=False, gop=8,
        picture=lambda place, time: shown[int(np.searchsorted(ends, time, side="right"))].draw(random, SIZE),
    )  # fmt: skip


def a_question(scene: Scene, kind: str) -> tuple[str, str]:
    """A question about a scene and its answer."""
    figure = "digit" if kind == "digit" else "shape"
    answer = {"color": scene.color, "place": scene.place}.get(kind, scene.figure)
    return QUESTIONS[kind][0].format(noun=figure), answer


def options_of(kind: str, answer: str, random: np.random.Generator) -> list[str]:
    """Up to four options of one kind, the right one among them."""
    others = random.permutation([value for value in KNOWN[kind] if value != answer])[:3]
    return [str(option) for option in random.permutation([answer, *others])]


@pytest.fixture(scope="module")
def seeing_models():
    return Models(load_profile("embedded", [f"vlm=transformers:{seeing.WEIGHTS}"]))


@pytest.fixture
def watch(tmp_path, open_session, seeing_models):
    """Open a clip of scenes with the model that sees."""
    count = iter(range(1000))

    def watch(*scenes: tuple[Scene, float], seed: int = 0, **changes):
        path = film(tmp_path / f"{next(count)}.mp4", scenes, seed)
        return open_session(path, models=seeing_models, **changes)

    return watch


def test_what_is_in_every_frame_is_answered(watch):
    random = np.random.default_rng(20_000)
    wrong = []
    for place in range(CLIPS):
        scene = random_scene(random, digit=place % 2 == 0)
        kind = ("color", "place", "digit" if place % 2 == 0 else "shape")[place // 2 % 3]
        question, answer = a_question(scene, kind)
        found = watch((scene, 4), seed=place).ask(question, options_of(kind, answer, random), UNIFORM)
        if found.text != answer or found.answer.abstained:
            wrong.append((scene.text, question, found.text, round(found.confidence, 2)))
    assert len(wrong) <= (1 - RIGHT) * CLIPS, wrong


@pytest.mark.parametrize(("first", "second"), [("red", "blue"), ("blue", "red"), ("green", "purple")])
def test_frames_come_in_order_and_in_rgb(watch, first, second):
    one, two = Scene(first, "circle", "on the left", 60), Scene(second, "square", "on the right", 60)
    session = watch((one, 4), (two, 4))
    choices = [first, second]
    assert session.ask("Which colour is shown first?", choices, UNIFORM).text == first
    assert session.ask("Which colour is shown last?", choices, UNIFORM).text == second


@pytest.mark.parametrize("place", ["at the top", "at the bottom", "on the left", "on the right"])
def test_frames_are_upright(watch, place):
    session = watch((Scene("yellow", "circle", place, 40), 3))
    assert session.ask("Where is the circle?", list(KNOWN["place"]), UNIFORM).text == place


def test_it_is_the_surer_the_more_there_is_to_see(watch):
    shown, nothing = Scene("purple", "triangle", "on the right", 60), Scene(ground=60)
    choices = ["red", "green", "blue", "purple"]
    scenes = {"all": [(shown, 8)], "a quarter": [(nothing, 3), (shown, 2), (nothing, 3)], "none": [(nothing, 8)]}
    found = {name: watch(*parts).ask("What colour is it?", choices, UNIFORM).answer for name, parts in scenes.items()}
    assert found["all"].confidence > found["none"].confidence + 0.3
    assert found["a quarter"].confidence > found["none"].confidence + 0.1
    assert found["all"].grounding > 1 and abs(found["none"].grounding) < 0.7
    assert found["none"].abstained and not found["all"].abstained


def test_blank_frames_are_no_answer_in_words_either(watch):
    shown, nothing = Scene("green", "circle", "on the left", 60), Scene(ground=60)
    seen, blank = (watch((scene, 4)).ask("What colour is it?", None, UNIFORM) for scene in (shown, nothing))
    assert seen.text == "green" and seen.confidence > 0.8
    assert blank.confidence < 0.6


def test_captions_say_what_is_to_be_seen_and_when(watch):
    one, two = Scene("red", "circle", "on the left", 60), Scene("blue", "square", "on the right", 60)
    session = watch((one, 5), (two, 5))
    context = session.context()
    captions = caption.run((context.whole,), {"seconds": 5.0}, context)
    assert [told.content.rstrip(".") for told in captions] == [one.text, two.text]
    assert [(told.start, told.end) for told in captions] == [(0, 5), (5, pytest.approx(10, abs=0.5))]


def test_the_localizer_is_surest_of_the_frame_that_shows_it(watch):
    nothing, shown = Scene(ground=60), Scene("white", "triangle", "at the top", 60)
    context = watch((nothing, 3), (shown, 1), (nothing, 4)).context()
    frames = context.frames([place + 0.5 for place in range(8)])
    scores = yes_scores.run((frames, "Is there a white triangle?"), {}, context)
    assert scores[3] > 0.4 and scores[3] > 4 * max(scores[:3] + scores[4:])


@pytest.mark.parametrize(
    ("question", "kind", "answer"),
    [("Which shape is shown?", "shape", "triangle"), ("What colour is the triangle?", "color", "red")],
)
def test_the_loop_finds_in_ten_minutes_what_is_shown_for_three_seconds(watch, question, kind, answer):
    nothing, shown = Scene(ground=60), Scene("red", "triangle", "on the left", 60)
    session = watch((nothing, 401), (shown, 3), (nothing, 196))
    choices = list(KNOWN[kind])[:4]
    uniform = session.ask(question, choices, UNIFORM)
    assert uniform.answer.abstained or uniform.confidence < Settings().rules.threshold
    found = session.ask(question, choices, Settings(learn=False))
    assert found.text == answer and not found.answer.abstained, found.to_json()["rounds"]
    if found.program["name"] == "what_color":  # eight frames; of very many only some are named as evidence
        assert any(401 <= moment.start <= 404 for moment in found.answer.evidence)
    assert found.confidence > max(0.9, uniform.confidence)
    assert "other_frames" in [round_["move"] for round_ in found.rounds]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_answer_from_a_file_and_from_a_batch(watch, seed):
    """What is asked twice comes out of the cache; a fresh store computes the same."""
    scene = replace(random_scene(np.random.default_rng(seed)), ground=60)
    question, choices = "What colour is it?", list(KNOWN["color"])
    one, two = (watch((scene, 3), seed=seed).ask(question, choices, UNIFORM) for _ in range(2))
    assert one.answer.probabilities == pytest.approx(two.answer.probabilities)
