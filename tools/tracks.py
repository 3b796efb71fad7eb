"""Which detections are one thing: boxes followed from look to look by their nearness, and where a thing is in between.

Looks are half a second to two seconds apart, too far for optical flow or a Kalman filter to help: names, overlaps and
distances are what there is.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from ..memory import Box, Observation, Timeline
from .boxes import box_between, box_centre, box_overlap

SAME_THING = 0.3
"""Overlap (intersection over union) of two boxes in neighbouring looks that belong to one thing."""
NEAR = 0.25
"""Or: their centres are nearer than this share of the picture's side."""
FORGOTTEN_CELLS = 3
"""Looks without it after which a thing is gone; what comes then is another one."""
ROUNDING = 1e-6

Track = list[Observation]


def tracks_of(seen: Iterable[Observation]) -> list[Track]:
    """Things followed from look to look by the nearness of their boxes; one list for each thing.

    A track needs two looks, unless the thing was only ever in sight for one.
    """
    tracks = follow(seen)
    steady = [track for track in tracks if len(track) > 1]
    return steady or tracks[:1]


def follow(seen: Iterable[Observation]) -> list[Track]:
    """The same with the things that were in sight for one look only, in the order in which they come into sight."""
    tracks: list[Track] = []
    for _, look in groupby(sorted(seen, key=lambda thing: thing.start), key=lambda thing: thing.start):
        _extend(tracks, list(look))
    return tracks


def _extend(tracks: list[Track], look: list[Observation]) -> None:
    """Give the things of one look to the tracks, the likest pair first; what fits none begins a track."""
    pairs = [
        (likeness, number, place)
        for number, track in enumerate(tracks)
        for place, thing in enumerate(look)
        if _is_alive(track[-1], thing) and (likeness := _likeness(track[-1], thing)) > 0
    ]
    pairs.sort(key=lambda pair: -pair[0])
    taken_tracks, taken_things = set[int](), set[int]()
    for _, number, place in pairs:
        if number not in taken_tracks and place not in taken_things:
            tracks[number].append(look[place])
            taken_tracks.add(number)
            taken_things.add(place)
    tracks += [[thing] for place, thing in enumerate(look) if place not in taken_things]


def _is_alive(last: Observation, thing: Observation) -> bool:
    patience = FORGOTTEN_CELLS * (thing.end - thing.start)
    return last.end <= thing.start + ROUNDING and thing.start - last.end <= patience + ROUNDING


def _likeness(first: Observation, second: Observation) -> float:
    """More than 0 when two sightings may be of one thing."""
    if first.box is None or second.box is None or (first.content, first.video) != (second.content, second.video):
        return 0.0
    overlap = box_overlap(first.box, second.box)
    distance = max(abs(a - b) for a, b in zip(box_centre(first.box), box_centre(second.box), strict=True))
    return overlap if overlap >= SAME_THING else max(0.0, NEAR - distance)


def numbered(things: Iterable[Observation]) -> Timeline:
    """Things with boxes, each with a track number: those that have one keep it, the others are followed.

    Returns:
        The sightings; what has no box is left out.
    """
    boxed = [thing for thing in things if thing.box is not None]
    known = [thing for thing in boxed if thing.track is not None]
    first = 1 + max((thing.track or 0 for thing in known), default=0)
    found = enumerate(follow(thing for thing in boxed if thing.track is None), first)
    return Timeline([*known, *(replace(thing, track=number) for number, track in found for thing in track)])


def by_track(things: Iterable[Observation]) -> dict[int, Track]:
    """The sightings of each thing in the order of time, by its number; the thing that is seen first comes first."""
    groups: dict[int, Track] = {}
    for thing in numbered(things):
        groups.setdefault(thing.track or 0, []).append(thing)
    return groups


def box_at(track: Sequence[Observation], time: float) -> Box | None:
    """Where a thing is at a time: between two sightings on the straight line from one to the other.

    Args:
        track: Sightings of one thing in the order of time; each holds for the middle of its span.
        time: Seconds.

    Returns:
        None before the thing comes into sight and after it is gone.
    """
    boxes = [(thing.start + thing.end, thing.box) for thing in track if thing.box is not None]
    if not boxes or not track[0].start - ROUNDING <= time <= max(thing.end for thing in track) + ROUNDING:
        return None
    after = bisect_right([middle for middle, _ in boxes], 2 * time)
    if after in (0, len(boxes)):
        return boxes[min(after, len(boxes) - 1)][1]
    (start, one), (end, two) = boxes[after - 1], boxes[after]
    return box_between(one, two, (2 * time - start) / (end - start) if end > start else 0.0)
