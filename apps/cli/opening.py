"""From options to what the rooms below work with: models and tools, loaded when a command asks for them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...models import Models
    from ...tools import Registry


def open_models(profile: str | None, assignments: Sequence[str] | None) -> "Models":
    """See `vidprog.models.open_models`."""
    from ...models import open_models as opened

    return opened(profile, assignments)


def open_registry(tools: Path | None) -> "Registry":
    """See `vidprog.tools.open_registry`."""
    from ...tools import open_registry as opened

    return opened(tools)
