"""What a recogniser wrote, held against the sound: word times that agree with it, and nothing that was made up.

Whisper's word times come from attention, not from the sound: a word after a pause often begins in the pause. And where
it hears nothing to write down it writes what its training texts ended with, or one phrase again and again. Both can be
seen from outside, whatever the recogniser.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..models import SpeechSegment, SpokenWord
from .text import words_of

RATE = 16_000
HOP = 160
"""Samples of one loudness value: 10 ms."""
QUIET = 1e-3
"""Power below this share of the loud parts' (-30 dB) is quiet."""
LOUD_SHARE = 95
"""Percentile of the power that stands for the loud parts."""
FLOOR = 1e-8
"""Power below which it is quiet whatever the rest (-80 dB of full scale)."""
SHORTEST = 0.05
"""Seconds that a word lasts at least."""
LONGER = 0.3
"""Seconds by which a word may sound on after the time at which it was recognised to end."""
PHRASE = 4
"""Words of the longest phrase whose repetition counts."""
LOOP = 4
"""Times that a phrase must follow itself to be a loop: people say a thing three times, decoders do not stop."""
FASTEST = 9.0
"""Words a second: quick speakers reach 5, auctioneers 7; more were never said."""
UNLIKELY = 0.2
"""Mean probability of the words below which a sentence is a guess; those of misheard names are above 0.3."""


def held_to_sound(segments: Sequence[SpeechSegment], samples: np.ndarray) -> list[SpeechSegment]:
    """Sentences that the sound supports, each with the times at which its words sound.

    Args:
        segments: What was recognised, times in seconds from the first sample.
        samples: Mono float32 at 16 kHz.
    """
    loud = loudness(samples)
    kept = (segment for segment in segments if is_believable(segment, loud))
    return [_snapped(segment, loud) for segment in kept]


def loudness(samples: np.ndarray) -> np.ndarray:
    """Whether it is loud in each 10 ms: bool array."""
    whole = samples[: len(samples) // HOP * HOP].reshape(-1, HOP)
    power = (whole.astype(np.float64) ** 2).mean(axis=1)
    if not len(power):
        return np.zeros(0, bool)
    return np.asarray(power > max(FLOOR, QUIET * float(np.percentile(power, LOUD_SHARE))))


def is_believable(segment: SpeechSegment, loud: np.ndarray) -> bool:
    """Whether somebody may have said it: there is sound, it is no loop, no faster than speech, and no mere guess."""
    words = words_of(segment.text)
    first, last = _places(segment.start, segment.end, len(loud))
    rate = len(words) / max(segment.end - segment.start, SHORTEST)
    return bool(loud[first:last].any()) and segment.score >= UNLIKELY and not is_loop(words) and rate <= FASTEST


def is_loop(words: Sequence[str]) -> bool:
    """Whether a sentence is mostly one phrase that follows itself again and again.

    Example:
        >>> is_loop("thank you thank you thank you thank you".split()), is_loop("no no no stop".split())
        (True, False)
    """
    for length in range(1, PHRASE + 1):
        parts = Counter(tuple(words[place : place + length]) for place in range(len(words) - length + 1))
        phrase, times = next(iter(parts.most_common(1)), ((), 0))
        in_a_row = _longest_run(words, phrase) if times >= LOOP else 0
        if in_a_row >= LOOP and 2 * in_a_row * length >= len(words):
            return True
    return False


def _longest_run(words: Sequence[str], phrase: Sequence[str]) -> int:
    longest = 0
    for start in range(len(words)):
        run = 0
        while tuple(words[start + run * len(phrase) : start + (run + 1) * len(phrase)]) == tuple(phrase):
            run += 1
        longest = max(longest, run)
    return longest


def _snapped(segment: SpeechSegment, loud: np.ndarray) -> SpeechSegment:
    if not segment.words:
        return segment
    nexts = [word.start for word in segment.words[1:]] + [float("inf")]
    pairs = zip(segment.words, nexts, strict=True)
    words = tuple(_to_its_end(_word_in_sound(word, loud), limit, loud) for word, limit in pairs)
    return replace(segment, words=words, start=words[0].start, end=max(word.end for word in words))


def _word_in_sound(word: SpokenWord, loud: np.ndarray) -> SpokenWord:
    """The word from the first to the last sound within its times; as it is when it lies in quiet altogether."""
    first, last = _places(word.start, word.end, len(loud))
    sounding = np.flatnonzero(loud[first:last])
    if not len(sounding):
        return word
    start = word.start if sounding[0] == 0 else (first + int(sounding[0])) * HOP / RATE
    end = word.end if sounding[-1] == last - first - 1 else (first + int(sounding[-1]) + 1) * HOP / RATE
    return replace(word, start=start, end=max(end, start + SHORTEST))


def _to_its_end(word: SpokenWord, limit: float, loud: np.ndarray) -> SpokenWord:
    """The word to where its sound ends, before the next one and not much later than was recognised."""
    _, last = _places(word.start, word.end, len(loud))
    end = last
    while end < min(len(loud), last + round(LONGER * RATE / HOP)) and loud[end] and (end + 1) * HOP / RATE <= limit:
        end += 1
    return word if end == last else replace(word, end=end * HOP / RATE)


def _places(start: float, end: float, count: int) -> tuple[int, int]:
    first = min(max(0, int(start * RATE / HOP)), max(0, count - 1))
    return first, min(count, max(first + 1, round(end * RATE / HOP)))
