"""Object detection by Ultralytics (YOLO); on a GPU where there is one.

Ultralytics is licensed under the AGPL-3.0, so it is in an extra of its own, and nothing here needs it unless it is
named. It is kept from what it does unasked: downloads, installs, files in the home directory, pickles that run code.
"""

import os
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .batches import of_one_size
from .boxes import clamped
from .detector_opencv import coco_labels
from .errors import ModelError
from .profiles import Spec
from .roles import Detection
from .torch_setup import libraries, weights_identity
from .weights import Report, ignore_progress, weights_directory

if TYPE_CHECKING:
    import numpy as np

FLOOR = 0.2
"""Nothing below this score is handed on; callers set their own, higher threshold."""
BATCH = 16
TASKS = ("detect", "segment", "pose")
QUIET = {
    "YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false", "YOLO_VERBOSE": "false", "ULTRALYTICS_SAFE_LOAD": "true"
}  # fmt: skip
"""No network, no pip behind the user's back, no lines on standard output, no code out of files of weights."""
PUBLISHED = re.compile(r"yolov?\d+[a-z](-seg)?\.(pt|yaml)")
"""Files that are published for COCO's 80 things: their names need not be read from the file."""


def identity(spec: Spec) -> str:
    """Backend and weights; a file by its name and when it was written."""
    return weights_identity(spec)


def labels(spec: Spec) -> tuple[str, ...]:
    """The things it knows by name; a file that is not one of the published ones is read for them, once."""
    if PUBLISHED.fullmatch(Path(spec.name).name):
        return tuple(coco_labels().values())
    return _names(spec.name, identity(spec))


@lru_cache(maxsize=4)
def _names(name: str, identity: str) -> tuple[str, ...]:
    return load(Spec("ultralytics", name), ignore_progress).labels


def load(spec: Spec, report: Report) -> "UltralyticsDetector":
    """Load ``ultralytics:FILE``: weights (``.pt``), or an architecture (``.yaml``) with random ones.

    Models of outlines and poses give boxes as well, and are used for these; those that only classify are refused.

    Nothing is downloaded: Ultralytics would, without being asked, into the working directory.

    Raises:
        ModelError: The file does not exist or cannot be read, or a library is missing.
    """
    with libraries(spec):
        prepare()
        from ultralytics import YOLO

        report(f"loading {spec.name}", None)
        try:
            model = YOLO(_place(spec.name))
            if model.task not in TASKS:
                raise ValueError(f"a model for {model.task} gives no boxes")
            return UltralyticsDetector(model, identity(spec))
        except TypeError as error:  # what it makes of a file that it cannot read
            raise ValueError(str(error)) from error


def _place(name: str) -> str:
    """A file's whole path: one that is damaged and named without it is deleted and downloaded by Ultralytics."""
    if name.endswith(".yaml") and not Path(name).is_file():
        return name  # an architecture that comes with the library
    if not Path(name).is_file():
        raise FileNotFoundError(f"there is no file {name}")
    return str(Path(name).resolve())


def prepare() -> None:
    """To be called before Ultralytics is imported: unless told, it writes into the home directory."""
    settings = weights_directory() / "ultralytics"
    settings.mkdir(parents=True, exist_ok=True)
    for name, value in (("YOLO_CONFIG_DIR", str(settings)), *QUIET.items()):
        os.environ.setdefault(name, value)


class UltralyticsDetector:
    """A detection model of Ultralytics.

    Args:
        model: ``ultralytics.YOLO``.
        identity: Names it in cache keys.
    """

    def __init__(self, model: Any, identity: str) -> None:
        self.identity = identity
        self._model = model
        self._names: dict[int, str] = _named(model.names)
        self.labels = tuple(self._names.values())

    def detect(self, images: "Sequence[np.ndarray]") -> tuple[tuple[Detection, ...], ...]:
        """Things in each picture with a score of at least 0.2, best first."""
        return tuple(found for batch in of_one_size(images, BATCH) for found in self._detect_batch(batch))

    def _detect_batch(self, images: "Sequence[np.ndarray]") -> list[tuple[Detection, ...]]:
        import numpy as np

        try:
            results = self._model.predict(
                [np.ascontiguousarray(image[:, :, ::-1]) for image in images],  # it takes arrays for BGR
                conf=FLOOR, verbose=False, save=False,
            )  # fmt: skip
        except RuntimeError as error:
            raise ModelError(f"object detection failed: {error}", code="model.detector") from error
        return [self._things(result.boxes) for result in results]

    def _things(self, boxes: Any) -> tuple[Detection, ...]:
        found = [
            Detection(self._names[int(kind)], float(score), clamped(box))
            for kind, score, box in zip(boxes.cls.tolist(), boxes.conf.tolist(), boxes.xyxyn.tolist(), strict=True)
        ]
        return tuple(sorted(found, key=lambda thing: -thing.score))


def _named(names: dict[int, str]) -> dict[int, str]:
    """COCO's names where the model has only numbers for its 80 things (an architecture without weights)."""
    if len(names) == len(coco_labels()) and all(str(number) == name for number, name in names.items()):
        return dict(enumerate(coco_labels().values()))
    return names
