"""Spoken needles as sound: from the voice that is shipped, a speech program of the machine, or files of the user's."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...video.errors import UsageError
from .needle import Subject
from .words import MEDIA

if TYPE_CHECKING:
    import numpy as np

RATE = 16_000
PAUSE = 0.3
"""Seconds between two sentences."""
SHIPPED = "shipped"
LOUDEST = 0.6
QUIET = 0.01
PROGRAMS: dict[str, Callable[[str, str], list[str]]] = {
    "espeak-ng": lambda text, file: ["espeak-ng", "-s", "150", "-w", file, text],
    "flite": lambda text, file: ["flite", "-t", text, "-o", file],
}
"""Speech programs -> how they are called to write a sentence as a WAV file."""


def voices_at_hand() -> tuple[str, ...]:
    """The voice that is shipped, and the speech programs that this machine has."""
    return (SHIPPED, *(name for name in PROGRAMS if shutil.which(name)))


def check_voice(voice: str) -> None:
    """Raise where a voice is not there.

    Raises:
        UsageError: ``needles.voice``.
    """
    if voice not in voices_at_hand():
        known = voice in PROGRAMS
        raise UsageError(
            f"{voice} is not installed here" if known else f"there is no voice {voice!r}",
            code="needles.voice",
            hint=f"At hand: {', '.join(voices_at_hand())}.",
        )


def sound_of(subject: Subject, voice: str) -> "np.ndarray":
    """What is heard of a spoken needle.

    Args:
        subject: A file of the user's, or sentences.
        voice: One of ``voices_at_hand``.

    Returns:
        Mono float32 at 16 kHz, from its first to its last sound.

    Raises:
        UsageError: ``needles.voice``, the voice cannot say it; ``needles.sound``, the file has no sound.
    """
    if subject.file is not None:
        return _file_sound(subject.file)
    import numpy as np

    parts = [_sentence(sentence, voice) for sentence in re.split(r"(?<=[.?!]) ", subject.content)]
    pause = np.zeros(int(PAUSE * RATE), np.float32)
    return np.concatenate([piece for part in parts for piece in (pause, part)][1:])


@lru_cache(maxsize=64)
def _file_sound(file: Path) -> "np.ndarray":
    from ...video import open_video, read_audio

    samples = read_audio(open_video(file).clip()).samples
    if not len(samples):
        raise UsageError(f"{file} has no sound", code="needles.sound", hint="Give files in which something is said.")
    return _trimmed(samples)


@lru_cache(maxsize=64)
def _sentence(sentence: str, voice: str) -> "np.ndarray":
    return _shipped(sentence) if voice == SHIPPED else _trimmed(_spoken_by(voice, sentence))


def _shipped(sentence: str) -> "np.ndarray":
    places = json.loads((MEDIA / "voice.json").read_text(encoding="utf-8"))
    if sentence not in places:
        hint = f"Name a speech program: {', '.join(PROGRAMS)}."
        raise UsageError(f"the shipped voice does not say {sentence!r}", code="needles.voice", hint=hint)
    start, end = (round(second * RATE) for second in places[sentence])
    return _shipped_sound()[start:end]


@lru_cache(maxsize=1)
def _shipped_sound() -> "np.ndarray":
    from ...video import open_video, read_audio

    return read_audio(open_video(MEDIA / "voice.opus").clip()).samples


def _spoken_by(voice: str, sentence: str) -> "np.ndarray":
    from ...video import open_video, read_audio

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sentence.wav"
        command = PROGRAMS[voice](sentence, str(file))
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode or not file.exists():
            reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            raise UsageError(f"{voice} cannot say {sentence!r}: {reason}", code="needles.voice")
        return read_audio(open_video(file).clip()).samples


def _trimmed(samples: "np.ndarray") -> "np.ndarray":
    """Without the silence around it, and as loud as every other needle."""
    import numpy as np

    loud = np.flatnonzero(np.abs(samples) > QUIET)
    if not len(loud):
        return samples
    kept = samples[loud[0] : loud[-1] + 1]
    return np.asarray(kept * (LOUDEST / float(np.abs(kept).max())), np.float32)
