"""Vectors of texts and pictures, each computed once for a video and kept: embedding is the slow part of comparing.

MiniLM takes 5 to 20 ms for a caption on a CPU; reading a kept vector takes 0.01 ms.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .calls import Calls
from .context import Context
from .text import cover

WORDS = 0.5
"""What shared words count beside the cosine of meaning, as in `scoring.relevance_of`."""

Make = Callable[[list[int]], np.ndarray]
"""Places of the requests that are not known -> their vectors."""


def text_vectors(texts: Sequence[str], context: Context) -> np.ndarray:
    """What texts mean, by the embedder.

    Returns:
        Float32 array (texts, dimensions), rows of length 1; no row for no text.

    Raises:
        MissingRoleError: There is no embedder.
    """

    def embed(places: list[int]) -> np.ndarray:
        return context.models.embedder.embed([texts[place] for place in places])

    return _kept("embedder", "text", [[text] for text in texts], context, embed)


def text_relevance(query: str, texts: Sequence[str], context: Context) -> np.ndarray:
    """How much each text has to do with a query: likeness of meaning plus shared words, 0 to 1.5.

    Without an embedder only the words count, 0 to 1.
    """
    shared = np.array([cover(query, text) for text in texts])
    if not len(texts) or not context.models.has("embedder"):
        return shared
    vectors = text_vectors([query, *texts], context)
    return np.asarray(np.maximum(vectors[1:] @ vectors[0], 0.0) + WORDS * shared)


def picture_vectors(images: Sequence[np.ndarray], context: Context) -> np.ndarray:
    """What pictures show, by the image embedder; those that were not known count as seen.

    Args:
        images: Height x width x 3, uint8, RGB.
        context: The host's side.

    Returns:
        Float32 array (pictures, dimensions), rows of length 1; no row for no picture.

    Raises:
        MissingRoleError: There is no image embedder.
        BudgetExceeded: No more frames may be looked at.
    """

    def embed(places: list[int]) -> np.ndarray:
        context.meter.spend(frames_seen=len(places))
        return context.models.image_embedder.embed_images([images[place] for place in places])

    requests = [[image.shape, hashlib.sha256(image.tobytes()).hexdigest()] for image in images]
    return _kept("image_embedder", "picture", requests, context, embed)


def described_vector(query: str, context: Context) -> np.ndarray:
    """The vector of a text among those of pictures, by the image embedder.

    Raises:
        MissingRoleError: There is no image embedder.
    """
    embed: Make = lambda places: context.models.image_embedder.embed_texts([query])  # noqa: E731 - one call
    return _kept("image_embedder", "description", [[query]], context, embed)[0]


def _kept(role: str, what: str, requests: Sequence[Sequence[Any]], context: Context, make: Make) -> np.ndarray:
    if not requests:
        return np.zeros((0, 1), np.float32)
    calls = Calls(context.memory, lambda: context.meter, context.notes)
    identity = context.models.identity(role)
    kept = calls.kept(f"vector-{what}", identity, requests, lambda places: [_packed(row) for row in make(places)])
    return np.stack([_unpacked(text) for text in kept])


def _packed(vector: np.ndarray) -> str:
    return base64.b64encode(np.asarray(vector, np.float16).tobytes()).decode("ascii")


def _unpacked(text: str) -> np.ndarray:
    """Rounding to 16 bits changes a cosine by less than 0.001; the length is made 1 again."""
    vector = np.frombuffer(base64.b64decode(text), np.float16).astype(np.float32)
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12))
