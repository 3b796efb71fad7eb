"""Models behind small protocols: what each role can do, never which model it is.

A *profile* names a backend for each role; :class:`Models` loads them lazily, once. Weights of the ``embedded`` profile
come out of wheels on the package index (:mod:`.weights`). Nothing heavy is imported before a role is used.
"""

from .models import Models
from .opening import open_models
from .profiles import ROLES, Profile, load_profile, profile_names
from .roles import (
    Completion,
    Constraint,
    ConstraintKind,
    Content,
    Detail,
    DetailedDetector,
    Detection,
    Embedder,
    ImageTextEmbedder,
    KeyPoint,
    LanguageModel,
    ObjectDetector,
    OpenVocabularyDetector,
    OptionScore,
    Polygon,
    SoundTagger,
    SpeakerDiarizer,
    SpeakerTurn,
    SpeechRecognizer,
    SpeechSegment,
    SpokenWord,
    TextLine,
    TextReader,
    VisionLanguageModel,
)

__all__ = [
    "ROLES",
    "Completion",
    "Constraint",
    "ConstraintKind",
    "Content",
    "Detail",
    "DetailedDetector",
    "Detection",
    "Embedder",
    "ImageTextEmbedder",
    "KeyPoint",
    "LanguageModel",
    "Models",
    "ObjectDetector",
    "OpenVocabularyDetector",
    "OptionScore",
    "Polygon",
    "Profile",
    "SoundTagger",
    "SpeakerDiarizer",
    "SpeakerTurn",
    "SpeechRecognizer",
    "SpeechSegment",
    "SpokenWord",
    "TextLine",
    "TextReader",
    "VisionLanguageModel",
    "load_profile",
    "open_models",
    "profile_names",
]
