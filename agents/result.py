"""The result of a question: the answer and everything that explains it."""

import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from ..tools import Answer

SCHEMA = "vidprog.answer/1"
VERSIONED = ("vidprog", "pydantic-monty", "langgraph", "ctranslate2", "faster-whisper", "rapidocr", "av")


@dataclass(frozen=True, slots=True)
class Result:
    """An answer with its trace.

    Attributes:
        question: As it was asked.
        choices: The options; empty for an open question.
        videos: Path, fingerprint and duration of each video.
        answer: The answer of the best round.
        path: The video that the evidence is from.
        program: Name, source, planner of the best round's program.
        rounds: Every round in order, as plain data.
        usage: What it cost.
        profile: Spec of each role.
        warnings: What a reader of the answer should know.
    """

    question: str
    choices: tuple[str, ...]
    videos: tuple[dict[str, Any], ...]
    answer: Answer
    path: str
    program: dict[str, str]
    rounds: tuple[dict[str, Any], ...]
    usage: dict[str, float]
    profile: dict[str, str]
    warnings: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The answer in words."""
        return self.answer.text

    @property
    def choice(self) -> int | None:
        """Position of the chosen option, from 0."""
        return self.answer.choice

    @property
    def confidence(self) -> float:
        """0 to 1."""
        return self.answer.confidence

    def __str__(self) -> str:
        return self.answer.text

    def to_json(self) -> dict[str, Any]:
        """The ``vidprog.answer/1`` document."""
        answer = self.answer
        return {
            "schema": SCHEMA,
            "question": self.question,
            "choices": list(self.choices),
            "videos": list(self.videos),
            "answer": answer.text,
            "choice": answer.choice,
            "confidence": round(answer.confidence, 4),
            "basis": answer.basis,
            "grounding": None if answer.grounding is None else round(answer.grounding, 4),
            "abstained": answer.abstained,
            "evidence": [evidence_item(self.path, moment) for moment in answer.evidence.to_json()],
            "program": dict(self.program),
            "rounds": list(self.rounds),
            "usage": {name: round(value, 3) for name, value in self.usage.items()},
            "profile": dict(self.profile),
            "warnings": list(self.warnings),
            "versions": versions(),
        }


def evidence_item(path: str, moment: dict[str, Any]) -> dict[str, Any]:
    """A moment as JSON documents show it."""
    names = ("start", "end", "kind", "content", "score", "source")
    return {"video": path, **{name: moment[name] for name in names}}


def versions() -> dict[str, str]:
    """Versions of what an answer depends on."""
    return {"python": ".".join(map(str, sys.version_info[:3])), **{name: version(name) for name in VERSIONED}}
