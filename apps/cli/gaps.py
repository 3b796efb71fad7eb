"""Roles that a profile leaves empty, and what would fill them: the way from "it cannot run" to a command that can."""

from collections.abc import Collection, Mapping, Sequence

from ...models.models import BACKENDS
from ...models.profiles import load_profile, profile_names

SPECS = {"openai": "openai:MODEL@URL", "transformers": "transformers:MODEL"}
"""Kind of backend -> how its spec is written, the one that works anywhere first; others take a directory."""
NOTHING = "no model of this version"


def givers(role: str) -> tuple[str, ...]:
    """The options of a command that fill a role: models to set first, then whole profiles; empty when there are none.

    Args:
        role: One of ``vidprog.models.ROLES``.

    Example:
        >>> givers("llm")[-1]
        '--profile api'
    """
    kinds = [kind for known, kind in BACKENDS if known == role]
    order = [*SPECS, *(kind for kind in kinds if kind not in SPECS)]
    specs = (SPECS.get(kind, f"{kind}:DIRECTORY") for kind in order if kind in kinds)
    profiles = (name for name in profile_names() if role in load_profile(name).roles)
    return (*(f"--set {role}={spec}" for spec in specs), *(f"--profile {name}" for name in profiles))


def gaps(needs: Collection[str], roles: Collection[str]) -> dict[str, tuple[str, ...]]:
    """What is needed and not there, each with what would give it.

    Args:
        needs: The roles that are needed.
        roles: The roles that there are.
    """
    return {role: givers(role) for role in needs if role not in roles}


def needs_in_words(needs: Sequence[str], missing: Mapping[str, tuple[str, ...]]) -> str:
    """The roles that are needed; behind each that is missing the first thing that would give it.

    Example:
        >>> needs_in_words(["vlm", "asr"], {"vlm": ("--set vlm=openai:MODEL@URL",)})
        'vlm (missing: --set vlm=openai:MODEL@URL), asr'
    """
    return ", ".join(f"{role} (missing: {_first(missing[role])})" if role in missing else role for role in needs)


def _first(options: Sequence[str]) -> str:
    return options[0] if options else NOTHING
