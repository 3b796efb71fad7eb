"""Directions in words: what an option such as "from left to right" says, and how it fits the motion that was seen."""

import re
from collections.abc import Sequence

from ..memory import Observation, Timeline
from .claims import yes_and_no
from .context import Context
from .tool import tool

_SIDE = r"(?:left|right|top|bottom|up|down|above|below|upper|lower|front|back|background|foreground|distance)"
_ARTICLE = r"(?:the\s+)?"
_FROM = re.compile(
    rf"\bfrom\s+{_ARTICLE}{_SIDE}(?:[\s-]+{_SIDE})?(?:[\s-]+(?:side|edge|corner|hand|half))*"
    rf"|\b{_SIDE}(?=(?:\s+|-)to(?:\s+|-){_ARTICLE}{_SIDE}\b)",
    re.IGNORECASE,
)
"""Where a motion comes from tells nothing once it says where it goes."""
_ORIGINS = {"left": "right", "right": "left", "top": "down", "above": "down", "bottom": "up", "below": "up"}
WORDS: tuple[tuple[str, str], ...] = (
    ("faster", r"speeds?\s+up|speeding\s+up|accelerat\w*|faster|quicker"),
    ("slower", r"slow(?:s|ed|ing)?\s+down|slower|decelerat\w*|brak(?:es|ing)"),
    ("counterclockwise", r"(?:counter|anti)[\s-]?clockwise"),
    ("clockwise", r"clockwise"),
    ("still", r"stationary|static|standing\s+still|still|motionless|fixed|"
              r"(?:does|is|do|did|was)(?:n't|\s+not)\s+mov\w*|not?\s+mov\w*|no\s+(?:motion|movement|pan)|stays?\s+(?:where|in\s+place|put)|in\s+place"),
    ("farther", r"zoom(?:s|ed|ing)?[\s-]+out|away|farther|further|backwards?|recede\w*|"
                r"out\s+of\s+the\s+(?:screen|scene)|into\s+the\s+(?:distance|background|picture|screen|depth)|pull\w*\s+(?:back|out)|smaller|outwards?"),
    ("nearer", r"zoom(?:s|ed|ing)?[\s-]+in(?:to)?|nearer|closer|towards?\s+(?:the\s+)?(?:camera|viewer|us|lens|screen|"
               r"audience)|approach\w*|forwards?|push\w*\s+in|larger|bigger|inwards?|to\s+the\s+(?:front|foreground)"),
    ("left", r"left(?:wards?)?"),
    ("right", r"right(?:wards?)?"),
    ("up", r"up(?:wards?)?|top|rais\w*|ris(?:es|ing)|ascend\w*|climb\w*|above"),
    ("down", r"down(?:wards?)?|bottom|lower\w*|fall\w*|descend\w*|drop\w*|below|sink\w*"),
)  # fmt: skip
"""Direction -> the words for it; earlier rows take their words away from later ones: "speeds up" is not up."""
_PATTERNS = tuple((name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for name, words in WORDS)
FITS = 4.0
"""Nats between an option that fits all of the motion and one that fits none of it."""
STILL_WEIGHT = 0.2
"""What stands still beside something that moves is hardly meant."""
SECOND = 0.6
"""How much the second direction of a slanting motion counts beside the first."""


def directions_in(text: str) -> tuple[str, ...]:
    """The directions that a text names, in its order.

    Example:
        >>> directions_in("from the left to the right"), directions_in("upwards and to the left")
        (('right',), ('up', 'left'))
    """
    rest = _FROM.sub(lambda found: " " * len(found[0]), text)
    found: list[tuple[int, str]] = []
    for name, pattern in _PATTERNS:
        for match in pattern.finditer(rest):
            found.append((match.start(), name))
        rest = pattern.sub(lambda match: " " * len(match[0]), rest)
    if not found:  # "it comes from the left"
        found = [
            (match.start(), goes)
            for match in _FROM.finditer(text)
            for side, goes in _ORIGINS.items()
            if side in match[0]
        ]
    return tuple(dict.fromkeys(name for _, name in sorted(found)))


@tool(kind="look", cost="free")
def weigh_directions(choices: list[str], seen: Timeline, question: str = "", *, context: Context) -> list[float]:
    """Weigh options that name directions by the motion that was seen.

    Args:
        choices: Options such as "from left to right", "upwards", "it zooms in", "it does not move"; or yes and no.
        seen: What `motion` or `camera_motion` found.
        question: For yes and no: what names the direction, "Does the train move to the left?".

    Returns:
        A score in nats for each choice, for `answer(scores=...)`; nothing where the options do not tell it.
    """
    sides = yes_and_no(question, choices)
    if sides:
        return _weigh_statement(question, sides, seen, context)
    wanted = [directions_in(choice) for choice in choices]
    if sum(bool(names) for names in wanted) < 2:
        context.notes.add(why="the options name no directions")
        return []
    weights = _weights(seen)
    support = [sum(mass * _fit(names, moved) for moved, mass in weights) for names in wanted]
    if not seen or max(support) <= 0:
        context.notes.add(why=seen.why or f"no option names the motion that was seen: {seen[0].content}")
        return []
    total = sum(mass for _, mass in weights)
    return [FITS * part / total for part in support]


MOVES = re.compile(r"\b(?:mov(?:e|es|ed|ing)|in motion)\b", re.IGNORECASE)


def _weigh_statement(question: str, sides: Sequence[int], seen: Timeline, context: Context) -> list[float]:
    """Yes by the share of the motion that goes where the question says, or goes anywhere; no by the rest."""
    asked, weights = directions_in(question), _weights(seen)
    if not weights or not (asked or MOVES.search(question)):
        context.notes.add(why=seen.why or "the question names no direction")
        return []
    total = sum(mass for _, mass in weights)
    fits = (_fit(asked, moved) if asked else float("still" not in moved) for moved, _ in weights)
    agrees = sum(mass * fit for (_, mass), fit in zip(weights, fits, strict=True)) / total
    return [FITS * (agrees if side > 0 else 1 - agrees) for side in sides]


def _weights(seen: Sequence[Observation]) -> list[tuple[tuple[str, ...], float]]:
    """The directions of each note, and how much it counts: the surer and the longer the more."""
    notes = [(directions_in(note.content), note.score * max(0.2, note.end - note.start)) for note in seen]
    moving = any(names and "still" not in names for names, _ in notes)
    return [(names, mass * (STILL_WEIGHT if moving and "still" in names else 1.0)) for names, mass in notes if names]


def _fit(wanted: Sequence[str], moved: Sequence[str]) -> float:
    """1 for the same directions, less for one of two, 0 for others."""
    values = {name: SECOND**place for place, name in enumerate(moved)}
    hit = sum(values.get(name, 0.0) for name in wanted)
    extra = sum(name not in values for name in wanted)
    return hit / (sum(values.values()) + extra) if wanted else 0.0
