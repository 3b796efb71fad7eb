"""Which model plays which role, whether it could be loaded here, and how its weights come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..video.errors import UsageError
from .models import Models
from .opening import open_models
from .profiles import DEFAULT_PROFILE, Profile, load_profile
from .requirements import WEIGHTS_HINT, pinned_weights, readiness
from .weights import Report, Weights, ensure_weights, ignore_progress, manifest

MISSING, RAW, READY, LIBRARY = "not downloaded", "downloaded, not yet converted", "ready", "not installed"
NO_PULL = ("ultralytics",)
"""Kinds whose weights are not downloaded here: their licence is not ours to accept."""


@dataclass(frozen=True, slots=True)
class Role:
    """Who plays a role."""

    role: str
    spec: str
    weights: str
    about: str
    upstream: str
    licence: str
    bytes: int
    state: str
    directory: str
    libraries: tuple[str, ...] = ()
    """Those that are missing."""
    mend: str = ""
    """The command that makes it ready; empty when it is."""

    @property
    def ready(self) -> bool:
        """Whether it can be loaded without a download or conversion."""
        return self.state == READY


def roles_of(models: Models) -> list[Role]:
    """Every role that is played, with the state of its libraries and weights."""
    return [_role(role, models.profile) for role in sorted(models.roles)]


def _role(role: str, profile: Profile) -> Role:
    spec = profile.roles[role]
    needs, weights = readiness(role, spec), pinned_weights(spec)
    state = LIBRARY if needs.libraries else READY if needs.here else MISSING
    mend = needs.mend or ("" if needs.here else _pull(role, profile))
    if not needs.here and not needs.mend and spec.kind in NO_PULL:
        mend = WEIGHTS_HINT[spec.kind]
    if weights is None:
        return Role(role, str(spec), "", needs.about, "", "", 0, state, "", needs.libraries, mend)
    if state == READY:
        state = _state(weights, spec.kind)
        mend = "" if state == READY else _pull(role, profile)
    return Role(
        role, str(spec), weights.name, weights.about, weights.upstream, weights.licence, weights.size, state,
        str(weights.directory), needs.libraries, mend,
    )  # fmt: skip


def _pull(role: str, profile: Profile) -> str:
    """The command that downloads what plays a role, in the profile that it is not the default one of."""
    command = f"vidprog models pull {role}"
    if profile.name != DEFAULT_PROFILE:
        command += f" --profile {profile.name}"
    usual = load_profile(profile.name).roles.get(role)
    return command if usual == profile.roles[role] else f"{command} --set {role}={profile.roles[role]}"


def _state(weights: Weights, kind: str) -> str:
    if not weights.ready:
        return MISSING
    converted = kind != "ctranslate2" or any(weights.directory.parent.glob(f"{weights.directory.name}-ct2-*"))
    return READY if converted else RAW


def pull_models(
    *names: str,
    profile: str | Profile | Models | None = None,
    roles: Mapping[str, str] | Sequence[str] | None = None,
    report: Report = ignore_progress,
) -> tuple[str, ...]:
    """Download and prepare weights, so that later questions need no network.

    Args:
        *names: Roles or weights; all of the profile if none.
        profile: Name of the model profile, a profile, or models.
        roles: Another model for a role, e.g. ``{"llm": "transformers:HuggingFaceTB/SmolLM2-1.7B-Instruct"}``.
        report: Told how far it is.

    Returns:
        What is ready now.

    Raises:
        UsageError: There are no weights of that name.
        ModelError: They cannot be fetched or loaded.

    Example:
        >>> vidprog.pull_models("embedder")
        ('minilm-l6',)
    """
    models = open_models(profile, roles)
    models.report = report
    wanted = chosen(names, models)
    for name, players in wanted.items():
        report(f"loading {name}", None)
        fetch(name, players, models)
    return tuple(wanted)


def chosen(names: Sequence[str] | None, models: Models) -> dict[str, list[str]]:
    """What to fetch -> the roles that load it; none for weights that the profile does not use."""
    used: dict[str, list[str]] = {}
    for role in roles_of(models):
        used.setdefault(role.weights or role.spec, []).append(role.role)
    if not names:
        return used
    chosen: dict[str, list[str]] = {}
    for name in names:
        key = next((key for key, roles in used.items() if name in (key, *roles)), name)
        if key not in used and key not in manifest():
            known = ", ".join((*sorted(models.roles), *manifest()))
            raise UsageError(f"there are no weights {name!r}", code="model.weights", hint=f"Known: {known}.")
        chosen[key] = used.get(key, [])
    return chosen


def fetch(name: str, roles: list[str], models: Models) -> None:
    """Load each role, or fetch weights that no role of the profile uses."""
    if not roles:
        ensure_weights(name, models.report)
    for role in roles:
        models.get(role)
