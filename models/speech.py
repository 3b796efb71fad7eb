"""What every Whisper needs around it: where somebody speaks, what is noise, and where sentences end.

Silence is cut out *before* recognition, region by region, and each region's own start is added back: Whisper writes
"You" for digital silence, and its times drift by a second when silence is cut inside of a file ("banana" at 39.0 s
where the waveform has it at 40.0 s).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .roles import SpeechSegment, SpokenWord

if TYPE_CHECKING:
    import numpy as np

SAMPLE_RATE = 16000
MERGE_SECONDS = 3.0
"""Regions nearer than this are one: a window of 30 s costs 0.5 CPU-seconds whether it is full or not."""
REGION_SECONDS = 28.0
"""Whisper's window is 30 s."""
PAUSE_SECONDS = 1.0
"""A longer pause inside of a sentence cuts it in two."""
BEAM = 5
"""Whisper's own default. A beam of 1 saves a quarter of the time and mishears more names."""
NO_SPEECH = 0.6
"""Above this no-speech probability a segment with low log probability is noise (the threshold of the Whisper paper)."""
MIN_LOG_PROBABILITY = -1.0


@dataclass(frozen=True, slots=True)
class Word:
    """A word as Whisper writes it, with the space before it; times in seconds from the region's first sample."""

    start: float
    end: float
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """One of Whisper's own segments.

    Attributes:
        words: In the order of time.
        no_speech: Probability that nobody speaks, 0 to 1.
        log_probability: Mean natural logarithm of its tokens' probabilities.
    """

    words: tuple[Word, ...]
    no_speech: float
    log_probability: float

    @property
    def doubtful(self) -> bool:
        """Whether the model itself takes it for noise, or it says nothing."""
        unlikely = self.no_speech > NO_SPEECH and self.log_probability < MIN_LOG_PROBABILITY
        return unlikely or not any(word.text.strip() for word in self.words)


def speech_regions(samples: "np.ndarray") -> tuple[tuple[float, float], ...]:
    """Regions with a voice (Silero, whose weights come with faster-whisper), joined over short pauses.

    Args:
        samples: Mono float32 at 16 kHz.

    Returns:
        Start and end in seconds, each region at most 28 s long.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(min_silence_duration_ms=500, speech_pad_ms=200, max_speech_duration_s=REGION_SECONDS)
    found = get_speech_timestamps(samples, options)
    return join_regions([(span["start"] / SAMPLE_RATE, span["end"] / SAMPLE_RATE) for span in found])


def join_regions(found: "list[tuple[float, float]]") -> tuple[tuple[float, float], ...]:
    """Join neighbours nearer than three seconds while they fit into one window.

    Example:
        >>> join_regions([(0.0, 2.0), (2.5, 4.0), (9.0, 10.0)])
        ((0.0, 4.0), (9.0, 10.0))
    """
    joined: list[tuple[float, float]] = []
    for start, end in found:
        if joined and start - joined[-1][1] < MERGE_SECONDS and end - joined[-1][0] <= REGION_SECONDS:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def sentences(utterances: Iterable[Utterance]) -> Iterator[SpeechSegment]:
    """Sentences of what is no noise, cut at full stops and pauses: Whisper's own segments end in the middle of them."""
    words: list[Word] = []
    for word in (word for utterance in utterances if not utterance.doubtful for word in utterance.words):
        if words and word.start - words[-1].end > PAUSE_SECONDS:
            yield _sentence(words)
            words = []
        words.append(word)
        if word.text.rstrip().endswith((".", "?", "!")):
            yield _sentence(words)
            words = []
    if words:
        yield _sentence(words)


def _sentence(words: list[Word]) -> SpeechSegment:
    text = "".join(word.text for word in words).strip()
    score = sum(word.probability for word in words) / len(words)
    spoken = tuple(SpokenWord(word.start, word.end, word.text.strip(), word.probability) for word in words)
    return SpeechSegment(words[0].start, words[-1].end, text, score, spoken)
