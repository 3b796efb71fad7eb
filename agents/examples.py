"""Examples as planners use them: which are like a question, and how the loop adds to them.

Two questions are alike as far as they mean the same (embeddings) and have the same form ("how many", "what colour"),
which embeddings blur.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..memory import Example, ExampleStore, VideoVector
from ..memory.examples import ALPHA
from ..models import Models
from ..programs import Program
from ..programs.short import short_source
from ..tools.examples import video_vector
from ..video.errors import VidprogError
from .session import Session

_FORM_WORDS = """
how many much what when where which who whom whose why is are was were does do did can could at from until since
according colour color colours colors say says said says speak spoken narrator speaker written printed read shown time
second number title text sign word words there visible seen before after happens
"""
FORM_WORDS = frozenset(_FORM_WORDS.split())
FORM_WEIGHT = 0.6
"""Form counts this much beside the cosine of meaning."""
WRITTEN = "llm:"
"""Begins the names of planners that write programs."""


@dataclass(frozen=True, slots=True)
class Match:
    """A question that was asked before, the program for it, and how like it is to the new one (higher is more)."""

    likeness: float
    question: str
    program: Program

    def text(self) -> str:
        """The example as a model reads it; the question stands on one line, as a comment."""
        return f"# {' '.join(self.question.split())}\n{short_source(self.program)}"


def form_of(question: str) -> frozenset[str]:
    """The words that give a question its form.

    Example:
        >>> sorted(form_of("How many cars are there?"))
        ['are', 'how', 'many', 'there']
    """
    return frozenset(re.findall(r"[a-z]+", question.casefold())) & FORM_WORDS


def form_likeness(one: str, two: str) -> float:
    """What the forms of two questions add to their likeness, 0 to `FORM_WEIGHT`."""
    first, second = form_of(one), form_of(two)
    return FORM_WEIGHT * len(first & second) / len(first | second) if first and second else 0.0


def stored_matches(
    directory: Path,
    question: str,
    models: Models,
    wanted: Callable[[Example], bool] = lambda example: True,
    *,
    video: VideoVector | None = None,
    alpha: float = ALPHA,
    count: int = 16,
) -> list[Match]:
    """Examples of the store with a program that is not known to be wrong, best first.

    Args:
        directory: Where the store is; nothing is begun where there is none.
        question: What is asked.
        models: For the embedder.
        wanted: Which examples come into question.
        video: What the video is about.
        alpha: Share of the questions' likeness beside the videos'.
        count: At most so many.
    """
    store = ExampleStore.there(directory)
    if store is None:
        return []
    with store:
        found = store.like(
            question, models.lazy_embedder, video, alpha=alpha, count=count,
            wanted=lambda example: bool(example.program) and example.outcome != "wrong" and wanted(example),
        )  # fmt: skip
    matches = [
        Match(
            item.score + form_likeness(question, item.example.question), item.example.question, program_of(item.example)
        )
        for item in found
    ]
    return sorted(matches, key=lambda match: -match.likeness)


def program_of(example: Example) -> Program:
    """The program of an example, named after the example where it has no name of its own."""
    return Program.draft(example.program, name=f"example_{example.id}")


def remember(session: Session, state: Any) -> bool:
    """Keep a question that was answered well by a program which a model wrote, as an example for later questions.

    Nothing is kept of named programs, which are examples already, of a program that is known for this question, and of
    answers that the judge did not accept. Whether the answer is right is not known: only a user can say.

    Args:
        session: The video that was asked about.
        state: Of the finished loop.

    Returns:
        Whether there is a new example.
    """
    last = state["rounds"][-1] if state["rounds"] else {}
    if last.get("diagnosis") != "good" or not last["planner"].startswith(WRITTEN):
        return False  # the loop ends with the round that is accepted
    with suppress(VidprogError), ExampleStore.open(session.store) as store:  # a full disk must not cost the answer
        example = _learned(session, state, last)
        if not store.knows(example.question, example.program):
            return store.add(example, video_vector(session.context()) if example.video else None, replace=False)
    return False


def _learned(session: Session, state: Any, last: dict[str, Any]) -> Example:
    alone = session.video if len(session.videos) == 1 else None
    return Example(
        question=state["question"],
        program=last["source"],
        answer=last["answer"]["answer"],
        choices=tuple(state["choices"]),
        video=str(alone.path) if alone else "",
        fingerprint=alone.fingerprint if alone else "",
        facts=state["facts"],
        confidence=last["answer"]["confidence"],
        origin="loop",
    )
