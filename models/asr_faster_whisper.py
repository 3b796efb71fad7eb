"""Speech recognition by faster-whisper.

Silence is cut out *before* recognition, region by region, and each region's own start is added back: Whisper writes
"You" for digital silence, and its times drift by a second when silence is cut inside of a file ("banana" at 39.0 s
where the waveform has it at 40.0 s).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ModelError
from .llm_ctranslate2 import unreadable
from .profiles import Spec
from .roles import SpeechSegment
from .threads import cpu_threads
from .weights import Report, verified_weights

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


def identity(spec: Spec) -> str:
    """Backend and weights."""
    return f"faster-whisper:{Path(spec.name).name}"


def load(spec: Spec, report: Report) -> "FasterWhisper":
    """Load ``faster-whisper:NAME`` from the weights manifest (``whisper-NAME``), or ``faster-whisper:DIRECTORY``."""
    directory = Path(spec.name) if Path(spec.name).is_dir() else verified_weights(f"whisper-{spec.name}", report)
    return FasterWhisper(directory, identity(spec))


class FasterWhisper:
    """A Whisper model in a CTranslate2 directory."""

    def __init__(self, directory: Path, identity: str) -> None:
        from faster_whisper import WhisperModel

        self.identity = identity
        try:
            self._model: Any = WhisperModel(
                str(directory), device="cpu", compute_type="int8", cpu_threads=cpu_threads(), local_files_only=True
            )
        except (RuntimeError, OSError, ValueError) as error:
            raise unreadable(directory, error) from error

    def speech_regions(self, samples: "np.ndarray") -> tuple[tuple[float, float], ...]:
        """Regions with a voice (Silero), joined over short pauses, at most 28 s long."""
        from faster_whisper.vad import VadOptions, get_speech_timestamps

        options = VadOptions(min_silence_duration_ms=500, speech_pad_ms=200, max_speech_duration_s=REGION_SECONDS)
        found = [
            (span["start"] / SAMPLE_RATE, span["end"] / SAMPLE_RATE) for span in get_speech_timestamps(samples, options)
        ]
        return join_regions(found)

    def transcribe(self, samples: "np.ndarray") -> tuple[SpeechSegment, ...]:
        """One region's sentences; noise that the model itself doubts is dropped."""
        try:
            segments, _ = self._model.transcribe(
                samples,
                language="en",
                beam_size=BEAM,
                word_timestamps=True,
                condition_on_previous_text=False,
                vad_filter=False,
            )
            return tuple(_sentences([found for found in segments if not _doubtful(found)]))
        except RuntimeError as error:
            raise ModelError(f"speech recognition failed: {error}", code="model.asr") from error


def _doubtful(segment: Any) -> bool:
    return (
        segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < MIN_LOG_PROBABILITY
    ) or not segment.text.strip()


def _sentences(segments: list[Any]) -> Iterator[SpeechSegment]:
    """Cut at full stops and pauses: Whisper's own segments end in the middle of sentences."""
    words: list[Any] = []
    for word in (word for segment in segments for word in segment.words or ()):
        if words and word.start - words[-1].end > PAUSE_SECONDS:
            yield _sentence(words)
            words = []
        words.append(word)
        if word.word.rstrip().endswith((".", "?", "!")):
            yield _sentence(words)
            words = []
    if words:
        yield _sentence(words)


def _sentence(words: list[Any]) -> SpeechSegment:
    text = "".join(word.word for word in words).strip()
    score = sum(word.probability for word in words) / len(words)
    return SpeechSegment(float(words[0].start), float(words[-1].end), text, float(score))


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
