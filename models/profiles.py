"""Profiles: which backend plays which role. Order: profile table < environment ``VIDPROG_<ROLE>`` < ``--set``."""

import difflib
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources

from ..video.errors import UsageError

ROLES = ("llm", "vlm", "asr", "ocr", "detector", "embedder", "image_embedder")
HOOKS = ("tagger", "diarizer")
"""Roles that no backend here plays: installed packages do (entry points ``tagger.KIND``, ``diarizer.KIND``). The tools
that use them do without, less well."""
DEFAULT_PROFILE = "embedded"


@dataclass(frozen=True, slots=True)
class Spec:
    """``kind:name[@URL][?option=value&...]``: what to load for a role, and how."""

    kind: str
    name: str
    url: str = ""
    options: tuple[tuple[str, str], ...] = ()
    """What the backend's own table of options explains; empty for most."""

    @classmethod
    def parse(cls, text: str) -> "Spec":
        """Read ``kind:name[@URL][?option=value&...]``; a question mark behind ``://`` belongs to the address.

        Raises:
            UsageError: When there is no kind or no name, or an option has no value.
        """
        start, _, given = text.partition("?")
        if "://" in start:
            start, given = text, ""
        kind, separator, rest = start.partition(":")
        name, _, url = rest.partition("@")
        if not (separator and kind and name):
            raise UsageError(
                f"{text!r} is not a model spec",
                code="model.spec",
                hint="Write kind:name, e.g. openai:gpt-4o@https://host/v1",
            )
        return cls(kind, name, url, _options(text, given))

    def __str__(self) -> str:
        given = "&".join(f"{name}={value}" for name, value in self.options)
        return f"{self.kind}:{self.name}" + (f"@{self.url}" if self.url else "") + (f"?{given}" if given else "")


def _options(text: str, given: str) -> tuple[tuple[str, str], ...]:
    """Names and values of ``option=value&...``; of a name given twice the last value counts."""
    pairs = [part.partition("=") for part in given.split("&") if part]
    if any(not (name and value) for name, _, value in pairs):
        raise UsageError(
            f"an option of {text!r} has no value", code="model.option", hint="Write kind:name?option=value&option=value"
        )
    return tuple({name: value for name, _, value in pairs}.items())


@dataclass(frozen=True, slots=True)
class Profile:
    """A name and a spec for each role that exists.

    Example:
        >>> vidprog.load_profile("embedded").to_json()["detector"]
        'opencv:ssd-mobilenet-v2'
    """

    name: str
    roles: Mapping[str, Spec] = field(default_factory=dict)
    about: str = ""

    def to_json(self) -> dict[str, str]:
        """``{role: spec}`` for all roles; empty text for those that are not played."""
        return {role: str(self.roles[role]) if role in self.roles else "" for role in ROLES}


def _tables() -> dict[str, dict[str, str]]:
    text = resources.files(__package__).joinpath("profiles.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def profile_names() -> tuple[str, ...]:
    """Names of the built-in profiles."""
    return tuple(_tables())


def nearest(name: str, names: Sequence[str]) -> str:
    """A hint that lists what exists, the likeliest first."""
    close = difflib.get_close_matches(name, names, n=1)
    return f"Did you mean {close[0]!r}?" if close else "Known: " + ", ".join(names)


def _overrides(assignments: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for assignment in assignments:
        role, separator, spec = assignment.partition("=")
        if not separator:
            raise UsageError(f"--set {assignment!r} has no '='", code="model.set", hint="Write --set llm=openai:gpt-4o")
        if role not in (*ROLES, *HOOKS):
            raise UsageError(f"there is no role {role!r}", code="model.role", hint=nearest(role, ROLES))
        pairs[role] = spec
    return pairs


def load_profile(name: "str | Profile | None" = None, assignments: Sequence[str] = ()) -> Profile:
    """A built-in profile with the environment's and the caller's changes on top.

    Args:
        name: Profile name; default ``VIDPROG_PROFILE`` or ``embedded``. A profile is taken as it is, whatever the
            environment says.
        assignments: ``role=spec`` texts; an empty spec takes the role away.

    Raises:
        UsageError: For an unknown profile or role, or a malformed spec.

    Example:
        >>> load_profile("embedded", ["llm=openai:my-model@http://localhost:8000/v1"]).to_json()["llm"]
        'openai:my-model@http://localhost:8000/v1'
    """
    if isinstance(name, Profile):
        return _changed(name, _overrides(assignments))
    name = name or os.environ.get("VIDPROG_PROFILE") or DEFAULT_PROFILE
    tables = _tables()
    if name not in tables:
        raise UsageError(f"there is no profile {name!r}", code="model.profile", hint=nearest(name, tuple(tables)))
    environment = {
        role: os.environ[key] for role in (*ROLES, *HOOKS) if (key := f"VIDPROG_{role.upper()}") in os.environ
    }
    table = dict(tables[name])
    about = table.pop("about", "")
    specs = {**table, **environment, **_overrides(assignments)}
    return _changed(Profile(name, about=about), specs)


def _changed(profile: Profile, specs: Mapping[str, str]) -> Profile:
    """The profile with other specs in some roles; an empty one takes the role away."""
    roles = {role: spec for role, spec in profile.roles.items() if role not in specs}
    return replace(profile, roles=roles | {role: Spec.parse(spec) for role, spec in specs.items() if spec})
