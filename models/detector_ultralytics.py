"""Object detection by Ultralytics (YOLO), with outlines or poses where the model gives them; on a GPU if there is one.

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
from .roles import Detail, Detection, KeyPoint, Polygon
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
"""Files that are published for COCO's 80 things: neither their names nor what they give need be read from the file."""
BODY = (
    "nose", "left eye", "right eye", "left ear", "right ear", "left shoulder", "right shoulder", "left elbow",
    "right elbow", "left wrist", "right wrist", "left hip", "right hip", "left knee", "right knee", "left ankle",
    "right ankle",
)  # fmt: skip
"""COCO's key points in their order; left and right are the person's own."""


def identity(spec: Spec) -> str:
    """Backend and weights; a file by its name and when it was written."""
    return weights_identity(spec)


def labels(spec: Spec) -> tuple[str, ...]:
    """The things it knows by name; a file that is not one of the published ones is read for them, once."""
    if PUBLISHED.fullmatch(Path(spec.name).name):
        return tuple(coco_labels().values())
    return _read(spec.name, identity(spec))[0]


def gives(spec: Spec) -> frozenset[Detail]:
    """What it knows of a thing besides its box; a file that is not one of the published ones is read for it, once."""
    published = PUBLISHED.fullmatch(Path(spec.name).name)
    if published:
        return frozenset({"mask"} if published[1] else ())
    return _read(spec.name, identity(spec))[1]


@lru_cache(maxsize=4)
def _read(name: str, identity: str) -> tuple[tuple[str, ...], frozenset[Detail]]:
    detector = load(Spec("ultralytics", name), ignore_progress)
    return detector.labels, detector.gives


def load(spec: Spec, report: Report) -> "UltralyticsDetector":
    """Load ``ultralytics:FILE``: weights (``.pt``), or an architecture (``.yaml``) with random ones.

    Models of outlines and poses give boxes as well; those that only classify are refused.

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
        self.gives = _details(model)

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
        return [self._things(result) for result in results]

    def _things(self, result: Any) -> tuple[Detection, ...]:
        boxes = result.boxes
        poses = _poses(result.keypoints) if "keypoints" in self.gives else [()] * len(boxes)
        masks = _outlines(result.masks) if "mask" in self.gives else [()] * len(boxes)
        rows = zip(boxes.cls.tolist(), boxes.conf.tolist(), boxes.xyxyn.tolist(), strict=True)
        found = [
            Detection(self._names[int(kind)], float(score), clamped(box), pose, mask)
            for (kind, score, box), pose, mask in zip(rows, poses, masks, strict=True)
        ]
        return tuple(sorted(found, key=lambda thing: -thing.score))


def _details(model: Any) -> frozenset[Detail]:
    """Key points that are not COCO's, of hands or of animals, have no names here."""
    if model.task == "pose":
        return frozenset({"keypoints"} if tuple(getattr(model.model, "kpt_shape", ())) == (len(BODY), 3) else ())
    return frozenset({"mask"} if model.task == "segment" else ())


def _poses(found: Any) -> list[tuple[KeyPoint, ...]]:
    """The key points of each thing, inside of the picture."""
    if found is None or not len(found):
        return []
    places, scores = found.xyn.clamp(0, 1).tolist(), found.conf.tolist()
    return [
        tuple((name, round(x, 4), round(y, 4), score) for name, (x, y), score in zip(BODY, points, sure, strict=True))
        for points, sure in zip(places, scores, strict=True)
    ]


def _outlines(found: Any) -> list[Polygon]:
    """The largest outline of each thing by its area; Ultralytics' own joins all of them by lines, or counts corners."""
    if found is None:  # as it is where nothing was found
        return []
    import cv2
    from ultralytics.utils.ops import scale_coords

    outlines: list[Polygon] = []
    for mask in found.data.byte().cpu().numpy():
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        largest = max(contours, key=cv2.contourArea, default=None)
        if largest is None:
            outlines.append(())
            continue
        points = largest.reshape(-1, 2).astype("float32")
        placed = scale_coords(mask.shape, points, found.orig_shape, normalize=True)
        outlines.append(tuple((round(float(x), 4), round(float(y), 4)) for x, y in placed))
    return outlines


def _named(names: dict[int, str]) -> dict[int, str]:
    """COCO's names where the model has only numbers for its 80 things (an architecture without weights)."""
    if len(names) == len(coco_labels()) and all(str(number) == name for number, name in names.items()):
        return dict(enumerate(coco_labels().values()))
    return names
