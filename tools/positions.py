"""Where things stand, in words: the scene graph of Video-RAG for models that only read."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise

from ..memory import Box, Observation, Timeline
from .boxes import box_area, box_centre, box_intersection
from .tool import tool

SOURCE = "positions:boxes"
MOST_THINGS = 8
"""Things of one look that are related to one another, the surest: 28 pairs."""
COVERED = 0.5
"""Share of the smaller box that another covers when they overlap; less is a neighbour that touches it."""
MISSED_LOOKS = 1
"""Looks between two equal places or relations over which they are one."""
ROWS = ("top", "middle", "bottom")
COLUMNS = ("left", "middle", "right")


@tool(kind="look", cost="free")
def positions(things: Timeline) -> Timeline:
    """Say how many things of each name there are, where in the picture they are, and how they stand to one another.

    Args:
        things: Observations with boxes, as `detect` and `track` give them.

    Returns:
        Observations of kind `note`: "in sight: 2 cup, 1 cat", "cat at the top left", "cat left of cup 1".

    Source: The scene graph of Video-RAG (arXiv 2411.13093).
    """
    boxed = [thing for thing in things if thing.box is not None]
    videos = dict.fromkeys(thing.video for thing in boxed)
    looks = [look for video in videos for look in _looks([thing for thing in boxed if thing.video == video])]
    counts = Timeline([_note(start, end, _counts(seen), seen) for start, end, seen in looks])
    notes = Timeline([note for start, end, seen in looks for note in _notes(start, end, seen)])
    gap = MISSED_LOOKS * max((end - start for start, end, _ in looks), default=0.0)
    # a number of things does not hold over a look in which there was another number
    return Timeline([*counts.merge(), *notes.merge(gap)], things.why or "no thing has a box")


def _looks(things: list[Observation]) -> Iterator[tuple[float, float, list[Observation]]]:
    """Start and end of each stretch in which the same things are seen, and these things."""
    edges = sorted({edge for thing in things for edge in (thing.start, thing.end)})
    ends = dict(pairwise(edges))
    waiting = sorted(things, key=lambda thing: thing.start)
    open_ones: list[Observation] = []
    for edge in edges:
        while waiting and waiting[0].start <= edge:
            open_ones.append(waiting.pop(0))
        seen = [thing for thing in open_ones if thing.end > edge or thing.start == thing.end == edge]
        open_ones = [thing for thing in open_ones if thing.end > edge]
        if seen:
            yield edge, ends.get(edge, edge) if open_ones else edge, seen


def _notes(start: float, end: float, seen: list[Observation]) -> Iterator[Observation]:
    surest = sorted(seen, key=lambda thing: -thing.score)[:MOST_THINGS]
    named = _named(surest)
    for name, thing in named:
        yield _note(start, end, f"{name} {place_words(_box(thing))}", [thing])
    for (one_name, one), (two_name, two) in combinations(named, 2):
        yield _note(start, end, _relation(one_name, one, two_name, two), [one, two])


def _note(start: float, end: float, text: str, things: list[Observation]) -> Observation:
    return Observation(start, end, "note", text, min(thing.score for thing in things), SOURCE, video=things[0].video)


def _counts(seen: list[Observation]) -> str:
    counts = Counter(thing.content for thing in seen)
    return "in sight: " + ", ".join(f"{number} {label}" for label, number in sorted(counts.items()))


def _named(things: list[Observation]) -> list[tuple[str, Observation]]:
    """Each thing with a name of its own: the label, and where there are several the track, else its place from left."""
    counts = Counter(thing.content for thing in things)
    tracks = Counter((thing.content, thing.track) for thing in things)
    used: Counter[str] = Counter()
    named = []
    for thing in sorted(things, key=lambda thing: box_centre(_box(thing))):
        used[thing.content] += 1
        known = thing.track is not None and tracks[thing.content, thing.track] == 1
        number = thing.track if known else used[thing.content]
        named.append((f"{thing.content} {number}" if counts[thing.content] > 1 else thing.content, thing))
    return named


def _box(thing: Observation) -> Box:
    return thing.box or (0.0, 0.0, 1.0, 1.0)


def place_words(box: Box) -> str:
    """Where a box is, in thirds of the picture: `at the top left`, `on the right`, `in the middle`."""
    x, y = box_centre(box)
    row, column = ROWS[min(int(3 * y), 2)], COLUMNS[min(int(3 * x), 2)]
    if row == column:
        return "in the middle"
    if row == "middle":
        return f"on the {column}"
    return f"at the {row}" if column == "middle" else f"at the {row} {column}"


def _relation(one_name: str, one: Observation, two_name: str, two: Observation) -> str:
    """How one thing stands to another; the first one is never right of the second."""
    first, second = _box(one), _box(two)
    smaller = min(box_area(first), box_area(second))
    if smaller and box_intersection(first, second) / smaller >= COVERED:
        return f"{one_name} overlaps {two_name}"
    (x1, y1), (x2, y2) = box_centre(first), box_centre(second)
    beside = first[2] <= second[0] or abs(x2 - x1) >= abs(y2 - y1)
    vertical = "above" if y1 < y2 else "below"
    apart = first[3] <= second[1] or second[3] <= first[1]
    words = ["left of"] * beside + [vertical] * (apart or not beside)
    return f"{one_name} {' and '.join(words)} {two_name}"
