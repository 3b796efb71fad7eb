"""Requests of lmms-eval as questions, and answers as what its tasks grade.

lmms-eval hands over a file and a text that a model is meant to complete, with options and instructions written into it.
Here the text is taken apart again; the package itself is not needed for that.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..agents import Result

_OPTION = re.compile(r"^\s*(?:\(([A-Z])\)|([A-Z])[.:)])\s*(\S.*?)\s*$")
_INSTRUCTION = re.compile(
    r"^\s*(?:select the best|choose the (?:best|correct)"
    r"|answer (?:with|the question (?:using|with|based)|a question|this|in)|respond (?:with|only)|only give"
    r"|give (?:only|the best)|please (?:answer|respond|choose|select|directly)"
    r"|the best (?:answer|option)(?: is)?|carefully watch|options?\s*:|choices\s*:|answer\s*:|return only)",
    re.IGNORECASE,
)
"""How lines begin that tell a model how to answer, not what is asked (the prompts of lmms-eval 0.7's video tasks)."""
_LABEL = re.compile(r"^\s*(?:question|q)\s*:\s*", re.IGNORECASE)
OPTION_FIELDS = ("options", "choices", "candidates")
"""Where data sets keep their options, tried when the text has none."""
NOTHING = "no answer"
"""Said for no option; never a letter at random."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks.

    Attributes:
        question: Without instructions and options.
        choices: The options in the order of their letters; empty for an open question.
    """

    question: str
    choices: tuple[str, ...] = ()


def asked_by(context: str, document: Mapping[str, Any] | None = None) -> Asked:
    r"""The question in a text that lmms-eval made.

    The letters of the text decide which option is which, so options are read from it first and from the row only when
    it has none.

    Args:
        context: The text.
        document: The row of the data set.

    Example:
        >>> asked_by("What is thrown?\nA. a ball\nB. a stick\nAnswer with the option's letter.")
        Asked(question='What is thrown?', choices=('a ball', 'a stick'))
    """
    lines = [line.strip() for line in context.splitlines() if line.strip()]
    first, options = _options_in(lines)
    before = lines[:first] if options else lines
    kept = [line for line in before if not _INSTRUCTION.match(line)]
    question = _LABEL.sub("", " ".join(kept or before)).strip()
    return Asked(question or context.strip(), options or _options_of(document or {}))


def _options_in(lines: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Where the options begin, and their texts: lettered lines from A on without a gap, two at least."""
    for first, line in enumerate(lines):
        found: list[str] = []
        for follower in lines[first:] if _letter(line) == "A" else ():
            if _letter(follower) != chr(65 + len(found)):
                break
            found.append(_text(follower))
        if len(found) > 1:
            return first, tuple(found)
    return len(lines), ()


def _letter(line: str) -> str:
    found = _OPTION.match(line)
    return (found.group(1) or found.group(2)) if found else ""


def _text(line: str) -> str:
    found = _OPTION.match(line)
    return found.group(3) if found else line


def _options_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    for name in OPTION_FIELDS:
        values = document.get(name)
        if isinstance(values, list | tuple) and len(values) > 1 and all(isinstance(value, str) for value in values):
            return tuple(_text(value) for value in values)
    return ()


def video_of(visuals: Sequence[Any] | None) -> str | None:
    """The first file among what ``doc_to_visual`` gave; pictures that are decoded already are none."""
    return next((visual for visual in visuals or () if isinstance(visual, str)), None)


def reply_of(choices: Sequence[str], result: "Result") -> str:
    """An answer as tasks grade it: the letter of an option, else words.

    An answer that the video does not show still names the nearest option where there is one: tasks have no way to
    abstain.
    """
    if not choices:
        return result.text or NOTHING
    return chr(65 + result.choice) if result.choice is not None else NOTHING


def answered(
    request: Any, documents: Mapping[str, Mapping[str, Any]], ask: Callable[[str, Asked], "Result"]
) -> tuple[str, "Result"]:
    """One request of the simple protocol: (text, generation options, doc_to_visual, row's id, task, split).

    Args:
        request: lmms-eval's ``Instance``, or anything with such ``args``.
        documents: ``task_dict``: task -> split -> rows.
        ask: Puts a question about a video.

    Returns:
        The reply and the answer it is from.

    Raises:
        VidprogError: The video cannot be used.
        ValueError: The row comes without a video file.
    """
    context, _, doc_to_visual, doc_id, task, split = request.args
    document = documents[task][split][doc_id]
    path = video_of(doc_to_visual(document))
    if path is None:
        raise ValueError(f"{task}: row {doc_id} comes without a video file")
    asked = asked_by(context, document)
    result = ask(path, asked)
    return reply_of(asked.choices, result), result
