"""Speech recognition by faster-whisper: Whisper on CTranslate2, without torch."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import speech
from .errors import ModelError
from .llm_ctranslate2 import unreadable
from .profiles import Spec
from .roles import SpeechSegment
from .speech import BEAM, Utterance, Word
from .threads import cpu_threads
from .weights import Report, verified_weights

if TYPE_CHECKING:
    import numpy as np


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
        """Regions with a voice, joined over short pauses, at most 28 s long."""
        return speech.speech_regions(samples)

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
            return tuple(speech.sentences([_utterance(segment) for segment in segments]))
        except RuntimeError as error:
            raise ModelError(f"speech recognition failed: {error}", code="model.asr") from error


def _utterance(segment: Any) -> Utterance:
    """The library's numbers are numpy's, which JSON does not take."""
    words = (Word(float(word.start), float(word.end), word.word, float(word.probability)) for word in segment.words)
    return Utterance(tuple(words), segment.no_speech_prob, segment.avg_logprob)
