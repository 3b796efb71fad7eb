"""The models of one session: each role loaded lazily, once, from its spec."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from ..video.errors import UsageError
from .errors import MissingRoleError
from .installed import installed_backends, installed_module
from .profiles import Profile, Spec, load_profile, nearest
from .roles import (
    Detail,
    Embedder,
    ImageTextEmbedder,
    LanguageModel,
    ObjectDetector,
    OpenVocabularyDetector,
    SpeechRecognizer,
    TextReader,
    VisionLanguageModel,
)
from .weights import Report, ignore_progress

if TYPE_CHECKING:
    import numpy as np

SERVER, PATHS = "openai", ("/", "./", "../", "~/")
"""The kind whose names are the server's own, and how the name of a file or directory begins."""
BACKENDS: dict[tuple[str, str], str] = {
    ("llm", "ctranslate2"): "llm_ctranslate2",
    ("llm", "openai"): "llm_openai",
    ("llm", "transformers"): "llm_transformers",
    ("vlm", "openai"): "vlm_openai",
    ("vlm", "transformers"): "vlm_transformers",
    ("asr", "faster-whisper"): "asr_faster_whisper",
    ("asr", "whisper"): "asr_whisper",
    ("ocr", "easyocr"): "ocr_easyocr",
    ("ocr", "rapidocr"): "ocr_rapidocr",
    ("detector", "opencv"): "detector_opencv",
    ("detector", "transformers"): "detector_transformers",
    ("detector", "ultralytics"): "detector_ultralytics",
    ("embedder", "ctranslate2"): "embedder_ctranslate2",
    ("image_embedder", "transformers"): "image_embedder_transformers",
}
"""(role, kind) -> module of this room. Each has ``load(spec, report)`` and ``identity(spec)``, a text model's also
``can_write(spec)``, a detector's ``labels(spec)``, ``OPEN_VOCABULARY`` where it finds whatever is named, and
``gives(spec)`` where it knows more of a thing than its box; all but the first load nothing: a warm cache needs no
model. One that has options has a table of them, ``OPTIONS``: name -> what it does."""


class Models:
    """Backends by role.

    Args:
        profile: Which backend plays which role; the default profile when left out.
        loaded: Ready backends by role, which are used instead of the profile's (tests, notebooks).
        report: Told about downloads and conversions; may be exchanged later.

    Example:
        >>> models = vidprog.Models(vidprog.load_profile("embedded"))  # loads nothing
        >>> models.has("vlm"), models.can_write
        (False, False)
    """

    def __init__(
        self, profile: Profile | None = None, loaded: dict[str, Any] | None = None, report: Report = ignore_progress
    ) -> None:
        self.report = report
        self.profile = profile or load_profile()
        self._loaded: dict[str, Any] = dict(loaded or {})
        self._lock = threading.RLock()

    def has(self, role: str) -> bool:
        """Whether the role is played at all, without loading it."""
        return role in self._loaded or role in self.profile.roles

    def is_loaded(self, role: str) -> bool:
        """Whether the backend of a role is there already, so that asking it for its capabilities costs nothing."""
        return role in self._loaded

    @property
    def roles(self) -> frozenset[str]:
        """The roles that are played."""
        return frozenset(self._loaded) | frozenset(self.profile.roles)

    @property
    def offers(self) -> frozenset[str]:
        """The roles that are played, and what their models give besides: ``detector.mask``. Loads nothing."""
        return self.roles | {f"detector.{detail}" for detail in self.gives}

    def get(self, role: str) -> Any:
        """The backend of a role.

        Raises:
            MissingRoleError: When the profile leaves the role empty.
            ModelError: When it cannot be loaded.
        """
        with self._lock:
            if role not in self._loaded:
                self._loaded[role] = self._backend(role).load(self.profile.roles[role], self.report)
            return self._loaded[role]

    def _backend(self, role: str) -> Any:
        if role not in self.profile.roles:
            raise MissingRoleError(role, self.profile.name)
        return _module(role, self.profile.roles[role])

    def identity(self, role: str) -> str:
        """What goes into cache keys for a role; loads nothing.

        Raises:
            MissingRoleError: When the profile leaves the role empty.
        """
        if role in self._loaded:
            return str(self._loaded[role].identity)
        return str(self._backend(role).identity(self.profile.roles[role]))

    def replaced(self, specs: Mapping[str, str]) -> "Models":
        """These models with other ones in some roles; what is loaded already is shared.

        Args:
            specs: Role -> ``kind:name[@URL]``.

        Raises:
            UsageError: A malformed spec.
        """
        roles = {**self.profile.roles, **{role: Spec.parse(text) for role, text in specs.items()}}
        loaded = {role: backend for role, backend in self._loaded.items() if role not in specs}
        return Models(replace(self.profile, roles=roles), loaded, self.report)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names that the detector knows; loads nothing."""
        if "detector" in self._loaded:
            return tuple(self._loaded["detector"].labels)
        return tuple(self._backend("detector").labels(self.profile.roles["detector"]))

    @property
    def open_vocabulary(self) -> bool:
        """Whether the detector finds whatever is named, not its ``labels`` only; loads nothing."""
        if "detector" in self._loaded:
            return isinstance(self._loaded["detector"], OpenVocabularyDetector)
        return self.has("detector") and bool(getattr(self._backend("detector"), "OPEN_VOCABULARY", False))

    @property
    def gives(self) -> frozenset[Detail]:
        """What the detector knows of a thing besides its box; empty where the role is. Loads nothing."""
        if not self.has("detector"):
            return frozenset()
        if "detector" in self._loaded:
            return getattr(self._loaded["detector"], "gives", frozenset())
        known: Callable[[Spec], frozenset[Detail]] | None = getattr(self._backend("detector"), "gives", None)
        return known(self.profile.roles["detector"]) if known else frozenset()

    @property
    def lazy_embedder(self) -> Embedder | None:
        """The embedder, loaded only when something is really embedded; None when the role is empty."""
        return LazyEmbedder(self) if self.has("embedder") else None

    @property
    def can_write(self) -> bool:
        """Whether free text of the text model can be relied on; loads nothing."""
        if "llm" in self._loaded:
            return bool(self._loaded["llm"].can_write)
        return self.has("llm") and bool(self._backend("llm").can_write(self.profile.roles["llm"]))

    @property
    def llm(self) -> LanguageModel:
        """The text model."""
        return cast(LanguageModel, self.get("llm"))

    @property
    def vlm(self) -> VisionLanguageModel:
        """The model that sees."""
        return cast(VisionLanguageModel, self.get("vlm"))

    @property
    def asr(self) -> SpeechRecognizer:
        """The model that hears."""
        return cast(SpeechRecognizer, self.get("asr"))

    @property
    def ocr(self) -> TextReader:
        """The model that reads."""
        return cast(TextReader, self.get("ocr"))

    @property
    def detector(self) -> ObjectDetector:
        """The model that finds things."""
        return cast(ObjectDetector, self.get("detector"))

    @property
    def finder(self) -> OpenVocabularyDetector:
        """The detector where ``open_vocabulary`` is true."""
        return cast(OpenVocabularyDetector, self.get("detector"))

    @property
    def embedder(self) -> Embedder:
        """The model that compares meanings."""
        return cast(Embedder, self.get("embedder"))

    @property
    def image_embedder(self) -> ImageTextEmbedder:
        """The model that compares pictures with texts."""
        return cast(ImageTextEmbedder, self.get("image_embedder"))


class LazyEmbedder:
    """Knows its identity at once and its weights when they are needed."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self.identity = models.identity("embedder")

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """Float32 array (texts, dimensions), rows of length 1."""
        return self._models.embedder.embed(texts)


def _module(role: str, spec: Spec) -> ModuleType:
    name = BACKENDS.get((role, spec.kind))
    others = installed_backends() if name is None else {}
    if name is None and (role, spec.kind) not in others:
        kinds = tuple(kind for known, kind in (*BACKENDS, *others) if known == role)
        raise UsageError(
            f"no backend {spec.kind!r} plays the role {role}",
            code="model.kind",
            hint=nearest(spec.kind, kinds) if kinds else f"No backend for {role} comes with this version.",
        )
    if spec.kind != SERVER and spec.name.startswith(PATHS) and not Path(spec.name).expanduser().exists():
        raise UsageError(f"{spec}: there is no {spec.name}", code="model.missing", hint="check the spelling")
    module = import_module(f".{name}", __package__) if name else installed_module(others[role, spec.kind])
    known: tuple[str, ...] = tuple(getattr(module, "OPTIONS", ()))
    for option, _ in spec.options:
        if option not in known:
            raise UsageError(
                f"{spec.kind} as {role} has no option {option!r}",
                code="model.option",
                hint=nearest(option, known) if known else "It has no options.",
            )
    return module
