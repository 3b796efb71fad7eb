"""Videos that tell less: what is in the made files, by the numbers in their pictures and the pitch of their sound."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import make_audio, make_video, read_number
from vidprog.evaluation.reordering import PIECES, order_of, part_of, pieces_of, prepared
from vidprog.video import Clip, iter_frames, open_video, read_audio
from vidprog.video.errors import VidprogError

SECONDS, FPS = 6, 10


def rising(times):
    """Each second has a pitch of its own: 400 Hz, 600 Hz, ..."""
    return 0.5 * np.sin(2 * np.pi * (400 + 200 * np.floor(times)) * times)


@pytest.fixture(scope="module")
def numbered(tmp_path_factory):
    """Six seconds of numbered pictures, ten a second, with a pitch for each second."""
    folder = tmp_path_factory.mktemp("numbered")
    return make_video(folder / "numbered.mp4", frames=SECONDS * FPS, fps=FPS, audio=rising)


def numbers_in(path):
    video = open_video(path)
    return [read_number(frame.image) for frame in iter_frames(Clip(video, 0.0, video.duration))]


def seconds_heard(path):
    """Which second of the source is heard in each second: from the strongest pitch in its middle."""
    video = open_video(path)
    heard = []
    for second in range(SECONDS):
        sound = read_audio(Clip(video, second + 0.25, second + 0.75)).samples
        pitch = np.argmax(np.abs(np.fft.rfft(sound))) * 16_000 / len(sound)
        heard.append(round((pitch - 400) / 200))
    return heard


def test_shuffled_video_has_all_pieces_with_their_sound_in_another_order(numbered, tmp_path):
    made = prepared(numbered, "shuffled", tmp_path)
    order = [round(piece.start) for piece, _ in order_of(open_video(numbered), "shuffled")]
    assert order != sorted(order) and sorted(order) == list(range(SECONDS))
    assert numbers_in(made) == [FPS * second + place for second in order for place in range(FPS)]
    assert seconds_heard(made) == order
    assert open_video(made).duration == pytest.approx(SECONDS, abs=0.11)


def test_reversed_video_runs_backwards_with_its_sound_in_pieces(numbered, tmp_path):
    made = prepared(numbered, "reversed", tmp_path)
    assert numbers_in(made) == list(reversed(range(SECONDS * FPS)))
    assert seconds_heard(made) == list(reversed(range(SECONDS)))


def test_one_frame_is_the_middle_one_without_sound(numbered, tmp_path):
    made = prepared(numbered, "one_frame", tmp_path)
    assert set(numbers_in(made)) == {SECONDS * FPS // 2}
    assert not open_video(made).has_audio


def test_made_file_is_kept_and_the_seed_is_in_its_name(numbered, tmp_path):
    made = prepared(numbered, "shuffled", tmp_path, seed=3)
    before = made.stat().st_mtime_ns
    assert prepared(numbered, "shuffled", tmp_path, seed=3) == made and made.stat().st_mtime_ns == before
    assert prepared(numbered, "shuffled", tmp_path, seed=4) != made
    assert [path for path in tmp_path.iterdir() if "under-way" in path.name] == []


@pytest.mark.parametrize("condition", ["", "wrong_video"])
def test_other_conditions_leave_the_file_alone(numbered, tmp_path, condition):
    assert prepared(numbered, condition, tmp_path) == numbered


def test_sound_alone_cannot_be_reordered(tmp_path):
    path = make_audio(tmp_path / "sound.m4a", audio="tone")
    with pytest.raises(VidprogError, match="has no pictures to reorder"):
        prepared(path, "shuffled", tmp_path)


def test_part_begins_and_ends_where_it_should(numbered, tmp_path):
    assert numbers_in(part_of(numbered, 2.0, 3.5, tmp_path)) == list(range(20, 35))


@given(st.floats(0.1, 20_000), st.floats(0.2, 10), st.none() | st.just(PIECES))
def test_pieces_cover_the_video(duration, seconds, most):
    pieces = pieces_of(duration, seconds, most)
    assert pieces[0][0] == 0 and pieces[-1][1] == pytest.approx(duration)
    assert all(one[1] == two[0] for one, two in pairwise(pieces))
    assert 2 <= len(pieces) <= (most or len(pieces))
