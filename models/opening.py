"""Models from what a user names: a profile, changes of single roles; mistakes are said before any work is done."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..video.errors import UsageError
from .models import Models
from .profiles import Profile, Spec, load_profile
from .requirements import KNOWN_NAMES, pinned_weights
from .weights import manifest


def open_models(
    profile: str | Profile | Models | None = None, assignments: Sequence[str] | Mapping[str, str] | None = None
) -> Models:
    """The models of a profile with changes; loads nothing.

    Args:
        profile: A name, a profile, or models that are open already; the default profile when left out.
        assignments: Role -> spec, or ``role=spec`` texts; an empty spec takes the role away.

    Raises:
        UsageError: Unknown profile, role, backend or weights, or a malformed spec.

    Example:
        >>> sorted(open_models("embedded", {"detector": ""}).roles)
        ['asr', 'embedder', 'llm', 'ocr']
    """
    if isinstance(profile, Models):
        return profile.replaced(_by_role(assignments)) if assignments else profile
    pairs = [f"{role}={spec}" for role, spec in _by_role(assignments).items()]
    models = Models(load_profile(profile, pairs))
    for role in sorted(models.roles):
        models.identity(role)  # names a backend that does not exist; loads nothing
        _check_name(models.profile.roles[role])
    return models


def _by_role(assignments: Sequence[str] | Mapping[str, str] | None) -> dict[str, str]:
    """Role -> spec.

    Raises:
        UsageError: A text without ``=``.
    """
    if isinstance(assignments, Mapping):
        return dict(assignments)
    for assignment in assignments or ():
        if "=" not in assignment:
            raise UsageError(f"--set {assignment!r} has no '='", code="model.set", hint="Write --set llm=openai:gpt-4o")
    return {role: spec for role, _, spec in (assignment.partition("=") for assignment in assignments or ())}


def _check_name(spec: Spec) -> None:
    """Names are free only where weights come from outside: a server, the model hub, the library's own names."""
    if spec.kind not in KNOWN_NAMES or pinned_weights(spec) or Path(spec.name).exists():
        return
    hint = f"Name a directory, or one of {', '.join(manifest())}."
    raise UsageError(f"{spec}: there are no weights of that name", code="model.weights", hint=hint)
