"""Reading, listening and detecting on real video: what, when, why not, and only once."""

import numpy as np
import pytest
from media import make_audio, make_video
from narration import as_sound, spoken
from pictures import Sign, photograph, write_signs
from scripted import with_role
from vidprog.models import TextLine
from vidprog.tools import Budget, BudgetExceeded, Meter
from vidprog.tools.colors import colors
from vidprog.tools.counts import count, stable_count
from vidprog.tools.detect import detect
from vidprog.tools.read_text import join_readings, read_text
from vidprog.tools.text import squash
from vidprog.tools.tracks import tracks_of
from vidprog.tools.transcribe import transcribe


def spans_of(timeline):
    return {squash(line.content): (line.start, line.end) for line in timeline}


# ---- reading


@pytest.fixture(scope="module")
def signs_store(tmp_path_factory):
    return tmp_path_factory.mktemp("signs-store")


def test_signs_are_read_with_their_times(open_context, signs, signs_store):
    context = open_context(signs, store=signs_store)
    lines = read_text(context.whole, context=context)
    found = spans_of(lines)
    assert found["exit42"] == pytest.approx((1.0, 4.0), abs=0.5)
    assert found["harbourclosed"] == pytest.approx((6.0, 9.0), abs=0.5)
    assert found["tickets7euro"] == pytest.approx((9.0, 12.0), abs=0.5)
    assert len(found) == 3
    assert {line.kind for line in lines} == {"text"}
    assert all(line.source.startswith("ocr:rapidocr") and line.box for line in lines)
    assert context.meter.usage.frames_seen == 24
    assert not context.notes.cached


def test_what_was_read_is_not_read_again(open_context, signs, signs_store):
    for _ in range(2):
        context = open_context(signs, store=signs_store)
        first = read_text(context.whole, context=context)
    assert len(first) == 3
    assert context.notes.cached
    assert context.meter.usage.frames_decoded == context.meter.usage.frames_seen == 0


def test_a_part_is_read_out_of_the_whole(open_context, signs, signs_store):
    context = open_context(signs, store=signs_store)
    read_text(context.whole, context=context)
    context.notes.clear()
    before = context.meter.usage.frames_seen
    assert set(spans_of(read_text(context.whole.trim(5, 8), context=context))) == {"harbourclosed"}
    assert context.notes.cached
    assert context.meter.usage.frames_seen == before


def test_where_nothing_is_written_it_says_so(open_context, signs, mute):
    context = open_context(signs)
    nothing = read_text(context.whole.trim(4.2, 5.8), context=context)
    assert not nothing
    assert nothing.why
    context = open_context(mute)
    nothing = read_text(context.whole, context=context)
    assert nothing.why == "nothing in 4 frames"
    context.notes.clear()
    assert read_text(context.whole, context=context).why == "nothing in 4 frames"
    assert context.notes.cached


def test_lines_below_the_score_are_dropped(open_context, signs, signs_store):
    context = open_context(signs, store=signs_store)
    nothing = read_text(context.whole, 1.0, context=context)
    assert not nothing
    assert "above score 1" in nothing.why


def test_a_short_moment_is_looked_at_closely(open_context, tmp_path):
    """A text that is on screen between two moments of the grid is found when the clip is that moment."""
    path = write_signs(tmp_path / "flash.mp4", [Sign(3.0, 3.25, "BLINK 88")], seconds=6.0, frames=96, fps=16)
    context = open_context(path)
    assert "blink88" in spans_of(read_text(context.whole.trim(3.0, 3.25), context=context))


class CountingReader:
    identity = "counting"

    def __init__(self):
        self.read_pictures = 0

    def read_all(self, images):
        self.read_pictures += len(images)
        return tuple((TextLine("SAME", 0.9, (0.1, 0.1, 0.2, 0.2)),) for _ in images)


def test_a_still_picture_is_read_once(open_context, models, tmp_path):
    path = make_video(tmp_path / "still.mp4", frames=60, fps=10, number=False)
    reader = CountingReader()
    context = open_context(path, models=with_role(models, ocr=reader))
    (line,) = read_text(context.whole, context=context)
    assert reader.read_pictures == 1
    assert (line.start, line.end) == (0.0, pytest.approx(6.0))


def test_readings_are_joined_and_the_usual_one_wins(observe):
    lines = [
        observe(0, "MOVIE PROJECT", 0.9), observe(1, "MOVIF PROJECT", 0.8), observe(2, "MOVIE PROJECT", 0.7),
        observe(0, "00:01", 0.9), observe(1, "00:02", 0.9),
    ]  # fmt: skip
    joined = {line.content: (line.start, line.end, line.score) for line in join_readings(lines)}
    assert joined == {"MOVIE PROJECT": (0, 3, 0.9), "00:01": (0, 1, 0.9), "00:02": (1, 2, 0.9)}


# ---- the budget


def test_the_budget_stops_looking_and_keeps_what_is_done(open_context, tmp_path):
    path = write_signs(tmp_path / "long.mp4", [Sign(0, 20, "EXIT 42")], seconds=20.0, frames=40, fps=2)
    context = open_context(path)
    context.meter = Meter(Budget(frames=20))
    with pytest.raises(BudgetExceeded):
        read_text(context.whole, context=context)
    assert context.meter.usage.frames_seen == 16  # one whole block
    states = [(artefact.state, artefact.blocks) for artefact in context.memory.artefacts()]
    assert states == [("done", 1)]  # the rest is neither failed nor empty
    context.meter = Meter()
    assert spans_of(read_text(context.whole, context=context))["exit42"] == pytest.approx((0, 20), abs=0.1)
    assert context.meter.usage.frames_seen == 24


# ---- listening


@pytest.fixture(scope="module")
def talk(clips):
    """Grey pictures; a sentence at 2.0 s and another at 12.0 s."""
    samples = spoken([(2.0, 1), (12.0, 3)], seconds=18.0)
    return make_video(clips / "talk.mp4", frames=36, fps=2, number=False, audio=as_sound(samples))


def test_speech_is_heard_with_its_times_and_only_once(open_context, talk, tmp_path):
    context = open_context(talk)
    said = transcribe(context.whole, context=context)
    assert "snow" in said[0].content
    assert said[0].start == pytest.approx(2.0, abs=0.3)
    oliver = next(line for line in said if "Oliver" in line.content)
    assert oliver.start == pytest.approx(12.0, abs=0.3)
    assert all(line.source.startswith("asr:faster-whisper") and line.end <= 18 for line in said)
    assert transcribe(context.whole, context=context) == said
    again = open_context(talk)
    assert transcribe(again.whole, context=again) == said
    assert again.notes.cached


def test_a_part_without_speech_says_so(open_context, talk):
    context = open_context(talk)
    nothing = transcribe(context.whole.trim(7.5, 10), context=context)
    assert not nothing
    assert "nobody speaks" in nothing.why
    assert next(line.content for line in transcribe(context.whole.trim(11, 18), context=context)).startswith("And")


@pytest.mark.parametrize(("clip", "why"), [("mute", "no audio stream"), ("silent", "nobody speaks")])
def test_no_sound_and_silence_are_told_apart(open_context, request, clip, why):
    context = open_context(request.getfixturevalue(clip))
    for _ in range(2):
        nothing = transcribe(context.whole, context=context)
        assert not nothing
        assert why in nothing.why


def test_sound_without_pictures_is_heard(open_context, tmp_path):
    path = make_audio(tmp_path / "talk.m4a", seconds=7.0, audio=as_sound(spoken([(1.5, 1)], 7.0)))
    context = open_context(path)
    (said,) = transcribe(context.whole, context=context)
    assert said.start == pytest.approx(1.5, abs=0.3)


def test_subtitles_come_before_recognition(open_context, models, tmp_path):
    path = make_video(
        tmp_path / "clip.mp4", frames=40, fps=10, number=False, audio="tone", subtitles=[(1.0, 2.5, "All aboard!")]
    )
    context = open_context(path, models=with_role(models, asr=None))
    (line,) = transcribe(context.whole, context=context)
    assert (line.content, line.start, line.end, line.score) == ("All aboard!", 1.0, 2.5, 1.0)
    assert line.source.startswith("subtitles:")
    assert transcribe(context.whole.trim(3, 4), context=context).why == "no subtitles in this part"


def test_a_few_subtitles_do_not_silence_the_rest(open_context, tmp_path):
    path = make_audio(tmp_path / "talk.m4a", seconds=12.0, audio=as_sound(spoken([(1.5, 1)], 12.0)))
    path.with_suffix(".srt").write_text("1\n00:00:09,000 --> 00:00:09,400\nBonjour\n", encoding="utf-8")
    context = open_context(path)
    said = transcribe(context.whole, context=context)
    assert [line.source.partition(":")[0] for line in said] == ["asr", "sidecar"]
    assert said[1].content == "Bonjour"


# ---- detecting and counting


def test_photographs_are_detected_in_their_time(sample_context):
    cats = detect(sample_context.whole, "the cat", context=sample_context)
    assert 15.9 <= min(cat.start for cat in cats) <= 16.6
    assert 20.4 <= max(cat.end for cat in cats) <= 21.1
    assert {cat.content for cat in cats} == {"cat"}
    cups = detect(sample_context.whole, "a cup", context=sample_context)
    assert 10.9 <= min(cup.start for cup in cups) <= 11.6
    assert sample_context.meter.usage.frames_decoded == 0
    assert sample_context.notes.cached


@pytest.mark.parametrize(
    ("question", "number"), [("How many cats are there?", 1), ("How many dogs are shown?", 0), ("How many mugs?", 1)]
)
def test_photographs_are_counted(sample_context, question, number):
    assert count(sample_context.whole, question, context=sample_context) == number


def test_two_of_a_kind_are_counted(open_context, tmp_path):
    cat = photograph("cat", width=480)
    pair = np.concatenate([cat, cat[:, ::-1]], axis=1)
    path = make_video(
        tmp_path / "cats.mp4", frames=12, fps=4, size=(960, cat.shape[0]), picture=lambda i, t: pair, number=False
    )
    context = open_context(path)
    assert count(context.whole, "How many cats are there?", context=context) == 2


class CountingDetector:
    """The real one, and how many pictures it was given."""

    def __init__(self, detector):
        self.detector = detector
        self.identity, self.labels = detector.identity, detector.labels
        self.pictures = 0

    def detect(self, images):
        self.pictures += len(images)
        return self.detector.detect(images)


def cat_that_stands(index, time):
    return photograph("cat")


def cat_that_moves(index, time):
    return np.roll(photograph("cat"), 8 * index, axis=1)


@pytest.mark.parametrize(("picture", "looks"), [(cat_that_stands, 1), (cat_that_moves, 12)])
def test_only_what_changes_is_looked_at_again(open_context, models, tmp_path, picture, looks):
    path = make_video(tmp_path / "cat.mp4", frames=12, fps=2, size=(960, 540), picture=picture, number=False)
    detector = CountingDetector(models.detector)
    context = open_context(path, models=with_role(models, detector=detector))
    found = [cat for cat in detect(context.whole, "cat", context=context) if cat.score > 0.5]
    assert detector.pictures == looks
    assert {round(cat.start, 3) for cat in found} == {0.5 * place for place in range(12)}


def test_what_the_detector_has_no_name_for(sample_context):
    assert count(sample_context.whole, "How many chimneys are there?", context=sample_context) is None
    assert "no name" in sample_context.notes.why
    assert "no name" in detect(sample_context.whole, "chimney", context=sample_context).why
    assert "no giraffe" in detect(sample_context.whole, "giraffe", context=sample_context).why


def boxed(observe, start, left, name="cat"):
    return observe(start, name, 0.9, box=(left, 0.4, left + 0.2, 0.8))


def test_steady_numbers_count_and_single_misses_do_not(observe):
    from vidprog.memory import Timeline

    seen = [boxed(observe, start, 0.1) for start in range(20)] + [boxed(observe, start, 0.6) for start in range(5, 15)]
    seen += [boxed(observe, 7, 0.3)]  # a double in one look
    timeline = Timeline(seen)
    assert stable_count(timeline, 20, "most") == 2
    assert stable_count(timeline, 20, "least") == 1
    assert stable_count(timeline, 40, "least") == 0
    assert stable_count(Timeline(()), 10, "most") == 0


def test_things_are_followed_by_their_boxes(observe):
    from vidprog.memory import Timeline

    moving = [boxed(observe, start, 0.05 * start) for start in range(8)]
    standing = [boxed(observe, start, 0.75) for start in range(3)]
    assert sorted(len(track) for track in tracks_of(Timeline(moving + standing))) == [3, 8]
    later = [boxed(observe, start, 0.1) for start in (0, 1, 2, 20, 21, 22)]
    assert len(tracks_of(Timeline(later))) == 2


# ---- colours


@pytest.mark.parametrize(
    ("colour", "name"),
    [((200, 20, 30), "red"), ((30, 70, 190), "blue"), ((40, 150, 50), "green"), ((245, 220, 45), "yellow")],
)
def test_the_colour_of_the_picture(open_context, tmp_path, colour, name):
    path = make_video(tmp_path / "plain.mp4", frames=8, fps=4, number=False, picture=lambda index, time: colour)
    context = open_context(path)
    found = colors(context.whole, "the background", context=context)
    best = max(found, key=lambda note: note.score)
    assert best.content.startswith(name)
    assert best.kind == "note"


def test_a_grey_film_is_black_and_white(open_context, mute):
    context = open_context(mute)
    (note,) = colors(context.whole, "Is it in colour?", context=context)
    assert note.content == "black and white"
