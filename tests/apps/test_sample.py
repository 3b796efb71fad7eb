"""The demo clip: what it holds, that its truth is consistent, and that it never destroys a file."""

import itertools
from pathlib import Path

import av
import numpy as np
import pytest
from vidprog.apps import sample
from vidprog.video.errors import UsageError


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.write_sample(tmp_path_factory.mktemp("sample") / "demo.mp4")


@pytest.fixture(scope="module")
def pictures(clip: Path) -> list[np.ndarray]:
    with av.open(str(clip)) as container:
        return [frame.to_ndarray(width=96, height=54, format="rgb24") for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def sound(clip: Path) -> np.ndarray:
    with av.open(str(clip)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def picture_at(pictures: list[np.ndarray], second: float) -> np.ndarray:
    return pictures[int(second * sample.FRAMES_PER_SECOND)].astype(int)


def loudness(sound: np.ndarray, start: float, end: float) -> float:
    return float(np.sqrt(np.mean(sound[int(start * sample.AUDIO_RATE) : int(end * sample.AUDIO_RATE)] ** 2)))


def test_the_file_is_what_the_docstring_says(clip: Path) -> None:
    with av.open(str(clip)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height) == sample.SIZE
        assert video.average_rate == sample.FRAMES_PER_SECOND
    assert clip.stat().st_size < 4_000_000
    assert not list(clip.parent.glob(".*")), "nothing half-written is left"


def test_pictures_change_exactly_at_the_shots(pictures: list[np.ndarray]) -> None:
    assert len(pictures) == sample.DURATION * sample.FRAMES_PER_SECOND
    jumps = [np.abs(a.astype(int) - b).mean() for a, b in itertools.pairwise(pictures)]
    cuts = [(index + 1) / sample.FRAMES_PER_SECOND for index, jump in enumerate(jumps) if jump > 20]
    assert cuts == [shot.start for shot in sample.SHOTS[1:]]


@pytest.mark.parametrize("sentence", sample.NARRATION, ids=lambda sentence: sentence.text[:20])
def test_each_sentence_is_heard_at_its_time(sound: np.ndarray, sentence: sample.Sentence) -> None:
    assert loudness(sound, sentence.start + 0.1, sentence.start + 1.6) > 0.03


def test_sound_is_as_long_as_the_pictures(sound: np.ndarray) -> None:
    assert len(sound) / sample.AUDIO_RATE == pytest.approx(sample.DURATION, abs=0.05)


def test_the_notice_is_shown_in_silence(sound: np.ndarray) -> None:
    assert loudness(sound, 21, 25) < 0.002


def test_the_train_is_red_and_crosses(pictures: list[np.ndarray]) -> None:
    def red(second: float) -> int:
        image = picture_at(pictures, second)
        return int((image[..., 0] - image[..., 1] > 60).sum())

    assert red(25.0) == 0
    assert red(27.5) > 100
    assert red(29.95) == 0


def test_the_story_has_no_gap() -> None:
    assert sample.SHOTS[0].start == 0
    assert all(a.end == b.start for a, b in itertools.pairwise(sample.SHOTS))
    assert all((sample.MEDIA / shot.picture).is_file() for shot in sample.SHOTS)


@pytest.mark.parametrize("fact", sample.sample_facts(), ids=lambda fact: fact.question)
def test_facts_can_be_asked(fact: sample.Fact) -> None:
    assert fact.choices[fact.choice] == fact.answer
    assert len(set(fact.choices)) == 4
    assert 0 <= fact.start < fact.end <= sample.DURATION


def test_facts_cover_the_channels_and_do_not_favour_a_letter() -> None:
    facts = sample.sample_facts()
    assert {fact.kind for fact in facts} == {"speech", "text", "object", "order", "look"}
    assert {fact.choice for fact in facts} == {0, 1, 2, 3}
    assert [fact.start for fact in facts] == sorted(fact.start for fact in facts)


@pytest.mark.parametrize("fact", [fact for fact in sample.FACTS if fact.kind == "speech"], ids=lambda fact: fact.answer)
def test_spoken_facts_are_in_the_narration_at_their_time(fact: sample.Fact) -> None:
    said = [line for line in sample.NARRATION if fact.answer in line.text]
    assert [line.start for line in said] == [fact.start]


def test_writing_again_gives_the_same_bytes(clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "again.MP4"
    target.write_text("old")
    assert sample.write_sample(target, overwrite=True) == target
    assert target.read_bytes() == clip.read_bytes()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("exists.mp4", "sample.exists"),
        ("folder.mp4", "sample.directory"),
        ("missing/demo.mp4", "sample.folder"),
        ("exists.mp4/demo.mp4", "sample.folder"),
        ("demo.mkv", "sample.suffix"),
        ("demo", "sample.suffix"),
        ("x" * 300 + ".mp4", "sample.unwritable"),
    ],
)
def test_refusals_name_a_way_out_and_touch_nothing(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "exists.mp4").write_text("precious")
    (tmp_path / "folder.mp4").mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError) as caught:
        sample.write_sample(tmp_path / name)
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert caught.value.hint
    assert "\n" not in caught.value.message
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "exists.mp4").read_text() == "precious"
