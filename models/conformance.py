"""The test that every backend of one's own must pass: `vidprog models check ROLE=KIND:NAME` runs it.

Each role's methods are called once with small data, and what comes back is looked at: its types, shapes and ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..video import Frame
from . import roles
from .roles import Completion, Detection, OptionScore, SpeakerTurn, SpeechSegment, TextLine

TEXTS = ("a red car", "a blue boat")
SIDE = (48, 64)
SECONDS = 2
RATE = 16_000
PROTOCOLS: Mapping[str, type] = {
    "llm": roles.LanguageModel,
    "vlm": roles.VisionLanguageModel,
    "asr": roles.SpeechRecognizer,
    "ocr": roles.TextReader,
    "detector": roles.ObjectDetector,
    "embedder": roles.Embedder,
    "image_embedder": roles.ImageTextEmbedder,
    "tagger": roles.SoundTagger,
    "diarizer": roles.SpeakerDiarizer,
}
"""Role -> what its backends have."""


def check(role: str, backend: Any) -> tuple[str, ...]:
    """What is wrong with a backend, a sentence each; nothing when it conforms.

    Args:
        role: The one it plays.
        backend: As its module's `load` gave it.
    """
    missing = tuple(_missing(PROTOCOLS[role], backend))
    return missing or tuple(_TRIALS[role](backend))


def _missing(protocol: type, backend: Any) -> Iterator[str]:
    names = {name for base in protocol.__mro__ for name in (*vars(base), *getattr(base, "__annotations__", {}))}
    for name in sorted(name for name in names if not name.startswith("_")):
        if not hasattr(backend, name):
            yield f"it has no {name}: see {protocol.__name__} in vidprog.models.roles"
    if not isinstance(getattr(backend, "identity", ""), str):
        yield "its identity is no text"


def _pictures() -> list[Any]:
    import numpy as np

    return [np.zeros((*SIDE, 3), np.uint8), np.full((*SIDE, 3), 255, np.uint8)]


def _all(kind: type, values: Any, place: str) -> Iterator[str]:
    """Complains unless values are a tuple of one kind."""
    wrong = [type(value).__name__ for value in values if not isinstance(value, kind)] if _is_tuple(values) else ["it"]
    if not _is_tuple(values):
        yield f"{place} returned a {type(values).__name__}, not a tuple of {kind.__name__}"
    elif wrong:
        yield f"{place} returned a tuple with {wrong[0]}, not of {kind.__name__}"


def _is_tuple(values: Any) -> bool:
    return isinstance(values, tuple)


def _each(kind: type, values: Any, count: int, place: str) -> Iterator[str]:
    """Complains unless there is a tuple of one kind for each picture, with boxes inside of it."""
    if not _is_tuple(values) or len(values) != count:
        yield f"{place} did not return a tuple with one entry for each of {count} pictures"
        return
    for entry in values:
        yield from _all(kind, entry, f"an entry of {place}")
        for thing in entry if _is_tuple(entry) else ():
            if not all(0 <= number <= 1 for number in (*thing.box, thing.score)):
                yield f"{place} gave a box or a score that is not between 0 and 1: {thing}"


def _rows(values: Any, count: int, place: str) -> Iterator[str]:
    import numpy as np

    if not isinstance(values, np.ndarray) or values.dtype != np.float32 or values.ndim != 2 or len(values) != count:
        yield f"{place} did not return a float32 array with {count} rows"
    elif not np.allclose(np.linalg.norm(values, axis=1), 1, atol=1e-3):
        yield f"{place} returned rows that are not of length 1: divide each by its norm"


def _scores(values: Any, count: int) -> Iterator[str]:
    yield from _all(OptionScore, values, "score()")
    if _is_tuple(values) and len(values) != count:
        yield f"score() returned {len(values)} scores for {count} texts"


def _llm(backend: Any) -> Iterator[str]:
    yield from _all(Completion, (backend.complete("Say yes.", max_tokens=4),), "complete()")
    if not isinstance(backend.count_tokens("a word"), int):
        yield "count_tokens() returned no int"
    if backend.can_score:
        yield from _scores(backend.score([("It is", " red"), ("It is", " blue")]), 2)


def _vlm(backend: Any) -> Iterator[str]:
    content = ["0.0 s:", Frame(0.0, _pictures()[0]), "What is it?"]
    yield from _all(Completion, backend.complete([content, content], max_tokens=4), "complete()")
    if backend.can_score:
        yield from _scores(backend.score(content, TEXTS), len(TEXTS))


def _sound() -> Any:
    import numpy as np

    return (0.1 * np.sin(np.arange(SECONDS * RATE) / 20)).astype(np.float32)


def _asr(backend: Any) -> Iterator[str]:
    yield from _all(tuple, backend.speech_regions(_sound()), "speech_regions()")
    yield from _all(SpeechSegment, backend.transcribe(_sound()), "transcribe()")


def _diarizer(backend: Any) -> Iterator[str]:
    found = backend.turns(_sound())
    yield from _all(SpeakerTurn, found, "turns()")
    for turn in found if _is_tuple(found) else ():
        if isinstance(turn, SpeakerTurn) and not 0 <= turn.start <= turn.end <= SECONDS:
            yield f"turns() gave times outside of the {SECONDS} seconds of sound: {turn}"


def _tagger(backend: Any) -> Iterator[str]:
    found = backend.tag(_sound())
    yield from _all(tuple, found, "tag()")
    for entry in found if _is_tuple(found) else ():
        if not (_is_tuple(entry) and len(entry) == 2 and isinstance(entry[0], str) and 0 <= entry[1] <= 1):
            yield f"tag() gave something other than a name with a score between 0 and 1: {entry}"


def _ocr(backend: Any) -> Iterator[str]:
    yield from _all(TextLine, backend.read(_pictures()[0]), "read()")
    yield from _each(TextLine, backend.read_all(_pictures()), 2, "read_all()")


def _detector(backend: Any) -> Iterator[str]:
    yield from _each(Detection, backend.detect(_pictures()), 2, "detect()")


def _embedder(backend: Any) -> Iterator[str]:
    yield from _rows(backend.embed(TEXTS), len(TEXTS), "embed()")


def _image_embedder(backend: Any) -> Iterator[str]:
    yield from _rows(backend.embed_images(_pictures()), 2, "embed_images()")
    yield from _rows(backend.embed_texts(TEXTS), len(TEXTS), "embed_texts()")


_TRIALS: Mapping[str, Callable[[Any], Iterator[str]]] = {
    "llm": _llm, "vlm": _vlm, "asr": _asr, "ocr": _ocr, "detector": _detector, "embedder": _embedder,
    "image_embedder": _image_embedder, "tagger": _tagger, "diarizer": _diarizer,
}  # fmt: skip
