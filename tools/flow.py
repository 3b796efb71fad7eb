"""How pictures move: the camera's motion between two frames, and what moves by itself.

Corners spread over the picture are followed by the pyramidal Lucas-Kanade method (Bouguet, 2001) and back again; those
that do not come back are dropped. A similarity transform that most of them agree on (RANSAC; Fischler and Bolles, 1981)
is the camera; where the second picture differs from the first one moved like this, something moves by itself.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..memory import Box
from ..video import Frame

SIDE = 320
"""Longest side in pixels of the pictures that are compared: 4-6 ms a pair."""
NOISE_BLUR = 0.8
CORNERS, PER_CELL = 900, 12
CELLS = 8
"""Rows and columns over which the corners are spread, so that one busy thing does not outvote the rest."""
LEAST_QUALITY = 0.005
WINDOW = (21, 21)
LEVELS = 4
COMES_BACK = 0.7
"""Pixels that a corner may miss its start by when it is followed there and back."""
AGREES = 1.2
"""Pixels that a corner may differ from the camera's motion."""
LEAST_POINTS = 12
LEAST_FOLLOWED = 0.1
"""Share of the corners that must be followed; at a cut there are fewer, and those that seem to be do not agree."""
LEAST_INLIERS = 0.35
WIDE = 0.6
"""Share of the picture's width over which corners must be spread that tell a motion of the camera by themselves."""
EXPLAINS, CHANGES = 0.75, 0.5
"""Else the rest of the picture must differ less by this factor with the motion than without, by this many grey levels
without it."""
SPREAD = 9
"""Pixels around the corners that belong to what they are on."""
SAME_GREY, SAME_SHARE = 10, 0.55
"""Pictures that differ by less grey levels in this share of their pixels stand still, whatever the corners say."""
CHANGED_GREY = 14
"""Grey levels beyond the brightest and darkest neighbour by which a pixel has changed."""
GATHER = 15
"""Pixels over which changes are one part: the front and the back of a plain thing that moves."""
SMALLEST_PART, LARGEST_PART = 0.0008, 0.5
"""Shares of the picture that a part which moves by itself may have."""
MOST_PARTS = 4

Vector = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Step:
    """What moved between two frames.

    Positions and distances are shares of the picture's longest side, so that right and down have one measure.
    """

    start: float
    end: float
    right: float
    """Where the camera went, seconds not divided out: the picture's content goes the other way."""
    down: float
    zoom: float
    """Logarithm of the growth of the content; above 0 the camera comes nearer."""
    turn: float
    """Degrees that the camera rolls clockwise."""
    agreement: float
    """Share of the corners that follow the camera's motion."""
    points: np.ndarray
    """(corners, 2): where they were."""
    moved: np.ndarray
    """(corners, 2): their motion beyond the camera's."""
    parts: tuple[Box, ...]
    """Where something moves by itself, the largest first; shares of width and height."""
    scale: Vector
    """The picture's width and height in this measure."""

    @property
    def seconds(self) -> float:
        """Time between the two frames."""
        return self.end - self.start

    def inside(self, box: Box) -> np.ndarray:
        """Which corners lie in a box (shares of width and height)."""
        low, high = np.array(box[:2]) * self.scale, np.array(box[2:]) * self.scale
        return np.asarray(((self.points >= low) & (self.points <= high)).all(axis=1))


def step_between(one: Frame, two: Frame) -> Step | None:
    """The motion from one frame to the next.

    Returns:
        None when the frames have too little in common to say: a cut, a fade, a blur. A plain picture stands still.
    """
    before, after = _grey(one), _grey(two)
    corners = _corners(before)
    points, ends = _followed(before, after, corners) if len(corners) >= LEAST_POINTS else (_NONE, _NONE)
    camera, inliers = None, np.zeros(0, bool)
    if len(points) >= max(LEAST_POINTS, LEAST_FOLLOWED * len(corners)):
        camera, inliers = _camera(before, after, points, ends)
    if camera is None:
        difference = np.abs(after.astype(int) - before)
        if (difference < SAME_GREY).mean() < SAME_SHARE:
            return None
        camera, inliers = np.eye(2, 3), np.ones(1, bool)
    longest = float(max(before.shape))
    middle = np.array([before.shape[1], before.shape[0]]) / 2
    shift = (camera[:, :2] @ middle + camera[:, 2] - middle) / longest
    return Step(
        one.time, two.time, -float(shift[0]), -float(shift[1]),
        zoom=float(np.log(np.hypot(camera[0, 0], camera[1, 0]))),
        turn=-float(np.degrees(np.arctan2(camera[1, 0], camera[0, 0]))),
        agreement=float(inliers.mean()),
        points=points / longest,
        moved=(ends - (points @ camera[:, :2].T + camera[:, 2])) / longest,
        parts=_changed_parts(before, after, camera),
        scale=(before.shape[1] / longest, before.shape[0] / longest),
    )  # fmt: skip


_NONE = np.zeros((0, 2))


def _grey(frame: Frame) -> np.ndarray:
    import cv2

    height, width = frame.image.shape[:2]
    factor = min(1.0, SIDE / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    grey = cv2.cvtColor(cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return cv2.GaussianBlur(grey, (0, 0), NOISE_BLUR)


def _corners(image: np.ndarray) -> np.ndarray:
    """Corners, the best of each cell of the picture; float32 array (corners, 2)."""
    import cv2

    found = cv2.goodFeaturesToTrack(image, CORNERS, LEAST_QUALITY, minDistance=4, blockSize=5)
    if found is None:
        return np.zeros((0, 2), np.float32)
    points = found.reshape(-1, 2)
    cells = (points * CELLS / (image.shape[1], image.shape[0])).astype(int)
    numbers = cells[:, 0] * CELLS + cells[:, 1]
    order = np.argsort(numbers, kind="stable")  # the best of each cell stay first
    starts = np.searchsorted(numbers[order], numbers[order])
    return np.asarray(points[order[np.arange(len(order)) - starts < PER_CELL]])


def _followed(before: np.ndarray, after: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners that are found in the second picture and from there again in the first, and where they went."""
    import cv2

    points, ends = _there_and_back(before, after, corners, None)
    if len(points) < 0.6 * len(corners):
        # A fast pan is beyond the pyramid's reach; the phase of the whole picture tells where to look.
        window = cv2.createHanningWindow((before.shape[1], before.shape[0]), cv2.CV_32F)
        shift, _ = cv2.phaseCorrelate(before.astype(np.float32), after.astype(np.float32), window)
        guessed = _there_and_back(before, after, corners, np.asarray(shift, np.float32))
        if len(guessed[0]) > len(points):
            points, ends = guessed
    return points, ends


def _there_and_back(
    before: np.ndarray, after: np.ndarray, corners: np.ndarray, shift: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    import cv2

    options: dict[str, Any] = {"winSize": WINDOW, "maxLevel": LEVELS}
    if shift is not None:
        options["flags"] = cv2.OPTFLOW_USE_INITIAL_FLOW
    guess: Any = corners + shift if shift is not None else None
    ends, there, _ = cv2.calcOpticalFlowPyrLK(before, after, corners, guess, **options)
    back_guess: Any = ends - shift if shift is not None else None
    back, again, _ = cv2.calcOpticalFlowPyrLK(after, before, ends, back_guess, **options)
    inside = ((ends >= 0) & (ends < (before.shape[1], before.shape[0]))).all(axis=1)
    near = np.linalg.norm(back - corners, axis=1) <= COMES_BACK
    good = (there.ravel() == 1) & (again.ravel() == 1) & near & inside
    return corners[good].astype(float), ends[good].astype(float)


def _camera(
    before: np.ndarray, after: np.ndarray, points: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray | None, np.ndarray]:
    """The transform that most corners agree on, and which do; None when they do not agree.

    Before a plain wall only the thing that moves has corners: they are no sign that the camera moves.
    """
    import cv2

    found, mask = cv2.estimateAffinePartial2D(
        points, ends, method=cv2.RANSAC, ransacReprojThreshold=AGREES, maxIters=2000, confidence=0.995
    )
    still = np.linalg.norm(ends - points, axis=1) <= AGREES
    identity = np.eye(2, 3)
    if found is None or mask.mean() < LEAST_INLIERS:
        return (identity, still) if still.mean() >= LEAST_INLIERS else (None, still)
    inliers = mask.ravel().astype(bool)
    here, there = points[inliers], ends[inliers]
    if _is_wide(here, before.shape) or _explains(found, before, after, np.concatenate([here, there])):
        return found, inliers
    return identity, still


def _is_wide(points: np.ndarray, shape: tuple[int, ...]) -> bool:
    """Whether points are spread over most of the picture's width."""
    low, high = np.percentile(points[:, 0], (2, 98))
    return bool(high - low >= WIDE * shape[1])


def _explains(camera: np.ndarray, before: np.ndarray, after: np.ndarray, seen: np.ndarray) -> bool:
    """Whether a motion makes the rest of the picture, away from the corners that were seen, fit better."""
    import cv2

    height, width = before.shape
    warped = cv2.warpAffine(before, camera, (width, height))
    rest = cv2.warpAffine(np.full_like(before, 255), camera, (width, height)) == 255
    low, high = np.floor(seen.min(axis=0)).astype(int) - SPREAD, np.ceil(seen.max(axis=0)).astype(int) + SPREAD
    rest[max(0, low[1]) : max(0, high[1]), max(0, low[0]) : max(0, high[0])] = False
    if rest.mean() < 0.05:
        return False
    standing = float(np.abs(after.astype(float) - before)[rest].mean())
    moving = float(np.abs(after.astype(float) - warped)[rest].mean())
    return standing > CHANGES and moving < EXPLAINS * standing


def _changed_parts(before: np.ndarray, after: np.ndarray, camera: np.ndarray) -> tuple[Box, ...]:
    """Where the second picture is not the first one moved with the camera, give or take a pixel."""
    import cv2

    height, width = before.shape
    warped = cv2.warpAffine(before, camera, (width, height))
    seen = cv2.warpAffine(np.full_like(before, 255), camera, (width, height))
    square = np.ones((3, 3), np.uint8)
    brightest, darkest = cv2.dilate(warped, square).astype(int), cv2.erode(warped, square).astype(int)
    changed = (after > brightest + CHANGED_GREY) | (after < darkest - CHANGED_GREY)
    mask = (changed & (cv2.erode(seen, np.ones((5, 5), np.uint8)) == 255)).astype(np.uint8)
    gathered = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((GATHER, GATHER), np.uint8))
    _, _, rows, _ = cv2.connectedComponentsWithStats(gathered)
    parts = sorted(rows[1:].tolist(), key=lambda row: -row[4])
    return tuple(
        (left / width, top / height, (left + wide) / width, (top + tall) / height)
        for left, top, wide, tall, area in parts[:MOST_PARTS]
        if SMALLEST_PART <= area / mask.size <= LARGEST_PART
    )
