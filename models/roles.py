"""The roles a model can play, as Protocols, and the values that pass through them.

Callers ask a backend for a *capability* (``can_score``), never for its name. ``identity`` names backend, weights and
everything else that changes its output: it goes into cache keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, get_args, runtime_checkable

from ..video import Frame

if TYPE_CHECKING:
    import numpy as np

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 relative to the picture, each 0 to 1, origin at the top left."""

KeyPoint = tuple[str, float, float, float]
"""COCO's name of a part of the body, x and y relative to the picture, and how sure the model is, each 0 to 1."""

Polygon = tuple[tuple[float, float], ...]
"""Corners of an outline, x and y relative to the picture, each 0 to 1."""


Content = Sequence[str | Frame]
"""Texts and frames in the order in which a model is to read them."""

ConstraintKind = Literal["lark", "json_schema"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a written text must be: a sentence of a grammar, or JSON that fits a schema.

    Attributes:
        kind: ``lark`` (a grammar as llguidance reads it) or ``json_schema``.
        text: The grammar, or the schema as JSON.
    """

    kind: ConstraintKind
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What one call of a language model cost, in tokens."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.prompt_tokens + other.prompt_tokens, self.completion_tokens + other.completion_tokens)


@dataclass(frozen=True, slots=True)
class Completion:
    """Generated text.

    Attributes:
        text: What was written, without special tokens.
        log_probabilities: One natural logarithm per generated token; empty when the backend has none.
        alternatives: For the first token, ``{token text: log probability}`` of the likeliest ones; None when unknown.
        usage: Token counts.
    """

    text: str
    log_probabilities: tuple[float, ...] = ()
    alternatives: dict[str, float] | None = None
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class OptionScore:
    """``log p(option | prompt)`` summed over the option's tokens."""

    log_probability: float
    tokens: int

    @property
    def per_token(self) -> float:
        """Mean log probability of a token, comparable between options of different length."""
        return self.log_probability / max(1, self.tokens)


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word; ``score`` is its probability, 0 to 1."""

    start: float
    end: float
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class SpeechSegment:
    """A stretch of speech; ``score`` is the mean token probability, 0 to 1.

    ``words`` are its words with their times, where the recogniser knows them.
    """

    start: float
    end: float
    text: str
    score: float
    words: tuple[SpokenWord, ...] = ()


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text in a picture."""

    text: str
    score: float
    box: Box


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing in a picture; a ``score`` of 0.4 and above, of 0 to 1, is what its model takes for real.

    ``keypoints`` and ``mask``, the largest outline, are empty where the model does not give them.
    """

    label: str
    score: float
    box: Box
    keypoints: tuple[KeyPoint, ...] = ()
    mask: Polygon = ()


class LanguageModel(Protocol):
    """Writes text; may know how likely a given text is."""

    identity: str
    can_score: bool
    """Whether :meth:`score` works; otherwise only what was generated has probabilities, if at all."""
    can_write: bool
    """Whether free text that it writes (answers, programs) can be relied on; a model of 135M parameters' cannot."""
    constraints: frozenset[ConstraintKind]
    """The kinds of constraint that :meth:`complete` can keep to; empty for none."""
    context_tokens: int

    def complete(
        self,
        prompt: str,
        *,
        system: str = "",
        max_tokens: int = 256,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        seed: int = 0,
        constraint: Constraint | None = None,
    ) -> Completion:
        """Answer a prompt; greedily at temperature 0, else sampled with the seed."""
        ...

    def score(self, pairs: Sequence[tuple[str, str]]) -> tuple[OptionScore, ...]:
        """``log p(continuation | prompt)`` for pairs of (prompt, continuation), in one batch."""
        ...

    def count_tokens(self, text: str) -> int:
        """How many tokens a text takes."""
        ...


class SpeechRecognizer(Protocol):
    """Turns 16 kHz mono float32 sound into timed text."""

    identity: str

    def speech_regions(self, samples: "np.ndarray") -> tuple[tuple[float, float], ...]:
        """Where somebody speaks, in seconds from the first sample; nothing is recognised outside of it."""
        ...

    def transcribe(self, samples: "np.ndarray") -> tuple[SpeechSegment, ...]:
        """What is said in one region of at most 30 s, with times in seconds from the first sample."""
        ...


class TextReader(Protocol):
    """Reads the text in a picture."""

    identity: str

    def read(self, image: "np.ndarray") -> tuple[TextLine, ...]:
        """Lines of an HxWx3 uint8 RGB picture, top to bottom."""
        ...

    def read_all(self, images: "Sequence[np.ndarray]") -> tuple[tuple[TextLine, ...], ...]:
        """The lines of each picture, looked at together where the library can."""
        ...


class ObjectDetector(Protocol):
    """Finds things of known names in pictures."""

    identity: str
    labels: tuple[str, ...]

    def detect(self, images: "Sequence[np.ndarray]") -> tuple[tuple[Detection, ...], ...]:
        """Things in each HxWx3 uint8 RGB picture, best first, unfiltered by score above the model's own floor."""
        ...


@runtime_checkable
class OpenVocabularyDetector(ObjectDetector, Protocol):
    """Finds whatever is named in pictures; ``labels`` are the names that :meth:`detect` looks for."""

    def find(self, images: "Sequence[np.ndarray]", names: Sequence[str]) -> tuple[tuple[Detection, ...], ...]:
        """Things of these names in each HxWx3 uint8 RGB picture, best first, each labelled with one of the names."""
        ...


Detail = Literal["keypoints", "mask"]
CAPABILITIES: tuple[str, ...] = tuple(f"detector.{detail}" for detail in get_args(Detail))
"""What only some models of a role give, as tools that need it name it."""


class DetailedDetector(ObjectDetector, Protocol):
    """Says more about the things that it finds than where they are."""

    gives: frozenset[Detail]
    """What its detections have besides a box."""


class Embedder(Protocol):
    """Turns texts into vectors whose cosine is their likeness in meaning."""

    identity: str

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """Float32 array of shape (texts, dimensions), rows of length 1."""
        ...


class VisionLanguageModel(Protocol):
    """Answers questions about frames."""

    identity: str
    images_per_call: int
    """Frames in one content at most."""
    can_score: bool
    """Whether :meth:`score` works; otherwise the first token's ``alternatives`` may tell letters and yes from no."""
    interleaved: bool
    """Whether text may stand between frames; otherwise all frames come first, then all text."""
    names_letters: bool
    """Whether it can name an option by its letter; one that is too small is weighed by the options' texts."""

    @property
    def reduced(self) -> str:
        """What the last call left out of what it was given, and why; empty when nothing."""
        ...

    def complete(self, contents: Sequence[Content], *, max_tokens: int = 256) -> tuple[Completion, ...]:
        """Answer each content, greedily and in one batch."""
        ...

    def score(self, content: Content, continuations: Sequence[str]) -> tuple[OptionScore, ...]:
        """``log p(continuation | content)`` of each; the content is computed once."""
        ...


class ImageTextEmbedder(Protocol):
    """Turns pictures and texts into vectors of one space (CLIP, SigLIP)."""

    identity: str

    def embed_images(self, images: "Sequence[np.ndarray]") -> "np.ndarray":
        """Float32 array (pictures, dimensions) of HxWx3 uint8 RGB pictures, rows of length 1."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> "np.ndarray":
        """Float32 array (texts, dimensions), rows of length 1."""
        ...


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """A stretch in which one person speaks; ``speaker`` is the same for the same voice, e.g. ``"A"``."""

    start: float
    end: float
    speaker: str


class SpeakerDiarizer(Protocol):
    """Tells who speaks when."""

    identity: str

    def turns(self, samples: "np.ndarray") -> tuple[SpeakerTurn, ...]:
        """Turns in 16 kHz mono float32 sound, with times in seconds from the first sample; they may overlap."""
        ...


class SoundTagger(Protocol):
    """Names what makes a sound: instruments, animals, applause."""

    identity: str

    def tag(self, samples: "np.ndarray") -> tuple[tuple[str, float], ...]:
        """Names with scores from 0 to 1 of 16 kHz mono float32 sound, best first; none where nothing is known."""
        ...
