"""Make the voice and the photographs of ``vidprog needles``.

The voice is flite's ``slt``; the photographs come out of the scikit-image wheel. Run it again after changing
``evaluation/needles/words.py``:

    apt-get install -y flite
    pip download --no-deps scikit-image && unzip -q scikit_image-*.whl 'skimage/data/*'
    python examples/make_needle_media.py skimage/data
"""

import argparse
import json
import subprocess
import tempfile
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image
from vidprog.evaluation.needles.words import MEDIA, sentences

RATE = 16_000
SIDE = 360  # longest side of a photograph in pixels
PAUSE = 0.25  # seconds of silence after each sentence of the file
PHOTOGRAPHS = {  # name -> file and the box that is cut out of it, in pixels
    "cat.jpg": ("chelsea.png", None),
    "person.jpg": ("astronaut.png", None),
    "horse.jpg": ("horse.png", None),
    "cup.jpg": ("coffee.png", (60, 20, 500, 350)),
}


def speak(sentence: str, target: Path) -> np.ndarray:
    """Samples of a sentence (mono float32, 16 kHz) without the silence around it."""
    slow = ["--setf", "duration_stretch=1.1", "-voice", "slt"]
    subprocess.run(["flite", *slow, "-t", sentence, "-o", str(target)], check=True)
    with wave.open(str(target)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32)
    samples *= 0.6 / np.abs(samples).max()
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[max(0, loud[0] - RATE // 20) : loud[-1] + RATE // 10]


def make_voice() -> None:
    """All sentences in one file, and where each begins and ends in seconds."""
    places, parts, now = {}, [], 0
    with tempfile.TemporaryDirectory() as folder:
        for sentence in sentences():
            samples = speak(sentence, Path(folder) / "sentence.wav")
            places[sentence] = [round(now / RATE, 4), round((now + len(samples)) / RATE, 4)]
            parts += [samples, np.zeros(int(PAUSE * RATE), np.float32)]
            now += len(samples) + int(PAUSE * RATE)
    write_opus(np.concatenate(parts), MEDIA / "voice.opus")
    (MEDIA / "voice.json").write_text(json.dumps(places, indent=1) + "\n", encoding="utf-8")


def write_opus(samples: np.ndarray, path: Path) -> None:
    """Mono speech at 12 kbit/s."""
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono", bit_rate=12_000)
        resampler = av.AudioResampler(format="flt", layout="mono", rate=48_000, frame_size=960)
        frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def make_photographs(folder: Path) -> None:
    """Smaller copies; a drawing of two colours becomes grey levels."""
    for name, (source, box) in PHOTOGRAPHS.items():
        with Image.open(folder / source) as image:
            photograph = image.convert("RGB").crop(box or (0, 0, *image.size))
        photograph.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        photograph.save(MEDIA / name, quality=85, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photographs", type=Path, help="skimage/data of the unpacked wheel")
    MEDIA.mkdir(exist_ok=True)
    make_photographs(parser.parse_args().photographs)
    make_voice()


if __name__ == "__main__":
    main()
