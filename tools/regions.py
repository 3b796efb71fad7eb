"""Which pixels a question about looks means: a thing without its background, a part of it, or what is around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..memory import Box, Observation
from ..video import Clip, Frame
from .boxes import WHOLE, box_area, box_centre, pixels_of, window_around
from .context import Context
from .counts import MOVERS, SURE_COURSE
from .detect import things_of
from .labels import head_names
from .motion import motion
from .tracks import box_at, tracks_of

PARTS: tuple[tuple[str, Box], ...] = (
    (r"shirts?|t-shirts?|jackets?|coats?|sweaters?|jumpers?|pullovers?|blouses?|suits?|hood(?:ie|y)s?|vests?|dress|gowns?|"
     r"tops?|uniforms?|robes?|clothes|clothing|outfits?|torso", (0.22, 0.22, 0.78, 0.55)),
    (r"sleeves?|arms?|gloves?", (0.0, 0.25, 1.0, 0.65)),
    (r"trousers|pants|jeans|shorts|skirts?|leggings|slacks", (0.22, 0.55, 0.78, 0.88)),
    (r"shoes?|boots?|sneakers|socks?|feet|trainers", (0.1, 0.88, 0.9, 1.0)),
    (r"hats?|hair|caps?|helmets?|beanies?|bonnets?|lids?|corks?|roofs?|turbans?", (0.22, 0.0, 0.78, 0.16)),
)  # fmt: skip
"""Words for a part of a thing -> where it is in the thing's box."""
WORN = ("person",)
"""Clothes that nobody is said to wear are those of the people in sight."""
AROUND: tuple[tuple[str, Box | None], ...] = (
    (r"sky|skies|clouds?|ceiling", (0.0, 0.0, 1.0, 0.35)),
    (r"floors?|ground|grass|lawn|roads?|streets?|carpets?|sand|snow|water|sea|pavement|field", (0.0, 0.62, 1.0, 1.0)),
    (r"backgrounds?|backdrops?|walls?|surroundings", None),
)  # fmt: skip
"""Words for what is around things -> where it is in the picture; None for the picture without the things."""
SUBJECT = re.compile(
    r"\bcolou?rs?\s+(?:is|are|was|were|do|does|did|has|have|of|can)\s+(?:(?:the|a|an|his|her|their|its|this|that|those)\s+)?"
    r"(?P<thing>.+?)(?=\s+(?:the|an?|that|which|who|on|in|of|at|behind|near|worn|next|with|have|has|when|during|he|she|is|"
    r"are|his|her)\b|[?.,]|$)",
    re.IGNORECASE,
)
"""What has the colour: of "the lift the man stands on" the lift."""
CHOSEN = re.compile(r"\b(left|right)(?:most|-hand)?\b", re.IGNORECASE)
MASK_SIDE, MARGIN, ROUNDS = 96, 0.12, 3
LEAST_MASK = 0.15
"""Share of a box that is at least the thing; GrabCut that finds less has failed."""
GREY_POWER, LIGHT, MOST_LIGHT = 6, 0.5, 1.2
MOST_THINGS = 2


@dataclass(frozen=True, slots=True)
class Region:
    """Pixels of one frame: those of a thing in a box or of a part of it, or all but some boxes."""

    frame: Frame
    box: Box | None = None
    part: Box = WHOLE
    """Of the box."""
    without: tuple[Box, ...] = ()

    def pixels(self) -> np.ndarray:
        """RGB pixels, uint8: a picture, or a list of them (pixels x 3)."""
        image = self.frame.image
        if self.box is not None:
            return foreground(neutral(image), self.box, self.part)
        if not self.without:
            return image
        kept = np.ones(image.shape[:2], bool)
        for box in self.without:
            kept[pixels_of(box, image.shape)] = False
        return image[kept][:: max(1, int(kept.sum()) // 4096)] if kept.mean() > 0.02 else image


def regions_of(clip: Clip, query: str, count: int, context: Context) -> list[Region]:
    """The pixels that a query means, in a few frames in which they are in sight.

    Args:
        clip: Where to look.
        query: A thing, or a whole question.
        count: Frames.
        context: The host's side.

    Returns:
        The whole frames when the query names nothing that is found.
    """
    if not context.video.has_video:
        return []
    place = _around(query)
    things = _things(clip, query, context) if place == WHOLE else []
    if things:
        return _of_things(things, query, count, context)
    step = clip.duration / count
    frames = context.frames([clip.start + (index + 0.5) * step for index in range(count)])
    context.meter.spend(frames_seen=len(frames))
    if place == WHOLE:
        return [Region(frame) for frame in frames]
    if place is not None:
        return [Region(Frame(f.time, f.image[pixels_of(place, f.image.shape)])) for f in frames]
    seen = things_of(clip, (), context) if context.models.has("detector") else ()
    return [Region(frame, without=_boxes_at(seen, frame.time)) for frame in frames]


def _around(query: str) -> Box | None:
    """Where in the picture what a query names is, when it is no thing; the whole when it names nothing of the kind."""
    for words, place in AROUND:
        if re.search(rf"\b(?:{words})\b", _subject(query), re.IGNORECASE):
            return place
    return WHOLE


def _subject(query: str) -> str:
    found = SUBJECT.search(query)
    return found["thing"] if found else query


def _part(query: str) -> Box | None:
    subject = _subject(query)
    return next((part for words, part in PARTS if re.search(rf"\b(?:{words})\b", subject, re.IGNORECASE)), None)


def _things(clip: Clip, query: str, context: Context) -> list[list[Observation]]:
    """The sightings of each thing that a query means, the one most in sight first."""
    if not context.models.has("detector"):
        return []
    names = head_names(_subject(query), context.models)
    if not names and _part(query):
        names = head_names(query, context.models) or WORN
    tracks = tracks_of(things_of(clip, names, context)) if names else []
    if MOVERS.intersection(names) and max(map(len, tracks), default=0) < 2:
        tracks = _movers(clip, context) or tracks
    tracks.sort(key=lambda track: -sum(box_area(thing.box or WHOLE) * thing.score for thing in track))
    side = CHOSEN.search(query)
    if side is None or len(tracks) < 2:
        return tracks[:MOST_THINGS]
    steady = [track for track in tracks if len(track) >= max(map(len, tracks)) / 3]
    places = [float(np.mean([box_centre(thing.box or WHOLE)[0] for thing in track])) for track in steady]
    return [steady[int(np.argmin(places) if side[1].casefold() == "left" else np.argmax(places))]]


def _movers(clip: Clip, context: Context) -> list[list[Observation]]:
    """What moves by itself, where the detector does not know it: each in the middle of its way."""
    courses = [note for note in motion.run((clip,), {}, context) if note.score >= SURE_COURSE and note.box]
    return [[replace(note, start=(note.start + note.end) / 2, end=(note.start + note.end) / 2)] for note in courses]


def _of_things(tracks: Sequence[Sequence[Observation]], query: str, count: int, context: Context) -> list[Region]:
    part = _part(query)
    times: list[tuple[float, Sequence[Observation]]] = []
    for track in tracks:
        sure = sorted(track, key=lambda thing: -thing.score)[: max(count, len(track) // 2)]
        sure = sorted(sure, key=lambda thing: thing.start)
        spread = {round(place) for place in np.linspace(0, len(sure) - 1, max(1, count // len(tracks))).tolist()}
        times += [((sure[place].start + sure[place].end) / 2, track) for place in sorted(spread)]
    wanted = sorted({round(time, 3) for time, _ in times})
    frames = dict(zip(wanted, context.frames(wanted), strict=False))
    context.meter.spend(frames_seen=len(frames))
    regions = []
    for time, track in times:
        frame, box = frames.get(round(time, 3)), box_at(track, time)
        if frame is not None and box is not None:
            regions.append(Region(frame, box, part or WHOLE))
    return regions


def _boxes_at(seen: Sequence[Observation], time: float) -> tuple[Box, ...]:
    return tuple(thing.box for thing in seen if thing.start <= time <= thing.end and thing.box)


def neutral(image: np.ndarray) -> np.ndarray:
    """A picture with half of the light's colour taken out: shades of grey, at most 20 % for each channel.

    Args:
        image: Height x width x 3, uint8, RGB.
    """
    small = image[::8, ::8].reshape(-1, 3).astype(np.float64) / 255
    light = np.maximum((small**GREY_POWER).mean(axis=0) ** (1 / GREY_POWER), 1e-3)
    gains = np.clip((light.mean() / light) ** LIGHT, 1 / MOST_LIGHT, MOST_LIGHT)
    return np.clip(image * gains, 0, 255).astype(np.uint8)


def foreground(image: np.ndarray, box: Box, part: Box = WHOLE) -> np.ndarray:
    """The pixels of the thing in a box (pixels x 3), without the background in its corners; all where that fails.

    Args:
        image: Height x width x 3, uint8, RGB.
        box: Around the thing.
        part: Of the box; only these pixels are given back.
    """
    import cv2

    wide, tall = box[2] - box[0], box[3] - box[1]
    outer = window_around(box_centre(box), wide * (1 + 2 * MARGIN), tall * (1 + 2 * MARGIN))
    picture = image[pixels_of(outer, image.shape)]
    picture = cv2.resize(picture, (MASK_SIDE, MASK_SIDE), interpolation=cv2.INTER_AREA)
    left, top = (box[0] - outer[0]) / (outer[2] - outer[0]), (box[1] - outer[1]) / (outer[3] - outer[1])
    right, bottom = (box[2] - outer[0]) / (outer[2] - outer[0]), (box[3] - outer[1]) / (outer[3] - outer[1])
    rows, columns = pixels_of((max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom)), picture.shape)
    own = _mask(picture, rows, columns)
    wanted = np.zeros_like(own)
    inner = pixels_of(part, (rows.stop - rows.start, columns.stop - columns.start))
    wanted[rows, columns][inner] = True
    kept = wanted & own
    return picture[kept if kept.sum() >= LEAST_MASK * wanted.sum() else wanted]


def _mask(picture: np.ndarray, rows: slice, columns: slice) -> np.ndarray:
    """Which pixels GrabCut takes for the thing; all where a plain picture has no two kinds of pixels."""
    import cv2

    last = MASK_SIDE - 1  # GrabCut wants some background outside of the rectangle
    x, y = max(1, columns.start), max(1, rows.start)
    rectangle = (x, y, max(1, min(last, columns.stop) - x), max(1, min(last, rows.stop) - y))
    mask = np.zeros(picture.shape[:2], np.uint8)
    models: tuple[Any, Any] = (np.zeros((1, 65)), np.zeros((1, 65)))
    try:
        cv2.setRNGSeed(0)
        cv2.grabCut(np.ascontiguousarray(picture), mask, rectangle, *models, ROUNDS, cv2.GC_INIT_WITH_RECT)
    except cv2.error:
        return np.ones(picture.shape[:2], bool)
    return np.asarray((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD))
