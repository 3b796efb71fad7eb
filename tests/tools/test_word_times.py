"""Words held against the sound: their times, and nothing that was made up."""

from itertools import pairwise

import numpy as np
import pytest
from media import make_audio
from narration import as_sound, sentence, spoken
from scripted import with_role
from vidprog.models import SpeechSegment, SpokenWord
from vidprog.tools.sounds import sounds
from vidprog.tools.spoken_words import spoken_words
from vidprog.tools.transcribe import transcribe
from vidprog.tools.word_times import RATE, held_to_sound, is_loop

SECONDS = 12.0


def bursts(*spans: tuple[float, float], seconds: float = 6.0) -> np.ndarray:
    """Noise in these spans (seconds), silence elsewhere."""
    samples = np.zeros(round(seconds * RATE), np.float32)
    for start, end in spans:
        first, last = round(start * RATE), round(end * RATE)
        samples[first:last] = np.random.default_rng(0).normal(0, 0.2, last - first)
    return samples


def said(text: str, *times: tuple[float, float], score: float = 0.9) -> SpeechSegment:
    words = tuple(SpokenWord(start, end, word, score) for word, (start, end) in zip(text.split(), times, strict=True))
    return SpeechSegment(times[0][0], times[-1][1], text, score, words)


def test_words_that_begin_in_the_quiet_are_moved_to_the_sound():
    segment = said("Well apple", (0.5, 1.0), (1.0, 4.6))
    (found,) = held_to_sound([segment], bursts((0.5, 1.0), (4.0, 4.5)))
    assert [(word.start, word.end) for word in found.words] == [
        pytest.approx((0.5, 1.0), abs=0.02), pytest.approx((4.0, 4.5), abs=0.02)
    ]  # fmt: skip
    assert (found.start, found.end) == pytest.approx((0.5, 4.5), abs=0.02)


def test_a_word_that_sounds_on_ends_with_its_sound():
    (found,) = held_to_sound([said("Well apple", (0.5, 0.8), (1.0, 1.3))], bursts((0.5, 0.95), (1.0, 1.5)))
    assert [word.end for word in found.words] == pytest.approx([0.95, 1.5], abs=0.02)
    assert found.end == pytest.approx(1.5, abs=0.02)


@pytest.mark.parametrize(
    "segment",
    [
        pytest.param(said("You", (2.0, 3.0)), id="said in silence"),
        pytest.param(SpeechSegment(0.5, 1.0, "thank you " * 6, 0.9), id="one phrase again and again"),
        pytest.param(SpeechSegment(0.5, 1.0, "a b c d e f g h i j k l", 0.9), id="faster than anybody speaks"),
        pytest.param(SpeechSegment(0.5, 1.0, "perhaps", 0.1), id="a mere guess"),
    ],
)
def test_what_the_sound_does_not_support_is_dropped(segment):
    assert held_to_sound([segment], bursts((0.5, 1.0))) == []


@pytest.mark.parametrize(
    ("text", "loop"),
    [
        ("no no no", False), ("thank you very much thank you", False), ("the the the the", True),
        ("i will be back i will be back i will be back i will be back", True),
        ("row row row your boat gently down the stream", False),
    ],
)  # fmt: skip
def test_loops(text, loop):
    assert is_loop(text.split()) == loop


def test_spoken_words_agree_with_the_waveform(open_context, tmp_path):
    """The narration's second sentence begins at 4.0 s; its words lie where the sound is."""
    end = 4.0 + len(sentence(1)) / RATE
    path = make_audio(tmp_path / "talk.m4a", seconds=SECONDS, audio=as_sound(spoken([(4.0, 1)], SECONDS)))
    context = open_context(path)
    words = spoken_words(context.whole, context=context)
    texts = [word.content.strip(".,").casefold() for word in words]
    assert texts[:2] == ["the", "train"] and texts[-1] == "snow"
    assert words[0].start == pytest.approx(4.0, abs=0.1)
    assert words[-1].end == pytest.approx(end, abs=0.2)
    assert all(one.start <= two.start for one, two in pairwise(words))
    (part,) = spoken_words(context.whole.trim(words[1].start + 0.02, words[1].end - 0.02), context=context)
    assert part == words[1]


def test_without_speech_there_are_no_words(open_context, silent, mute):
    for clip, why in ((silent, "nobody speaks"), (mute, "no audio stream")):
        context = open_context(clip)
        assert why in spoken_words(context.whole, context=context).why


def test_a_recogniser_without_word_times_gives_lines(open_context, models, tmp_path):
    class LinesOnly:
        identity = "scripted-lines"

        def speech_regions(self, samples):
            return ((0.0, len(samples) / RATE),)

        def transcribe(self, samples):
            return (SpeechSegment(1.0, 2.0, "All aboard", 0.9),)

    path = make_audio(tmp_path / "noise.m4a", seconds=4.0, audio=lambda times: 0.2 * np.sin(900 * times))
    context = open_context(path, models=with_role(models, asr=LinesOnly()))
    (line,) = spoken_words(context.whole, context=context)
    assert line.content == "All aboard"
    assert "no times of words" in context.notes.why


# ---- nothing invented: sounds in which nobody speaks


def tone(times):
    return 0.5 * np.sin(2 * np.pi * 440 * times)


def noise(times):
    return np.random.default_rng(1).normal(0, 0.1, len(times))


def melody(times):
    """Plucked chords over a beat: two notes a second up and down a scale."""
    notes = np.array([262, 294, 330, 349, 392, 349, 330, 294])[(times * 2).astype(int) % 8]
    since = times * 2 % 1 / 2
    phase = 2 * np.pi * notes * since
    chord = sum(np.sin(ratio * phase) / number for number, ratio in enumerate((1, 1.26, 1.5, 2), 1))
    beat = np.random.default_rng(2).normal(0, 0.3, len(times)) * np.exp(-since * 60)
    return 0.25 * chord * np.exp(-3 * since) + beat


def drone(times):
    """Sung-like: harmonics with vibrato, another note each half second."""
    pitch = 220 * 2 ** (np.random.default_rng(3).integers(0, 13, 64)[(times * 2).astype(int)] / 12)
    phase = 2 * np.pi * np.cumsum(pitch * (1 + 0.01 * np.sin(30 * times))) / RATE
    return 0.2 * sum(np.sin(number * phase) / number for number in range(1, 9))


def clicks(times):
    return np.where(times % 0.7 < 0.003, 0.9, 0.0)


@pytest.mark.parametrize("sound", [np.zeros_like, tone, noise, melody, drone, clicks], ids=lambda sound: sound.__name__)
def test_nothing_is_invented_where_nobody_speaks(open_context, tmp_path, sound):
    path = make_audio(tmp_path / "sound.m4a", seconds=SECONDS, audio=sound)
    context = open_context(path)
    nothing = transcribe(context.whole, context=context)
    assert not nothing
    assert nothing.why


# ---- what else there is to hear


def names(timeline) -> list[str]:
    return [note.content.partition(" (")[0] for note in timeline]


@pytest.mark.parametrize(
    ("sound", "name"),
    [(np.zeros_like, "silence"), (tone, "tone"), (noise, "noise"), (melody, "music"), (drone, "music")],
)
def test_sounds_have_names(open_context, tmp_path, sound, name):
    path = make_audio(tmp_path / "sound.m4a", seconds=SECONDS, audio=sound)
    context = open_context(path)
    found = sounds(context.whole, context=context)
    longest = max(found, key=lambda note: note.end - note.start)
    assert longest.content.partition(" (")[0] == name
    assert longest.end - longest.start > 0.8 * SECONDS


def test_a_track_of_parts(open_context, tmp_path):
    """Silence, a sentence, silence, music, a bang."""

    def sound(times):
        samples = np.interp(times, np.arange(int(14 * RATE)) / RATE, spoken([(1.0, 1)], 14.0))
        samples = samples + np.where((times >= 7) & (times < 11), melody(times), 0)
        bang = np.random.default_rng(4).normal(0, 0.5, len(times)) * np.exp(-(times - 12) * 40)
        return samples + np.where(times >= 12, bang, 0)

    path = make_audio(tmp_path / "parts.m4a", seconds=14.0, audio=sound)
    context = open_context(path)
    found = sounds(context.whole, context=context)
    parts = {name: note for name, note in zip(names(found), found, strict=True)}
    speech, music, impact = parts["speech"], parts["music"], parts["impact"]
    assert (speech.start, speech.end) == pytest.approx((1.0, 1.0 + len(sentence(1)) / RATE), abs=0.5)
    assert (music.start, music.end) == pytest.approx((7, 11), abs=0.4)
    assert impact.start == pytest.approx(12.0, abs=0.05)
    assert names(found)[0] == "silence"
    context.notes.clear()
    assert sounds(context.whole, context=context) == found
    assert context.notes.cached


def test_no_sound_is_a_reason(open_context, mute):
    context = open_context(mute)
    assert sounds(context.whole, context=context).why == "no audio stream"


def test_a_tagger_names_what_is_no_speech(open_context, models, tmp_path):
    class ScriptedTagger:
        identity = "scripted-tagger"

        def tag(self, samples):
            return (("violin", 0.8),)

    path = make_audio(tmp_path / "music.m4a", seconds=6.0, audio=melody)
    context = open_context(path, models=with_role(models, tagger=ScriptedTagger()))
    found = sounds(context.whole, context=context)
    assert {name for name in names(found) if name not in ("silence", "impact")} == {"violin"}
    assert any(note.source == "tagger:scripted-tagger" for note in found)
