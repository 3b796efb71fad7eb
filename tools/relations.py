"""How questions and options speak of several videos: which one is named, what is compared, and which answer it takes.

Everything here works on words alone: "the first clip", "video B", a file's name; "both", "neither", "more than".
"""

import re
from collections.abc import Sequence
from pathlib import PurePath

from .text import numbers_in

NOUN = r"(?:videos?|clips?|films?|recordings?|files?|movies?|footage)"
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ANY_ORDINAL = rf"(?:{'|'.join(ORDINALS)}|last|other)"

ALL = re.compile(r"\b(both|all|each|every)\b", re.I)
NONE = re.compile(r"\b(neither|none|no (?:video|clip|film|one)|nowhere|not in any)\b", re.I)
ANY = re.compile(r"\b(any|either|at least one|one of)\b", re.I)
ONE_ALONE = re.compile(r"^\W*(?:in )?(?:only|just|exactly) one\b", re.I)
YES = re.compile(r"^\W*(?:yes|true|correct)\b", re.I)
NO = re.compile(r"^\W*(?:no|false|incorrect)\b", re.I)
SAME = re.compile(r"\b(same|identical|equal(?:ly)?|alike|match(?:es|ing)?|as (?:many|much|long) as|similar)\b", re.I)
DIFFERENT = re.compile(
    r"\b(different|differ|differs|unlike|not the same|another|not (?:equal|alike|identical))\b", re.I
)
MORE = re.compile(
    r"\b(more|most|larger|largest|greater|greatest|longer|longest|higher|highest|bigger|biggest|oftener)\b", re.I
)
LESS = re.compile(
    r"\b(less|least|fewer|fewest|smaller|smallest|shorter|shortest|lower|lowest|briefer|briefest)\b", re.I
)
TOTAL = re.compile(r"\b(in total|altogether|together|in all|combined|overall|total number|sum)\b", re.I)
DIFFERENCE = re.compile(r"\bhow (?:many|much) (?:more|fewer|less|longer|shorter)\b", re.I)

_PHRASE = re.compile(
    rf"\b(?:(?:in|of|from|on|for|by|between|across|among|within|throughout)\s+)?"
    rf"(?:(?:which|what|both|either|neither|all|each|any|every|only|the|these|those|one)\s+(?:of\s+)?)*"
    rf"(?:(?:the|these|those|two|three|four|five|{_ANY_ORDINAL})\s+)*{NOUN}(?:\s+(?:[A-E]|\d{{1,2}}))?(?![\w.])",
    re.I,
)
"""Words that only say which video is meant: "in which of the two clips", "both videos", "the first film"."""
_TAIL = re.compile(
    rf"\bthan(?:\s+(?:in|on|at|the|there|is|are|was|were|does|do|has|have))*(?:\s+{_ANY_ORDINAL}(?:\s+one)?)?\s*$", re.I
)
_ALTERNATIVES = re.compile(
    rf"(?:(?:[,:]|\bor\b|\bonly\b)\s*)+(?:only\s+)?(?:in\s+)?(?:the\s+)?{_ANY_ORDINAL}\b(?:\s+one)?(?:\s+only)?", re.I
)
"""Answers that a question offers: "only in the first, only in the second"."""
_QUANTITY = re.compile(
    r"\b(more|fewer|less|most|fewest|least|(?:the\s+)?same (?:number|amount) of|as many|the (?:larger|greater|higher|"
    r"largest|greatest|highest|smaller|smallest|lower|lowest) (?:number|amount) of|both|either|neither|too|also|"
    r"in common|in total|altogether|together|combined|which one|compared(?:\s+(?:to|with))?|(?:in|the) the)\b",
    re.I,
)


def mentions(text: str, names: Sequence[str], *, short: bool = False) -> list[int]:
    """The videos that a text names, in the order in which it does, each once.

    Args:
        text: A question or an option.
        names: What the videos are called, in order.
        short: Whether the text is an option, in which "the second" or "B" alone means a video.

    Example:
        >>> mentions("Are there more in clip B than in the first video?", ["x.mp4", "y.mp4"])
        [1, 0]
        >>> mentions("only in x.mp4", ["x.mp4", "y.mp4"]), mentions("the second", ["x.mp4", "y.mp4"], short=True)
        ([0], [1])
    """
    bare = short or bool(re.search(rf"\b{_ANY_ORDINAL}\s+{NOUN}", text, re.I))
    found: list[tuple[int, int]] = []
    for index, name in enumerate(names):
        places = [match.start() for pattern in _patterns(index, name, len(names), bare, short)
                  if (match := re.search(pattern, text, re.I))]  # fmt: skip
        if places:
            found.append((min(places), index))
    ordered = [index for _, index in sorted(found)]
    if len(names) == 2 and len(ordered) == 1 and re.search(r"\bthan\b.*\bother\b", text, re.I):
        ordered.append(1 - ordered[0])
    return ordered


def _patterns(index: int, name: str, count: int, bare: bool, short: bool) -> list[str]:
    path = PurePath(name)
    files = {name, path.name} | ({path.stem} if len(path.stem) > 2 else set())
    patterns = [rf"(?<!\w){re.escape(file)}(?!\w)" for file in files]
    noun = rf"\s+(?:{NOUN}|one)\b"
    ordinals = [ORDINALS[index]] if index < len(ORDINALS) else []
    ordinals += ["last"] if index == count - 1 else []
    patterns += [rf"\b{ordinal}{noun}" for ordinal in ordinals]
    if bare:  # "a second" is a time, "two seconds" as well
        patterns += [rf"(?<!a )(?<!one )\b{ordinal}\b" for ordinal in ordinals]
    letter = chr(ord("A") + index)
    numbers = [str(index + 1), *_CARDINALS[index : index + 1], letter]
    patterns += [rf"\b{NOUN}\s*(?:number\s*)?{number}\b" for number in numbers]
    if short:
        patterns += [rf"^\W*(?:only\s+)?{number}\W*$" for number in (str(index + 1), letter)]
    return patterns


def about_one(question: str, names: Sequence[str]) -> str:
    """A question about several videos as it would be asked of one of them.

    Example:
        >>> about_one("How many more dogs are there in the first video than in the second?", ["x.mp4", "y.mp4"])
        'How many dogs are there'
        >>> about_one("Which of the videos shows a red door?", ["x.mp4", "y.mp4"])
        'shows a red door'
    """
    files = {file for name in names for file in (name, PurePath(name).name)}
    for file in sorted(files, key=len, reverse=True):
        question = re.sub(rf"(?<!\w){re.escape(file)}(?!\w)", "the first video", question)
    text = question.strip().rstrip("?!. ")
    for pattern in (_PHRASE, _TAIL, _ALTERNATIVES, _QUANTITY, _TAIL):
        text = re.sub(r"\s+", " ", pattern.sub(" ", text)).strip(" ,;:")
    text = re.sub(r"(?:[\s,]+(?:in|of|from|on|or|and|for|than|the|only))+$", "", text, flags=re.I)
    return re.sub(r"^(?:in|of|from|and|or|that)\s+", "", text, flags=re.I) or question


def option_logic(option: str, question: str, names: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """What an option says about the videos: a word for it, and the videos that it names.

    Returns:
        One of ``only``, ``all``, ``none``, ``one``, ``any``, ``not all``, ``not any``, or nothing where it says none of
        these.
    """
    named = tuple(mentions(option, names, short=True))
    if NONE.search(option):
        return "none", ()
    if ONE_ALONE.search(option):
        return "one", ()
    if named:
        return "only", named
    wants_any = bool(ANY.search(question)) and not ALL.search(question)
    if YES.search(option):
        return ("any" if wants_any else "all"), ()
    if NO.search(option):
        return ("not any" if wants_any else "not all"), ()
    return ("all", ()) if ALL.search(option) else ("", ())


def option_number(option: str) -> float | None:
    """The number that an option says, where it says just one."""
    numbers = numbers_in(option)
    return numbers[0] if len(numbers) == 1 else None
