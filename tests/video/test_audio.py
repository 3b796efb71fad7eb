"""Sound arrives as 16 kHz mono with sample 0 at the start of the clip, whatever the file does."""

import numpy as np
import pytest
from media import cut_file, make_audio, make_video
from vidprog.video import UsageError, iter_audio, open_video, read_audio


def beep_at(moment: float):
    """Silence, then 1 kHz from a moment of the sound on."""
    return lambda times: np.where(times >= moment, 0.5 * np.sin(2 * np.pi * 1000 * times), 0.0)


def onset(track) -> float:
    """When the sound gets loud, in seconds of the video."""
    return track.start + int(np.argmax(np.abs(track.samples) > 0.1)) / track.sample_rate


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm", "a.mov"])
@pytest.mark.parametrize(("start", "end"), [(0.0, 4.0), (1.3, 4.0), (0.5, 2.5), (1.9, 2.2)])
def test_a_beep_is_where_it_is_in_every_clip(tmp_path, name, start, end):
    video = open_video(make_video(tmp_path / name, frames=100, audio=beep_at(2.0)))
    track = read_audio(video.clip().trim(start, end))
    assert track.start == start
    assert len(track.samples) == pytest.approx((end - start) * 16000, abs=400)
    assert onset(track) == pytest.approx(2.0, abs=0.005)


@pytest.mark.parametrize(("start", "end"), [(0.0, 4.0), (1.0, 3.0)])
def test_sound_that_starts_after_the_pictures(tmp_path, start, end):
    path = make_video(tmp_path / "a.mkv", frames=100, audio=beep_at(0.5), audio_start=1.5, audio_seconds=2.0)
    track = read_audio(open_video(path).clip().trim(start, end))
    assert onset(track) == pytest.approx(2.0, abs=0.005)
    assert not track.samples[: round((1.4 - start) * 16000)].any()


def test_pictures_that_start_late_shift_the_clock_not_the_sound(tmp_path):
    path = make_video(tmp_path / "a.mkv", frames=100, start=11.0, audio=beep_at(1.0), audio_start=10.0)
    assert onset(read_audio(open_video(path).clip())) == pytest.approx(1.0, abs=0.005)


def test_the_form_of_the_samples(tmp_path):
    track = read_audio(open_video(make_video(tmp_path / "a.webm", frames=50, audio="tone")).clip())  # 48 kHz inside
    assert (track.samples.dtype, track.samples.ndim, track.sample_rate, track.why) == (np.float32, 1, 16000, "")
    assert track.duration == pytest.approx(2.0, abs=0.03)
    spectrum = np.abs(np.fft.rfft(track.samples[4000:20000]))
    assert np.argmax(spectrum) == pytest.approx(440, abs=1)
    assert np.abs(track.samples).max() == pytest.approx(0.5, abs=0.1)


def test_silence_is_sound(tmp_path):
    track = read_audio(open_video(make_video(tmp_path / "a.mp4", frames=50, audio="silence")).clip())
    assert track.duration == pytest.approx(2.0, abs=0.07)
    assert np.abs(track.samples).max() < 1e-3
    assert track.why == ""


def test_no_sound_says_why(tmp_path):
    track = read_audio(open_video(make_video(tmp_path / "a.mp4", frames=50)).clip())
    assert (len(track.samples), track.why) == (0, "no audio stream")
    assert list(iter_audio(open_video(tmp_path / "a.mp4").clip())) == []


def test_a_clip_after_the_end_of_the_sound_says_why(tmp_path):
    path = make_video(tmp_path / "a.mp4", frames=100, audio="tone", audio_seconds=1.0)
    track = read_audio(open_video(path).clip().trim(2.0, 3.0))
    assert len(track.samples) == 0
    assert track.why == "the audio stream has nothing between 2.0 s and 3.0 s"


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.flac", "a.wav", "a.opus"])
def test_sound_only_files(tmp_path, name):
    track = read_audio(open_video(make_audio(tmp_path / name, seconds=3.0, audio=beep_at(1.0))).clip())
    assert onset(track) == pytest.approx(1.0, abs=0.05)
    assert track.duration == pytest.approx(3.0, abs=0.07)


@pytest.mark.parametrize("seconds", [0.25, 1.0, 0.7, 100.0])
def test_blocks_are_the_whole_cut_in_pieces(tmp_path, seconds):
    clip = open_video(make_video(tmp_path / "a.mp4", frames=75, audio=beep_at(1.0))).clip().trim(0.2, 2.9)
    whole, blocks = read_audio(clip), list(iter_audio(clip, seconds))
    assert np.array_equal(np.concatenate([block.samples for block in blocks]), whole.samples)
    assert all(len(block.samples) == int(seconds * 16000) for block in blocks[:-1])
    starts = [clip.start + number * int(seconds * 16000) / 16000 for number in range(len(blocks))]
    assert [block.start for block in blocks] == pytest.approx(starts)


def test_blocks_of_no_length_are_refused(tmp_path):
    clip = open_video(make_audio(tmp_path / "a.wav")).clip()
    with pytest.raises(UsageError):
        iter_audio(clip, 0)


def test_a_cut_file_gives_the_sound_that_is_left(tmp_path):
    whole = make_video(tmp_path / "whole.mkv", frames=250, audio=beep_at(1.0))
    track = read_audio(open_video(cut_file(whole, tmp_path / "cut.mkv")).clip())
    assert 2 < track.duration < 8
    assert onset(track) == pytest.approx(1.0, abs=0.005)
