"""Requests of lmms-eval as questions, and answers as what its tasks grade.

lmms-eval hands over a file and a text that a model is meant to complete, with options and instructions written into it.
Here the text is taken apart again; the package itself is not needed for that.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..agents import Result

_OPTION = re.compile(
    r"^\s*(?:option|caption|sentence|choice)?\s*(?:\((\w)\)|([A-Za-z])[.:)]|(\d)(?:[.:)](?=\s)))\s*(\S.*?)\s*$",
    re.IGNORECASE,
)
"""A line with an option: ``A. bread``, ``(A) bread``, ``a) bread``, ``1. bread``, ``Caption A: bread``."""
FIRST_LABELS = ("A", "a", "1", "0")
_INSTRUCTION = re.compile(
    r"^\s*(?:select the best|choose the (?:best|correct)|based on your"
    r"|answer (?:with|only|briefly|directly|the (?:given )?question (?:using|with|based|step)|a question|this|in)"
    r"|respond (?:with|only|in)|give (?:only|the best|me the|your)"
    r"|only (?:give|answer|output)|output only|directly (?:give|answer|output)"
    r"|please (?:answer|respond|response|choose|select|directly|only|give|output|ignore|watch)"
    r"|(?:the )?best (?:answer|option)(?: is)?\b|carefully watch|options?\s*:|choices\s*:|answer\s*:|return only"
    r"|do not (?:generate|respon[ds]e?|output|give)|your (?:response|answer) must|(?:let's )?think step|keep the answer"
    r"|provide a short|then apply what you learned|these are (?:the )?frames|visual information\s*:"
    r"|follow the instructions"
    r"|you (?:are able to|should|must|will be) )",
    re.IGNORECASE,
)
"""How sentences begin that tell a model how to answer, not what is asked (prompts of lmms-eval 0.7.3's video tasks)."""
_BOUNDARY = re.compile(r"(?<=[.?!])\s+|(?<=[.?!])(?=[A-Z][a-z])")
_LABEL = re.compile(r"^\s*(?:question|q)\s*:\s*", re.IGNORECASE)
_SUBTITLES = re.compile(r"^\s*(?:this video's )?subtitles\b.*\blisted below", re.IGNORECASE)
_YES_NO = re.compile(r"\byes['\"]?(?: or |/)['\"]?no\b", re.IGNORECASE)
YES_NO = ("yes", "no")
OPTION_FIELDS = ("options", "choices", "candidates")
"""Where data sets keep their options, tried when the text names them in no list."""
NOTHING = "no answer"
"""Said for no option; never a letter at random."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks.

    Attributes:
        question: Without instructions, subtitles and options.
        choices: The options in the order of their labels; empty for an open question.
        labels: What the text calls the options where these are no letters from A on: ``1``, ``yes``.
    """

    question: str
    choices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def asked_by(context: str, document: Mapping[str, Any] | None = None) -> Asked:
    r"""The question in a text that lmms-eval made.

    The labels of the text decide which option is which. Options of the row count only where the text names all of
    them: a question that is put without its options is an open one. Subtitles in the text are left out: vidprog reads
    those beside the file, and listens.

    Args:
        context: The text.
        document: The row of the data set.

    Example:
        >>> asked_by("What is thrown?\nA. a ball\nB. a stick\nAnswer with the option's letter.")
        Asked(question='What is thrown?', choices=('a ball', 'a stick'), labels=())
    """
    lines = [line.strip() for line in context.splitlines() if line.strip()]
    first, labels, options = _listed(lines)
    if not options:
        return _without_list(context, lines, document or {})
    letters = all(label == chr(65 + place) for place, label in enumerate(labels))
    return Asked(_question(lines[:first]) or context.strip(), options, () if letters else labels)


def _without_list(context: str, lines: Sequence[str], document: Mapping[str, Any]) -> Asked:
    """A question whose options stand in one line, whose answer is yes or no, or an open one."""
    options = _options_of(document)
    places = [context.find(option) for option in options]
    if options and min(places) > 0 and all(earlier < later for earlier, later in pairwise(places)):
        before = re.sub(r"\(?\w[.:)]\s*$", "", context[: places[0]])
        return Asked(_question([line.strip() for line in before.splitlines() if line.strip()]), options)
    told = [sentence for line in lines for sentence in _BOUNDARY.split(line) if _INSTRUCTION.match(sentence)]
    yes_no = YES_NO if any(map(_YES_NO.search, told)) else ()
    return Asked(_question(lines) or context.strip(), yes_no, yes_no)


def _listed(lines: Sequence[str]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Where the options begin, their labels and texts: the last list of two or more labels without a gap.

    A list of numbers counts only where nothing but instructions follows it: numbers list many other things.
    """
    for first in reversed(range(len(lines))):
        if _label(lines[first]) not in FIRST_LABELS:
            continue
        found = list(_run(lines[first:]))
        rest = lines[first + len(found) :]
        if len(found) > 1 and (found[0][0].isalpha() or not any(map(_bare, rest))):
            labels, texts = zip(*found, strict=True)
            return first, labels, texts
    return len(lines), (), ()


def _run(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Labels and texts of the lines from the first on, as long as each label is the next one."""
    wanted = ""
    for line in lines:
        label = _label(line)
        if not label or (wanted and label != wanted):
            return
        yield label, _text(line)
        wanted = chr(ord(label) + 1)


def _label(line: str) -> str:
    found = _OPTION.match(line)
    return next(filter(None, found.groups()[:3]), "") if found else ""


def _text(line: str) -> str:
    found = _OPTION.match(line)
    return found.group(4) if found else line


def _options_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    for name in OPTION_FIELDS:
        values = document.get(name)
        if isinstance(values, list | tuple) and len(values) > 1 and all(isinstance(value, str) for value in values):
            return tuple(_text(value) for value in values)
    return ()


def _question(lines: Sequence[str]) -> str:
    """What is asked by the lines before the options."""
    lines = _after_subtitles(lines)
    labelled = [place for place, line in enumerate(lines) if _LABEL.match(line)]
    if labelled:
        lines = _first_words(lines[labelled[-1] :])
    bare = [_bare(_LABEL.sub("", line)) for line in lines]
    return " ".join(filter(None, bare)) or _LABEL.sub("", " ".join(lines)).strip()


def _first_words(lines: Sequence[str]) -> Sequence[str]:
    """The lines up to the first instruction after them."""
    told = [place for place, line in enumerate(lines) if place and not _bare(line)]
    return lines[: told[0]] if told else lines


def _after_subtitles(lines: Sequence[str]) -> Sequence[str]:
    """The lines without subtitles that are listed in the text, which end where a model is told what to do."""
    heads = [place for place, line in enumerate(lines) if _SUBTITLES.match(line)]
    told = [place for place, line in enumerate(lines) if not _bare(line)]
    if not heads or not told or told[-1] < heads[0]:
        return lines
    return lines[told[-1] + 1 :] or lines[max(heads[0] + 1, told[-1] - 1) : told[-1]]


def _bare(line: str) -> str:
    """A line without the instructions that it begins and ends with."""
    edges = [0, *(found.end() for found in _BOUNDARY.finditer(line)), len(line)]
    asked = [not _INSTRUCTION.match(line[one:two]) for one, two in pairwise(edges)]
    if not any(asked):
        return ""
    return line[edges[asked.index(True)] : edges[len(asked) - asked[::-1].index(True)]].strip()


def videos_of(visuals: Sequence[Any] | None) -> tuple[str, ...]:
    """The files among what ``doc_to_visual`` gave; pictures that are decoded already are none."""
    return tuple(os.fspath(visual) for visual in visuals or () if isinstance(visual, str | os.PathLike))


def reply_of(asked: Asked, result: "Result") -> str:
    """An answer as tasks grade it: the label of an option, else words.

    An answer that the video does not show still names the nearest option where there is one: tasks have no way to
    abstain.
    """
    if not asked.choices:
        return result.text or NOTHING
    if result.choice is None:
        return NOTHING
    return asked.labels[result.choice] if asked.labels else chr(65 + result.choice)


def answered(
    request: Any, documents: Mapping[str, Mapping[str, Any]], ask: Callable[[Sequence[str], Asked], "Result"]
) -> tuple[str, "Result"]:
    """One request of the simple protocol: (text, generation options, doc_to_visual, row's id, task, split).

    Args:
        request: lmms-eval's ``Instance``, or anything with such ``args``.
        documents: ``task_dict``: task -> split -> rows.
        ask: Puts a question about one or several videos.

    Returns:
        The reply and the answer it is from.

    Raises:
        VidprogError: The video cannot be used.
        ValueError: The row comes without a video file, or with pictures beside it, which nobody would look at.
    """
    context, _, doc_to_visual, doc_id, task, split = request.args
    document = documents[task][split][doc_id]
    visuals = list(doc_to_visual(document) or ())
    paths = videos_of(visuals)
    if not paths:
        raise ValueError(f"{task}: row {doc_id} comes without a video file")
    if len(paths) < len(visuals):
        kinds = ", ".join(sorted({type(one).__name__ for one in visuals if not videos_of([one])}))
        raise ValueError(
            f"{task}: row {doc_id} comes with more than video files ({kinds}), and vidprog asks about files"
        )
    asked = asked_by(context, document)
    result = ask(paths, asked)
    return reply_of(asked, result), result
