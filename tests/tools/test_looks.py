"""How the picture looks, what has which colour, and whether two moments are the same: on pictures of known truth."""

import numpy as np
import pytest
from media import make_audio, make_video
from moving_pictures import camera_over, texture, write_pictures
from pictures import photograph, placed
from vidprog.tools.color_names import color_shares
from vidprog.tools.colors import colors
from vidprog.tools.looks import brightness, picture_looks, same_picture, sharpness
from vidprog.tools.regions import foreground, neutral, regions_of

NEUTRAL = np.full((540, 960, 3), 128, np.uint8)


def plain(colour):
    return np.full((180, 320, 3), colour, np.uint8)


def blurred(image):
    import cv2

    return cv2.GaussianBlur(image, (0, 0), 6)


@pytest.fixture
def shown(open_context, tmp_path):
    """A context for a video of these pictures, each for a second."""

    def make(*pictures):
        size = (pictures[0].shape[1], pictures[0].shape[0])
        path = make_video(
            tmp_path / "shown.mp4", frames=8 * len(pictures), fps=8, size=size, number=False,
            picture=lambda index, time: pictures[index // 8],
        )  # fmt: skip
        return open_context(path)

    return make


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: photograph("coffee", 480), {"sharp", "in colour"}),
        (lambda: blurred(photograph("coffee", 480)), {"blurred", "in colour"}),
        (lambda: (photograph("coffee", 480) * 0.2).astype(np.uint8), {"dark", "sharp", "in colour"}),
        (lambda: photograph("coffee", 480).mean(axis=2, keepdims=True).repeat(3, axis=2).astype(np.uint8),
         {"sharp", "black and white"}),
        (lambda: plain((245, 245, 245)), {"bright", "black and white"}),
    ],
)  # fmt: skip
def test_looks_of_a_picture(make, words, shown):
    context = shown(make())
    notes = picture_looks(context.whole, context=context)
    assert {note.content.removeprefix("the picture is ") for note in notes} == words
    assert all(note.kind == "note" and 0.5 <= note.score <= 1 for note in notes)


def test_looks_have_their_times(shown):
    context = shown(plain((10, 10, 12)), plain((10, 10, 12)), plain((250, 250, 250)))
    spans = {note.content: (note.start, note.end) for note in picture_looks(context.whole, context=context)}
    assert spans["the picture is dark"] == pytest.approx((0, 2), abs=0.2)
    assert spans["the picture is bright"] == pytest.approx((2, 3), abs=0.2)


@pytest.mark.parametrize("tool", [picture_looks, lambda clip, context: same_picture(clip, clip, context=context)])
def test_sound_alone_has_no_looks(tool, open_context, tmp_path):
    context = open_context(make_audio(tmp_path / "tone.m4a", seconds=2.0))
    nothing = tool(context.whole, context=context)
    assert not nothing
    assert nothing.why == "no pictures"


def test_measures_are_monotonous():
    photo = photograph("cat", 480)
    assert brightness(photo) > brightness((photo * 0.5).astype(np.uint8))
    assert sharpness(photo) > sharpness(blurred(photo))
    assert sharpness(plain((90, 90, 90))) is None


# ---- two moments


def same(context, one, two):
    return same_picture(context.whole.trim(*one), context.whole.trim(*two), context=context)


def test_the_same_and_another_picture(shown):
    photo = photograph("coffee", 480)
    context = shown(photo, (photo * 0.8).astype(np.uint8), texture("noise")[: len(photo), :480])
    (note,) = same(context, (0, 1), (0.2, 0.9))
    assert note.content == "the same picture"
    (note,) = same(context, (0, 1), (1, 2))  # darker, and nothing else
    assert note.content == "the same picture"
    (note,) = same(context, (0, 1), (2, 3))
    assert note.content == "another picture"
    assert note.score > 0.5


def test_a_change_has_its_place(shown):
    before = texture("noise")[:360, :640].copy()
    after = before.copy()
    after[30:90, 40:130] = (220, 30, 40)
    context = shown(before, after)
    (note,) = same(context, (0, 1), (1, 2))
    assert note.content == "the same place, changed at the top left"
    assert note.box == pytest.approx((40 / 640, 30 / 360, 130 / 640, 90 / 360), abs=0.05)


def test_a_camera_that_moved_is_no_change(open_context, tmp_path):
    pictures = camera_over(texture("bricks"), (0.1, 0.0), seconds=1.0)
    context = open_context(write_pictures(tmp_path / "pan.mp4", pictures))
    (note,) = same(context, (0.0, 0.2), (0.7, 0.9))
    assert note.content == "the same picture"


# ---- colours of things


def best_of(notes):
    return max(notes, key=lambda note: note.score).content.split()[0]


@pytest.mark.parametrize(
    ("sky", "floor", "question", "name"),
    [
        ((100, 160, 230), (40, 120, 50), "What colour is the sky?", "blue"),
        ((100, 160, 230), (40, 120, 50), "What colour is the grass?", "green"),
        ((240, 130, 40), (60, 60, 65), "Which colour do the clouds have?", "orange"),
        ((240, 240, 240), (200, 25, 30), "What is the colour of the floor?", "red"),
    ],
)
def test_the_colour_of_what_is_around(sky, floor, question, name, shown):
    image = plain(sky)
    image[100:] = floor
    context = shown(image)
    assert best_of(colors(context.whole, question, context=context)) == name


def test_the_background_is_what_is_behind_the_things(open_context, tmp_path):
    def picture(index, time):
        image = placed("cat", 0.2).copy()
        image[(image == 200).all(axis=2)] = (30, 150, 60)
        return image

    path = make_video(tmp_path / "cat.mp4", frames=16, fps=8, size=(960, 540), number=False, picture=picture)
    context = open_context(path)
    assert best_of(colors(context.whole, "What colour is the background?", context=context)) == "green"
    assert best_of(colors(context.whole, "What colour is the cat?", context=context)) != "green"
    regions = regions_of(context.whole, "What colour is the cat?", 4, context)
    assert regions and all(region.box is not None for region in regions)


def test_the_foreground_leaves_the_background_out():
    import cv2

    image = np.full((200, 200, 3), (60, 160, 70), np.uint8)
    cv2.ellipse(image, (100, 100), (30, 70), 0, 0, 360, (200, 30, 30), cv2.FILLED)
    box = (0.35, 0.15, 0.65, 0.85)
    pixels = foreground(image, box)
    reds = (pixels[:, 0] > 150).mean()
    assert reds > 0.97 > 0.85 > (image[30:170, 70:130].reshape(-1, 3)[:, 0] > 150).mean()
    upper = foreground(image, box, (0.0, 0.0, 1.0, 0.3))
    assert 0 < len(upper) < 0.4 * len(pixels)


@pytest.mark.parametrize("cast", [(1.15, 1.0, 0.85), (0.85, 1.0, 1.15), (1.0, 1.0, 1.0)])
def test_half_of_a_cast_is_taken_out(cast):
    image = np.clip(texture("noise")[:200, :300].mean(axis=2, keepdims=True) * cast, 0, 255).astype(np.uint8)
    spread = [np.ptp(picture.reshape(-1, 3).mean(axis=0)) for picture in (image, neutral(image))]
    assert spread[1] <= 0.7 * spread[0] + 1


def test_shares_of_pixels_are_those_of_their_picture():
    image = texture("bricks")[:64, :64]
    assert color_shares(image) == pytest.approx(color_shares(image.reshape(-1, 3)), abs=1e-9)
    assert color_shares(image).sum() == pytest.approx(1)
