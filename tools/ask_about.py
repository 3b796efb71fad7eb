"""A question about one thing: a box, or a track of boxes, cut out over time, and asked of the model that sees.

Without such a model what can be measured in the box is told instead: its colours, which way it moves, the text in it.
"""

from collections.abc import Sequence

import numpy as np

from ..memory import Box, Observation, Timeline
from ..models.errors import ModelError
from ..video import Clip, Frame, Frames
from .ask import ask
from .boxes import box_intersection, box_part, checked_box
from .color_names import PROTOTYPES, color_shares
from .colors import LEAST_SHARE
from .context import Context
from .crop import cropped
from .motion import motion
from .pixels import foreground, neutral
from .read_text import read_text
from .tool import tool
from .tracks import box_at, by_track

PICTURES, LOOKS = 8, 4
AROUND: Box = (-0.15, -0.15, 1.15, 1.15)
"""Of a box: some of what is around a thing says what it is."""
INSIDE = 0.5
"""Share of a line of text, or of a thing that moves, that lies in the box it belongs to."""
MOST_COLORS = 2
NO_BOX = "there is no box to look into"
MEASURED = "no model that sees: the colours, the motion and the text in the box are told"

Place = tuple[float, Box]
"""Seconds, and where the thing is then."""


@tool(kind="ask", needs="detector", cost="one call of the VLM with up to 8 pictures; else 4 frames, and that of motion")
def ask_about(clip: Clip, where: Timeline | list[float], question: str, *, context: Context) -> str:
    """Ask about one thing: what a track of boxes, or one box that stays, holds over a clip.

    The vision-language model sees the thing cut out at up to eight moments. Without one its colours, its motion and the
    text in it are told, which the trace says.

    Args:
        clip: Where to look.
        where: What `track` or `detect` found, of which the first thing counts; or a box: left, top, right, bottom, each
            0 to 1.
        question: What to ask, e.g. "What does it carry?".

    Returns:
        The answer in words; empty when there is no box in the clip.
    """
    if not context.video.has_video:
        context.notes.add(why="no pictures")
        return ""
    count = PICTURES if context.models.has("vlm") else LOOKS
    places = _places(clip, where, count)
    if not places:
        context.notes.add(why=where.why if isinstance(where, Timeline) and where.why else NO_BOX)
        return ""
    if context.models.has("vlm"):
        try:
            return str(ask.run((_pictures(places, context), question), {}, context))
        except ModelError as error:
            context.notes.add(why=error.message)
    context.notes.add(why=MEASURED)
    return _measured(clip, places[:: max(1, len(places) // LOOKS)], context)


def _places(clip: Clip, where: Timeline | list[float], count: int) -> list[Place]:
    """Moments at which the thing is in sight, evenly spread, and its box at each."""
    if isinstance(where, list):
        fixed = checked_box(where)
        return [(clip.start + (place + 0.5) * clip.duration / count, fixed) for place in range(count)]
    track = next(iter(by_track(where.between(clip.start, clip.end)).values()), [])
    if not track:
        return []
    first, last = max(clip.start, track[0].start), min(clip.end, max(seen.end for seen in track))
    times = [first + (place + 0.5) * (last - first) / count for place in range(count)]
    return [(time, box) for time in times if (box := box_at(track, time)) is not None]


def _pictures(places: Sequence[Place], context: Context) -> Frames:
    return tuple(cropped(frame, box_part(box, AROUND)) for frame, box in _frames(places, context))


def _frames(places: Sequence[Place], context: Context) -> list[tuple[Frame, Box]]:
    frames = context.frames([time for time, _ in places])
    context.meter.spend(frames_seen=len(frames))
    return [(frame, box) for frame, (_, box) in zip(frames, places, strict=False)]


def _measured(clip: Clip, places: Sequence[Place], context: Context) -> str:
    """Colours, motion and text in the box, in words."""
    parts = [("colours", _colors(places, context)), ("motion", _motion(clip, places, context))]
    parts.append(("text", _text(clip, places, context)))
    return "; ".join(f"{name}: {text}" for name, text in parts if text)


def _colors(places: Sequence[Place], context: Context) -> str:
    shares = [color_shares(foreground(neutral(frame.image), box)) for frame, box in _frames(places, context)]
    mean = np.mean(shares, axis=0)
    ranked = np.argsort(-mean, kind="stable")[:MOST_COLORS]
    return ", ".join(list(PROTOTYPES)[rank] for rank in ranked if mean[rank] >= LEAST_SHARE)


def _motion(clip: Clip, places: Sequence[Place], context: Context) -> str:
    notes = [note for note in motion.run((clip,), {}, context) if note.box and _belongs(note, places)]
    return ", ".join(dict.fromkeys(note.content for note in notes))


def _text(clip: Clip, places: Sequence[Place], context: Context) -> str:
    if not context.models.has("ocr"):
        return ""
    lines = [line for line in read_text.run((clip,), {}, context) if _belongs(line, places)]
    return ", ".join(dict.fromkeys(f'"{line.content}"' for line in lines))


def _belongs(seen: Observation, places: Sequence[Place]) -> bool:
    """Whether most of a box lies in the thing's box at the time."""
    if seen.box is None:
        return False
    own = max((seen.box[2] - seen.box[0]) * (seen.box[3] - seen.box[1]), 1e-9)
    inside = [box for time, box in places if seen.start <= time <= seen.end] or [box for _, box in places]
    return any(box_intersection(seen.box, box) >= INSIDE * own for box in inside)
