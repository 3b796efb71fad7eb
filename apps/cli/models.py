"""``vidprog models``: which model plays which role, and its weights."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from ...video.errors import UsageError
from . import options
from .opening import open_models
from .screen import Column, Table
from .terminal import Terminal, print_document
from .words import size

if TYPE_CHECKING:
    from ...models import Models
    from ...models.profiles import Profile
    from ...models.weights import Weights

app = options.group("Models and their weights: list, download.")

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]...", help="Roles or weights; all of the profile if none.")
]
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


def roles_of(models: "Models") -> list[Role]:
    """Every role that is played, with the state of its libraries and weights."""
    return [_role(role, models.profile) for role in sorted(models.roles)]


def _role(role: str, profile: "Profile") -> Role:
    from ...models.requirements import WEIGHTS_HINT, pinned_weights, readiness

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


def _pull(role: str, profile: "Profile") -> str:
    """The command that downloads what plays a role, in the profile that it is not the default one of."""
    from ...models.profiles import DEFAULT_PROFILE, load_profile

    command = f"vidprog models pull {role}"
    if profile.name != DEFAULT_PROFILE:
        command += f" --profile {profile.name}"
    usual = load_profile(profile.name).roles.get(role)
    return command if usual == profile.roles[role] else f"{command} --set {role}={profile.roles[role]}"


def _state(weights: "Weights", kind: str) -> str:
    if not weights.ready:
        return MISSING
    converted = kind != "ctranslate2" or any(weights.directory.parent.glob(f"{weights.directory.name}-ct2-*"))
    return READY if converted else RAW


@app.command("list")
def show_all(
    json: options.Json = False, profile: options.Profile = None, assignments: options.Assignments = None
) -> int:
    """List the roles with their models, licences and whether the weights are here."""
    models = open_models(profile, assignments)
    roles = roles_of(models)
    if json:
        from ..documents import listing

        plain = [{**asdict(role), "ready": role.ready} for role in roles]
        print_document(listing("models", profile=models.profile.name, about=models.profile.about, roles=plain))
        return 0
    terminal = Terminal()
    terminal.result.line((models.profile.name, "bold"), (f"  {models.profile.about}", "dim"))
    columns = (
        Column("role", "bold cyan"), Column("state"), Column("model"), Column("size", right=True),
        Column("what it is", wraps=True), Column("licence"),
    )  # fmt: skip
    rows = [
        (role.role, role.state, role.spec, size(role.bytes) if role.bytes else "", role.about, role.licence)
        for role in roles
    ]
    terminal.result.table(Table(columns, rows))
    mends: dict[str, list[str]] = {}
    for role in roles:
        if role.mend:
            mends.setdefault(role.mend, []).append(role.role)
    for mend, lacking in mends.items():
        terminal.result.line((f"{', '.join(lacking)}: ", "yellow"), mend)
    return 0


@app.command("pull")
def pull(
    names: Names = None,
    profile: options.Profile = None,
    assignments: options.Assignments = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Download and prepare weights, so that later commands need no network."""
    terminal = Terminal(quiet, verbose)
    models = open_models(profile, assignments)
    wanted = _chosen(names, models)
    for name, roles in wanted.items():
        with terminal.progress() as progress:
            models.report = progress.report
            progress.report(f"loading {name}", None)
            _fetch(name, roles, models)
        terminal.result.line(("ready  ", "green"), name)
    return 0


def _chosen(names: list[str] | None, models: "Models") -> dict[str, list[str]]:
    """What to fetch -> the roles that load it; none for weights that the profile does not use."""
    from ...models.weights import manifest

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


def _fetch(name: str, roles: list[str], models: "Models") -> None:
    from ...models.weights import ensure_weights

    if not roles:
        ensure_weights(name, models.report)
    for role in roles:
        models.get(role)


@app.command("where")
def where(json: options.Json = False, store: options.Store = None) -> int:
    """Print the directories: where weights are, and where what was found in videos is kept."""
    from ...memory import default_directory
    from ...models.weights import weights_directory

    places = {"weights": str(weights_directory()), "store": str(store or default_directory())}
    if json:
        from ..documents import listing

        print_document(listing("directories", **places))
        return 0
    screen = Terminal().result
    for name, place in places.items():
        screen.line((f"{name:<9}", "dim"), place)
    return 0
