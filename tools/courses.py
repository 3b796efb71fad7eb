"""Where things go: the way of a thing over the picture, without what the camera does to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..memory import Box, Observation
from .boxes import box_area, box_centre, box_intersection
from .flow import Step, Vector
from .tracks import Track, box_at

MOVES, MOVES_SHARE = 0.03, 0.12
"""Least way of a thing that moves: share of the picture's longest side, and of its own size."""
GROWS = 0.22
"""Least logarithm of the growth of a thing that comes nearer: boxes of a standing thing vary by 10 to 20 %."""
CLEAR = 0.5
"""A way of this share of the thing's own size is measured by its boxes; a shorter one by the flow inside them."""
BESIDE = 0.4
"""A second direction is named when it is at least this share of the first: 22 degrees."""
INNER = 0.15
"""Share of a box on each side that is left out: there is background in its corners."""
EDGE = 0.01
LEAST_POINTS = 4
OWN_MOTION = 0.005
"""Least motion of a corner that moves by itself: 1.6 pixels of 320."""
FEW = 3
"""Sightings or steps of a thing from which its course can be told."""
SAME_PART = 0.12
"""Distance of two moving parts in neighbouring steps that are one thing."""
COVERED, APART = 0.4, 0.3
"""Parts that cover each other by this share of the smaller one are nearer: a thing's front and back come and go."""
SAME_WAY = 0.8
"""Cosine of the ways of two pieces of one thing's trail."""
LOST = 0.7
"""Seconds after which a moving part that was lost sight of is another one."""
CHANGED_SPEED = 1.7

Trail = list[tuple[Step, Box]]
"""The sightings of something that moves by itself, in the order of time."""


@dataclass(frozen=True, slots=True)
class Course:
    """The way of one thing.

    Distances are shares of the picture's longest side, to the right and down, relative to the background.
    """

    name: str
    start: float
    end: float
    way: Vector
    growth: float
    """Logarithm of the growth; above 0 it comes nearer."""
    size: float
    score: float
    faster: float = 1.0
    """Pace at the end over that at the beginning."""
    box: Box | None = None
    track: int | None = None

    def words(self) -> str:
        """E.g. "moves right and up", "comes nearer", "stays where it is"."""
        right, down = self.way
        nearer = self.growth * max(self.size, 0.1) if abs(self.growth) >= GROWS else 0.0
        moves = float(np.hypot(right, down)) >= max(MOVES, MOVES_SHARE * self.size)
        parts = [
            (abs(right) * moves, "right" if right > 0 else "left"),
            (abs(down) * moves, "down" if down > 0 else "up"),
            (abs(nearer), "nearer" if nearer > 0 else "farther away"),
        ]
        most = max(size for size, _ in parts)
        if not most:
            return "stays where it is"
        named = " and ".join(word for size, word in sorted(parts, reverse=True) if size >= max(BESIDE * most, 1e-9))
        pace = "speeds up" if self.faster >= CHANGED_SPEED else "slows down" if self.faster <= 1 / CHANGED_SPEED else ""
        return f"moves {named}" + (f" and {pace}" if pace else "")

    def note(self, source: str) -> Observation:
        """The course as an observation."""
        text = f"{self.name} {self.words()}"
        return Observation(self.start, self.end, "note", text, self.score, source, self.box, self.track)


def courses_of_tracks(tracks: Sequence[Track], steps: Sequence[Step | None]) -> list[Course]:
    """The courses of things that were followed by their boxes, in the order in which they come into sight.

    Args:
        tracks: From `tracks_of`; what was seen only once has no course.
        steps: The motion between frames over the same time.
    """
    known = [step for step in steps if step is not None]
    long = [track for track in tracks if len(track) >= 2]
    several = len(long) > 1
    courses = []
    for number, track in enumerate(long, 1):
        name = f"{track[0].content} {number}" if several else track[0].content
        course = _course(name, number, track, known)
        if course is not None:
            courses.append(course)
    return courses


def _course(name: str, number: int, track: Track, steps: list[Step]) -> Course | None:
    boxes = [thing.box for thing in track if thing.box is not None]
    if not boxes or not steps:
        return None
    scale = np.array(steps[0].scale)
    size = float(np.median([max((box[2] - box[0]) * scale[0], (box[3] - box[1]) * scale[1]) for box in boxes]))
    ways = _ways_by_boxes(track, steps, scale)
    way = ways.sum(axis=0) if len(ways) else np.zeros(2)
    flow, share = _ways_by_flow(track, steps)
    if float(np.hypot(*way)) < CLEAR * size and share:
        ways, way = flow, flow.sum(axis=0) * _span(track) / share
    start, end = track[0].start, track[-1].end
    score = float(np.mean([thing.score for thing in track])) * min(1.0, 0.4 + 0.2 * len(track))
    growth = _growth(track, steps, scale)
    box = track[len(track) // 2].box
    return Course(name, start, end, (float(way[0]), float(way[1])), growth, size, score, _faster(ways), box, number)


def _span(track: Track) -> float:
    return max(1e-6, track[-1].end - track[0].start)


def _ways_by_boxes(track: Track, steps: list[Step], scale: np.ndarray) -> np.ndarray:
    """How far the middle of the box goes from look to look beyond what the camera moves it."""
    ways = []
    for one, two in pairwise(track):
        if one.box is None or two.box is None:
            continue
        here, there = np.array(box_centre(one.box)) * scale, np.array(box_centre(two.box)) * scale
        ways.append(there - here - _by_camera(here, _middle(one), _middle(two), steps, scale))
    return np.array(ways).reshape(-1, 2)


def _middle(thing: Observation) -> float:
    return (thing.start + thing.end) / 2


def _camera_speed(start: float, end: float, steps: list[Step]) -> np.ndarray:
    """Mean motion of the camera in a second (right, down, zoom, turn) in a time, or of the nearest step to it."""
    inside = [step for step in steps if step.end > start and step.start < end]
    inside = inside or [min(steps, key=lambda step: abs(step.start - start))]
    return np.mean([np.array([s.right, s.down, s.zoom, s.turn]) / s.seconds for s in inside], axis=0)


def _by_camera(here: np.ndarray, start: float, end: float, steps: list[Step], scale: np.ndarray) -> np.ndarray:
    """Where the camera's motion takes a point of the background."""
    right, down, zoom, turn = _camera_speed(start, end, steps) * (end - start)
    arm = here - scale / 2
    turned = np.radians(-turn) * np.array([-arm[1], arm[0]])
    return np.asarray(zoom * arm + turned - (right, down))


def _ways_by_flow(track: Track, steps: list[Step]) -> tuple[np.ndarray, float]:
    """What moves inside the box beyond the camera's motion in each step, and the seconds that were seen."""
    ways, seconds = [], 0.0
    for step in steps:
        box = box_at(track, (step.start + step.end) / 2)
        if box is None:
            continue
        wide, tall = INNER * (box[2] - box[0]), INNER * (box[3] - box[1])
        inside = step.inside((box[0] + wide, box[1] + tall, box[2] - wide, box[3] - tall))
        if inside.sum() >= LEAST_POINTS:
            ways.append(np.median(step.moved[inside], axis=0))
            seconds += step.seconds
    return np.array(ways).reshape(-1, 2), seconds


def _growth(track: Track, steps: list[Step], scale: np.ndarray) -> float:
    """Growth from the first third of the sightings to the last, those cut off by the picture's edge left out."""
    whole = [
        (thing, np.log(max((thing.box[2] - thing.box[0]) * (thing.box[3] - thing.box[1]), 1e-6)) / 2)
        for thing in track
        if thing.box and min(thing.box) > EDGE and max(thing.box) < 1 - EDGE
    ]
    if len(whole) < FEW:
        return 0.0
    third = max(1, len(whole) // 3)
    grown = float(np.median([size for _, size in whole[-third:]]) - np.median([size for _, size in whole[:third]]))
    start, end = _middle(whole[0][0]), _middle(whole[-1][0])
    return grown - float(_camera_speed(start, end, steps)[2]) * (end - start)


def _faster(ways: np.ndarray) -> float:
    """Pace in the last third of the way over that in the first; 1 where there are too few steps."""
    if len(ways) < 2 * FEW:
        return 1.0
    third = len(ways) // 3
    first, last = (float(np.hypot(*part.mean(axis=0))) for part in (ways[:third], ways[-third:]))
    whole = float(np.hypot(*ways.mean(axis=0)))
    return (last + 0.1 * whole) / (first + 0.1 * whole) if whole > 0 else 1.0


def courses_of_parts(steps: Sequence[Step | None]) -> list[Course]:
    """The courses of whatever moves by itself, without its name, in the order of time."""
    trails: list[Trail] = []
    for step in steps:
        if step is None:
            continue
        for box in step.parts:
            _extend(trails, step, box)
    courses = [_course_of_trail(trail) for trail in _joined(trails) if len(trail) >= FEW]
    kept = [course for course in courses if "stays" not in course.words()]
    return sorted(kept, key=lambda course: course.start)


def _extend(trails: list[Trail], step: Step, box: Box) -> None:
    """Add a moving part to the trail that it continues best, or begin one."""
    waiting = [trail for trail in trails if trail[-1][0] is not step and step.start - trail[-1][0].end <= LOST]
    distances = [_distance(trail, step, box) for trail in waiting]
    best = int(np.argmin(distances)) if distances else -1
    if best >= 0 and distances[best] < SAME_PART:
        waiting[best].append((step, box))
    else:
        trails.append([(step, box)])


def _joined(trails: Sequence[Trail]) -> list[Trail]:
    """Trails of the same thing put together: its change comes in pieces where it is plain or the light is odd."""
    whole: list[Trail] = []
    for trail in sorted(trails, key=lambda trail: trail[0][0].start):
        place = next((place for place, other in enumerate(whole) if _goes_on(other, trail)), None)
        if place is None:
            whole.append(trail)
        else:
            end = whole[place][-1][0].end
            whole[place] = [*whole[place], *(part for part in trail if part[0].start >= end)]
    return whole


def _goes_on(first: Trail, second: Trail) -> bool:
    """Whether a trail begins where and about when another one ends, and goes the same way."""
    if len(first) < FEW or len(second) < FEW or second[-1][0].end <= first[-1][0].end:
        return False
    since = second[0][0].start - first[-1][0].end
    (last, box), (step, next_box) = first[-1], second[0]
    near = float(np.abs(_place(next_box, step) - _place(box, last)).max()) <= 2 * SAME_PART
    touches = box_intersection(box, next_box) > 0
    ways = [_place(trail[-1][1], trail[-1][0]) - _place(trail[0][1], trail[0][0]) for trail in (first, second)]
    alike = float(ways[0] @ ways[1]) >= SAME_WAY * float(np.hypot(*ways[0]) * np.hypot(*ways[1]))
    return -LOST <= since <= LOST and (near or touches) and alike


def _distance(trail: Trail, step: Step, box: Box) -> float:
    """How far a moving part is from where a trail should be by now; parts of one thing overlap."""
    far = float(np.abs(_place(box, step) - _expected(trail, step)).max())
    last = trail[-1][1]
    smaller = min(box_area(last), box_area(box))
    return far * APART if smaller and box_intersection(last, box) >= COVERED * smaller else far


def _place(box: Box, step: Step) -> np.ndarray:
    return np.array(box_centre(box)) * step.scale


def _expected(trail: Trail, step: Step) -> np.ndarray:
    """Where a moving part should be by now: it goes on as it did between its last two sightings."""
    last, box = trail[-1]
    here = _place(box, last)
    if len(trail) < 2:
        return here
    before, box_before = trail[-2]
    pace = (here - _place(box_before, before)) / max(last.start - before.start, 1e-6)
    return np.asarray(here + pace * (step.start - last.start))


def _course_of_trail(trail: Trail) -> Course:
    known = [step for step, _ in trail]
    first, last = known[0], known[-1]
    scale = np.array(first.scale)
    moves = np.array([_way_of_part(now, after, known) for now, after in pairwise(trail)])
    way = moves.sum(axis=0)
    straight = float(np.hypot(*way) / max(np.hypot(moves[:, 0], moves[:, 1]).sum(), 1e-9))
    boxes = [box for _, box in trail]
    size = float(np.median([max((box[2] - box[0]) * scale[0], (box[3] - box[1]) * scale[1]) for box in boxes]))
    score = straight * min(1.0, 0.4 + 0.1 * len(trail)) * min(1.0, 0.5 + 2 * size)
    middle = (first.start + last.end) / 2
    box = min(trail, key=lambda part: abs(part[0].start - middle))[1]
    return Course(
        "something", first.start, last.end, (float(way[0]), float(way[1])), 0.0, size, score, _faster(moves), box
    )


def _way_of_part(now: tuple[Step, Box], after: tuple[Step, Box], steps: list[Step]) -> np.ndarray:
    """The way from one sighting to the next: by the corners on it, where it is plain by the change's middle."""
    (one, box), (two, next_box) = now, after
    inside = one.moved[one.inside(box)]
    own = inside[np.hypot(inside[:, 0], inside[:, 1]) >= OWN_MOTION]
    if len(own) >= LEAST_POINTS:
        return np.asarray(np.median(own, axis=0) * (two.start - one.start) / one.seconds)
    here = _place(box, one)
    camera = _by_camera(here, one.start, two.start, steps, np.array(one.scale))
    return np.asarray(_place(next_box, two) - here - camera)
