"""Shots tile the clip; cuts are found, movement, flashes and slow changes are not cuts."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from media import make_audio, make_video
from pictures import photograph
from PIL import Image
from vidprog.video import DecodeStats, MediaError, Shot, find_shots, open_video

NOISE = np.random.default_rng(3).integers(0, 256, (12, 20, 3), dtype=np.uint8)
SCENES = [
    np.kron(np.roll(NOISE, turn, axis=2)[::step], np.ones((8 * step, 8, 1), np.uint8))
    for turn, step in [(0, 1), (1, 2), (2, 3), (0, 4)]
]


def scene(*cuts):
    """Pictures that change at some times."""
    return lambda number, time: SCENES[sum(time >= cut - 1e-6 for cut in cuts) % len(SCENES)]


def starts(path) -> list[float]:
    return [shot.start for shot in find_shots(open_video(path).clip())]


@pytest.mark.parametrize("cuts", [(), (2.0,), (1.0, 2.4, 5.0), (0.6, 5.4)])
@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
def test_hard_cuts_are_found_at_their_frame(tmp_path, name, cuts):
    path = make_video(tmp_path / name, frames=150, picture=scene(*cuts), number=False)
    assert starts(path) == pytest.approx([0.0, *cuts], abs=0.002)


def test_cuts_between_plain_colours(tmp_path):
    path = make_video(
        tmp_path / "a.mp4", frames=75, number=False, picture=lambda n, t: (200, 40, 40) if t < 1.2 else (40, 40, 200)
    )
    assert starts(path) == pytest.approx([0.0, 1.2])


@pytest.mark.parametrize(("start", "end"), [(0.0, 6.0), (0.7, 5.3), (2.5, 3.0)])
def test_shots_tile_the_clip_exactly(tmp_path, start, end):
    video = open_video(make_video(tmp_path / "a.mp4", frames=150, picture=scene(1.0, 2.4, 5.0), number=False))
    shots = find_shots(video.clip().trim(start, end))
    assert (shots[0].start, shots[-1].end) == (start, end)
    assert all(one.end == other.start for one, other in pairwise(shots))
    assert all(shot.duration >= 0.5 for shot in shots)


def test_no_shot_is_shorter_than_asked(tmp_path):
    path = make_video(tmp_path / "a.mp4", frames=150, picture=scene(0.2, 2.0, 2.2, 2.4, 5.8), number=False)
    clip = open_video(path).clip()
    assert all(shot.duration >= 0.5 for shot in find_shots(clip))
    assert len(find_shots(clip, min_shot=0.1)) == 6


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(lambda n, t: np.roll(SCENES[0], n * 2, axis=1), id="pan"),
        pytest.param(lambda n, t: (round(t * 40), 60, 250 - round(t * 40)), id="slow change"),
        pytest.param(lambda n, t: np.full((96, 160, 3), 255) if n in (50, 51) else SCENES[0], id="flash"),
        pytest.param(lambda n, t: SCENES[0], id="still"),
    ],
)
def test_no_cut_where_there_is_none(tmp_path, picture):
    path = make_video(tmp_path / "a.mp4", frames=125, picture=picture, number=False, gop=250)
    assert starts(path) == [0.0]


def fade(number, time):
    brightness = min(1.0, abs(time - 2.0))  # black at 2.0 s
    return (SCENES[0 if time < 2 else 1] * brightness).astype(np.uint8)


def test_a_fade_through_black_is_one_boundary(tmp_path):
    path = make_video(tmp_path / "a.mp4", frames=100, picture=fade, number=False)
    assert starts(path) == pytest.approx([0.0, 2.0], abs=0.1)


def test_a_video_of_one_picture_is_one_shot(tmp_path):
    video = open_video(make_video(tmp_path / "a.mp4", frames=1))
    assert find_shots(video.clip()) == (Shot(0.0, video.duration),)


def test_pictures_are_counted(tmp_path):
    stats = DecodeStats()
    find_shots(open_video(make_video(tmp_path / "a.mp4", frames=40)).clip(), stats=stats)
    assert stats.frames_decoded == 40


def test_sound_has_no_shots(tmp_path):
    with pytest.raises(MediaError) as caught:
        find_shots(open_video(make_audio(tmp_path / "a.wav")).clip())
    assert caught.value.code == "media.no_pictures"


@cache
def scene_of(name, width=160, height=96):
    """A photograph of exactly that size."""
    return np.asarray(Image.fromarray(photograph(name)).resize((width, height)))


def dissolving(length, middle=2.0, move=0):
    """One scene that turns into another one, both moving by so many pixels a picture."""

    def picture(number, time):
        part = np.clip((time - middle) / length + 0.5, 0, 1)
        one, two = (np.roll(scene_of(name), number * move, axis=1) for name in ("cat", "bridge"))
        return np.round(one * (1 - part) + two * part).astype(np.uint8)

    return picture


@pytest.mark.parametrize(("length", "move"), [(0.5, 0), (0.5, 1), (1.0, 0), (1.0, 1), (2.0, 0)])
def test_a_dissolve_is_one_boundary_in_its_middle(tmp_path, length, move):
    path = make_video(tmp_path / "a.mp4", frames=110, picture=dissolving(length, move=move), number=False)
    assert starts(path) == pytest.approx([0.0, 2.0], abs=0.25)


def through(level, length):
    """A fade to a brightness and back, into another scene."""

    def picture(number, time):
        part = min(1.0, abs(time - 2.0) / length)
        shown = scene_of("cat" if time < 2 else "bridge")
        return np.round(shown * part + level * (1 - part)).astype(np.uint8)

    return picture


@pytest.mark.parametrize("length", [0.4, 1.0])
@pytest.mark.parametrize("level", [0, 255])
def test_fades_to_black_and_to_white_are_one_boundary(tmp_path, level, length):
    path = make_video(tmp_path / "a.mp4", frames=100, picture=through(level, length), number=False)
    assert starts(path) == pytest.approx([0.0, 2.0], abs=0.15)


@pytest.mark.parametrize("kind", ["light goes down", "black flash", "moving thing", "title", "zoom"])
def test_what_is_no_dissolve(tmp_path, kind):
    photo = scene_of("bridge", 320, 192)

    def picture(number, time):
        if kind == "light goes down":
            return np.round(photo[::2, ::2] * (1 - 0.2 * min(time, 4.0))).astype(np.uint8)
        if kind == "black flash":
            return photo[::2, ::2] * (number not in (50, 51))
        image = photo[::2, ::2].copy()
        if kind == "title":
            part = np.clip(time - 1.5, 0, 1)
            image[20:60, 20:140] = image[20:60, 20:140] * (1 - part) + 255 * part
            return image
        if kind == "moving thing":
            image[30:66, number : number + 50] = scene_of("cat", 50, 36)[:, : 160 - number]
            return image
        side = 96 - number // 3
        part = photo[:side, : round(side * 160 / 96)]
        return np.asarray(Image.fromarray(part).resize((160, 96)))

    path = make_video(tmp_path / "a.mp4", frames=100, picture=picture, number=False)
    assert starts(path) == [0.0]
