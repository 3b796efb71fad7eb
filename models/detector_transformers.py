"""Open-vocabulary detectors of ``transformers``: they find whatever is named, "red mug" as well as "dog".

Grounding DINO reads all names as one sentence and says for each box how well each word fits; OWL-ViT and OWLv2 compare
each box with each name.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .boxes import clamped
from .detector_opencv import coco_labels
from .errors import ModelError
from .profiles import Spec
from .roles import Detection
from .torch_setup import pretrained, weights_identity
from .weights import Report

if TYPE_CHECKING:
    import numpy as np
    import torch

OPEN_VOCABULARY = True
THRESHOLDS = {"grounding-dino": 0.35, "mm-grounding-dino": 0.35, "owlvit": 0.1, "owlv2": 0.1}
"""Family -> the score above which its authors show a box: Grounding DINO's demo, the default of OWL's processor."""
REAL = 0.4
"""What such a score becomes, so that it means the same for every detector."""
FLOOR = 0.2
"""Nothing below this score is handed on; callers set their own, higher threshold."""
SAME_THING = 0.7
"""Intersection over union from which two boxes of one name are one thing."""
THINNEST = 0.001
"""Share of the picture's side below which a box holds nothing."""
BATCH = 4
DELIMITERS = re.compile(r"[.?\s]+")
"""What ends a name in the sentence that Grounding DINO reads."""


def identity(spec: Spec) -> str:
    """Backend and weights."""
    return weights_identity(spec)


def labels(spec: Spec) -> tuple[str, ...]:
    """What it looks for when nothing is named: COCO's 80 things."""
    return tuple(coco_labels().values())


def load(spec: Spec, report: Report) -> "TransformersDetector":
    """Load ``transformers:DIRECTORY`` or ``transformers:ID[@REVISION]``.

    Raises:
        ModelError: It is no model of this kind, cannot be found, or a library is missing.
    """

    def misfit(model: Any) -> str:
        kind = model.config.model_type
        return "" if kind in THRESHOLDS else f"{kind} is none of {', '.join(THRESHOLDS)}"

    model, processor = pretrained(spec, "AutoModelForZeroShotObjectDetection", report, misfit)
    return TransformersDetector(model, processor, identity(spec))


class TransformersDetector:
    """An open-vocabulary detector of ``transformers``.

    Args:
        model: Loaded with ``AutoModelForZeroShotObjectDetection``.
        processor: Its ``AutoProcessor``.
        identity: Names both in cache keys.
    """

    def __init__(self, model: Any, processor: Any, identity: str) -> None:
        self.identity = identity
        self.labels = tuple(coco_labels().values())
        self._model = model
        self._processor = processor
        self._threshold = THRESHOLDS[model.config.model_type]

    def detect(self, images: "Sequence[np.ndarray]") -> tuple[tuple[Detection, ...], ...]:
        """COCO's things in each picture with a score of at least 0.2, best first."""
        return self.find(images, self.labels)

    def find(self, images: "Sequence[np.ndarray]", names: Sequence[str]) -> tuple[tuple[Detection, ...], ...]:
        """Things of these names in each picture with a score of at least 0.2, best first."""
        found: list[tuple[Detection, ...]] = []
        for start in range(0, len(images), BATCH):
            batch = images[start : start + BATCH]
            groups = [self._find(batch, group) for group in self._groups(names)]
            for parts in zip(*groups, strict=True):
                found.append(tuple(sorted((thing for part in parts for thing in part), key=lambda thing: -thing.score)))
        return tuple(found)

    def _groups(self, names: Sequence[str]) -> list[list[str]]:
        """Names that are sought at once: all for OWL, as many as one text of Grounding DINO holds."""
        if self._compares:
            return [list(names)]
        groups: list[list[str]] = [[]]
        room = limit = self._model.config.max_text_len - 2
        for name in names:
            tokens = len(self._processor.tokenizer(plain(name), add_special_tokens=False).input_ids) + 1
            if groups[-1] and tokens > room:
                groups.append([])
                room = limit
            groups[-1].append(name)
            room -= tokens
        return groups

    def _find(self, images: "Sequence[np.ndarray]", names: list[str]) -> list[tuple[Detection, ...]]:
        import torch

        try:
            inputs = self._inputs(images, names)
            with torch.inference_mode():
                outputs = self._model(**inputs)
            sizes = [image.shape[:2] for image in images]
            read = self._compared(outputs, sizes) if self._compares else self._grounded(outputs, inputs, len(names))
        except RuntimeError as error:
            raise ModelError(f"object detection failed: {error}", code="model.detector") from error
        return [self._things(*rows, names) for rows in read]

    def _inputs(self, images: "Sequence[np.ndarray]", names: list[str]) -> Any:
        from PIL import Image

        config = self._model.config
        longest = config.text_config.max_position_embeddings if self._compares else config.max_text_len
        return self._processor(
            images=[Image.fromarray(image) for image in images],
            text=[[plain(name) for name in names]] * len(images),
            return_tensors="pt", truncation=True, max_length=longest, padding="max_length" if self._compares else True,
        ).to(self._model.device)  # fmt: skip

    @property
    def _compares(self) -> bool:
        """Whether the model compares boxes with names, as OWL does."""
        return self._model.config.model_type.startswith("owl")

    def _compared(self, outputs: Any, sizes: list[tuple[int, ...]]) -> list[tuple[Any, Any, Any]]:
        """Scores, boxes and names of OWL's output, by the library, which knows how pictures were padded."""
        import torch

        found = self._processor.post_process_grounded_object_detection(
            outputs, threshold=self._threshold * FLOOR / REAL, target_sizes=torch.tensor(sizes)
        )
        rows = []
        for one, (height, width) in zip(found, sizes, strict=True):
            shares = one["boxes"].cpu() / torch.tensor([width, height, width, height])
            rows.append((one["scores"].cpu(), shares, one["labels"].cpu()))
        return rows

    def _grounded(self, outputs: Any, inputs: Any, count: int) -> list[tuple[Any, Any, Any]]:
        """Scores, boxes and names of Grounding DINO's output; a box has the name whose best word fits best.

        The library's own reading joins all words above a threshold, across names: "dog cat".
        """
        import torch

        tokens = inputs["input_ids"][0]
        words = _name_of_each_token(tokens.tolist(), self._processor.tokenizer)
        fits = outputs.logits[..., : len(words)].sigmoid().cpu()
        names = [[place for place, name in enumerate(words) if name == number] for number in range(count)]
        scores = torch.stack([fits[..., places].amax(-1) if places else fits[..., 0] * 0 for places in names], -1)
        best = scores.max(-1)
        centre, size = outputs.pred_boxes.cpu().split(2, -1)
        return list(zip(best.values, torch.cat([centre - size / 2, centre + size / 2], -1), best.indices, strict=True))

    def _things(
        self, scores: "torch.Tensor", boxes: "torch.Tensor", kinds: "torch.Tensor", names: list[str]
    ) -> tuple[Detection, ...]:
        """What is above the floor and in the picture (OWLv2 fills it up to a square), each thing once, best first."""
        from torchvision.ops import batched_nms

        boxes = boxes.clamp(0, 1)
        inside = (boxes[:, 2] - boxes[:, 0] > THINNEST) & (boxes[:, 3] - boxes[:, 1] > THINNEST)
        wanted = inside & (scores >= self._threshold * FLOOR / REAL)
        scores, boxes, kinds = scores[wanted], boxes[wanted], kinds[wanted]
        kept = batched_nms(boxes, scores, kinds, SAME_THING)
        return tuple(
            Detection(names[int(kinds[row])], scaled(float(scores[row]), self._threshold), clamped(boxes[row].tolist()))
            for row in kept.tolist()
        )


def plain(name: str) -> str:
    """A name as the models were trained with, without what would end it in a sentence of names."""
    return DELIMITERS.sub(" ", name).strip().casefold()


def scaled(score: float, threshold: float) -> float:
    """A model's score on the scale of the role: its authors' threshold becomes 0.4, 0 and 1 stay.

    Example:
        >>> [round(scaled(score, 0.1), 2) for score in (0.05, 0.1, 0.55, 1.0)]
        [0.2, 0.4, 0.7, 1.0]
    """
    if score <= threshold:
        return score * REAL / threshold
    return REAL + (score - threshold) * (1 - REAL) / (1 - threshold)


def _name_of_each_token(tokens: Sequence[int], tokenizer: Any) -> list[int]:
    """The number of the name that each token is part of; -1 for full stops and special tokens."""
    special, stop = set(tokenizer.all_special_ids), tokenizer.convert_tokens_to_ids(".")
    places, number = [], 0
    for token in tokens:
        places.append(-1 if token == stop or token in special else number)
        number += token == stop
    return places
