"""Text reading by RapidOCR: PP-OCR detection and recognition on onnxruntime, weights inside its own wheel.

At 960 px longest side a 720p picture takes 0.15 CPU-seconds without text and 0.3-0.4 with; its default (shortest side
at least 736) takes twice that and read nothing more on the development clips.
"""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from .profiles import Spec
from .roles import TextLine
from .weights import Report

if TYPE_CHECKING:
    import numpy as np

LONGEST_SIDE = 960
THREADS = 1
"""A second thread mostly waits: 15 pictures took 3.6 CPU-seconds in 3.5 s with one, 5.5 in 2.8 s with two."""
SHORT_LINE = 3
SHORT_LINE_SCORE = 0.9
"""A stray letter on texture is read with a score of 0.5 to 0.85; a real single digit with more than 0.95."""


def identity(spec: Spec) -> str:
    """Backend, its version (the weights are part of it) and the size at which it reads."""
    return f"rapidocr:{version('rapidocr')}:{LONGEST_SIDE}"


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
                "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def read(self, image: "np.ndarray") -> tuple[TextLine, ...]:
        """Lines of an HxWx3 uint8 RGB picture; specks of one or two signs only when the score is high."""
        result = self._engine(image[:, :, ::-1])
        if not result.txts:
            return ()
        height, width = image.shape[:2]
        lines = (
            TextLine(text.strip(), float(score), _relative(box, width, height))
            for text, score, box in zip(result.txts, result.scores, result.boxes, strict=True)
        )
        return tuple(line for line in lines if _believable(line))


def _believable(line: TextLine) -> bool:
    signs = sum(character.isalnum() for character in line.text)
    return signs >= SHORT_LINE or (signs > 0 and line.score >= SHORT_LINE_SCORE)


def _relative(corners: Any, width: int, height: int) -> tuple[float, float, float, float]:
    xs, ys = [float(x) / width for x, _ in corners], [float(y) / height for _, y in corners]
    clip = [round(min(1.0, max(0.0, value)), 4) for value in (min(xs), min(ys), max(xs), max(ys))]
    return (clip[0], clip[1], clip[2], clip[3])
