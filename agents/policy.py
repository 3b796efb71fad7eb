"""The policy of the loop as data: when an answer is good enough, and what is tried when it is not.

``policy.toml`` beside this file is the default. A user's own file needs only what is to be otherwise. What is wrong
with one is said in a line, before any work is done.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from ..models import ROLES
from ..models.profiles import Spec, nearest
from ..video.errors import UsageError
from .judge import Diagnosis

DEFAULT = "policy.toml"
DIAGNOSES = tuple(name for name in get_args(Diagnosis) if name != "good")


@dataclass(frozen=True, slots=True)
class Policy:
    """When the loop stops and how it goes on.

    Attributes:
        threshold: Confidence from 0 to 1 at which an answer is accepted.
        max_rounds: Programs run at most.
        critic: Whether a text model that writes is asked if the evidence supports the answer.
        moves: Diagnosis -> names of moves; the first that applies and was not made yet is taken.
        alternatives: Role -> specs of models that the move ``other_model`` tries instead of the profile's.
    """

    threshold: float
    max_rounds: int
    critic: bool = False
    moves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if not 0 <= self.threshold <= 1:
            raise UsageError(
                f"a threshold of {self.threshold:g} cannot be", code="settings.threshold", hint="Give 0 to 1."
            )
        if self.max_rounds < 1:
            raise UsageError(
                f"{self.max_rounds} rounds cannot be", code="settings.rounds", hint="Give --max-rounds 1 or more."
            )

    def to_json(self) -> dict[str, Any]:
        """Every field as plain data."""
        return asdict(self)


@cache
def default_policy() -> Policy:
    """The policy that comes with vidprog."""
    text = resources.files(__package__).joinpath(DEFAULT).read_text(encoding="utf-8")
    return read_policy(text, DEFAULT, Policy(threshold=0.0, max_rounds=1))


def load_policy(path: str | Path) -> Policy:
    """The policy of a user's file; what it leaves out is the default's.

    Args:
        path: A TOML file like ``policy.toml``.

    Raises:
        UsageError: It cannot be read, or something in it cannot be; the message names the file and the place.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path}: {problem}", code="policy.file", hint="Name a TOML file with a policy.") from error
    return read_policy(text, str(path), default_policy())


def read_policy(text: str, name: str, base: Policy) -> Policy:
    """A policy in TOML, on top of another one.

    Args:
        text: The TOML.
        name: Of the file, for errors.
        base: Gives what the text leaves out.

    Raises:
        UsageError: ``policy.toml`` (no TOML), ``policy.key``, ``policy.value``, ``policy.move``, and those of `Policy`.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"{name} is no TOML: {error}", code="policy.toml", hint="Write e.g. threshold = 0.7"
        ) from error
    try:
        read = {key: _reader(key)(value) for key, value in table.items()}
        merged: dict[str, Any] = {
            key: {**getattr(base, key), **value} if isinstance(value, dict) else value for key, value in read.items()
        }
        return replace(base, **merged)
    except UsageError as error:
        raise UsageError(f"{name}: {error.message}", code=error.code, hint=error.hint) from error


def _reader(key: str) -> Callable[[Any], Any]:
    if key not in _READERS:
        raise UsageError(f"there is no setting {key!r}", code="policy.key", hint=nearest(key, tuple(_READERS)))
    return _READERS[key]


def _threshold(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong("threshold", value, "a number from 0 to 1")
    return float(value)


def _max_rounds(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong("max_rounds", value, "a whole number, 1 or more")
    return value


def _critic(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong("critic", value, "true or false")
    return value


def _moves(value: Any) -> dict[str, tuple[str, ...]]:
    """``[moves]``: every name is checked, so that a slip is not a move that silently never happens."""
    from .moves import MOVES  # with the planner and the checker: commands that only look things up do without

    lists = _lists("moves", value, DIAGNOSES, "diagnosis")
    for diagnosis, names in lists.items():
        for name in names:
            if name not in MOVES:
                raise UsageError(
                    f"moves.{diagnosis}: there is no move {name!r}",
                    code="policy.move",
                    hint=nearest(name, tuple(MOVES)),
                )
    return lists


def _alternatives(value: Any) -> dict[str, tuple[str, ...]]:
    from ..models.models import BACKENDS

    lists = _lists("alternatives", value, ROLES, "role")
    for role, specs in lists.items():
        for text in specs:
            spec = Spec.parse(text)
            kinds = tuple(kind for known, kind in BACKENDS if known == role)
            if spec.kind not in kinds:
                raise UsageError(
                    f"alternatives.{role}: no backend {spec.kind!r} plays that role",
                    code="policy.value",
                    hint=nearest(spec.kind, kinds) if kinds else f"No backend for {role} comes with this version.",
                )
    return lists


_READERS: dict[str, Callable[[Any], Any]] = {
    "threshold": _threshold,
    "max_rounds": _max_rounds,
    "critic": _critic,
    "moves": _moves,
    "alternatives": _alternatives,
}
"""Setting -> what reads and checks its value."""


def _lists(key: str, value: Any, known: tuple[str, ...], what: str) -> dict[str, tuple[str, ...]]:
    """A table of lists of texts without repetitions, by known names."""
    if not isinstance(value, dict):
        raise _wrong(key, value, f"a table: [{key}]")
    for name, texts in value.items():
        if name not in known:
            raise UsageError(f"{key}: there is no {what} {name!r}", code="policy.key", hint=nearest(name, known))
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise _wrong(f"{key}.{name}", texts, 'a list of texts: ["...", "..."]')
        if len(set(texts)) < len(texts):
            raise _wrong(f"{key}.{name}", texts, "a list that names nothing twice")
    return {name: tuple(texts) for name, texts in value.items()}


def _wrong(key: str, value: Any, wanted: str) -> UsageError:
    return UsageError(f"{key} cannot be {value!r}", code="policy.value", hint=f"It is {wanted}.")
