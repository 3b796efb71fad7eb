"""Which pixels a question about looks means: a thing without its background, a part of it, or what is around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..memory import Box, Observation
from ..video import Clip, Frame
from .boxes import WHOLE, box_centre, box_part, pixels_of
from .color_names import ColorTerm, term_shares
from .context import Context
from .counts import MOVERS, SURE_COURSE
from .detect import things_of
from .labels import head_names, labels_in
from .motion import motion
from .pixels import foreground, moving, neutral, standing_out, still_background
from .tracks import box_at, tracks_of
from .which_thing import Thing, chosen

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
SUPPORT = re.compile(
    r"\b(?:stand|sit|lie|lies|lying|kneel|walk|rid(?:e|es|ing)\b|lean|work)\w*\s+(?:on|in|upon|at|against|inside)\b",
    re.IGNORECASE,
)
"""What somebody stands, sits or lies on or in: around where they are."""
SEAT: Box = (-0.35, 0.45, 1.35, 1.3)
"""Of a person's box: what they stand or sit on, or in."""
MOST_THINGS = 2
LOOK, MOST_LOOKS = 0.4, 48
"""Seconds between two looks for what stands before a still background, and how many there are at most."""
MOVING = "something that moves"
MOVES = 0.5
"""Way of a thing, in its own sizes, from which the background behind it is seen."""
BACKGROUND_FRAMES, FITTING = 12, 2
"""Frames that show the background; frames in which a thing is compared with a colour."""


@dataclass(frozen=True, slots=True)
class Region:
    """Pixels of one frame: those of a thing in a box or of a part of it, or all but some boxes."""

    frame: Frame
    box: Box | None = None
    part: Box = WHOLE
    """Of the box."""
    without: tuple[Box, ...] = ()
    background: np.ndarray | None = None
    """What stands behind the thing, when it moves before it."""

    def pixels(self) -> np.ndarray:
        """RGB pixels, uint8: a picture, or a list of them (pixels x 3)."""
        image = self.frame.image
        if self.box is not None:
            return self._of_thing(self.box)
        if not self.without:
            return image
        kept = np.ones(image.shape[:2], bool)
        for box in self.without:
            kept[pixels_of(box, image.shape)] = False
        return image[kept][:: max(1, int(kept.sum()) // 4096)] if kept.mean() > 0.02 else image

    def _of_thing(self, box: Box) -> np.ndarray:
        image = self.frame.image
        if self.background is not None and self.background.shape == image.shape:
            found = moving(image, self.background, box_part(box, self.part))
            if found is not None:
                return found
        return foreground(neutral(image), box, self.part)


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
        return _of_things(clip, things, query, count, context)
    under = _under_somebody(clip, query, count, context) if place == WHOLE else []
    if under:
        return under
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


def _things(clip: Clip, query: str, context: Context) -> list[Thing]:
    """The things that a query means, the one most in sight first."""
    if not context.models.has("detector"):
        return []
    names = _names(query, context)
    tracks = tracks_of(things_of(clip, names, context)) if names else []
    things = [Thing(tuple(track), track[0].start, track[-1].end, _goes(track)) for track in tracks]
    if MOVERS.intersection(names) and max(map(len, tracks), default=0) < 2:
        things = _movers(clip, context) or things
    background = _behind(clip, things, context)

    def fits(thing: Thing, term: ColorTerm) -> float:
        regions = _regions(thing, WHOLE, FITTING, background, context)
        shares = [float(term_shares(region.pixels(), (term,))[0]) for region in regions]
        return sum(shares) / max(1, len(shares))

    def known(text: str) -> tuple[str, ...]:
        return labels_in(text, context.models.labels)

    return chosen(things, names, query, known, fits)[:MOST_THINGS]


def _names(query: str, context: Context) -> tuple[str, ...]:
    """What the detector calls the thing asked about; people, for what is worn or held."""
    names = head_names(_subject(query), context.models)
    if names or not _part(query):
        return names
    owners = head_names(query, context.models)
    return WORN if not owners or set(WORN) <= set(owners) else owners


def _goes(track: Sequence[Observation]) -> bool:
    """Whether a thing leaves the place where it was first seen."""
    first, last = track[0].box or WHOLE, track[-1].box or WHOLE
    far = np.abs(np.subtract(box_centre(last), box_centre(first)))
    return bool((far > MOVES * np.array([first[2] - first[0], first[3] - first[1]])).any())


def _movers(clip: Clip, context: Context) -> list[Thing]:
    """What moves by itself, where the detector does not know it: before a still background, or by its motion."""
    background = _background(clip, context)
    if background is not None:
        return _before(background, clip, context)
    courses = [note for note in motion.run((clip,), {}, context) if note.score >= SURE_COURSE and note.box]
    return [Thing((_in_the_middle(note),), note.start, note.end, moves=True, named=False) for note in courses]


def _before(background: np.ndarray, clip: Clip, context: Context) -> list[Thing]:
    """What stands before a still background, followed."""
    count = max(2, min(MOST_LOOKS, round(clip.duration / LOOK)))
    step = clip.duration / count
    frames = context.frames([clip.start + (place + 0.5) * step for place in range(count)])
    context.meter.spend(frames_seen=len(frames))
    seen = [
        Observation(clip.start + place * step, clip.start + (place + 1) * step, "object", MOVING, 1.0, MOVING, box)
        for place, frame in enumerate(frames)
        for box in standing_out(frame.image, background)
    ]
    tracks = [track for track in tracks_of(seen) if len(track) > 1]
    return [Thing(tuple(track), track[0].start, track[-1].end, moves=True, named=False) for track in tracks]


def _in_the_middle(note: Observation) -> Observation:
    return replace(note, start=(note.start + note.end) / 2, end=(note.start + note.end) / 2)


def _background(clip: Clip, context: Context) -> np.ndarray | None:
    """What stands behind things that move; None where the camera moves."""
    step = clip.duration / BACKGROUND_FRAMES
    frames = context.frames([clip.start + (place + 0.5) * step for place in range(BACKGROUND_FRAMES)])
    context.meter.spend(frames_seen=len(frames))
    return still_background([frame.image for frame in frames])


def _behind(clip: Clip, things: Sequence[Thing], context: Context) -> np.ndarray | None:
    return _background(clip, context) if any(thing.moves for thing in things) else None


def _of_things(clip: Clip, things: Sequence[Thing], query: str, count: int, context: Context) -> list[Region]:
    part, background = _part(query), _behind(clip, things, context)
    each = max(1, count // len(things))
    return [region for thing in things for region in _regions(thing, part or WHOLE, each, background, context)]


def _regions(thing: Thing, part: Box, count: int, background: np.ndarray | None, context: Context) -> list[Region]:
    """A thing, or a part of it, in the frames in which it is surest to be there."""
    track = thing.sightings
    sure = sorted(track, key=lambda seen: -seen.score)[: max(count, len(track) // 2)]
    sure = sorted(sure, key=lambda seen: seen.start)
    spread = sorted({round(place) for place in np.linspace(0, len(sure) - 1, count).tolist()})
    times = {round(time, 3): time for time in ((sure[place].start + sure[place].end) / 2 for place in spread)}
    frames = context.frames(list(times))
    context.meter.spend(frames_seen=len(frames))
    behind = background if thing.moves else None
    boxes = [box_at(track, times[rounded]) for rounded in sorted(times)]
    return [
        Region(frame, box, part if thing.named else WHOLE, background=behind)
        for frame, box in zip(frames, boxes, strict=False)
        if box is not None
    ]


def _under_somebody(clip: Clip, query: str, count: int, context: Context) -> list[Region]:
    """Around where somebody stands or sits, when that is what the detector has no name for."""
    if not SUPPORT.search(query) or not context.models.has("detector"):
        return []
    names = head_names(query, context.models)
    tracks = sorted(tracks_of(things_of(clip, names, context)), key=len, reverse=True) if names else []
    things = [Thing(tuple(track), track[0].start, track[-1].end, moves=False) for track in tracks[:1]]
    return [
        Region(Frame(seen.frame.time, seen.frame.image[pixels_of(box_part(seen.box, SEAT), seen.frame.image.shape)]))
        for thing in things
        for seen in _regions(thing, WHOLE, count, None, context)
        if seen.box is not None
    ]


def _boxes_at(seen: Sequence[Observation], time: float) -> tuple[Box, ...]:
    return tuple(thing.box for thing in seen if thing.start <= time <= thing.end and thing.box)
