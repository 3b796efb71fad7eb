"""The models that hear, read and look, on sound and pictures whose content is known; each test for every backend."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from narration import RATE, spoken
from pictures import draw_text, photograph
from rapidfuzz import fuzz
from vidprog.models import Models, load_profile
from vidprog.models.asr_faster_whisper import FasterWhisper
from vidprog.models.detector_opencv import OpenCVDetector, coco_labels
from vidprog.models.errors import ModelError
from vidprog.models.speech import REGION_SECONDS, join_regions
from vidprog.tools.text import squash

# ---- hearing


@pytest.fixture(scope="module")
def heard(asr):
    """Silence with sentences at 3.0 and at 14.0 s: regions, and segments on the whole's clock."""
    samples = spoken([(3.0, 1), (14.0, 3)], seconds=20.0)
    regions = asr.speech_regions(samples)
    segments = []
    for start, end in regions:
        for part in asr.transcribe(samples[round(start * RATE) : round(end * RATE)]):
            segments.append((start + part.start, start + part.end, part.text, part.score))
    return regions, segments


def test_regions_are_where_somebody_speaks(heard):
    regions, _ = heard
    assert [start for start, _ in regions] == pytest.approx([3.0, 14.0], abs=0.4)
    assert all(2.0 < end - start < 5.0 for start, end in regions)


def test_sentences_are_heard_at_their_times_over_silence(heard):
    _, segments = heard
    assert "pine valley" in segments[0][2].casefold()
    assert "snow" in segments[0][2].casefold()
    assert segments[0][0] == pytest.approx(3.0, abs=0.3)
    later = [segment for segment in segments if segment[0] > 10]
    assert "oliver" in later[0][2].casefold()
    assert later[0][0] == pytest.approx(14.0, abs=0.3)
    assert all(0 < score <= 1 and end > start for start, end, _, score in segments)


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(5 * RATE, np.float32),
        0.3 * np.sin(np.arange(5 * RATE, dtype=np.float32) * 0.17),
        np.zeros(0, np.float32),
    ],
    ids=["silence", "tone", "nothing"],
)
def test_nobody_speaks(asr, samples):
    assert asr.speech_regions(samples) == ()


def test_noise_gives_no_words(asr):
    noise = np.random.default_rng(3).normal(0, 0.02, 4 * RATE).astype(np.float32)
    assert asr.speech_regions(noise) == ()
    assert asr.transcribe(noise) == ()


def test_words_have_times_and_make_up_the_sentence(asr):
    (first, *_) = asr.transcribe(spoken([(0.5, 1)], seconds=5.0))
    assert " ".join(word.text for word in first.words) == first.text
    assert (first.words[0].start, first.words[-1].end) == (first.start, first.end)
    assert all(0 <= word.score <= 1 and word.end >= word.start for word in first.words)
    assert all(one.start <= other.start for one, other in itertools.pairwise(first.words))


def test_the_same_sound_gives_the_same_words(asr):
    samples = spoken([(0.2, 2)], seconds=6.0)
    assert asr.transcribe(samples) == asr.transcribe(samples)


spans = st.lists(st.tuples(st.floats(0, 5), st.floats(0.1, REGION_SECONDS)), max_size=12)


@given(spans)
def test_joined_regions_keep_order_and_fit_the_window(steps):
    found, at = [], 0.0
    for pause, length in steps:
        found.append((at + pause, at + pause + length))
        at = found[-1][1]
    joined = join_regions(found)
    assert all(end - start <= REGION_SECONDS + 1e-9 for start, end in joined)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(joined))
    for start, end in found:
        assert any(first <= start and end <= last for first, last in joined)


def test_whisper_weights_that_cannot_be_read(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"no model")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError) as caught:
        FasterWhisper(tmp_path, "damaged")
    assert caught.value.code == "model.unreadable"


@pytest.mark.vision
@pytest.mark.parametrize(("name", "content"), [("mine.pt", b"no model"), ("mine.pt", b""), ("enormous", None)])
def test_weights_of_openai_that_cannot_be_read(tmp_path, name, content):
    pytest.importorskip("whisper")
    if content is not None:
        (tmp_path / name).write_bytes(content)
        name = str(tmp_path / name)
    with pytest.raises(ModelError) as caught:
        Models(load_profile("embedded", [f"asr=whisper:{name}"])).asr  # noqa: B018
    assert caught.value.code == "model.unreadable"
    assert "\n" not in caught.value.message
    assert "whisper:FILE.pt" in caught.value.hint


@pytest.mark.vision
def test_weights_of_openai_that_cannot_be_fetched(tmp_path, monkeypatch, capsys):
    """What is fetched is said; the library's own progress bar stays away."""
    whisper = pytest.importorskip("whisper")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(whisper, "_MODELS", {"tiny": "http://127.0.0.1:9/hash/tiny.pt"})
    told = []
    models = Models(load_profile("embedded", ["asr=whisper:tiny"]), report=lambda message, share: told.append(message))
    with pytest.raises(ModelError) as caught:
        models.asr  # noqa: B018
    assert told == ["downloading tiny from OpenAI"]
    assert caught.value.code == "model.unreadable"
    assert capsys.readouterr() == ("", "")


# ---- reading


AGREEMENT = {"rapidocr": 1.0, "easyocr": 0.85}
"""How much of a line must be read right (ratio of equal signs): EasyOCR takes "7:30" for "7.30"."""


def agrees(reader, line, text):
    return fuzz.ratio(squash(line), squash(text)) >= 100 * AGREEMENT[reader.identity.partition(":")[0]]


@pytest.mark.parametrize("text", ["EXIT 42", "Lost property", "July 14, 2015", "7:30 pm", "www.example.org"])
def test_a_line_is_read_where_it_is(ocr, text):
    (line,) = ocr.read(draw_text((text, 0.75)))
    assert agrees(ocr, line.text, text)
    assert line.score > 0.5
    left, top, right, bottom = line.box
    assert 0 <= left < 0.5 < right <= 1
    assert top < 0.75 < bottom
    assert bottom - top < 0.3


def test_lines_come_from_top_to_bottom(ocr):
    lines = ocr.read(draw_text(("FIRST LINE", 0.2), ("SECOND LINE", 0.5), ("THIRD LINE", 0.8)))
    assert [squash(line.text) for line in lines] == ["firstline", "secondline", "thirdline"]


def test_colours_are_taken_as_rgb(ocr):
    """Red letters on a green of the same lightness in BGR order would be hard to tell apart; both orders are read."""
    picture = draw_text(("PLATFORM", 0.5))
    assert [squash(line.text) for line in ocr.read(picture[:, :, ::-1].copy())] == ["platform"]


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_picture_without_text(ocr, grey):
    assert ocr.read(np.full((360, 640, 3), grey, np.uint8)) == ()


def test_texture_is_not_read_as_letters(ocr):
    noise = np.random.default_rng(5).integers(0, 255, (360, 640, 3), dtype=np.uint8)
    assert ocr.read(noise) == ()


def test_pictures_read_together_are_read_like_single_ones(ocr):
    pictures = [draw_text((text, 0.5)) for text in ("EXIT 42", "Lost property")]
    pictures += [draw_text(("PLATFORM", 0.5), size=(480, 320)), np.zeros((320, 480, 3), np.uint8), pictures[0]]
    assert ocr.read_all(pictures) == tuple(map(ocr.read, pictures))
    assert ocr.read_all([]) == ()


# ---- looking


def test_photographs_are_recognised(models):
    cat, coffee = models.detector.detect([photograph("cat"), photograph("coffee")])
    assert (cat[0].label, coffee[0].label) == ("cat", "cup")
    assert cat[0].score > 0.6
    assert coffee[0].score > 0.6
    for things in (cat, coffee):
        assert [thing.score for thing in things] == sorted((thing.score for thing in things), reverse=True)
        for thing in things:
            left, top, right, bottom = thing.box
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1
            assert thing.label in models.detector.labels


def test_a_box_moves_with_its_thing(models):
    cat = photograph("cat", width=480)
    canvas = np.full((cat.shape[0], 960, 3), 127, np.uint8)
    left, right = canvas.copy(), canvas.copy()
    left[:, :480], right[:, 480:] = cat, cat
    on_left, on_right = (
        next(thing for thing in things if thing.label == "cat") for things in models.detector.detect([left, right])
    )
    assert on_left.box[0] < 0.3 < 0.5 <= on_right.box[0] + 0.1
    assert on_left.box[2] <= 0.6


def test_a_batch_sees_what_single_pictures_show(models):
    pictures = [photograph("cat"), np.zeros((90, 160, 3), np.uint8), photograph("coffee")] * 4
    together = models.detector.detect(pictures)
    assert len(together) == 12
    assert [[thing.label for thing in things] for things in together[:3]] == [
        [thing.label for thing in models.detector.detect([picture])[0]] for picture in pictures[:3]
    ]
    assert together[1] == ()
    assert models.detector.detect([]) == ()


def test_coco_has_its_eighty_names():
    names = coco_labels()
    assert len(names) == len(set(names.values())) == 80
    assert (names[1], names[17], names[90]) == ("person", "cat", "toothbrush")


def test_threads_share_the_detector(models):
    """Without a lock in it, the network fails as soon as two threads are in it."""
    pictures = [[photograph("cat")], [photograph("coffee")]]
    alone = [models.detector.detect(each) for each in pictures]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(models.detector.detect, pictures * 4))
    assert together == alone * 4


def test_detector_weights_that_cannot_be_read(tmp_path):
    (tmp_path / "graph.pb").write_bytes(b"no graph")
    (tmp_path / "graph.pbtxt").write_text("no text")
    with pytest.raises(ModelError) as caught:
        OpenCVDetector(str(tmp_path), "damaged")
    assert caught.value.code == "model.unreadable"
