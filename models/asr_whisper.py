"""Speech recognition by OpenAI's own Whisper on torch: the larger models, on a GPU where there is one.

What it hears is cut and doubted like that of every Whisper here (:mod:`.speech`).
"""

from contextlib import redirect_stderr
from io import StringIO
from typing import TYPE_CHECKING, Any

from . import speech
from .errors import ModelError
from .profiles import Spec
from .requirements import loading_message
from .roles import SpeechSegment
from .speech import BEAM, Utterance, Word
from .torch_setup import libraries, weights_identity
from .weights import Report

if TYPE_CHECKING:
    import numpy as np


def identity(spec: Spec) -> str:
    """Backend and weights; a file by its name and when it was written."""
    return weights_identity(spec)


def load(spec: Spec, report: Report) -> "Whisper":
    """Load ``whisper:NAME`` (a model of OpenAI's, downloaded once by the library, which checks its hash) or a file.

    Raises:
        ModelError: It cannot be found, fetched or read, or a library is missing.
    """
    with libraries(spec):
        import whisper

        report(loading_message(spec), None)
        with redirect_stderr(StringIO()):  # its download draws a progress bar of its own
            return Whisper(whisper.load_model(spec.name), identity(spec))


class Whisper:
    """A model of openai-whisper.

    Args:
        model: As the library loads it.
        identity: Names it in cache keys.
    """

    def __init__(self, model: Any, identity: str) -> None:
        self.identity = identity
        self._model = model
        self._language = None if model.is_multilingual else "en"

    def speech_regions(self, samples: "np.ndarray") -> tuple[tuple[float, float], ...]:
        """Regions with a voice, joined over short pauses, at most 28 s long."""
        return speech.speech_regions(samples)

    def transcribe(self, samples: "np.ndarray") -> tuple[SpeechSegment, ...]:
        """One region's sentences in the language that is spoken; noise that the model itself doubts is dropped."""
        import torch

        try:
            # Where the best guess repeats itself, Whisper draws others by chance: the same ones each time.
            with torch.random.fork_rng():
                torch.manual_seed(0)
                heard = self._model.transcribe(
                    samples,
                    language=self._language,
                    beam_size=BEAM,
                    word_timestamps=True,
                    condition_on_previous_text=False,
                    fp16=self._model.device.type == "cuda",
                )
        except RuntimeError as error:
            raise ModelError(f"speech recognition failed: {error}", code="model.asr") from error
        return tuple(speech.sentences([_utterance(segment) for segment in heard["segments"]]))


def _utterance(segment: dict[str, Any]) -> Utterance:
    """The library's numbers are numpy's, which JSON does not take."""
    words = tuple(
        Word(float(word["start"]), float(word["end"]), word["word"], float(word["probability"]))
        for word in segment["words"]
    )
    return Utterance(words, segment["no_speech_prob"], segment["avg_logprob"])
