"""When things come and go: entered, left, taken away, put back, and who crosses a line."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from ..memory import Observation, Timeline
from ..video import Clip
from .boxes import box_centre, box_overlap
from .closely import look_closely
from .context import Context
from .counts import MOVERS
from .detect import detect
from .sampling import Sampling
from .tool import ToolError, tool
from .tracks import follow

STEADY = 2
"""Looks in which a number must hold: a thing that is missed in one look has not gone."""
SAME_PLACE = 0.3
"""Overlap from which a box before an event and one after it are one thing."""
TAKEN, LEAVES = "is taken away", "leaves"
SOURCE = "events:boxes"
PLACES = {1: ("",), 2: ("left ", "right "), 3: ("left ", "middle ", "right ")}


@tool(kind="look", needs="detector", cost="that of look_closely")
def comings_and_goings(clip: Clip, query: str, *, context: Context) -> Timeline:
    """Find when things come and go: taken away, put back, entered, left; which of them, and how many there are then.

    Args:
        clip: Where to look.
        query: The things, e.g. "cups", or a whole question about them.

    Returns:
        Notes such as "the left cup is taken away: 2 cup in sight", "a person enters: 1 person in sight", each
        from the last look before it to the first one after it; empty when their number stays the same.
    """
    seen = look_closely.run((clip, query), {}, context)
    if not seen:
        return Timeline((), seen.why)
    step = Sampling.for_clip(clip).interval
    found: list[Observation] = []
    for label in dict.fromkeys(thing.content for thing in seen):
        states = _states([thing for thing in seen if thing.content == label], clip, step)
        for before, after in pairwise(states):
            gone = any(note.content.split(":")[0].endswith((TAKEN, LEAVES)) for note in found)
            found += _events(label, before, after, gone)
    return Timeline(found, "" if found else f"the number of {query!r} stays the same")


State = tuple[float, float, list[Observation]]
"""Start and end of a stretch in which a number holds, and the things of its steadiest look."""


def _states(things: Sequence[Observation], clip: Clip, step: float) -> list[State]:
    """Stretches of a steady number of things, in the order of time."""
    times = np.arange(clip.start, clip.end - step / 2, step)
    looks = [[thing for thing in things if abs(thing.start - time) < step / 2] for time in times.tolist()]
    runs: list[State] = []
    place = 0
    while place < len(looks):
        last = place
        while last + 1 < len(looks) and len(looks[last + 1]) == len(looks[place]):
            last += 1
        if last - place + 1 >= STEADY:
            start, end = float(times[place]), float(times[last]) + step
            if runs and len(runs[-1][2]) == len(looks[place]):
                runs[-1] = (runs[-1][0], end, looks[last])
            else:
                runs.append((start, end, looks[last]))
        place = last + 1
    return runs


def _events(label: str, before: State, after: State, gone: bool) -> Iterator[Observation]:
    """What happened between two stretches: the things of the one that have no counterpart in the other."""
    fewer = len(after[2]) < len(before[2])
    many, few = (before[2], after[2]) if fewer else (after[2], before[2])
    ordered = sorted(many, key=lambda thing: box_centre(thing.box or (0, 0, 1, 1))[0])
    verbs = (LEAVES, "enters") if label in MOVERS else (TAKEN, "is put back" if gone else "is put there")
    for place in _unmatched(ordered, few)[: len(many) - len(few)]:
        thing = ordered[place]
        which = _which(label, place, len(ordered))
        text = f"{which} {verbs[0] if fewer else verbs[1]}: {len(after[2])} {label} in sight"
        end = max(before[1], after[0])
        yield Observation(min(before[1], after[0]), end, "note", text, thing.score, SOURCE, thing.box)


def _unmatched(many: Sequence[Observation], few: Sequence[Observation]) -> list[int]:
    """The places of the things that fit none of the others, the least fitting first."""
    free = list(few)
    left: list[tuple[float, int]] = []
    overlaps = [
        (max((box_overlap(thing.box, other.box) for other in free if thing.box and other.box), default=0.0), place)
        for place, thing in enumerate(many)
    ]
    left = sorted(overlaps)
    clear = [place for overlap, place in left if overlap < SAME_PLACE]
    return clear + [place for overlap, place in left if overlap >= SAME_PLACE]


def _which(label: str, place: int, number: int) -> str:
    """A thing by its place among those of its name, from the left."""
    if number == 1:
        return f"a {label}"
    return f"the {PLACES[number][place]}{label}" if number in PLACES else f"{label} {place + 1} from the left"


@tool(kind="look", needs="detector", cost="that of detect")
def crossings(clip: Clip, query: str, line: list[float], *, context: Context) -> Timeline:
    """Find when things cross a line in the picture, and which way.

    Args:
        clip: Where to look.
        query: The things, e.g. "cars".
        line: From x, y to x, y, each 0 to 1 of the picture's width or height, e.g. [0.5, 0, 0.5, 1] for the middle.

    Returns:
        Notes such as "car crosses the line to the right", one for each time a thing does.
    """
    if len(line) != 4 or any(not -1 <= part <= 2 for part in line) or line[:2] == line[2:]:
        raise ToolError(
            "a line has two points, each x and y from 0 to 1", code="tool.argument", hint="[0.5, 0, 0.5, 1]"
        )
    seen = detect.run((clip, query), {}, context)
    found = [
        note
        for track in follow(seen)
        for one, two in pairwise(track)
        if (note := _crossing(one, two, np.array(line))) is not None
    ]
    return Timeline(found, seen.why or ("" if found else f"nothing crosses the line: {len(seen)} sightings"))


def _crossing(one: Observation, two: Observation, line: np.ndarray) -> Observation | None:
    """The moment in which the middle of a thing goes over the line between two looks."""
    if one.box is None or two.box is None:
        return None
    here, there = np.array(box_centre(one.box)), np.array(box_centre(two.box))
    start, along = line[:2], line[2:] - line[:2]
    sides = [float(along[0] * (p - start)[1] - along[1] * (p - start)[0]) for p in (here, there)]
    if sides[0] == 0 or sides[0] * sides[1] > 0:
        return None
    way = there - here
    share = sides[0] / (sides[0] - sides[1])
    at = float((here + share * way - start) @ along / (along @ along))
    if not 0 <= at <= 1:
        return None
    to = ("right" if way[0] > 0 else "left") if abs(along[1]) >= abs(along[0]) else ("bottom" if way[1] > 0 else "top")
    score = min(one.score, two.score)
    text = f"{one.content} crosses the line to the {to}"
    return Observation((one.start + one.end) / 2, (two.start + two.end) / 2, "note", text, score, SOURCE, two.box)
