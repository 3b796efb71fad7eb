"""A tool that holds a model: how much of a video somebody speaks.

The model is Silero VAD, a voice detector of 1 MB that comes inside `faster-whisper`, so nothing is downloaded. A class
is made once; `setup` runs before its first call, and `identity` names the model in the cache.
"""

from importlib.metadata import version
from pathlib import Path

import numpy as np
from vidprog import Clip, tool
from vidprog.memory import ArtefactKey
from vidprog.tools.context import Context
from vidprog.video import read_audio

WINDOW = 512
"""Samples that the model judges at once: 32 ms."""
VOICE = 0.5
"""Probability from which a window is speech; the default of the model's authors."""


@tool(kind="hear", cost="0.005 CPU-seconds a second of sound, once")
class SpeechPercent:
    """Measure how much of the time somebody speaks, in percent.

    Use when: The question is what share of the time is speech.

    Examples:
        - How much of the time is somebody speaking?
        - What percentage of the clip is talking?
        - For what part of the recording does a voice talk?

    Source: Silero VAD.
    """

    identity = f"silero-vad:faster-whisper-{version('faster-whisper')}"

    def setup(self) -> None:
        """Load the model."""
        import faster_whisper
        from faster_whisper.vad import SileroVADModel

        assets = Path(faster_whisper.__file__).parent / "assets"
        (weights,) = assets.glob("silero_vad*.onnx")
        self._model = SileroVADModel(str(weights))

    def __call__(self, clip: Clip, *, context: Context) -> float:
        """Measured once for a clip, then taken from the video's memory.

        Args:
            clip: Where to listen.

        Returns:
            Percent, 0 to 100; 0 where there is no sound.
        """
        key = ArtefactKey("speech_percent", "1", self.identity, {"start": clip.start, "end": clip.end})
        known = context.memory.value(key)
        context.notes.add(cached=known is not None)
        if known is None:
            known = self._measure(clip, context)
            context.memory.save_value(key, known)
        return known

    def _measure(self, clip: Clip, context: Context) -> float:
        track = read_audio(clip)
        if not len(track.samples):
            context.notes.add(why=track.why)
            return 0.0
        context.report("listening for voices", None)
        padded = np.pad(track.samples, (0, -len(track.samples) % WINDOW))
        return round(100 * float(np.mean(self._model(padded) >= VOICE)), 1)
