"""The result of a question: the answer and everything that explains it."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..memory import Observation, Timeline
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
        path: The video that the evidence is from; of several, that of moments that do not name theirs.
        program: Name, source, planner of the best round's program.
        rounds: Every round in order, as plain data.
        usage: What it cost.
        profile: Spec of each role.
        warnings: What a reader of the answer should know.
        resolved: The question as it was understood after those before it; empty where it was taken as it is.
        store: Directory of the memory files, for `timeline`.

    Example:
        >>> result = vidprog.ask("sample.mp4", "Where can lost property be collected?", ["Room 3", "Room 12"])
        >>> [step["tool"] for step in result.rounds[-1]["steps"]][-1], result.to_json()["schema"]
        ('answer', 'vidprog.answer/1')
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
    resolved: str = ""
    store: str = ""

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

    def path_of(self, moment: Observation) -> str:
        """The path of the video that a moment is from."""
        paths = [video["path"] for video in self.videos]
        return dict(zip(video_names(paths), paths, strict=True)).get(moment.video, self.path)

    def timeline(self, video: str | Path | None = None) -> Timeline:
        """What is known about the video by now: everything that was looked at for this question and others.

        Args:
            video: Which, by its path; that of the answer when left out.

        Returns:
            Empty, saying why, where the memory file is away.

        Example:
            >>> result = vidprog.ask("sample.mp4", "Which animal is shown?", ["a dog", "a cat"])
            >>> [moment.content for moment in result.timeline().of_kind("object").between(17, 20)]
            ['cat']
        """
        from .known import known_timeline

        wanted = str(video or self.path)
        prints = [entry["fingerprint"] for entry in self.videos if entry["path"] == wanted]
        if not prints or not self.store:
            return Timeline((), f"nothing is known about {wanted}")
        return known_timeline(prints[0], Path(self.store), self.profile)

    def __str__(self) -> str:
        return self.answer.text

    def to_json(self) -> dict[str, Any]:
        """The ``vidprog.answer/1`` document."""
        answer = self.answer
        return {
            "schema": SCHEMA,
            "question": self.question,
            **({"resolved": self.resolved} if self.resolved else {}),
            "choices": list(self.choices),
            "videos": list(self.videos),
            "answer": answer.text,
            "choice": answer.choice,
            "confidence": round(answer.confidence, 4),
            "probabilities": [round(value, 6) for value in answer.probabilities],
            "basis": answer.basis,
            "grounding": None if answer.grounding is None else round(answer.grounding, 4),
            "abstained": answer.abstained,
            "evidence": [evidence_item(self.path_of(moment), moment.to_json()) for moment in answer.evidence],
            "program": dict(self.program),
            "rounds": list(self.rounds),
            "usage": {name: round(value, 3) for name, value in self.usage.items()},
            "profile": dict(self.profile),
            "warnings": list(self.warnings),
            "versions": versions(),
        }


def video_names(paths: Iterable[str | Path]) -> tuple[str, ...]:
    """What to call several videos: their file names, with as many folders as tell them apart; copies are numbered.

    Example:
        >>> video_names(["a/one.mp4", "b/one.mp4", "two.mp4", "two.mp4"])
        ('a/one.mp4', 'b/one.mp4', 'two.mp4', 'two.mp4 (2)')
    """
    parts = [Path(path).parts for path in paths]
    lengths = [1] * len(parts)
    for _ in range(max(map(len, parts), default=0)):
        names = ["/".join(part[-length:]) for part, length in zip(parts, lengths, strict=True)]
        taken = Counter(names)
        lengths = [length + (taken[name] > 1) for name, length in zip(names, lengths, strict=True)]
    names = ["/".join(part[-length:]) for part, length in zip(parts, lengths, strict=True)]
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        seen[name] += 1
        names[place] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return tuple(names)


def evidence_item(path: str, moment: dict[str, Any]) -> dict[str, Any]:
    """A moment as JSON documents show it."""
    names = ("start", "end", "kind", "content", "score", "source")
    return {"video": path, **{name: moment[name] for name in names}}


def versions() -> dict[str, str]:
    """Versions of what an answer depends on."""
    return {"python": ".".join(map(str, sys.version_info[:3])), **{name: version(name) for name in VERSIONED}}
