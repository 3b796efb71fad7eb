"""What a text on screen is for: subtitles, watermarks and clocks are put over the picture, signs are part of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from ..memory import Box, Observation, Timeline
from ..video import Clip
from .boxes import box_centre, box_overlap
from .context import Context
from .read_text import read_text
from .text import same_reading, squash
from .tool import tool
from .transcribe import transcribe

Role = Literal["any", "scene", "title", "subtitle", "watermark", "clock"]

LASTS = 0.7
"""Share of the video for which a watermark is on screen; a sign is before the camera for less."""
LEAST_SECONDS = 5.0
"""Of a video about which it can be said that something is there all the time."""
EDGE = 0.18
"""A watermark's middle is nearer to an edge of the picture than this share of its side."""
SMALL, LARGE = 0.09, 0.1
"""Height of a line, as a share of the picture's, under which it may be a watermark and above which it is a title."""
TALLEST = 0.17
"""Height of a subtitle's line at most; large ones fill a tenth of a phone's picture."""
LOW = 0.68
"""Subtitles stand below this share of the height."""
CENTRED = 0.12
"""Share of the width by which the middle of a subtitle may be off the middle."""
BRIEF = 8.0
"""Seconds that a subtitle is on screen at most (the usual rule is 7)."""
SUBTITLE_LINES = 3
"""Texts at one height that follow each other, from which on they are subtitles even if nobody speaks."""
CLOCK_READINGS = 3
"""Different readings of digits at one place that make a clock."""
SAME_PLACE = 0.4


@tool(kind="read", needs="ocr", cost="that of read_text; transcribe where the video was listened to")
def screen_text(clip: Clip, role: Role = "any", *, context: Context) -> Timeline:
    """Read the text on screen and say what it is for.

    Args:
        clip: Where to look.
        role: Only text of this role: `scene` (signs, labels, what stands on things), `title` (large lines), `subtitle`,
            `watermark` (logos and names that stay), `clock` (time codes, counters); all of it with `any`.

    Returns:
        The lines of `read_text`, from top to bottom where they are on screen together; the source of each ends with
        ` text:ROLE`.
    """
    lines = list(read_text.run((clip,), {}, context))
    if not lines:
        return Timeline((), read_text.run((clip,), {}, context).why)
    spoken = _spoken(clip, context)
    named = [(line, role_of(line, lines, clip, spoken)) for line in lines]
    kept = [replace(line, source=f"{line.source} text:{name}") for line, name in named if role in ("any", name)]
    return Timeline(kept, f"none of {len(lines)} lines is a {role}")


def _spoken(clip: Clip, context: Context) -> list[Observation]:
    """What is said, where there is somebody to hear it."""
    if not (context.models.has("asr") or context.video.subtitles):
        return []
    return list(transcribe.run((clip,), {}, context))


def role_of(line: Observation, lines: Sequence[Observation], clip: Clip, spoken: Sequence[Observation] = ()) -> str:
    """What a line is for, by its place, its size, how long it stays, and what is said meanwhile.

    Args:
        line: With a box; a line without one is scene text.
        lines: All lines of the clip.
        clip: Where they were read.
        spoken: What is said in it.
    """
    if line.box is None:
        return "scene"
    rules = (("clock", _is_clock), ("watermark", _is_watermark), ("subtitle", _is_subtitle), ("title", _is_title))
    for name, holds in rules:
        if holds(line, line.box, lines, clip, spoken):
            return name
    return "scene"


Lines = Sequence[Observation]


def _is_clock(line: Observation, box: Box, lines: Lines, clip: Clip, spoken: Lines) -> bool:
    """Digits that change while they stay at their place."""
    if not _mostly_digits(line.content):
        return False
    there = [other for other in lines if other.box and box_overlap(box, other.box) >= SAME_PLACE]
    return len({squash(other.content) for other in there if _mostly_digits(other.content)}) >= CLOCK_READINGS


def _mostly_digits(text: str) -> bool:
    signs = squash(text)
    return 2 * sum(sign.isdigit() for sign in signs) > len(signs)


def _is_watermark(line: Observation, box: Box, lines: Lines, clip: Clip, spoken: Lines) -> bool:
    """Small, near an edge, and there for most of the time, with breaks or without."""
    same = [
        other
        for other in lines
        if other.box and box_overlap(box, other.box) >= SAME_PLACE and same_reading(line.content, other.content)
    ]
    seconds = sum(other.end - other.start for other in same)
    x, y = box_centre(box)
    near_edge = min(x, 1 - x, y, 1 - y) < EDGE
    return clip.duration >= LEAST_SECONDS and seconds >= LASTS * clip.duration and near_edge and box[3] - box[1] < SMALL


def _is_subtitle(line: Observation, box: Box, lines: Lines, clip: Clip, spoken: Lines) -> bool:
    """Low, in the middle, brief, and either said meanwhile or one of several in a row."""
    from rapidfuzz import fuzz

    if not _may_be_subtitle(line, box):
        return False
    said = [other.content for other in spoken if other.start < line.end + 1 and other.end > line.start - 1]
    if any(fuzz.partial_ratio(squash(line.content), squash(text)) >= 75 for text in said):
        return True
    others = {squash(other.content) for other in lines if other.box and _may_be_subtitle(other, other.box)}
    return len(others) >= SUBTITLE_LINES


def _may_be_subtitle(line: Observation, box: Box) -> bool:
    x, y = box_centre(box)
    return y > LOW and abs(x - 0.5) < CENTRED and line.end - line.start <= BRIEF and box[3] - box[1] < TALLEST


def _is_title(line: Observation, box: Box, lines: Lines, clip: Clip, spoken: Lines) -> bool:
    return box[3] - box[1] >= LARGE
