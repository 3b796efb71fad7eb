"""Parts of a video as files: copied where that is exact, else encoded anew, and which of the two is said."""

import numpy as np
import pytest
from media import make_video
from vidprog.video import MediaError, UsageError, cut_clip, iter_frames, open_video, read_audio

FPS, GOP = 20, 20


@pytest.fixture(scope="module")
def stepped(clips):
    """Five seconds, a key frame each second; every half second another grey; a tone whose pitch rises."""
    return make_video(
        clips / "stepped.mp4", frames=100, fps=FPS, size=(160, 90), gop=GOP, bframes=2, number=False,
        picture=lambda index, time: (int(time * 2) * 20 + 20,) * 3,
        audio=lambda times: 0.4 * np.sin(2 * np.pi * (300 + 200 * np.floor(times)) * times),
    )  # fmt: skip


def greys(path):
    return [round((frame.image.mean() - 20) / 20) for frame in iter_frames(open_video(path).clip())]


def pitch(path) -> float:
    """Hertz of the strongest tone in the first half second."""
    samples = read_audio(open_video(path).clip()).samples[1600:8000]
    return float(np.fft.rfftfreq(len(samples), 1 / 16_000)[np.abs(np.fft.rfft(samples)).argmax()])


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_from_a_key_frame_it_is_copied(stepped, tmp_path, suffix):
    done = cut_clip(open_video(stepped).clip().trim(2.0, 4.0), tmp_path / f"part{suffix}")
    assert done.copied and done.start == pytest.approx(2.0, abs=0.01)
    found = greys(done.path)
    assert found[0] == 4 and found[39] == 7 and len(found) >= 40
    assert pitch(done.path) == pytest.approx(700, abs=15)


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_between_key_frames_it_is_encoded_exactly(stepped, tmp_path, suffix):
    done = cut_clip(open_video(stepped).clip().trim(2.5, 3.5), tmp_path / f"part{suffix}")
    assert not done.copied and (done.start, done.end) == (2.5, 3.5)
    assert greys(done.path) == [5] * 10 + [6] * 10
    assert open_video(done.path).duration == pytest.approx(1.0, abs=0.06)
    assert read_audio(open_video(done.path).clip()).duration == pytest.approx(1.0, abs=0.1)


def test_a_copy_that_is_asked_for_begins_at_the_key_frame_before(stepped, tmp_path):
    done = cut_clip(open_video(stepped).clip().trim(2.5, 3.5), tmp_path / "part.mp4", copy=True)
    assert done.copied and done.start == pytest.approx(2.0, abs=0.01)
    assert greys(done.path)[0] == 4


def test_encoding_that_is_asked_for(stepped, tmp_path):
    assert not cut_clip(open_video(stepped).clip().trim(0, 1), tmp_path / "part.mp4", copy=False).copied


def test_codecs_that_a_format_does_not_take(stepped, tmp_path):
    clip = open_video(stepped).clip().trim(0, 1)
    assert not cut_clip(clip, tmp_path / "part.webm").copied
    with pytest.raises(MediaError) as caught:
        cut_clip(clip, tmp_path / "copy.webm", copy=True)
    assert caught.value.code == "cut.copy"


def test_sound_alone_and_pictures_alone(stepped, mute, tmp_path):
    done = cut_clip(open_video(mute).clip().trim(0.5, 1.5), tmp_path / "mute.mp4")
    assert not open_video(done.path).has_audio
    sound = cut_clip(open_video(stepped).clip().trim(1.0, 2.0), tmp_path / "sound.m4a", copy=False)
    assert pitch(sound.path) == pytest.approx(500, abs=15)


@pytest.mark.parametrize(("name", "code"), [("part.txt", "cut.format"), ("part", "cut.format")])
def test_unknown_formats(stepped, tmp_path, name, code):
    with pytest.raises(UsageError) as caught:
        cut_clip(open_video(stepped).clip(), tmp_path / name)
    assert caught.value.code == code


def test_the_video_itself_is_never_written_over(stepped):
    with pytest.raises(UsageError) as caught:
        cut_clip(open_video(stepped).clip().trim(0, 1), stepped)
    assert caught.value.code == "cut.same"


def test_where_nothing_can_be_written(stepped, tmp_path):
    with pytest.raises(MediaError) as caught:
        cut_clip(open_video(stepped).clip().trim(2.5, 3), tmp_path / "none" / "part.mp4")
    assert caught.value.code == "cut.write"
