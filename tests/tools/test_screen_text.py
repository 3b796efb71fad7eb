"""What a text on screen is for, small and turned text, and layout: on pictures whose every line is known."""

from itertools import pairwise

import numpy as np
import pytest
from media import make_video
from narration import as_sound, spoken
from pictures import Sign, draw_text, write_signs
from PIL import Image, ImageDraw, ImageFont
from vidprog.memory import Observation, Timeline
from vidprog.models import TextLine
from vidprog.tools.read_closely import best_readings, read_closely, read_everywhere, tiles_of
from vidprog.tools.read_text import join_readings
from vidprog.tools.screen_text import role_of, screen_text
from vidprog.tools.text import squash

SIZE = (960, 540)
SUBTITLES = ((1.0, 3.5, "Good morning and welcome"), (4.0, 6.5, "The bus leaves soon"), (7.0, 9.5, "Mind the step"))


def written(image: np.ndarray, text: str, place: tuple[float, float], letters: int) -> np.ndarray:
    """The picture with a white text, its middle at a share of width and height."""
    picture = Image.fromarray(image)
    where = (place[0] * picture.width, place[1] * picture.height)
    ImageDraw.Draw(picture).text(where, text, font=ImageFont.load_default(letters), fill=(255, 255, 255), anchor="mm")
    return np.asarray(picture)


@pytest.fixture(scope="module")
def broadcast(clips):
    """A logo all the time, a clock, subtitles, a sign from 3 to 8 s, a title in the first two seconds."""

    def picture(index, time):
        image = written(draw_text(size=SIZE), "CHANNEL NINE", (0.86, 0.07), 26)
        image = written(image, f"10:00:{int(time):02d}", (0.12, 0.07), 26)
        for start, end, text in SUBTITLES:
            image = written(image, text, (0.5, 0.9), 30) if start <= time < end else image
        if 3 <= time < 8:
            image = written(image, "BAKERY", (0.3, 0.45), 40)
        return written(image, "THE NEWS", (0.5, 0.5), 110) if time < 2 else image

    return make_video(clips / "broadcast.mp4", frames=40, fps=4, size=SIZE, picture=picture, number=False)


@pytest.mark.parametrize(
    ("role", "texts"),
    [
        ("watermark", {"channelnine"}),
        ("subtitle", {squash(text) for _, _, text in SUBTITLES}),
        ("scene", {"bakery"}),
        ("title", {"thenews"}),
    ],
)
def test_roles(open_context, broadcast, clips, role, texts):
    context = open_context(broadcast, store=clips / "broadcast-store")
    found = screen_text(context.whole, role, context=context)
    assert {squash(line.content) for line in found} == texts
    assert all(line.source.endswith(f" text:{role}") for line in found)


def test_a_clock_is_many_texts_at_one_place(open_context, broadcast, clips):
    context = open_context(broadcast, store=clips / "broadcast-store")
    found = screen_text(context.whole, "clock", context=context)
    assert len(found) >= 8 and all(line.content.startswith("10") for line in found)


def test_no_text_and_none_of_a_role_are_reasons(open_context, broadcast, clips, mute):
    context = open_context(broadcast, store=clips / "broadcast-store")
    part = context.whole.trim(2.5, 3.0)
    assert "none of" in screen_text(part, "title", context=context).why
    context = open_context(mute)
    assert screen_text(context.whole, context=context).why == "nothing in 4 frames"


def test_a_low_line_that_is_said_is_a_subtitle(open_context, tmp_path):
    """One line alone is a subtitle because somebody says it."""
    sign = Sign(1.0, 5.0, "The train to Pine Valley is late", height=0.9)
    path = write_signs(tmp_path / "said.mp4", [sign], seconds=9.0, audio=as_sound(spoken([(1.0, 1)], 9.0)))
    context = open_context(path)
    (line,) = screen_text(context.whole, context=context)
    assert line.source.endswith("text:subtitle")


def test_lines_together_stand_from_top_to_bottom(observe):
    lines = [
        observe(0, "zebra", box=(0.1, 0.1, 0.3, 0.2), kind="text"),
        observe(0, "apple", box=(0.1, 0.5, 0.3, 0.6), kind="text"),
    ]
    assert [line.content for line in Timeline(lines)] == ["zebra", "apple"]
    assert [line.content for line in Timeline(reversed(lines))] == ["zebra", "apple"]


def test_a_line_without_a_place_is_scene_text(sample_context):
    line = Observation(0, 1, "text", "EXIT", 0.9, "test")
    assert role_of(line, [line], sample_context.whole) == "scene"


def test_a_text_that_comes_back_is_another_one(observe):
    lines = [observe(start, "EXIT 42") for start in (0, 1, 3, 20, 21)]
    assert [(line.start, line.end) for line in join_readings(lines)] == [(0, 4), (20, 22)]


# ---- small and turned


SMALL_SIZE = (1920, 1080)


@pytest.fixture(scope="module")
def small(clips):
    """Full HD with letters of 13 pixels here and there, and one large line."""
    image = draw_text(("Town Hall", 0.5), size=SMALL_SIZE, letters=120)
    texts = {
        "Platform 12 departs 09:45": (0.2, 0.2),
        "Made in Portugal": (0.75, 0.3),
        "Do not bend this card": (0.6, 0.83),
    }
    for text, place in texts.items():
        image = written(image, text, place, 15)
    path = make_video(clips / "small.mp4", frames=6, fps=2, size=SMALL_SIZE, number=False, picture=lambda i, t: image)
    return path, {squash(text) for text in texts}


def test_small_text_is_read_in_tiles(open_context, small):
    path, texts = small
    context = open_context(path)
    found = {squash(line.content): line for line in read_closely(context.whole, turned=False, context=context)}
    assert texts | {"townhall"} <= set(found)
    box = found["madeinportugal"].box
    assert (box[0] + box[2]) / 2 == pytest.approx(0.75, abs=0.02) and (box[1] + box[3]) / 2 == pytest.approx(
        0.3, abs=0.02
    )
    context.notes.clear()
    assert read_closely(context.whole, turned=False, context=context) and context.notes.cached


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_turned_text_is_read(models, quarters):
    image = np.ascontiguousarray(np.rot90(draw_text(("FRAGILE GOODS 88", 0.5), size=(640, 640)), quarters))
    found = read_everywhere(image, models.ocr, turned=True)
    assert "fragilegoods88" in {squash(line.text) for line in found}


def test_where_nothing_is_written_it_says_so(open_context, mute):
    context = open_context(mute)
    assert read_closely(context.whole, context=context).why == "nothing in 4 frames"


def test_tiles_overlap_and_cover_the_picture():
    tiles = tiles_of((2160, 3840, 3))
    assert min(tile[0] for tile in tiles) == 0 and max(tile[2] for tile in tiles) == pytest.approx(1)
    lefts = sorted({(tile[0], tile[2]) for tile in tiles})
    assert all(one[1] > two[0] for one, two in pairwise(lefts))


def test_of_several_readings_of_a_place_the_best_stays():
    lines = [
        TextLine("FRAGLE", 0.7, (0.1, 0.1, 0.4, 0.2)), TextLine("FRAGILE", 0.95, (0.1, 0.1, 0.41, 0.2)),
        TextLine("other", 0.9, (0.6, 0.1, 0.8, 0.2)),
    ]  # fmt: skip
    assert [line.text for line in best_readings(lines)] == ["FRAGILE", "other"]
