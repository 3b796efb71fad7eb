"""A question that was asked before, with the program that answered it and, where somebody knows, the right answer.

Examples are what a planner and a vision-language model learn from without training: as text in a prompt. Everything in
them is data; a question in an example is never an instruction to a model.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from ..video.errors import UsageError
from .key import canonical_json

Outcome = Literal["right", "wrong", "unknown"]
Origin = Literal["user", "loop", "library", "refined"]

_ID_LETTERS = 10


@dataclass(frozen=True, slots=True)
class Example:
    """One example.

    Raises:
        UsageError: `example.question`, `example.outcome`, `example.origin`, `example.confidence` or `example.choices`.
    """

    question: str
    program: str = ""
    """Source of the program that answered it; empty for an example that is only a labelled video."""
    answer: str = ""
    """What is, or was taken for, the answer; `outcome` says which."""
    choices: tuple[str, ...] = ()
    video: str = ""
    """Path of the file that was asked about."""
    fingerprint: str = ""
    """Of the video's content; a file of another content under the same path is another video."""
    facts: str = ""
    """What was known about the video when it was asked, in a line."""
    outcome: Outcome = "unknown"
    confidence: float | None = None
    """Of the answer, 0 to 1; None when there was none."""
    created: str = ""
    """When, in UTC: `2025-01-31T12:00:00Z`; now when left out."""
    origin: Origin = "user"
    """`user`, `loop` (a question that was answered well), `library`, or `refined` (its program was replaced)."""
    id: str = ""
    """Ten hexadecimal digits; made of question, choices, video and program when left out."""

    def __post_init__(self) -> None:
        if not self.question.strip():
            raise UsageError("an example needs a question", code="example.question", hint="Give --question.")
        _require("outcome", self.outcome, get_args(Outcome))
        _require("origin", self.origin, get_args(Origin))
        if self.confidence is not None and not (math.isfinite(self.confidence) and 0 <= self.confidence <= 1):
            raise UsageError(
                f"a confidence of {self.confidence} cannot be", code="example.confidence", hint="Give 0 to 1."
            )
        if self.choices and self.answer and self.answer not in self.choices:
            raise UsageError(
                f"the answer {self.answer!r} is none of the choices", code="example.choices", hint="Check the texts."
            )
        object.__setattr__(self, "choices", tuple(self.choices))
        object.__setattr__(self, "created", self.created or now_utc())
        object.__setattr__(self, "id", self.id or self._digest())

    def _digest(self) -> str:
        parts = [" ".join(self.question.split()), list(self.choices), self.fingerprint or self.video, self.program]
        return hashlib.sha256(canonical_json(parts).encode("utf-8", "replace")).hexdigest()[:_ID_LETTERS]

    def to_json(self) -> dict[str, Any]:
        """Every field as plain data."""
        return {**asdict(self), "choices": list(self.choices)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Example:
        """An example of what `to_json` gave; fields that are left out have their defaults.

        Raises:
            UsageError: `example.form` for unknown fields or wrong types, and those of the class.
        """
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown or not all(_fits(name, value) for name, value in data.items()):
            wrong = unknown or [name for name, value in data.items() if not _fits(name, value)]
            raise UsageError(
                f"an example cannot have {', '.join(map(repr, wrong))} like this",
                code="example.form",
                hint=f"Fields are {', '.join(sorted(known))}; texts, choices a list of texts, confidence a number.",
            )
        return cls(**{**data, "choices": tuple(data.get("choices", ()))})


def _require(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(
            f"an example's {name} cannot be {value!r}", code=f"example.{name}", hint=f"It is {', '.join(allowed)}."
        )


def _fits(name: str, value: object) -> bool:
    if name == "choices":
        return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)
    if name == "confidence":
        return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
    return isinstance(value, str)


def now_utc() -> str:
    """The time as examples keep it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
