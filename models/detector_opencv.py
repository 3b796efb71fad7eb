"""Object detection by OpenCV's own network runner: SSD MobileNet v2, the 80 COCO things, 0.03-0.05 s a picture."""

import threading
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

from .boxes import clamped
from .errors import ModelError
from .llm_ctranslate2 import unreadable
from .profiles import Spec
from .roles import Detection
from .weights import Report, verified_weights

if TYPE_CHECKING:
    import numpy as np

INPUT_SIZE = (300, 300)
FLOOR = 0.2
"""Nothing below this score is handed on; callers set their own, higher threshold."""
BATCH = 8


def identity(spec: Spec) -> str:
    """Backend and weights."""
    return f"opencv:{spec.name}"


def labels(spec: Spec) -> tuple[str, ...]:
    """The things it knows by name."""
    return tuple(coco_labels().values())


def load(spec: Spec, report: Report) -> "OpenCVDetector":
    """Load ``opencv:NAME`` from the weights manifest: a frozen TensorFlow graph and its text description."""
    return OpenCVDetector(str(verified_weights(spec.name, report)), identity(spec))


def coco_labels() -> dict[int, str]:
    """COCO's category numbers (1 to 90, with gaps) and names."""
    text = resources.files(__package__).joinpath("coco.txt").read_text(encoding="utf-8")
    return {int(number): name for number, name in (line.split(" ", 1) for line in text.splitlines())}


class OpenCVDetector:
    """A single-shot detector whose output rows are [picture, category, score, x0, y0, x1, y1]."""

    def __init__(self, directory: str, identity: str) -> None:
        from pathlib import Path

        import cv2

        self.identity = identity
        self._lock = threading.Lock()
        self._names = coco_labels()
        self.labels = tuple(self._names.values())
        graph, text = sorted(Path(directory).iterdir(), key=lambda path: path.suffix)
        try:
            self._network: Any = cv2.dnn.readNetFromTensorflow(str(graph), str(text))
        except cv2.error as error:
            raise unreadable(Path(directory), error) from error

    def detect(self, images: "Sequence[np.ndarray]") -> tuple[tuple[Detection, ...], ...]:
        """Things in each picture with a score of at least 0.2, best first."""
        batches = (images[start : start + BATCH] for start in range(0, len(images), BATCH))
        return tuple(found for batch in batches for found in self._detect_batch(batch))

    def _detect_batch(self, images: "Sequence[np.ndarray]") -> list[tuple[Detection, ...]]:
        import cv2

        try:
            blob = cv2.dnn.blobFromImages(list(images), size=INPUT_SIZE)
            with self._lock:  # two threads in one network: all of 12 calls failed
                self._network.setInput(blob)
                rows = self._network.forward().reshape(-1, 7)
        except cv2.error as error:
            raise ModelError(f"object detection failed: {error}", code="model.detector") from error
        found: list[list[Detection]] = [[] for _ in images]
        for picture, category, score, *box in rows.tolist():
            if score >= FLOOR and int(category) in self._names:
                found[int(picture)].append(Detection(self._names[int(category)], score, clamped(box)))
        return [tuple(sorted(things, key=lambda thing: -thing.score)) for things in found]
