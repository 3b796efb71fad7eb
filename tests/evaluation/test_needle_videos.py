"""Needles in finished videos: the truth against pixels and sound, memory, and interruptions."""

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest
from media import make_video, read_number
from PIL import Image
from vidprog.evaluation.needles import NeedleSettings, make_needles, plan_needles, voices_at_hand
from vidprog.evaluation.needles import maker as maker_module
from vidprog.evaluation.needles.drawing import image_of, picture_of
from vidprog.evaluation.needles.needle import Look, Needle, Script, Subject
from vidprog.evaluation.needles.voices import RATE, sound_of
from vidprog.evaluation.needles.writer import frames_of, sound_blocks, write_script
from vidprog.evaluation.readers import read
from vidprog.models.weights import ignore_progress
from vidprog.video import frames_at, open_video, read_audio
from vidprog.video.errors import UsageError

FPS = Fraction(5)
SMALL = {"lengths": (0.2,), "fps": FPS, "needle_seconds": 0.8, "distractors": 1}


def settings(**changes):
    return NeedleSettings(**{**SMALL, **changes})


def written(path, script):
    write_script(script, path, lambda share: None)
    return open_video(path)


def picture_at(video, frame):
    (found,) = frames_at(video, [float((frame + Fraction(1, 2)) / FPS)])
    return found.image


def edges(script, needle):
    """The last frame before a needle, its first, its last, and the first after it."""
    around = (needle.start - 1, needle.start, needle.end - 1, needle.end)
    return [(frame, needle.start <= frame < needle.end) for frame in around if 0 <= frame < script.frames]


@pytest.mark.parametrize("task", ["retrieval", "direction", "counting"])
def test_pictures_differ_from_the_background_exactly_while_a_needle_is_there(task):
    for video in plan_needles(settings(tasks=(task,), kinds=("text", "picture", "object"), distractors=0,
                                       depths=(0.0, 0.5, 1.0), size=(128, 72))).videos:  # fmt: skip
        plain = frames_of(replace(video.script, needles=()))
        for index, ((_, image), (_, behind)) in enumerate(zip(frames_of(video.script), plain, strict=True)):
            there = any(needle.start <= index < needle.end for needle in video.script.shown)
            assert there != bool(np.array_equal(image, behind))


def test_text_is_read_in_its_span_and_in_no_frame_beside_it(tmp_path, models):
    (video,) = plan_needles(settings(kinds=("text",), tasks=("retrieval",), depths=(0.1, 0.8))).videos
    opened = written(tmp_path / "text.mp4", video.script)
    assert opened.duration == pytest.approx(video.script.seconds, abs=1e-3)
    for item in video.items:
        (needle,) = [one for one in video.script.shown if video.script.span(one) in item.spans]
        for frame, there in edges(video.script, needle):
            (lines,) = models.ocr.read_all([picture_at(opened, frame)])
            text = " ".join(line.text for line in lines)
            assert (item.reference in text) == there, (frame, text)


def test_objects_are_found_in_their_span_and_in_no_frame_beside_it(tmp_path, models):
    (video,) = plan_needles(settings(kinds=("object",), tasks=("ordering",))).videos
    opened = written(tmp_path / "object.mp4", video.script)
    for needle in video.script.shown:
        for frame, there in edges(video.script, needle):
            (things,) = models.detector.detect([picture_at(opened, frame)])
            named = {thing.label for thing in things if thing.score > 0.4}
            assert (needle.subject.name in named) == there, (needle.subject.name, frame, named)


def test_speech_is_heard_in_its_span(tmp_path, models):
    (video,) = plan_needles(settings(kinds=("spoken",), tasks=("retrieval",), depths=(0.1, 0.8))).videos
    track = read_audio(written(tmp_path / "spoken.mp4", video.script).clip()).samples
    for item in video.items:
        start, end = (round(second * RATE) for second in item.spans[0])
        heard = " ".join(part.text for part in models.asr.transcribe(track[start - RATE // 5 : end + RATE // 5]))
        assert item.reference in heard.casefold()
        loud = np.flatnonzero(np.abs(track) > 0.02)
        assert ((loud > start) & (loud < end)).any()
    inside = np.zeros(len(track) + RATE, bool)
    for needle in video.script.shown:
        first, last = (round(second * RATE) for second in video.script.span(needle))
        inside[first - 800 : last + 800] = True
    assert not (np.abs(track) > 0.02)[~inside[: len(track)]].any()


def test_moving_and_growing_needles_are_where_the_script_says():
    star = Subject("picture", "red star", "red star")
    look = Look((0.0, 0.5), 0.2, goal=(1.0, 0.5), growth=2.0)
    script = Script("one", 10, FPS, (200, 100), 0, (Needle(star, 0, 10, look),))
    places, widths = [], []
    for _, image in frames_of(script):
        card = np.flatnonzero((image > 240).all(axis=2).any(axis=0))
        places.append(card.mean())
        widths.append(card[-1] - card[0] + 1)
    assert (np.diff(places) > 5).all() and widths[0] == 20 and widths[-1] == 40
    assert places[0] < 15 and places[-1] > 175


@pytest.mark.parametrize("name", ["HOSPITAL", "TOWER"])
@pytest.mark.parametrize("growth", [2.0, 0.5])
@pytest.mark.parametrize("size", [(640, 360), (360, 640)])
def test_a_caption_grows_as_asked_where_there_is_little_room(name, growth, size):
    look = Look((0.0, 0.5), round(0.35 / max(1.0, growth), 3), goal=(1.0, 0.5), growth=growth)
    needle = Needle(Subject("text", name, name), 0, 10, look)
    first, last = (picture_of(needle, scale, size) for scale in (1.0, growth))
    for side in (0, 1):
        assert last.shape[side] / first.shape[side] == pytest.approx(growth, rel=0.12)
    assert max(first.shape[1], last.shape[1]) <= 0.4 * size[0] + 2


def test_pictures_of_the_users_are_seen_as_they_are_meant(tmp_path):
    clear, gray, turned = (tmp_path / name for name in ("clear.png", "gray.png", "turned.jpg"))
    Image.new("RGBA", (40, 20), (0, 0, 0, 0)).save(clear)
    Image.fromarray(np.full((20, 20), 128 * 256, np.uint16)).save(gray)
    photograph, exif = Image.new("RGB", (40, 20), (200, 0, 0)), Image.Exif()
    exif[0x0112] = 6
    photograph.save(turned, exif=exif)
    assert np.asarray(image_of(str(clear))).min() > 230
    assert np.abs(np.asarray(image_of(str(gray))).astype(int) - 128).max() <= 1
    assert image_of(str(turned)).size == (20, 40)


def test_slides_hide_the_background_and_change_at_once():
    (video,) = plan_needles(settings(kinds=("picture",), tasks=("static",), size=(96, 64))).videos
    images = [image for _, image in frames_of(video.script)]
    changes = [at for at in range(1, len(images)) if not np.array_equal(images[at - 1], images[at])]
    assert changes == [needle.start for needle in video.script.needles[1:]]


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Two seconds in which every picture carries its number, with a tone."""
    return make_video(tmp_path_factory.mktemp("film") / "film.mp4", frames=20, fps=10, size=(192, 108), audio="tone")


@pytest.mark.parametrize("background", [False, True])
def test_reversed_videos_are_the_same_pictures_the_other_way_round(film, background):
    first, second = plan_needles(
        settings(kinds=("picture",), tasks=("reversal",), size=(128, 72), fps=Fraction(10), lengths=(0.15,),
                 background=film if background else None)
    ).videos  # fmt: skip
    assert sound_blocks(first.script) is None and sound_blocks(second.script) is None
    forward = [image for _, image in frames_of(first.script)]
    backward = [image for _, image in frames_of(second.script)]
    assert len(forward) == len(backward) == 90
    assert all(np.array_equal(one, two) for one, two in zip(forward, reversed(backward), strict=True))


def test_a_video_behind_the_needles_is_looped_and_cut(film):
    script = Script("film", 50, Fraction(10), (192, 108), 0, (), background=film)
    assert [read_number(image) for _, image in frames_of(script)] == [*range(20), *range(20), *range(10)]
    other_rate = replace(script, fps=Fraction(5), frames=12)
    assert [read_number(image) for _, image in frames_of(other_rate)] == [*range(0, 20, 2), 0, 2]


def test_a_loop_has_every_picture_where_the_rate_is_a_fraction(tmp_path):
    rate = Fraction(30000, 1001)
    script = Script("ntsc", 130, rate, (192, 108), 0, (), background=make_video(
        tmp_path / "ntsc.mp4", frames=60, fps=rate, size=(192, 108)))  # fmt: skip
    assert [read_number(image) for _, image in frames_of(script)] == [*range(60), *range(60), *range(10)]


def test_the_sound_behind_goes_on_and_gives_way_to_words(tmp_path, film):
    needle = Needle(Subject("spoken", "lemon", "The password is lemon."), 20, 40)
    script = Script("sound", 60, Fraction(10), (128, 72), 0, (needle,), background=film)
    opened = written(tmp_path / "sound.mp4", script)
    track = read_audio(opened.clip()).samples
    assert len(track) / RATE == pytest.approx(6.0, abs=0.1)
    strength = [float(np.abs(track[round(second * RATE) :][: RATE // 2]).mean()) for second in (0.5, 1.2, 5.2)]
    assert min(strength) > 0.2
    assert tone(track[2 * RATE : 2 * RATE + RATE]) < 0.4 * tone(track[:RATE])
    words = np.fft.rfft(track[2 * RATE : 3 * RATE])
    words[435:446] = 0  # what is left without the tone
    assert np.abs(np.fft.irfft(words)).max() > 0.3


def tone(samples):
    """How strong 440 Hz is in a second of sound."""
    return float(np.abs(np.fft.rfft(samples))[440])


def test_videos_without_words_are_silent(tmp_path):
    script = Script("quiet", 10, FPS, (64, 64), 0, ())
    assert not written(tmp_path / "quiet.mp4", script).has_audio


def test_the_same_script_gives_the_same_bytes(tmp_path):
    script = plan_needles(settings(kinds=("spoken",), tasks=("counting",), size=(128, 72))).videos[0].script
    for name in ("one.mp4", "two.mp4"):
        written(tmp_path / name, script)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
    other = replace(script, seed=script.seed + 1)
    images = [next(islice(frames_of(one), 1))[1] for one in (script, other)]
    assert not np.array_equal(*images)


MEASURE = """
import resource, sys
from fractions import Fraction
from pathlib import Path
from vidprog.evaluation.needles import NeedleSettings, plan_needles
from vidprog.evaluation.needles.writer import write_script
peaks = []
for minutes in (0.5, 10.0):
    size, kinds, tasks = (320, 180), ("spoken",), ("retrieval",)
    chosen = NeedleSettings(lengths=(minutes,), kinds=kinds, tasks=tasks, size=size, fps=Fraction(5))
    write_script(plan_needles(chosen).videos[0].script, Path(sys.argv[1]) / f"{minutes}.mp4", lambda share: None)
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
print(*peaks)
"""


def test_memory_does_not_grow_with_the_length(tmp_path):
    ran = subprocess.run([sys.executable, "-c", MEASURE, tmp_path], capture_output=True, text=True, check=True)
    short, long = map(float, ran.stdout.split())
    # 2,850 more frames of 173 kB would be 490 MB, nine and a half more minutes of sound 36 MB
    assert long - short < 15, (short, long)


@pytest.fixture
def made(tmp_path):
    chosen = settings(kinds=("text", "spoken"), tasks=("retrieval",), size=(128, 72), distractors=0)
    return chosen, tmp_path / "set", make_needles(chosen, tmp_path / "set", ignore_progress)


def test_items_are_read_back_as_they_were_written(tmp_path):
    chosen = settings(kinds=("picture",), tasks=("conflict", "retrieval"), size=(64, 64), lengths=(0.3,),
                      forms=("choice", "circular", "open", "when"))  # fmt: skip
    made = make_needles(chosen, tmp_path, ignore_progress)
    data = read(made.items_file)
    assert not data.problems and len(data.items) == len(made.items) > 40
    for read_item, item in zip(data.items, made.items, strict=True):
        assert replace(read_item, extra={}) == replace(item, extra={})
        assert dict(read_item.extra) == json.loads(json.dumps(dict(item.extra)))
    assert {item.video for item in data.items} == {path.name for path in tmp_path.glob("*.mp4")}


def test_what_is_finished_is_not_made_again(made):
    chosen, folder, first = made
    assert len(first.written) == 2 and not first.kept
    kept, lost = (folder / name for name in first.written)
    lines, before, gone = first.items_file.read_text(), kept.stat().st_mtime_ns, lost.read_bytes()
    lost.unlink()
    again = make_needles(chosen, folder, ignore_progress)
    assert again.written == (lost.name,) and again.kept == (kept.name,)
    assert kept.stat().st_mtime_ns == before and lost.read_bytes() == gone
    assert sorted(again.items_file.read_text().splitlines()) == sorted(lines.splitlines())


def test_an_interruption_leaves_whole_files_and_their_items(tmp_path, monkeypatch):
    chosen = settings(kinds=("text",), tasks=("retrieval", "ordering"), size=(128, 72), lengths=(0.4,))
    real, calls = maker_module.write_script, []

    def interrupted(script, path, told):
        def tell(share):
            if calls and share < 1:
                raise KeyboardInterrupt
            told(share)

        real(script, path, tell)
        calls.append(path.name)

    monkeypatch.setattr(maker_module, "write_script", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_needles(chosen, tmp_path, ignore_progress)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["items.jsonl", "retrieval-text-0.4min-1.mp4"]
    assert {item.video for item in read(tmp_path / "items.jsonl").items} == {"retrieval-text-0.4min-1.mp4"}
    monkeypatch.setattr(maker_module, "write_script", real)
    assert make_needles(chosen, tmp_path, ignore_progress).kept == ("retrieval-text-0.4min-1.mp4",)


def test_another_length_joins_the_set_and_other_settings_are_refused(made):
    chosen, folder, first = made
    more = make_needles(replace(chosen, lengths=(0.2, 0.3)), folder, ignore_progress)
    assert len(more.written) == 2 and set(more.kept) == set(first.written)
    assert len(read(more.items_file).items) == 12
    with pytest.raises(UsageError) as caught:
        make_needles(replace(chosen, seed=9), folder, ignore_progress)
    assert caught.value.code == "needles.other" and "retrieval-text" in caught.value.message
    assert len(read(more.items_file).items) == 12


def test_another_form_joins_the_items_that_are_there(made):
    chosen, folder, first = made
    more = make_needles(replace(chosen, forms=("when",)), folder, ignore_progress)
    assert not more.written and sorted(more.kept) == sorted(first.written)
    items = read(more.items_file).items
    assert sorted(item.task for item in items) == ["choice"] * 6 + ["when"] * 6
    again = make_needles(chosen, folder, ignore_progress)
    assert len(read(again.items_file).items) == 12


def test_no_room_on_disk_is_said_before_anything_is_made(tmp_path, monkeypatch):
    usage = maker_module.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(maker_module.shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(UsageError, match=r"2 videos take up to .* MB, .* has 0 MB free") as caught:
        make_needles(settings(kinds=("text", "picture"), tasks=("retrieval",)), tmp_path / "set", ignore_progress)
    assert caught.value.code == "needles.disk" and not list((tmp_path / "set").iterdir())


def test_the_estimate_is_not_below_what_is_written(made):
    chosen, folder, _ = made
    for video in plan_needles(replace(chosen, size=(128, 72))).videos:
        assert (folder / video.script.file).stat().st_size < maker_module.bytes_of(video.script)


def test_a_foreign_items_file_is_left_alone(tmp_path):
    (tmp_path / "items.jsonl").write_text('{"video": "mine.mp4", "question": "Why?"}\n')
    with pytest.raises(UsageError, match=r"items\.jsonl:1 was not written by vidprog needles"):
        make_needles(settings(kinds=("text",), tasks=("retrieval",)), tmp_path, ignore_progress)
    assert [path.name for path in tmp_path.iterdir()] == ["items.jsonl"]


@pytest.mark.parametrize("voice", [name for name in voices_at_hand() if name != "shipped"])
def test_a_speech_program_of_the_machine_says_the_same(voice, models):
    samples = sound_of(Subject("spoken", "hammer", "The password is hammer."), voice)
    pause = np.zeros(RATE // 2, np.float32)
    heard = " ".join(part.text for part in models.asr.transcribe(np.concatenate([pause, samples, pause])))
    assert "hammer" in heard.casefold()


def test_a_sound_of_the_users(tmp_path, film):
    from vidprog.evaluation.needles import Materials

    sound = tmp_path / "a bell.mp4"
    sound.write_bytes(film.read_bytes())
    chosen = settings(kinds=("spoken",), tasks=("counting",), materials=Materials(spoken=(sound,)), distractors=0)
    (video,) = plan_needles(replace(chosen, lengths=(0.4,))).videos
    assert "How many times is a bell said?" in video.items[0].question
    assert all(one.end - one.start == 10 for one in video.script.shown)


def test_an_image_that_is_none(tmp_path):
    from vidprog.evaluation.needles import Materials

    broken = tmp_path / "boat.png"
    broken.write_bytes(b"no image")
    chosen = settings(kinds=("picture",), tasks=("counting",), materials=Materials(pictures=(broken,)), distractors=0)
    with pytest.raises(UsageError, match=r"boat\.png is no image"):
        make_needles(chosen, tmp_path / "set", ignore_progress)
