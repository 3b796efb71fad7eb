"""The models that hear, read and look, on sound and pictures whose content is known."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from narration import RATE, spoken
from pictures import draw_text, photograph
from vidprog.models.asr_faster_whisper import REGION_SECONDS, FasterWhisper, join_regions
from vidprog.models.detector_opencv import OpenCVDetector, coco_labels
from vidprog.models.errors import ModelError
from vidprog.tools.text import squash

# ---- hearing


@pytest.fixture(scope="module")
def heard(models):
    """Silence with sentences at 3.0 and at 14.0 s: regions, and segments on the whole's clock."""
    samples = spoken([(3.0, 1), (14.0, 3)], seconds=20.0)
    regions = models.asr.speech_regions(samples)
    segments = []
    for start, end in regions:
        for part in models.asr.transcribe(samples[round(start * RATE) : round(end * RATE)]):
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
def test_nobody_speaks(models, samples):
    assert models.asr.speech_regions(samples) == ()


def test_noise_gives_no_words(models):
    noise = np.random.default_rng(3).normal(0, 0.02, 4 * RATE).astype(np.float32)
    assert models.asr.speech_regions(noise) == ()


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


# ---- reading


@pytest.mark.parametrize("text", ["EXIT 42", "Lost property", "July 14, 2015", "7:30 pm", "www.example.org"])
def test_a_line_is_read_where_it_is(models, text):
    (line,) = models.ocr.read(draw_text((text, 0.75)))
    assert squash(line.text) == squash(text)
    assert line.score > 0.8
    left, top, right, bottom = line.box
    assert 0 <= left < 0.5 < right <= 1
    assert top < 0.75 < bottom
    assert bottom - top < 0.3


def test_lines_come_from_top_to_bottom(models):
    lines = models.ocr.read(draw_text(("FIRST LINE", 0.2), ("SECOND LINE", 0.5), ("THIRD LINE", 0.8)))
    assert [squash(line.text) for line in lines] == ["firstline", "secondline", "thirdline"]


def test_colours_are_taken_as_rgb(models):
    """Red letters on a green of the same lightness in BGR order would be hard to tell apart; both orders are read."""
    picture = draw_text(("PLATFORM", 0.5))
    assert [squash(line.text) for line in models.ocr.read(picture[:, :, ::-1].copy())] == ["platform"]


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_picture_without_text(models, grey):
    assert models.ocr.read(np.full((360, 640, 3), grey, np.uint8)) == ()


def test_texture_is_not_read_as_letters(models):
    noise = np.random.default_rng(5).integers(0, 255, (360, 640, 3), dtype=np.uint8)
    assert models.ocr.read(noise) == ()


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


def test_detector_weights_that_cannot_be_read(tmp_path):
    (tmp_path / "graph.pb").write_bytes(b"no graph")
    (tmp_path / "graph.pbtxt").write_text("no text")
    with pytest.raises(ModelError) as caught:
        OpenCVDetector(str(tmp_path), "damaged")
    assert caught.value.code == "model.unreadable"
