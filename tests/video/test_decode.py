"""Every frame asked for by time is the one on screen at that time, and costs no more than its group of pictures."""

from bisect import bisect_right
from fractions import Fraction
from functools import cache
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from media import cut_file, damage_file, has_encoder, make_audio, make_video, read_number
from vidprog.video import (
    DecodeStats,
    MediaError,
    UsageError,
    Video,
    frames_at,
    iter_frames,
    open_video,
    sample_fps,
    sample_uniform,
)

IRREGULAR = [0.0, 0.04, 0.4, 0.41, 0.9, 1.3, 1.35, 2.2, 2.3, 2.4, 2.9, 3.0, 3.7, 3.71, 3.9, 4.6, 4.7, 5.3, 5.31, 5.9]
OPEN_GROUPS = {"x264-params": "open-gop=1:keyint=15:bframes=3:b-adapt=0"}

# name of the file -> how it is made; each is decoded in full once and then asked at random times
KINDS = {
    "cfr.mp4": {},
    "cfr.mkv": {},
    "cfr.mov": {"fps": Fraction(30000, 1001)},
    "cfr.ts": {"start": 1.4},
    "old.avi": {"codec": "mpeg4"},
    "vfr.mp4": {"times": IRREGULAR, "gop": 5},
    "vfr.mkv": {"times": IRREGULAR, "gop": 5, "bframes": 0},
    "late.mp4": {"start": 5.0},
    "late.mkv": {"start": 10.0},
    "late_picture.mkv": {"start": 0.7, "audio": "tone", "audio_start": 0.0},
    "bframes.mp4": {"bframes": 4, "gop": 30, "options": {"b-adapt": "0"}},
    "open.mp4": {"options": OPEN_GROUPS},
    "open.mkv": {"options": OPEN_GROUPS},
    "one_group.mp4": {"gop": 1000},
    "all_key.mp4": {"gop": 1, "bframes": 0},
    "hevc.mp4": {"codec": "libx265"},
    "hevc.mkv": {"codec": "libx265"},
    "vp9.webm": {"codec": "libvpx-vp9"},
    "with_sound.mp4": {"audio": "tone"},
}


@pytest.fixture(scope="module")
def kind(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("kinds")

    @cache
    def make(name: str) -> tuple[Video, list[tuple[float, int]]]:
        recipe = {"frames": 90, **KINDS[name]}
        if not has_encoder(recipe.get("codec", "libx264")):
            pytest.skip(f"no encoder {recipe['codec']}")
        video = open_video(make_video(folder / name, **recipe))
        pictures = [(frame.time, read_number(frame.image)) for frame in iter_frames(video.clip())]
        assert [number for _, number in pictures] == list(range(len(recipe.get("times", range(90)))))
        return video, pictures

    return make


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(times=st.lists(st.floats(-1, 8, allow_nan=False), min_size=1, max_size=6))
def test_random_times_agree_with_a_full_decode(kind, name, times):
    video, pictures = kind(name)
    starts = [start for start, _ in pictures]
    wanted = [pictures[max(0, bisect_right(starts, time + 1e-6) - 1)] for time in sorted(times)]
    got = [(frame.time, read_number(frame.image)) for frame in frames_at(video, times)]
    assert got == wanted


@pytest.mark.parametrize("name", KINDS)
def test_asking_for_the_exact_time_gives_that_picture(kind, name):
    video, pictures = kind(name)
    got = [(frame.time, read_number(frame.image)) for frame in frames_at(video, [start for start, _ in pictures])]
    assert got == pictures


def test_times_in_floating_point_do_not_slip_to_the_picture_before(kind):
    video, _ = kind("cfr.mp4")
    times = list(accumulate([0.04] * 89, initial=0.0))  # the sums fall short of the exact times: 0.9999999999999998
    assert any(time < number / 25 for number, time in enumerate(times))
    assert [read_number(frame.image) for frame in frames_at(video, times)] == list(range(90))


def test_time_zero_is_the_start_of_the_earliest_stream(kind):
    assert next(frames_at(kind("late.mp4")[0], [0])).time == 0
    video, pictures = kind("late_picture.mkv")
    assert pictures[0][0] == pytest.approx(0.7, abs=0.002)
    first = next(frames_at(video, [0.1]))
    assert (read_number(first.image), first.time) == (0, pictures[0][0])


def test_one_frame_per_time_in_order_and_the_same_object_for_the_same_picture(kind):
    video, _ = kind("cfr.mp4")
    frames = list(frames_at(video, [2.0, 0.01, 0.02, 99.0, 50.0]))
    assert [read_number(frame.image) for frame in frames] == [0, 0, 50, 89, 89]
    assert frames[0] is frames[1]
    assert frames[3] is frames[4]


@pytest.fixture(scope="module")
def long_video(tmp_path_factory) -> Video:
    """Two minutes, 1500 pictures, a key frame every 50."""
    return open_video(make_video(tmp_path_factory.mktemp("long") / "long.mp4", frames=1500, fps=12.5, gop=50))


def test_uniform_frames_of_a_long_file_cost_a_few_groups_not_the_file(long_video):
    stats = DecodeStats()
    frames = sample_uniform(long_video.clip(), 8, stats=stats)
    assert len(frames) == 8
    assert stats.seeks <= 8
    assert stats.frames_decoded <= 8 * (50 + 1)


def test_no_group_is_decoded_twice(long_video):
    stats = DecodeStats()
    times = np.linspace(0, long_video.duration, 400)
    assert len(list(frames_at(long_video, times, stats=stats))) == 400
    assert stats.frames_decoded <= 1500


def test_a_near_time_is_reached_without_a_seek(long_video):
    stats = DecodeStats()
    list(frames_at(long_video, [0.0, 1.0, 2.0, 3.0, 3.9], stats=stats))  # all in the first group of 4 s
    assert stats.seeks == 0
    assert stats.frames_decoded <= 51


def test_stats_add_up_over_calls(long_video):
    stats = DecodeStats()
    list(frames_at(long_video, [0.0], stats=stats))
    once = stats.frames_decoded
    list(frames_at(long_video, [0.0], stats=stats))
    assert 0 < once < stats.frames_decoded


def test_sample_uniform_takes_the_centres_of_equal_windows(long_video):
    clip = long_video.clip().trim(20, 60)
    times = [frame.time for frame in sample_uniform(clip, 4)]
    assert times == pytest.approx([25, 35, 45, 55], abs=0.08)


def test_sample_uniform_never_gives_a_picture_twice(kind):
    video, _ = kind("vfr.mp4")
    frames = sample_uniform(video.clip(), 100)
    numbers = [read_number(frame.image) for frame in frames]
    assert numbers == sorted(set(numbers))
    assert len(numbers) <= len(IRREGULAR)


@pytest.mark.parametrize(
    ("fps", "numbers"),
    [(5, list(range(0, 25, 5))), (25, list(range(25))), (100, list(range(25))), (1, [0]), (0.1, [0])],
)
def test_sample_fps(kind, fps, numbers):
    video, _ = kind("cfr.mp4")
    assert [read_number(frame.image) for frame in sample_fps(video.clip().trim(0, 1), fps)] == numbers


def test_iter_frames_gives_every_picture_of_the_clip_once(kind):
    video, pictures = kind("cfr.mp4")
    times = [frame.time for frame in iter_frames(video.clip().trim(1.0, 2.0))]
    assert times == [start for start, _ in pictures[25:50]]


@pytest.mark.parametrize(
    ("max_side", "shape"), [(None, (96, 160, 3)), (80, (48, 80, 3)), (1000, (96, 160, 3)), (1, (1, 1, 3))]
)
def test_max_side_shrinks_and_never_enlarges(kind, max_side, shape):
    image = next(frames_at(kind("cfr.mp4")[0], [1.0], max_side=max_side)).image
    assert image.shape == shape
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous


def test_numbers_survive_shrinking(kind):
    assert read_number(next(frames_at(kind("cfr.mp4")[0], [1.0], max_side=64)).image) == 25


def test_colours_are_red_green_blue(tmp_path):
    video = open_video(make_video(tmp_path / "red.mp4", frames=3, picture=lambda i, t: (220, 20, 40), number=False))
    assert next(frames_at(video, [0])).image[48, 80] == pytest.approx([220, 20, 40], abs=12)


CORNERS = np.zeros((96, 160, 3), np.uint8)
CORNERS[:48, :80] = (220, 20, 20)  # red at the upper left, grey elsewhere
CORNERS[CORNERS.sum(axis=2) == 0] = (100, 100, 100)


@pytest.mark.parametrize(("degrees", "red"), [(0, (0, 0)), (90, (0, 1)), (180, (1, 1)), (270, (1, 0))])
def test_rotation_is_applied(tmp_path, degrees, red):
    path = make_video(tmp_path / "r.mp4", frames=3, picture=lambda i, t: CORNERS, number=False, rotation=degrees)
    video = open_video(path)
    image = next(frames_at(video, [0], max_side=80)).image
    height, width = image.shape[:2]
    assert video.rotation == degrees
    assert video.size == ((96, 160) if degrees % 180 else (160, 96))
    assert (width, height) == ((48, 80) if degrees % 180 else (80, 48))
    redness = [
        [int(image[y, x, 0]) - int(image[y, x, 1]) for x in (width // 4, width * 3 // 4)]
        for y in (height // 4, height * 3 // 4)
    ]
    assert np.unravel_index(np.argmax(redness), (2, 2)) == red


def test_pixels_become_square(tmp_path):
    video = open_video(make_video(tmp_path / "wide.mp4", frames=3, aspect=Fraction(4, 3)))
    assert video.size == (213, 96)
    assert next(frames_at(video, [0])).image.shape == (96, 213, 3)


@pytest.mark.parametrize("suffix", ["mkv", "webm", "ts"])
def test_a_file_that_was_cut_off_gives_what_is_left(tmp_path, suffix):
    whole = make_video(tmp_path / f"whole.{suffix}", frames=200)
    video = open_video(cut_file(whole, tmp_path / f"half.{suffix}"))
    assert 2 < video.duration < 6
    frames = sample_uniform(video.clip(), 6)
    assert [read_number(frame.image) for frame in frames] == [round(frame.time * 25) for frame in frames]
    assert read_number(next(frames_at(video, [99])).image) >= round(video.duration * 25) - 16


def test_damage_in_the_middle_loses_only_the_middle(tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, (96, 160, 3), dtype=np.uint8)
    whole = make_video(tmp_path / "a.mkv", frames=200, picture=lambda i, t: np.roll(noise, i, axis=1))
    video = open_video(damage_file(whole, tmp_path / "b.mkv", 0.45, 0.5))
    frames = list(frames_at(video, [1.0, 3.9, 7.0]))
    assert [read_number(frame.image) for frame in (frames[0], frames[2])] == [25, 175]
    assert frames[1].time <= 3.9


def test_sound_only_has_no_frames(tmp_path):
    video = open_video(make_audio(tmp_path / "a.wav"))
    with pytest.raises(MediaError) as caught:
        sample_uniform(video.clip(), 3)
    assert caught.value.code == "media.no_pictures"


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda v: sample_uniform(v.clip(), 0), "video.count"),
        (lambda v: sample_fps(v.clip(), 0), "video.fps"),
        (lambda v: sample_fps(v.clip(), float("nan")), "video.fps"),
        (lambda v: frames_at(v, [1.0, float("nan")]), "video.times"),
        (lambda v: frames_at(v, [1.0], max_side=0), "video.max_side"),
    ],
)
def test_senseless_requests_are_refused_at_once(kind, ask, code):
    with pytest.raises(UsageError) as caught:
        ask(kind("cfr.mp4")[0])
    assert caught.value.code == code


def test_no_times_no_frames(kind):
    assert list(frames_at(kind("cfr.mp4")[0], [])) == []


def test_files_are_closed_when_reading_stops_early(kind, monkeypatch):
    import vidprog.video.decode as decode

    closed: list[Path] = []
    original = decode.PictureReader.close
    monkeypatch.setattr(decode.PictureReader, "close", lambda self: (closed.append(self._video.path), original(self)))
    frames = frames_at(kind("cfr.mp4")[0], [0.0, 1.0, 2.0])
    next(frames)
    frames.close()
    assert len(closed) == 1
