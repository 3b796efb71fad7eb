"""Every backend that hears, reads or looks, made here: with real weights where there are any, else with random ones.

The same tests run over all backends of a role. Those that need more than the development environment has are left out
where it is missing.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
import tiny_vision

LIBRARIES = {"whisper": ("whisper",), "easyocr": ("torchvision", "easyocr"),
             "ultralytics": ("torchvision", "ultralytics"),
             "transformers": ("torchvision", "transformers")}  # fmt: skip
"""Kind -> what must be installed; the other kinds' libraries always are."""


def _whisper(folder: Path) -> str:
    from vidprog.models.weights import ensure_weights
    from whisper_weights import write_tiny_en

    return str(write_tiny_en(ensure_weights("whisper-tiny.en") / "model.bin", folder / "tiny.en.pt"))


def _yolo(folder: Path) -> str:
    """A YOLO 11 with random weights, whose floor is lowered by the tests: it takes nothing for real."""
    import torch
    from vidprog.models.detector_ultralytics import prepare

    prepare()
    from ultralytics import YOLO

    torch.manual_seed(0)
    model = YOLO("yolo11n.yaml")
    path = folder / "mine.pt"
    model.model.names = {number: f"thing {number}" for number in range(80)}
    model.save(path)
    return str(path)


def _tiny(architecture: str):
    return lambda folder: str(tiny_vision.build(architecture, folder / architecture))


MADE = {
    ("asr", "faster-whisper"): {"tiny.en": lambda folder: "tiny.en"},
    ("asr", "whisper"): {"tiny.en": _whisper},
    ("ocr", "rapidocr"): {"ppocr": lambda folder: "ppocr"},
    ("ocr", "easyocr"): {"en": lambda folder: "en"},
    ("detector", "opencv"): {"ssd": lambda folder: "ssd-mobilenet-v2"},
    ("detector", "ultralytics"): {"yolo11n": _yolo},
    ("detector", "transformers"): {name: _tiny(name) for name in tiny_vision.DETECTORS},
}
"""(role, kind) -> what to call it -> how to make its weights in a folder; gives the name for its spec."""


def backends_of(role: str) -> list:
    """Parameters (kind, what it is called) of all backends of a role."""
    return [
        pytest.param((kind, name), id=f"{kind}-{name}", marks=[pytest.mark.vision] if kind in LIBRARIES else [])
        for (known, kind), made in MADE.items()
        if known == role
        for name in made
    ]


class Workshop:
    """Loads each backend once.

    Args:
        models: The embedded models, loaded already.
        folder: For weights that are made.
    """

    def __init__(self, models, folder: Path) -> None:
        self._models = models
        self._folder = folder
        self.load = cache(self._load)

    def spec(self, role: str, kind: str, name: str):
        from vidprog.models.profiles import Spec

        for library in LIBRARIES.get(kind, ()):
            if find_spec(library) is None:  # Ultralytics must not be imported before it is told where to write
                pytest.skip(f"{kind} needs {library}")
        return Spec(kind, MADE[role, kind][name](self._folder))

    def _load(self, role: str, kind: str, name: str):
        from vidprog.models import Models, Profile

        if self._models.profile.roles[role].kind == kind:
            return self._models.get(role)
        return Models(Profile("one", {role: self.spec(role, kind, name)})).get(role)
