"""From options to what the rooms below work with: models, tools, settings, an open video."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...video.errors import UsageError

if TYPE_CHECKING:
    from ...models import Models
    from ...models.profiles import Spec
    from ...models.weights import Weights
    from ...tools import Registry

NO_WEIGHTS = {"rapidocr": "inside the package", "openai": "on the server"}
"""Kinds of models without weights of their own -> where they are."""


def open_models(profile: str | None, assignments: Sequence[str] | None) -> "Models":
    """The models of a profile with changes; what is wrong with a spec is said before any work is done.

    Raises:
        UsageError: Unknown profile, role, backend or weights, or a malformed spec.
    """
    from ...models import Models, load_profile

    models = Models(load_profile(profile, assignments or ()))
    for role in sorted(models.roles):
        models.identity(role)  # names a backend that does not exist; loads nothing
        _check_name(models.profile.roles[role])
    return models


def weights_of(spec: "Spec") -> "Weights | None":
    """The pinned weights that a spec means; None for a server, a directory or a package."""
    from ...models.weights import manifest

    names = (spec.name, f"whisper-{spec.name}")
    return next((manifest()[name] for name in names if name in manifest()), None)


def _check_name(spec: "Spec") -> None:
    if spec.kind in NO_WEIGHTS or weights_of(spec) or Path(spec.name).is_dir():
        return
    from ...models.weights import manifest

    hint = f"Name a directory, or one of {', '.join(manifest())}."
    raise UsageError(f"{spec}: there are no weights of that name", code="model.weights", hint=hint)


def open_registry(tools: Path | None) -> "Registry":
    """The built-in tools, those of installed packages, and those of a file.

    Raises:
        ToolDefinitionError: The file declares no tools, or wrong ones.
    """
    from ...tools import Registry

    registry = Registry.builtin().with_entry_points()
    return registry.with_file(tools) if tools is not None else registry
