"""From options to what the rooms below work with: models, tools, settings, an open video."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...video.errors import UsageError

if TYPE_CHECKING:
    from ...models import Models
    from ...models.profiles import Spec
    from ...tools import Registry


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


def _check_name(spec: "Spec") -> None:
    """Names are free only where weights come from outside: a server, the model hub, the library's own names."""
    from ...models.requirements import KNOWN_NAMES, pinned_weights
    from ...models.weights import manifest

    if spec.kind not in KNOWN_NAMES or pinned_weights(spec) or Path(spec.name).exists():
        return
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
