"""What a kind of model needs here before it can be loaded: libraries, weights, and the command that brings them.

Found out without importing anything heavy: ``vidprog models list`` and ``vidprog doctor`` ask for every role.
"""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from .installed import installed_backends, package_of
from .profiles import Spec
from .weights import Weights, manifest

GPU_EXTRA = 'pip install "vidprog[gpu]"'
HEADLESS = "pip install --force-reinstall --no-deps opencv-python-headless"
"""Both builds of OpenCV write the same directory; the one with windows, which Ultralytics asks for, needs libGL."""
INSTALL = {
    "transformers": GPU_EXTRA,
    "whisper": GPU_EXTRA,
    "easyocr": GPU_EXTRA,
    "ultralytics": f'pip install "vidprog[ultralytics]" && {HEADLESS}',
}
"""Kind -> the command that installs its libraries; the other kinds' come with vidprog."""
LIBRARIES = {
    "transformers": ("torch", "transformers", "accelerate"),
    "whisper": ("torch", "whisper"),
    "easyocr": ("torch", "torchvision", "easyocr"),
    "ultralytics": ("torch", "torchvision", "ultralytics"),
}
SEEING = ("vlm", "detector")
"""Roles whose image processing in ``transformers`` needs torchvision."""
WEIGHTS_HINT = {
    "transformers": "Name a directory of weights, or an id of the model hub, which must be reached once: vidprog "
    "models pull",
    "whisper": "Name a model of OpenAI's (tiny.en, turbo...), which is downloaded once, or a file: whisper:FILE.pt",
    "easyocr": "Fetch the weights again: vidprog models pull ocr",
    "ultralytics": "Download a model from github.com/ultralytics/assets and name the file: ultralytics:FILE.pt",
}
"""Kind -> what to do when the weights cannot be read or found."""
MANIFEST_PREFIX = {"ctranslate2": "", "opencv": "", "transformers": "", "faster-whisper": "whisper-",
                   "easyocr": "easyocr-"}  # fmt: skip
"""Kinds whose names may be those of the weights manifest -> what stands before them there."""
KNOWN_NAMES = ("ctranslate2", "opencv", "faster-whisper", "easyocr")
"""Kinds whose names are those of the weights manifest only, or directories."""
PACKED = "inside the package"
ELSEWHERE = {"rapidocr": PACKED, "openai": "on the server"}
"""Kinds without weights of their own -> where they are."""
HUB, OWN = "from the model hub", "a file or directory of yours"
WHISPER_ALIASES = {"turbo": "large-v3-turbo", "large": "large-v3"}
"""Names of openai-whisper for the newest of their size."""
WEIGHT_FILES = ("*.safetensors", "*.bin")


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a model could be loaded.

    Attributes:
        libraries: Those that are missing.
        here: Whether the weights are on this machine.
        about: Where they are from.
        mend: The command that installs what is missing; empty when it is not a matter of installing.
    """

    libraries: tuple[str, ...]
    here: bool
    about: str
    mend: str


def readiness(role: str, spec: Spec) -> Readiness:
    """What a spec lacks in a role; neither loads nor downloads anything.

    Args:
        role: E.g. ``ocr``.
        spec: Of a kind that plays this role.
    """
    wanted = LIBRARIES.get(spec.kind, ()) + (("torchvision",) * (spec.kind == "transformers" and role in SEEING))
    missing = tuple(name for name in wanted if find_spec(name) is None)
    weights = pinned_weights(spec)
    package = installed_backends().get((role, spec.kind)) if spec.kind not in LIBRARIES else None
    if package is not None:
        here, about = True, f"of the package {package_of(package)}"
    elif weights is not None:
        here, about = weights.ready, weights.about
    elif spec.kind in ELSEWHERE:
        here, about = True, ELSEWHERE[spec.kind]
    else:
        here, about = _stored(spec)
    return Readiness(missing, here, about, INSTALL[spec.kind] if missing else "")


def pinned_weights(spec: Spec) -> Weights | None:
    """The weights of the manifest that a spec means; None for a server, a package, a file or the model hub."""
    prefix = MANIFEST_PREFIX.get(spec.kind)
    return None if prefix is None or Path(spec.name).exists() else manifest().get(prefix + spec.name)


def _stored(spec: Spec) -> tuple[bool, str]:
    if Path(spec.name).exists():
        return True, OWN
    if spec.kind == "whisper":
        return whisper_file(spec.name).is_file(), "from OpenAI"
    if spec.kind == "transformers":
        return is_in_hub_cache(spec), HUB
    if spec.kind == "ultralytics" and spec.name.endswith(".yaml"):
        return True, PACKED
    return False, OWN


def whisper_file(name: str) -> Path:
    """Where openai-whisper keeps the weights of a name, there or not."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "whisper" / f"{WHISPER_ALIASES.get(name, name)}.pt"


def is_in_hub_cache(spec: Spec) -> bool:
    """Whether a model of the hub was downloaded: its configuration and at least one file of weights."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(spec.name, "config.json", revision=spec.url or None)
    except HFValidationError:
        return False
    return isinstance(found, str) and any(any(Path(found).parent.glob(pattern)) for pattern in WEIGHT_FILES)


def loading_message(spec: Spec) -> str:
    """What to tell while weights from outside are loaded: downloading gigabytes is never silent."""
    here, place = _stored(spec)
    return f"loading {spec.name}" if here else f"downloading {spec.name} {place}"
