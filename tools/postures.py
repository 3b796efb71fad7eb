"""How somebody stands or sits and holds the arms, read from key points by plain geometry.

Lengths are measured in torsos (the middle of the shoulders to the middle of the hips), so near and far people are
judged alike. Of a person's height the torso is 0.288, the thigh 0.245 and the shin 0.246, the shoulders are 0.259 wide
(Drillis and Contini, 1966): a leg that is straight falls by 0.85 torsos from hip to knee, and again from knee to ankle.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import atan2, degrees, dist, hypot, inf

from ..models import KeyPoint

VISIBLE = 0.5
"""Score below which a key point is not used: it is likelier hidden than there."""
SHOULDERS_TO_TORSO = 0.288 / 0.259
"""Torso over the width of the shoulders, for a person whose hips cannot be seen."""
STRAIGHT, BENT = 0.6, 0.45
"""Torsos by which half a leg falls at least that is upright to 45 degrees, and at most when it is nearer to level."""
UPRIGHT, FLAT = 40.0, 50.0
"""Degrees from upright of a torso that is held up, and of one that is not."""
HEAD_TOP = 0.22
"""Torsos from the eyes to the top of the head: 0.064 of the height."""
NEAR = 0.35
"""Torsos from the wrist to what the hand touches: a hand is 0.37 torsos long."""
RAISED = 0.15
FRONTAL, SIDEWAYS = 0.5, 0.3
"""Torsos between the shoulders, across the picture, at least from the front or back (0.9), at most from the side."""
REACH = 0.8
"""Torsos from shoulder to wrist of an arm that does not point at the camera; it is 1.15 long."""
LEVEL = (65.0, 115.0)
"""Degrees from straight down of an arm that is held out."""
ELBOW_OUT = 25.0
"""Degrees from straight down of an upper arm that does not hang."""
SIDES = ("left", "right")
HEAD = ("nose", "left eye", "right eye", "left ear", "right ear")

Point = tuple[float, float]
Used = tuple[str, ...]
"""The key points that something is read from; none when it does not hold."""


class Body:
    """The key points of a person that can be seen, in lengths of the torso.

    Args:
        keypoints: Named as COCO names them, relative to the picture.
        aspect: Width over height of the picture.
    """

    def __init__(self, keypoints: Sequence[KeyPoint], aspect: float) -> None:
        self._points: dict[str, Point] = {name: (x * aspect, y) for name, x, y, score in keypoints if score >= VISIBLE}
        self._scores = {name: score for name, _, _, score in keypoints}
        self._shoulders, self._hips = self._middle("shoulder"), self._middle("hip")
        self._torso = self._length()

    def _middle(self, part: str) -> Point | None:
        """The middle of a pair, or the one of it that can be seen: from the side the other is hidden."""
        seen = [self._points[name] for name in self.seen(*(f"{side} {part}" for side in SIDES))]
        return (sum(x for x, _ in seen) / len(seen), sum(y for _, y in seen) / len(seen)) if seen else None

    def _length(self) -> float:
        if self._shoulders and self._hips:
            return dist(self._shoulders, self._hips)
        ends = [self._points[name] for name in self.seen("left shoulder", "right shoulder")]
        return SHOULDERS_TO_TORSO * dist(*ends) if len(ends) == 2 else 0.0

    @property
    def measurable(self) -> bool:
        """Whether there is a length to measure in."""
        return self._torso > 0

    @property
    def tilt(self) -> float | None:
        """Degrees of the torso from upright, 0 to 180; None where shoulders or hips cannot be seen."""
        if not (self._shoulders and self._hips):
            return None
        return from_down((self._hips[0] - self._shoulders[0], self._hips[1] - self._shoulders[1]))

    def seen(self, *names: str) -> Used:
        """Those of these that can be seen."""
        return tuple(name for name in names if name in self._points)

    def has(self, *names: str) -> bool:
        """Whether all of these can be seen."""
        return len(self.seen(*names)) == len(names)

    def way(self, start: str, end: str) -> Point:
        """From one key point to another: torsos to the right in the picture, and torsos down."""
        (x, y), (u, v) = self._points[start], self._points[end]
        return ((u - x) / self._torso, (v - y) / self._torso)

    def score(self, names: Sequence[str]) -> float:
        """The mean score of key points, 0 to 1."""
        return sum(self._scores[name] for name in names) / len(names)


def from_down(way: Point) -> float:
    """Degrees between a way and straight down, 0 to 180."""
    return degrees(atan2(abs(way[0]), way[1]))


@dataclass(frozen=True, slots=True)
class _Stance:
    """What torso and one leg are like in a posture: least and most of each."""

    text: str
    tilt: tuple[float, float]
    thigh: tuple[float, float] = (-inf, inf)
    """Torsos by which the leg falls from hip to knee."""
    shin: tuple[float, float] = (-inf, inf)
    leg: tuple[float, float] = (-inf, inf)
    """From hip to ankle."""


STANCES = (
    _Stance("standing", (0, UPRIGHT), thigh=(STRAIGHT, inf), shin=(STRAIGHT, inf)),
    _Stance("bending over", (FLAT, 180 - FLAT), thigh=(STRAIGHT, inf), shin=(STRAIGHT, inf)),
    _Stance("kneeling", (0, UPRIGHT), thigh=(STRAIGHT, inf), shin=(-inf, BENT)),
    _Stance("sitting", (0, FLAT), thigh=(-inf, BENT), leg=(STRAIGHT, inf)),
    _Stance("crouching or sitting low", (0, FLAT), leg=(-inf, STRAIGHT)),
    _Stance("lying", (FLAT, 180 - FLAT), leg=(-inf, BENT)),
)
"""The first that fits one of the legs holds: who stands on one leg may hold the other as if sitting."""


def _stance(body: Body) -> tuple[str, Used]:
    legs = [names for side in SIDES if body.has(*(names := (f"{side} hip", f"{side} knee", f"{side} ankle")))]
    for stance in STANCES:
        for leg in legs:
            if body.tilt is not None and _fits(stance, body, leg):
                return stance.text, (*body.seen(*(f"{side} shoulder" for side in SIDES)), *leg)
    return "", ()


def _fits(stance: _Stance, body: Body, leg: Used) -> bool:
    hip, knee, ankle = leg
    measured = (
        (body.tilt or 0.0, stance.tilt), (body.way(hip, knee)[1], stance.thigh),
        (body.way(knee, ankle)[1], stance.shin), (body.way(hip, ankle)[1], stance.leg),
    )  # fmt: skip
    return all(least <= value <= most for value, (least, most) in measured)


def _facing(body: Body) -> tuple[str, Used]:
    """Which way somebody upright is turned; the left shoulder of who faces the camera is on the right."""
    shoulders = body.seen("left shoulder", "right shoulder")
    if body.tilt is None or body.tilt > UPRIGHT:
        return "", ()
    apart = body.way("right shoulder", "left shoulder")[0] if len(shoulders) == 2 else 0.0
    if apart >= FRONTAL and body.has("nose"):
        return "facing the camera", (*shoulders, "nose")
    if apart <= -FRONTAL and not body.has("nose"):
        return "seen from behind", shoulders
    ears = body.seen("left ear", "right ear")
    if abs(apart) > SIDEWAYS or not (ears and body.has("nose")):
        return "", ()
    ahead = sum(body.way(ear, "nose")[0] for ear in ears)
    return f"facing {'right' if ahead > 0 else 'left'} in the picture", (*ears, "nose")


def _above_head(body: Body, side: str) -> Used:
    head = body.seen(*HEAD)
    over = [body.way(part, f"{side} wrist")[1] < -HEAD_TOP for part in head]
    return (f"{side} wrist", *head) if head and all(over) else ()


def _at_head(body: Body, side: str) -> Used:
    near = [part for part in body.seen(*HEAD) if hypot(*body.way(part, f"{side} wrist")) < NEAR]
    return (f"{side} wrist", *near) if near else ()


def _held_out(body: Body, side: str) -> Used:
    arm = (f"{side} shoulder", f"{side} wrist")
    out = body.has(*arm) and hypot(*body.way(*arm)) >= REACH and LEVEL[0] <= from_down(body.way(*arm)) <= LEVEL[1]
    return arm if out else ()


def _raised(body: Body, side: str) -> Used:
    arm = (f"{side} shoulder", f"{side} wrist")
    return arm if body.has(*arm) and body.way(*arm)[1] < -RAISED else ()


def _on_hip(body: Body, side: str) -> Used:
    """A hand that hangs down is near the hip as well, but its elbow is not out."""
    arm = tuple(f"{side} {part}" for part in ("wrist", "hip", "elbow", "shoulder"))
    if not body.has(*arm) or hypot(*body.way(arm[0], arm[1])) >= NEAR:
        return ()
    return arm if from_down(body.way(arm[3], arm[2])) > ELBOW_OUT else ()


ARMS: tuple[tuple[str, str, Callable[[Body, str], Used]], ...] = (
    ("hand above the head", "both hands above the head", _above_head),
    ("hand at the head", "both hands at the head", _at_head),
    ("arm stretched out", "both arms stretched out", _held_out),
    ("hand raised", "both hands raised", _raised),
    ("hand on the hip", "both hands on the hips", _on_hip),
)
"""What is said of one arm and of both -> the key points that show it; the first that holds counts for an arm."""


def _arms(body: Body) -> Iterator[tuple[str, Used]]:
    held: dict[str, tuple[str, str, Used]] = {}
    for side in SIDES:
        found = ((one, both, rule(body, side)) for one, both, rule in ARMS if body.has(f"{side} wrist"))
        first = next((each for each in found if each[2]), None)
        if first:
            held[side] = first
    if len(held) == 2 and held["left"][0] == held["right"][0]:
        yield held["left"][1], tuple(dict.fromkeys(held["left"][2] + held["right"][2]))
        return
    yield from ((f"{side} {one}", used) for side, (one, _, used) in held.items())


def posture(keypoints: Sequence[KeyPoint], aspect: float = 1.0) -> tuple[str, float]:
    """What key points say about somebody, such as "standing, facing the camera, left hand above the head".

    Left and right hands are the person's own. Of a picture alone the depth is not known: a torso that leans towards the
    camera is measured too short, and a leg that points at it looks like one that is bent.

    Args:
        keypoints: Named as COCO names them, relative to the picture; those with a score below 0.5 are not used.
        aspect: Width over height of the picture.

    Returns:
        The text, and the mean score of the key points that it was read from; no text and 0 when they say nothing.
    """
    body = Body(keypoints, aspect)
    if not body.measurable:
        return "", 0.0
    held_up = body.tilt is None or body.tilt < FLAT  # of who lies, "above the head" would say nothing
    said = [_stance(body), _facing(body), *(_arms(body) if held_up else ())]
    used = tuple(dict.fromkeys(name for _, names in said for name in names))
    return ", ".join(text for text, _ in said if text), body.score(used) if used else 0.0
