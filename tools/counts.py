"""How many: at one time, at a time, over the whole clip, and of those that pass by."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from ..memory import Observation, Timeline
from ..video import Clip
from .closely import closely_of
from .context import Context
from .labels import head_names
from .motion import motion
from .sampling import Sampling
from .tool import tool
from .tracks import tracks_of

STABLE_SHARE = 0.1
"""Share of the looks that must agree before a number counts: single misses and doubles are noise."""
PASSING = re.compile(
    r"\b(driv\w+|drove|pass\w*|cross\w*|rid(?:e|es|ing)|travel\w*|(?:walk|run|go|goes|com|mov|fly|fli)\w*\s+"
    r"(?:by|past|through|across|along|over|into|in|out|on screen))\b",
    re.IGNORECASE,
)
"""Questions that count what moves, not what stands by."""
_MOVERS = """
person bicycle car motorcycle airplane bus train truck boat bird cat dog horse sheep cow elephant bear zebra giraffe
"""
MOVERS = frozenset(_MOVERS.split())
"""Names of the detector (COCO) for what moves by itself."""
SURE_COURSE, SHORTEST_COURSE = 0.6, 0.8
"""Score and seconds from which something that moves counts without a name."""
KNOWN_LOOKS, KNOWN_SHARE = 3, 0.5
STAYS = "stays where it is"

CountMode = Literal["auto", "most", "least", "distinct"]
_MODE_WORDS: tuple[tuple[CountMode, tuple[str, ...]], ...] = (
    ("least", ("smallest", "fewest", "minimum", "least", "lowest")),
    ("most", ("largest", "most", "maximum", "highest", "at once", "same time", "same moment", "simultaneous")),
    (
        "distinct",
        ("different", "distinct", "altogether", "in total", "whole video", "whole clip", "appear", "enter", "come"),
    ),
)
"""The words of a question that choose the way of counting; the first row that fits wins."""


@tool(kind="look", needs="detector", cost="that of look_closely; of motion as well for what passes by", version="2")
def count(clip: Clip, query: str, mode: CountMode = "auto", *, context: Context) -> int | None:
    """Count things that the detector knows by name.

    Args:
        clip: Where to look.
        query: What to count, e.g. "cups", or a whole question about how many there are.
        mode: `most` or `least` at one time, `distinct` over the whole clip, or `auto`: chosen by the query's words.

    Returns:
        The number; None when the detector has no name for it.
    """
    names = head_names(query, context.models)
    if not names or not context.video.has_video:
        context.notes.add(why=f"the detector has no name for what {query!r} counts" if not names else "no pictures")
        return None
    seen = closely_of(clip, names, context)
    passing = bool(PASSING.search(query)) and MOVERS.issuperset(names)
    chosen = _mode_for(query, passing) if mode == "auto" else mode
    if passing and chosen != "least":
        courses = _courses(clip, names, context)
        return len(courses) if chosen == "distinct" else most_at_once(courses)
    if chosen == "distinct":
        return len(tracks_of(seen))
    return stable_count(seen, _looks(clip), chosen)


def _looks(clip: Clip) -> int:
    """How many frames of the clip were looked at."""
    return max(1, round(clip.duration / Sampling.for_clip(clip).interval))


def _mode_for(query: str, passing: bool) -> CountMode:
    text = query.casefold()
    found = next((mode for mode, words in _MODE_WORDS if any(word in text for word in words)), None)
    return found or ("distinct" if passing else "most")


def _courses(clip: Clip, names: Sequence[str], context: Context) -> list[Observation]:
    """Things of these names that move; where most of what moves has no name, and nothing has another one, all of that.

    From above or far away the detector does not know a car; that it drives is seen all the same.
    """
    by_name = [note for note in motion.run((clip, " or ".join(names)), {}, context) if STAYS not in note.content]
    by_name = [note for note in by_name if note.track is not None]
    others = Counter(
        thing.content for thing in closely_of(clip, (), context) if thing.content in MOVERS.difference(names)
    )
    if any(looks >= KNOWN_LOOKS for looks in others.values()):
        return by_name
    by_change = [
        note
        for note in motion.run((clip,), {}, context)
        if note.score >= SURE_COURSE and note.end - note.start >= SHORTEST_COURSE
    ]
    known = sum(any(_overlap(note, other) >= KNOWN_SHARE for other in by_name) for note in by_change)
    return by_name if 2 * known >= len(by_change) else by_change


def _overlap(note: Observation, other: Observation) -> float:
    """Share of a note's time in which the other one holds."""
    both = min(note.end, other.end) - max(note.start, other.start)
    return max(0.0, both) / max(note.end - note.start, 1e-6)


def most_at_once(courses: Sequence[Observation]) -> int:
    """The largest number of spans that hold at one time; those that only touch do not."""
    return max(
        (sum(one.start <= other.start < one.end for one in courses) for other in courses),
        default=0,
    )


def stable_count(seen: Timeline, looks: int, mode: CountMode) -> int:
    """The largest (or smallest) number seen in at least a tenth of the looks.

    Args:
        seen: Things, one observation for each in each look.
        looks: How many frames were looked at, those without anything included.
        mode: `most` or `least`.
    """
    per_look = Counter(thing.start for thing in seen)
    numbers = Counter(per_look.values())
    numbers[0] += max(0, looks - len(per_look))
    needed = max(1, round(STABLE_SHARE * looks)) if looks > 2 else 1
    steady = sorted(number for number, times in numbers.items() if times >= needed) or [0]
    return steady[-1] if mode == "most" else steady[0]
