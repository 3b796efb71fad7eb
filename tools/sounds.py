"""What there is to hear besides words: silence, speech, music, noise and impacts, and how loud each is.

Without a learned model: voices are the recogniser's own voice detector's; what is left is told apart by how its energy
is spread over the spectrum. Tonal sound whose strongest tone changes is music, one that stays is a tone, the rest is
noise. Who plays which instrument, or what made a noise, is for a tagger to say: a backend given to `Models` as
``loaded={"tagger": ...}`` (the protocol `SoundTagger`) names each stretch that is no speech.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from ..memory import ArtefactKey, Block, BlockResult, Observation, Timeline
from ..models import SoundTagger
from ..video import Clip, read_audio
from .context import Context
from .tool import tool
from .transcribe import heard_regions

HEURISTIC = "sounds:heuristic"
TAGGER = "tagger"
RATE = 16_000
WINDOW = 1024
"""Samples of one spectrum: 64 ms."""
HOP = 320
"""20 ms."""
BAND = (80.0, 6000.0)
"""Hertz in which the spectrum is judged."""
SILENT = -55.0
"""Decibels of full scale under which it is silent: the noise of a quiet room is at -60 to -70."""
SHORTEST = 0.3
"""Seconds of a stretch at least; shorter ones belong to what is around them."""
BLOCK_SECONDS = 60.0
TONAL = 0.12
"""Spectral flatness (geometric over arithmetic mean of the power) under which sound is tonal: noise has 0.5, chords
0.01."""
TONES_OF_MUSIC = 3
"""Semitones that are strongest in turn within a stretch of music; a hum or an alarm has one or two."""
RISE, FALL = 15.0, 8.0
"""Decibels by which an impact is above the 200 ms before it, and by which it falls within 300 ms."""
IMPACT_LOUD = -35.0
IMPACT_SECONDS = 0.1
LOOK_BACK, LOOK_ON = 10, 15
"""Windows before and after an impact that are compared with it."""


@dataclass(frozen=True, slots=True)
class _Sound:
    """One value for each 20 ms."""

    level: np.ndarray
    """Decibels of full scale."""
    flatness: np.ndarray
    tone: np.ndarray
    """Semitones above 80 Hz of the strongest part of the spectrum."""


@tool(kind="hear", needs="asr", cost="0.02 CPU-seconds a second of sound, once")
def sounds(clip: Clip, *, context: Context) -> Timeline:
    """Hear where there is silence, speech, music, noise or an impact (a bang, a click, a knock), and how loud it is.

    Args:
        clip: Where to listen.

    Returns:
        Notes such as "silence", "music (-20 dB)", "impact (-9 dB)", with decibels of full scale; a heuristic.

    Source: Spectral flatness (Gray and Markel, 1974) and onsets by a rise of energy; voices by Silero.
    """
    if not context.video.has_audio:
        return Timeline((), "no audio stream")
    heard = context.models.has("asr")
    if not heard:
        context.notes.add(why="no asr: speech is not told from other sound")
    identity = f"{context.models.identity('asr') if heard else ''}+{_tagger_name(context)}"
    key = ArtefactKey(sounds.name, sounds.version, identity, {})

    def observe(block: Block) -> BlockResult:
        part = Clip(context.video, block.start, block.end)
        voices = [(region.start, region.end) for region in heard_regions(part, context)] if heard else []
        found = tuple(_heard_in(part, voices, context))
        return BlockResult(found, "" if found else "the sound ends before")

    count = max(1, round(context.video.duration / BLOCK_SECONDS))
    edges = [number * context.video.duration / count for number in range(count + 1)]
    blocks = [Block(start, end) for start, end in pairwise(edges)]
    wanted = [block for block in blocks if block.end > clip.start and block.start < clip.end]
    done = context.memory.compute(key, wanted, observe, lambda now, total: context.report("sounds", now / total))
    context.notes.add(cached=done.cached)
    inside = _joined([note for note in done.timeline if note.end > clip.start and note.start < clip.end])
    return Timeline(inside, done.why or "; ".join(done.failed) or "nothing in this part")


def _tagger_name(context: Context) -> str:
    return context.models.identity(TAGGER) if context.models.has(TAGGER) else HEURISTIC


def _heard_in(part: Clip, voices: Sequence[tuple[float, float]], context: Context) -> Iterator[Observation]:
    """The stretches of a part and its impacts."""
    track = read_audio(part)
    if not len(track.samples):
        return
    sound = _measured(track.samples)
    tagger: SoundTagger | None = context.models.get(TAGGER) if context.models.has(TAGGER) else None
    for name, first, last in stretches(_names(sound, part.start, voices)):
        start, end = part.start + first * HOP / RATE, min(part.end, part.start + last * HOP / RATE)
        level = float(10 * np.log10(np.mean(10 ** (sound.level[first:last] / 10))))
        named = [(name, 0.7, HEURISTIC)]
        if tagger is not None and name not in ("silence", "speech"):
            piece = track.samples[first * HOP : last * HOP]
            named = [(label, score, f"{TAGGER}:{tagger.identity}") for label, score in tagger.tag(piece)] or named
        for label, score, source in named:
            text = label if label == "silence" else f"{label} ({level:.0f} dB)"
            yield Observation(start, max(start, end), "note", text, score, source)
    yield from _impacts(sound, part, voices)


def _measured(samples: np.ndarray) -> _Sound:
    """Level, flatness and strongest tone of each 20 ms; a little at a time, so that a minute takes few megabytes."""
    padded = np.pad(samples, (0, WINDOW))
    starts = np.arange(0, len(samples), HOP)
    frequencies = np.fft.rfftfreq(WINDOW, 1 / RATE)
    band = (frequencies >= BAND[0]) & (frequencies <= BAND[1])
    semitones = np.round(12 * np.log2(frequencies[band] / BAND[0])).astype(int)
    parts: list[tuple[np.ndarray, ...]] = []
    for some in np.array_split(starts, max(1, len(starts) // 500)):
        windows = padded[some[:, None] + np.arange(WINDOW)]
        short = windows[:, :HOP].astype(np.float64)
        power = np.abs(np.fft.rfft(windows * np.hanning(WINDOW), axis=1))[:, band] ** 2 + 1e-10
        flatness = np.exp(np.log(power).mean(axis=1)) / power.mean(axis=1)
        parts.append((10 * np.log10((short**2).mean(axis=1) + 1e-10), flatness, semitones[power.argmax(axis=1)]))
    level, flat, tone = (np.concatenate(values) for values in zip(*parts, strict=True))
    return _Sound(level, flat, tone)


def _names(sound: _Sound, start: float, voices: Sequence[tuple[float, float]]) -> list[str]:
    """What each 20 ms is, smoothed."""
    times = start + np.arange(len(sound.level)) * HOP / RATE
    width = max(1, round(SHORTEST * RATE / HOP))
    loudest = np.array([sound.level[max(0, at - width // 2) : at + width // 2 + 1].max() for at in range(len(times))])
    spoken = np.zeros(len(times), bool)
    for first, last in voices:
        spoken |= (times >= first) & (times < last)
    names = np.where(loudest < SILENT, "silence", np.where(spoken, "speech", "sound")).tolist()
    for name, first, last in stretches(names):
        if name == "sound":
            names[first:last] = [_kind_of(sound, first, last)] * (last - first)
    return [str(name) for name in names]


def _kind_of(sound: _Sound, first: int, last: int) -> str:
    loud = sound.level[first:last] > SILENT
    flatness, tones = sound.flatness[first:last][loud], sound.tone[first:last][loud]
    if not len(flatness) or float(np.median(flatness)) > TONAL:
        return "noise"
    _, counts = np.unique(tones, return_counts=True)
    lasting = int((counts >= max(3, 0.03 * len(tones))).sum())
    return "music" if lasting >= TONES_OF_MUSIC else "tone"


def stretches(names: Sequence[str]) -> list[tuple[str, int, int]]:
    """Runs of one name as (name, first place, place after the last); short ones join the run before them.

    Example:
        >>> stretches(["a"] * 30 + ["b"] * 2 + ["a"] * 30)
        [('a', 0, 62)]
    """
    least = round(SHORTEST * RATE / HOP)
    runs: list[tuple[str, int, int]] = []
    at = 0
    for name, group in groupby(names):
        length = len(list(group))
        if runs and (length < least or runs[-1][0] == name):
            runs[-1] = (runs[-1][0], runs[-1][1], at + length)
        elif runs and runs[-1][2] - runs[-1][1] < least:  # the first run was too short to stand alone
            runs[-1] = (name, runs[-1][1], at + length)
        else:
            runs.append((name, at, at + length))
        at += length
    return runs


def _impacts(sound: _Sound, part: Clip, voices: Sequence[tuple[float, float]]) -> Iterator[Observation]:
    """Sudden loud sounds that die away, outside of speech."""
    last = -LOOK_ON
    for at in range(len(sound.level)):
        level = sound.level[at : at + 3].max()
        before = sound.level[max(0, at - LOOK_BACK) : at]
        after = sound.level[at + 3 : at + LOOK_ON]
        time = part.start + at * HOP / RATE
        if at - last < LOOK_BACK or level < IMPACT_LOUD or not len(before) or not len(after):
            continue
        rises = sound.level[at] - max(float(before.max()), SILENT) >= RISE
        if rises and level - float(after.min()) >= FALL and not any(one <= time < two for one, two in voices):
            last = at
            end = min(part.end, time + IMPACT_SECONDS)
            yield Observation(time, max(time, end), "note", f"impact ({level:.0f} dB)", 0.7, HEURISTIC)


def _joined(notes: Sequence[Observation]) -> list[Observation]:
    """The notes with those that were cut where two blocks meet as one."""
    kept: list[Observation] = []
    for note in notes:
        name = note.content.partition(" (")[0]
        before = next((place for place, one in enumerate(kept) if _meets(one, note, name)), None)
        if before is None:
            kept.append(note)
        else:
            one = kept[before]
            kept[before] = Observation(one.start, note.end, "note", one.content, one.score, one.source)
    return kept


def _meets(one: Observation, other: Observation, name: str) -> bool:
    touches = abs(one.end - other.start) < HOP / RATE
    return touches and one.content.partition(" (")[0] == name and name != "impact"
