"""Pictures that are looked at together."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def of_one_size(images: "Sequence[np.ndarray]", most: int) -> "Iterator[list[np.ndarray]]":
    """Neighbours of one size, so that no picture is padded or scaled otherwise than it would be alone.

    Args:
        images: Height x width x 3 each.
        most: Pictures in one batch.
    """
    for _, group in groupby(images, key=lambda image: image.shape):
        same = list(group)
        for first in range(0, len(same), most):
            yield same[first : first + most]
