"""Colours by name: words for them, which thing a question means, options that name colours."""

import numpy as np
import pytest
from media import make_audio, make_video
from moving_pictures import texture
from pictures import placed
from vidprog.tools.boxes import box_part
from vidprog.tools.color_names import color_shares, color_terms, term_shares
from vidprog.tools.colors import colors, weigh_colors
from vidprog.tools.pixels import moving, still_background
from vidprog.tools.regions import regions_of
from vidprog.tools.which_thing import Thing, chosen

SIZE = (320, 180)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the light-blue car", ["light blue"]),
        ("orange-red", ["orange-red"]),
        ("Brown and white", ["brown", "white"]),
        ("golden only", ["gold"]),
        ("dark green, gray", ["dark green", "grey"]),
        ("navy", ["navy"]),
        ("the predator", []),
        ("", []),
    ],
)
def test_colours_in_a_text(text, names):
    assert [term.name for term in color_terms(text)] == names


@pytest.mark.parametrize(
    ("colour", "options", "right"),
    [
        ((160, 205, 240), ("blue", "white", "light blue", "red"), "light blue"),
        ((20, 30, 90), ("light blue", "dark blue"), "dark blue"),
        ((235, 85, 40), ("yellow", "orange-red", "pink"), "orange-red"),
        ((210, 165, 40), ("golden", "silver", "bronze"), "golden"),
        ((60, 190, 185), ("turquoise", "red", "grey"), "turquoise"),
    ],
)
def test_options_that_are_shades(colour, options, right):
    terms = [color_terms(option)[0] for option in options]
    shares = term_shares(np.full((8, 8, 3), colour, np.uint8), terms)
    assert options[int(np.argmax(shares))] == right
    assert shares.min() >= 0 and shares.sum() <= 1 + 1e-6


def test_shares_of_basic_terms_are_shares():
    assert color_shares(texture("bricks")[:64, :64]).sum() == pytest.approx(1)


@pytest.fixture
def shown(open_context, tmp_path):
    """Context of a clip whose picture is a function of time: (picture, seconds)."""

    def show(picture, seconds=8.0, size=SIZE):
        path = make_video(
            tmp_path / "clip.mp4", frames=round(seconds * 8), fps=8, size=size, number=False,
            picture=lambda index, time: picture(time),
        )  # fmt: skip
        return open_context(path)

    return show


def best_option(context, question, options):
    return options[int(np.argmax(weigh_colors(context.whole, question, list(options), context=context)))]


def halves(one, two):
    image = np.empty((SIZE[1], SIZE[0], 3), np.uint8)
    image[:90], image[90:] = one, two
    return image


@pytest.mark.parametrize(
    ("question", "options", "right"),
    [
        ("What colour is the sky?", ("green", "light blue", "dark blue", "white"), "light blue"),
        ("What colours does the picture have?", ("light blue and brown", "light blue", "red and white"), None),
        ("What colour is the floor?", ("light blue", "brown", "white"), "brown"),
    ],
)
def test_options_are_weighed_by_pixels(shown, question, options, right):
    context = shown(lambda time: halves((160, 205, 240), (95, 60, 35)))
    assert best_option(context, question, options) == (right or options[0])


@pytest.mark.parametrize("choices", [["red", "no colour at all"], ["a car", "a dog"], ["red"]])
def test_options_that_name_no_colour_are_not_weighed(shown, choices):
    context = shown(lambda time: halves((200, 30, 30), (0, 0, 0)), seconds=1.0)
    assert weigh_colors(context.whole, "What colour is it?", choices, context=context) == []
    assert context.notes.why == "not all options name a colour"


def test_a_sound_has_no_colours(open_context, tmp_path):
    context = open_context(make_audio(tmp_path / "tone.wav"))
    assert weigh_colors(context.whole, "the car", ["red", "blue"], context=context) == []
    assert context.notes.why == "no pictures"


# ---- things that move over a still background


def ground():
    return np.clip(texture("noise", seed=3)[: SIZE[1], : SIZE[0]].astype(int) // 4 + 70, 0, 255).astype(np.uint8)


def passing(patches):
    """Rectangles that cross the picture: (colour, row, first second, last second); each casts a shadow."""

    def picture(time):
        image = ground()
        for colour, row, start, end in patches:
            if start <= time < end:
                left = round((time - start) / (end - start) * (SIZE[0] + 60)) - 60
                shadow = slice(max(0, left), max(0, left + 75))
                image[row : row + 42, shadow] = image[row : row + 42, shadow] // 2
                image[row : row + 34, max(0, left) : max(0, left + 60)] = colour
        return image

    return picture


def test_what_moves_is_told_from_its_background_and_its_shadow():
    picture = passing([((30, 60, 200), 60, 0.0, 8.0)])
    images = [picture(time) for time in np.linspace(0, 7.9, 12)]
    background = still_background(images)
    pixels = moving(picture(4.0), background, (0.3, 0.2, 0.9, 0.7))
    assert (pixels[:, 2] > 150).mean() > 0.95
    assert moving(ground(), background, (0.1, 0.1, 0.9, 0.9)) is None


def test_a_moving_camera_has_no_still_background():
    wide = texture("bricks")
    assert still_background([wide[:180, 60 * place : 60 * place + 320] for place in range(8)]) is None
    assert still_background([ground()] * 3) is None


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("What colour is the car that is on screen at the same time as the blue car?", "red"),
        ("What colour is the car that drives beside the red car?", "blue"),
        ("What colour is the first car?", "yellow"),
        ("What colour is the last car?", "green"),
    ],
)
def test_a_question_chooses_among_things_that_move(shown, question, right):
    context = shown(
        passing(
            [
                ((235, 215, 50), 20, 0.0, 3.5), ((30, 60, 200), 20, 4.5, 8.0),
                ((200, 30, 35), 110, 5.0, 8.5), ((40, 150, 60), 60, 9.5, 12.5),
            ]
        ),
        seconds=13.0,
    )  # fmt: skip
    assert best_option(context, question, ("blue", "red", "yellow", "green")) == right


# ---- which of several things


def thing(observe, content, left, start, end):
    seen = observe(start, content, end=end, box=(left, 0.2, left + 0.2, 0.8))
    return Thing((seen,), start, end, moves=False)


FITS = {"red": (1.0, 0.0, 0.0), "blue": (0.0, 1.0, 0.0), "green": (0.0, 0.0, 1.0)}


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("What colour is the car next to the red car?", [1]),
        ("What colour is the car on the left?", [0]),
        ("What colour is the rightmost car?", [2]),
        ("What colour is the second car?", [1]),
        ("What colour is the tie of the man in the blue suit?", [1]),
        ("What colour is the dog near the red car?", [0, 1, 2]),
    ],
)
def test_which_thing_is_meant(observe, query, places):
    kind = "person" if "man" in query else "dog" if "dog" in query else "car"
    spans = ((0, 4), (1, 5), (6, 9))
    things = [thing(observe, kind, 0.1 + 0.3 * place, *span) for place, span in enumerate(spans)]
    words = {"car": "car", "man": "person", "dog": "dog"}

    def known(text):
        return [words[word] for word in text.strip("?").split() if word in words]

    found = chosen(things, (kind,), query, known, lambda one, term: FITS[term.name][things.index(one)])
    assert sorted(things.index(one) for one in found) == places


def test_a_part_of_a_box_stays_inside_the_picture():
    assert box_part((0.2, 0.5, 0.4, 1.0), (0.0, 0.5, 1.0, 1.5)) == pytest.approx((0.2, 0.75, 0.4, 1.0))


def test_what_is_under_somebody_needs_somebody(shown):
    context = shown(lambda time: halves((200, 30, 30), (30, 60, 200)), seconds=1.0)
    regions = regions_of(context.whole, "What colour is the lift the person is standing on?", 2, context)
    assert [region.box for region in regions] == [None, None]


def test_the_place_of_a_thing_is_around_it(open_context, tmp_path):
    path = make_video(
        tmp_path / "cat.mp4",
        frames=16,
        fps=8,
        size=(960, 540),
        number=False,
        picture=lambda index, time: placed("cat", 0.2),
    )
    context = open_context(path)
    regions = regions_of(context.whole, "What colour is the rug that the cat is lying on?", 2, context)
    assert regions and all(region.frame.image.shape[0] < 540 for region in regions)
    assert colors(context.whole, "What colour is the rug that the cat is lying on?", context=context)
