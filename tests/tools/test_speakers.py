"""Which voice says what, on the narrator of the demo clip and on a lower voice made of hers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import make_audio, make_video
from narration import RATE, as_sound, sentence
from scripted import with_role
from vidprog.models import SpeakerTurn
from vidprog.tools.speakers import between_pauses, speakers
from vidprog.tools.voices import ENOUGH, SAME_VOICE, Voice, distances_of, group_voices, voice_of

LOWER = 0.75


def lowered(samples, factor=LOWER):
    """The same words slower and lower, as from a larger throat."""
    return np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples).astype(np.float32)


def dialogue(turns, pause=0.7):
    """Sentences with pauses, each (number, lowered or not), and when each begins and ends."""
    parts, times, at = [], [], 0.0
    for number, low in turns:
        words = lowered(sentence(number)) if low else sentence(number)
        parts += [np.zeros(round(pause * RATE), np.float32), words]
        times.append((at + pause, at + pause + len(words) / RATE))
        at += pause + len(words) / RATE
    return np.concatenate([*parts, np.zeros(RATE, np.float32)]), times


def write(path, turns):
    samples, times = dialogue(turns)
    return make_audio(path, seconds=len(samples) / RATE, audio=as_sound(samples)), times


def voices_of(lines):
    return [line.content.partition(":")[0] for line in lines]


TURNS = [(1, False), (2, True), (3, False), (1, True), (2, False)]


def test_two_voices_in_turn(open_context, tmp_path):
    """Lines that the recogniser hears across a change of voice are cut there."""
    path, times = write(tmp_path / "two.m4a", TURNS)
    context = open_context(path)
    lines = speakers(context.whole, context=context)
    assert voices_of(lines) == ["speaker 1", "speaker 2", "speaker 1", "speaker 2", "speaker 1"]
    for line, (start, end) in zip(lines, times, strict=True):
        assert line.start == pytest.approx(start, abs=0.8)
        assert line.end == pytest.approx(end, abs=0.8)
    for word, line in zip(["snow", "breakfast", "office", "late", "breakfast"], lines, strict=True):
        assert word in line.content
    assert all(line.kind == "speech" and line.source.endswith(" voices:heuristic") for line in lines)


def test_numbers_are_those_of_the_whole_video(open_context, tmp_path):
    path, times = write(tmp_path / "part.m4a", TURNS[:3])
    context = open_context(path)
    part = context.whole.trim(times[1][0] + 1, times[1][1] - 1)
    assert voices_of(speakers(part, context=context)) == ["speaker 2"]
    context.notes.clear()
    speakers(context.whole, context=context)
    assert context.notes.cached


def test_one_voice_stays_one(sample_context):
    lines = speakers(sample_context.whole, context=sample_context)
    assert set(voices_of(lines)) == {"speaker 1"}
    assert len(lines) == 5
    assert "snow" in lines[1].content


@pytest.mark.parametrize(("clip", "why"), [("mute", "no audio stream"), ("silent", "nobody speaks")])
def test_nobody_speaks(clip, why, open_context, request):
    context = open_context(request.getfixturevalue(clip))
    nothing = speakers(context.whole, context=context)
    assert not nothing
    assert why in nothing.why


def test_nobody_speaks_in_the_part(sample_context):
    nothing = speakers(sample_context.whole.trim(22, 24), context=sample_context)
    assert not nothing
    assert nothing.why == "nobody speaks in this part"


def test_names_of_subtitles_stand_for_the_voices(open_context, tmp_path):
    samples, times = dialogue(TURNS[:3])
    texts = ["ANNA: The train is late.", "BERT: Breakfast until eleven.", "He lives here."]
    path = make_video(
        tmp_path / "named.mp4", frames=round(len(samples) / RATE * 4), fps=4, number=False, audio=as_sound(samples),
        subtitles=[(start, end, text) for (start, end), text in zip(times, texts, strict=True)],
    )  # fmt: skip
    context = open_context(path)
    assert [line.content for line in speakers(context.whole, context=context)] == [
        "speaker ANNA: The train is late.", "speaker BERT: Breakfast until eleven.", "speaker ANNA: He lives here.",
    ]  # fmt: skip


def test_subtitles_without_sound_have_no_voices(open_context, tmp_path):
    path = make_video(tmp_path / "text.mp4", frames=40, fps=10, number=False, subtitles=[(1.0, 2.5, "All aboard!")])
    context = open_context(path)
    (line,) = speakers(context.whole, context=context)
    assert line.content == "All aboard!"
    assert "no voice to compare" in context.notes.why


# ---- voices


def test_a_voice_is_told_by_its_pitch_and_sound():
    plain, lower = ([voice_of(change(sentence(number))) for number in (1, 2, 3)] for change in (np.array, lowered))
    distances = distances_of([*plain, *lower])
    assert max(distances[:3, :3].max(), distances[3:, 3:].max()) < SAME_VOICE < distances[:3, 3:].min()
    assert np.mean([voice.pitch for voice in plain]) - np.mean([voice.pitch for voice in lower]) == pytest.approx(
        12 * np.log2(1 / LOWER), abs=1.0
    )
    assert (distances == distances.T).all()


@pytest.mark.parametrize("hertz", [80, 120, 200, 330])
def test_the_pitch_of_a_buzz(hertz):
    times = np.arange(RATE) / RATE
    buzz = sum(np.sin(2 * np.pi * hertz * harmonic * times) / harmonic for harmonic in range(1, 9)) * 0.1
    voice = voice_of(buzz.astype(np.float32))
    assert 100 * 2 ** (voice.pitch / 12) == pytest.approx(hertz, rel=0.02)
    assert voice.seconds == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    "samples",
    [np.zeros(0), np.zeros(100), np.zeros(RATE), np.random.default_rng(1).normal(0, 0.1, RATE)],
    ids=["nothing", "a moment", "silence", "noise"],
)
def test_what_has_no_pitch_is_no_voice(samples):
    assert voice_of(samples.astype(np.float32)) is None


def made(pitch, seconds=2.0):
    return Voice(pitch, np.zeros(12), seconds)


@pytest.mark.parametrize(
    ("voices", "numbers"),
    [
        ([], []),
        ([None, None], [None, None]),
        ([made(0)], [1]),
        ([made(0), made(12), made(1), None, made(11)], [1, 2, 1, None, 2]),
        ([made(12), made(0), made(24)], [1, 2, 3]),
        ([made(0), made(7, 0.2), made(12), made(5, 0.2)], [1, 2, 2, 1]),  # a word joins the nearest voice
        ([made(0, 0.2), made(9, 0.1)], [1, 1]),  # where there are only words, all are one
    ],
)
def test_voices_are_grouped(voices, numbers):
    assert group_voices(voices) == numbers


@given(st.lists(st.one_of(st.none(), st.builds(made, st.floats(-12, 24), st.floats(0, 3))), max_size=20))
def test_numbers_count_up_from_one(voices):
    numbers = group_voices(voices)
    assert [number is None for number in numbers] == [voice is None for voice in voices]
    first = list(dict.fromkeys(number for number in numbers if number is not None))
    assert first == list(range(1, len(first) + 1))
    assert len(first) <= max(1, sum(voice is not None and voice.seconds >= ENOUGH for voice in voices))


@pytest.mark.parametrize(
    ("loud", "stretches"),
    [
        ([], [(0, 32000)]),  # never a sound: nothing to cut at
        ([(0.0, 2.0)], [(0, 32000)]),
        ([(0.2, 0.8), (1.2, 1.9)], [(3200, 12800), (19200, 30400)]),
        ([(0.2, 0.8), (0.9, 1.9)], [(3200, 30400)]),  # too short for a pause
    ],
)
def test_sound_is_cut_at_pauses(loud, stretches):
    samples = np.zeros(2 * RATE, np.float32)
    for start, end in loud:
        samples[round(start * RATE) : round(end * RATE)] = 0.3
    assert between_pauses(samples) == stretches


class ScriptedDiarizer:
    """Says who speaks when by the clock: B before 7 s, A after."""

    identity = "scripted:diarizer"

    def turns(self, samples):
        self.heard = len(samples) / RATE
        return (SpeakerTurn(0.0, 7.0, "B"), SpeakerTurn(7.0, 100.0, "A"))


def test_a_diarizer_is_believed(open_context, models, tmp_path):
    path, _ = write(tmp_path / "talk.wav", TURNS[:2])
    diarizer = ScriptedDiarizer()
    context = open_context(path, models=with_role(models, diarizer=diarizer))
    lines = speakers(context.whole, context=context)
    expected = ["speaker 1" if (line.start + line.end) / 2 < 7.0 else "speaker 2" for line in lines]
    assert lines and voices_of(lines) == expected
    assert all(line.source.endswith("diarizer:scripted:diarizer") for line in lines)
    assert diarizer.heard == pytest.approx(context.video.duration, abs=0.1)
