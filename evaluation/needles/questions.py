"""From a question about needles to items: several choices, all their rotations, an open answer, or the moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from ..items import Item
from .needle import Needle, Script, described

if TYPE_CHECKING:
    import numpy as np

Form = Literal["choice", "circular", "open", "when"]
CHOICES = 4


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one video.

    Attributes:
        aspect: What it is about, within its task: ``direction`` of a conflicting pair; empty where the task says it.
        text: The question.
        options: All of one kind, in a random order.
        answer: The right one.
        needles: Those that hold the answer.
        sought: What is to be found, in words; empty where no moment is meant.
        depth: Where in the video it is, 0 to 1; None for answers that need several moments.
        counts: Whether the answer is a number of times.
        pair: Questions of one pair have one name and opposite answers; empty for others.
        aliases: Other words for the answer.
        alone: Whether nothing else in the video is a right answer too; where it is not, the options decide.
    """

    aspect: str
    text: str
    options: tuple[str, ...]
    answer: str
    needles: tuple[Needle, ...]
    sought: str = ""
    depth: float | None = None
    counts: bool = False
    pair: str = ""
    aliases: tuple[str, ...] = ()
    alone: bool = True


def options_of(answer: str, rivals: Sequence[str], rng: "np.random.Generator", count: int = CHOICES) -> tuple[str, ...]:
    """The answer and the first of its rivals in a random order.

    Args:
        answer: What is right.
        rivals: What is wrong, the most tempting first; the answer and repetitions are passed over.
        rng: Draws the order.
        count: Options at most.
    """
    wrong = [rival for rival in dict.fromkeys(rivals) if rival != answer][: count - 1]
    return tuple(rng.permutation([answer, *wrong]).tolist())


def items_of(
    script: Script, questions: Sequence[Question], forms: Sequence[Form], task: str, about: dict[str, Any]
) -> list[Item]:
    """The items of a video.

    Args:
        script: The video.
        questions: In the order of their numbers.
        forms: How each is asked.
        task: What begins the category of each.
        about: What all items say in ``extra``.
    """
    items: list[Item] = []
    for number, question in enumerate(questions, 1):
        category = "/".join(filter(None, (task, question.aspect)))
        item = replace(_plain(script, question, about), id=f"{script.name}-{number}", category=category)
        items += [made for form in forms for made in _FORMS[form](item, question)]
    return items


def unasked(questions: Sequence[Question], forms: Sequence[Form]) -> list[str]:
    """The forms in which none of some questions is asked, each with the reason."""
    left_out = []
    if "open" in forms and not any(question.alone for question in questions):
        left_out.append("not asked in the form open: without options more than one answer is right")
    if "when" in forms and not any(question.sought for question in questions):
        left_out.append("not asked in the form when: no question is about one moment")
    return left_out


def _plain(script: Script, question: Question, about: dict[str, Any]) -> Item:
    needles = sorted(question.needles, key=lambda needle: needle.start)
    extra = about | {"needle": [described(needle) for needle in needles], "plan": script.digest}
    if question.depth is not None:
        extra["depth"] = question.depth
    if question.pair:
        extra["pair"] = question.pair
    spans = tuple(script.span(needle) for needle in needles)
    return Item("", script.file, question.text, spans=spans, group=question.pair, extra=extra)


def _choice(item: Item, question: Question) -> list[Item]:
    truth = question.options.index(question.answer)
    return [replace(item, choices=question.options, truth=truth)]


def _circular(item: Item, question: Question) -> list[Item]:
    """The options in every rotation; right together only."""
    group, options = item.group or item.id, question.options
    rotations = [options[first:] + options[:first] for first in range(len(options))]
    return [
        replace(
            item, id=f"{item.id}-r{number}", choices=turned, truth=turned.index(question.answer),
            group=f"{group}-circular",
        )
        for number, turned in enumerate(rotations)
    ]  # fmt: skip


def _open(item: Item, question: Question) -> list[Item]:
    """Only where one answer is right without options."""
    if not question.alone:
        return []
    group = f"{item.group}-open" if item.group else ""
    task: Literal["count", "open"] = "count" if question.counts else "open"
    return [replace(item, id=f"{item.id}-open", task=task, answers=(question.answer, *question.aliases), group=group)]


def _when(item: Item, question: Question) -> list[Item]:
    """Only where one moment is meant."""
    if not question.sought:
        return []
    return [replace(item, id=f"{item.id}-when", question=question.sought, task="when", group="")]


_FORMS: dict[Form, Callable[[Item, Question], list[Item]]] = {
    "choice": _choice, "circular": _circular, "open": _open, "when": _when,
}  # fmt: skip
FORMS: tuple[Form, ...] = tuple(_FORMS)
