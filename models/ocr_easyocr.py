"""Text reading by EasyOCR: CRAFT finds words, a recurrent network reads them; on a GPU where there is one."""

import warnings
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from .batches import of_one_size
from .errors import ModelError
from .profiles import Spec
from .roles import TextLine
from .text_lines import believable, text_line
from .torch_setup import libraries
from .weights import Report, verified_weights

if TYPE_CHECKING:
    import numpy as np

LONGEST_SIDE = 960
"""Three lines on a picture of 720p take 3.3 CPU-seconds instead of the 6.5 of the library's own limit, and are read as
well (two cores, a busy machine)."""
BATCH = 8
"""Pictures in which words are sought at once by a GPU; on a processor a batch saves nothing and doubles the memory."""
WORDS = 16
"""Words that are read at once."""


def identity(spec: Spec) -> str:
    """Backend, its version, the language and the size at which it reads."""
    try:
        library = version("easyocr")
    except PackageNotFoundError:
        library = "missing"
    return f"easyocr:{library}:{spec.name}:{LONGEST_SIDE}"


def load(spec: Spec, report: Report) -> "EasyOCRReader":
    """Load ``easyocr:LANGUAGE``, whose weights are those of the manifest (``easyocr-LANGUAGE``).

    Raises:
        ModelError: The weights cannot be fetched or read, or a library is missing.
    """
    with libraries(spec) as torch:
        from easyocr import Reader

        directory = verified_weights(f"easyocr-{spec.name}", report)
        reader = Reader(
            [spec.name],
            gpu=torch.cuda.is_available(),
            model_storage_directory=str(directory),
            user_network_directory=str(directory),  # else it makes directories in the user's home
            download_enabled=False,
            verbose=False,
            quantize=False,  # no faster, and torch warns about it
        )
    return EasyOCRReader(reader, identity(spec))


class EasyOCRReader:
    """Reads lines top to bottom.

    Args:
        reader: ``easyocr.Reader``.
        identity: Names it in cache keys.
    """

    def __init__(self, reader: Any, identity: str) -> None:
        self.identity = identity
        self._reader = reader
        self._together = 1 if reader.device == "cpu" else BATCH

    def read(self, image: "np.ndarray") -> tuple[TextLine, ...]:
        """Lines of an HxWx3 uint8 RGB picture; specks of one or two signs only when the score is high."""
        return self.read_all([image])[0]

    def read_all(self, images: "Sequence[np.ndarray]") -> tuple[tuple[TextLine, ...], ...]:
        """The lines of each picture; neighbours of one size are looked at together."""
        return tuple(lines for batch in of_one_size(images, self._together) for lines in self._read(batch))

    def _read(self, images: "list[np.ndarray]") -> list[tuple[TextLine, ...]]:
        import cv2
        import numpy as np

        try:
            words = self._reader.detect(np.stack(images), canvas_size=LONGEST_SIDE, reformat=False)
            return [
                self._lines(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), level, tilted)
                for image, level, tilted in zip(images, *words, strict=True)
            ]
        except RuntimeError as error:
            raise ModelError(f"reading text failed: {error}", code="model.ocr") from error

    def _lines(self, grey: "np.ndarray", level: Any, tilted: Any) -> tuple[TextLine, ...]:
        """Read what CRAFT found: boxes of level text and quadrangles of tilted text."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="'pin_memory'")  # its loader asks for a GPU, there or not
            read = self._reader.recognize(grey, level, tilted, batch_size=WORDS, reformat=False)
        lines = (text_line(text, score, corners, grey.shape) for corners, text, score in read)
        return tuple(sorted(believable(lines), key=lambda line: (line.box[1], line.box[0])))
