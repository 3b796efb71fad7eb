"""Text reading by RapidOCR: PP-OCR detection and recognition on onnxruntime, weights inside its own wheel.

At 960 px longest side a 720p picture takes 0.15 CPU-seconds without text and 0.3-0.4 with; its default (shortest side
at least 736) takes twice that and read nothing more on the development clips.
"""

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from .profiles import Spec
from .roles import TextLine
from .text_lines import believable, text_line
from .weights import Report

if TYPE_CHECKING:
    import numpy as np

LONGEST_SIDE = 960
LINE_WIDTH = 160
"""Pixels to which a line of 48 pixels height is padded at least; the library pads to 320, and lines of one batch to
the longest. One line at a time with this width, five pictures with 36 lines took 1.27 CPU-seconds instead of 1.74, with
the same words; of 27 lines of real clips 21 were read alike, and the one text among the others became exact."""
THREADS = 1
"""A second thread mostly waits: 15 pictures took 3.6 CPU-seconds in 3.5 s with one, 5.5 in 2.8 s with two."""


def identity(spec: Spec) -> str:
    """Backend, its version (the weights are part of it) and the sizes at which it reads."""
    return f"rapidocr:{version('rapidocr')}:{LONGEST_SIDE}:{LINE_WIDTH}"


def load(spec: Spec, report: Report) -> "RapidOCRReader":
    """Load ``rapidocr:ppocr``; the weights came with the package."""
    return RapidOCRReader(identity(spec))


class RapidOCRReader:
    """Reads lines top to bottom."""

    def __init__(self, identity: str) -> None:
        from rapidocr import RapidOCR

        self.identity = identity
        self._engine: Any = RapidOCR(
            params={
                "Global.log_level": "critical",  # it warns about every picture without text
                "Global.use_cls": False,
                "Det.limit_side_len": LONGEST_SIDE,
                "Det.limit_type": "max",
                "Rec.rec_batch_num": 1,
                "Rec.rec_img_shape": [3, 48, LINE_WIDTH],
                "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def read(self, image: "np.ndarray") -> tuple[TextLine, ...]:
        """Lines of an HxWx3 uint8 RGB picture; specks of one or two signs only when the score is high."""
        result = self._engine(image[:, :, ::-1])
        if not result.txts:
            return ()
        found = zip(result.txts, result.scores, result.boxes, strict=True)
        return believable(text_line(text, score, corners, image.shape) for text, score, corners in found)

    def read_all(self, images: "Sequence[np.ndarray]") -> tuple[tuple[TextLine, ...], ...]:
        """The lines of each picture; this library looks at one at a time."""
        return tuple(map(self.read, images))
