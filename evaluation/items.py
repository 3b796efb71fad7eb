"""What is asked in an evaluation, what is known to be right, and what was answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from ..video.errors import UsageError

Task = Literal["choice", "open", "when", "highlight", "count", "caption"]
"""How an item is answered: an option, words, spans, saliency of pieces, a number, or a description."""

Span = tuple[float, float]
"""Start and end in seconds."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its truth.

    Attributes:
        id: Unique within its data set.
        video: Name or id of the video, as the data set gives it.
        question: What is asked; for ``when`` and ``highlight`` what is looked for.
        task: How it is answered.
        choices: The options of a ``choice``.
        truth: Position of the right option, from 0; None where there is none or the data set withholds it.
        answers: Texts that are right for an open question, the first one the reference; a number as text for ``count``.
        spans: Where the answer is in the video, in seconds.
        part: The part of the video that is asked about, in seconds; None for all of it.
        category: What the data set calls the kind of question.
        group: Items with one group are right together only (rotations of one question); empty for none.
        extra: What only this data set has: saliency scores, rules of a judge, facts a description must have.

    Example:
        >>> item = Item("7", "park.mp4", "What is thrown?", choices=("a ball", "a stick"), truth=0)
        >>> item.reference
        'a ball'
    """

    id: str
    video: str
    question: str
    task: Task = "choice"
    choices: tuple[str, ...] = ()
    truth: int | None = None
    answers: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    part: Span | None = None
    category: str = ""
    group: str = ""
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def reference(self) -> str:
        """The right answer in words; empty where it is not known."""
        if self.truth is not None:
            return self.choices[self.truth]
        return self.answers[0] if self.answers else ""

    @property
    def known(self) -> bool:
        """Whether the truth is known."""
        return bool(self.truth is not None or self.answers or self.spans)


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that could not be read.

    Attributes:
        file: The file of the row.
        row: Line (text) or position from 1 (JSON lists).
        reason: Why.
    """

    file: str
    row: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.row}: {self.reason}"


@dataclass(frozen=True, slots=True)
class DataSet:
    """Items of one data set.

    Attributes:
        name: What it is called.
        format: The reader that read it.
        items: In the order of the file.
        problems: Rows that could not be read.
        files: The files that were read.
    """

    name: str
    format: str
    items: tuple[Item, ...]
    problems: tuple[Problem, ...] = ()
    files: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two items of one id: their answers could not be told apart.

        Raises:
            UsageError: An id stands twice.
        """
        seen: set[str] = set()
        for item in self.items:
            if item.id in seen:
                raise UsageError(
                    f"{self.name}: the id {item.id!r} stands twice", code="eval.id", hint="Give each item its own id."
                )
            seen.add(item.id)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was answered to one item.

    Attributes:
        item: The item's id.
        choice: Position of the chosen option, from 0.
        text: The answer in words.
        spans: The moments of the evidence, or of a ``when``, best first, in seconds.
        scores: Score of each span, the higher the surer; or saliency of each piece of a ``highlight``.
        probabilities: Of all options; empty where they are not known.
        confidence: 0 to 1.
        grounding: How much the video moved the answer; None where it is not known.
        abstained: Whether the answer says that the video does not show it.
        usage: What it cost, by name (``seconds``, ``llm_calls``, ``frames_seen``...).
        error: Why there is no answer; empty where there is one.
    """

    item: str
    choice: int | None = None
    text: str = ""
    spans: tuple[Span, ...] = ()
    scores: tuple[float, ...] = ()
    probabilities: tuple[float, ...] = ()
    confidence: float = 0.0
    grounding: float | None = None
    abstained: bool = False
    usage: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    error: str = ""
