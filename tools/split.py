"""Cutting a clip into parts that are described or asked about one by one."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil, inf
from typing import Literal

from ..video import Clip, find_shots
from .context import Context
from .scenes import scenes
from .search import perceive
from .tool import ToolError, tool

SplitMethod = Literal["fixed", "shots", "scenes", "dialogue", "sentences"]
Edges = list[float]
"""Seconds at which a clip is cut, its start and end left out, in order."""

Span = tuple[float, float]

MOST_PARTS = 500
"""Parts at most: a program can look at no more (`Limits.calls`)."""
SHORTEST = 0.1
"""Share of a part's length: a rest that is shorter belongs to the part before it."""
ROUNDING = 1e-6
TOO_LONG = 1.5
"""Parts of a dialogue longer than this many times the wanted length are cut again (StoryTeller: 15 s, each 10 s)."""


@tool(kind="time", cost="free for fixed; else that of shots, scenes or transcribe")
def split_clip(clip: Clip, seconds: float, method: SplitMethod = "fixed", *, context: Context) -> list[Clip]:
    """Cut a clip into parts without gaps.

    Args:
        clip: What to cut.
        seconds: Length of a part: exactly for `fixed`, at most for `shots` and `scenes`, about for the others.
        method: `fixed`; `sentences`, as long as wanted but never in the middle of a sentence; `shots`, at the cuts;
            `scenes`, where the pictures become different; `dialogue`, at cuts that fall into no line of speech, long
            parts again between two lines (StoryTeller: 10 s).

    Returns:
        The parts in order; at least one.

    Source: `dialogue` is StoryTeller's (arXiv 2411.07076).
    """
    if seconds <= 0:
        raise ToolError(
            f"parts cannot be {seconds:g} s long", code="tool.argument", hint="Give a length above 0 seconds."
        )
    length = max(seconds, clip.duration / MOST_PARTS)
    if length > seconds:
        context.notes.add(why=f"parts of {length:.1f} s, as there can be no more than {MOST_PARTS}")
    edges = _METHODS[method](clip, length, context)[: MOST_PARTS - 1]
    return [clip.trim(start, end) for start, end in pairwise([clip.start, *edges, clip.end])]


def _fixed(clip: Clip, length: float, context: Context) -> Edges:
    """Each so many seconds; a short rest stays with the last part."""
    count = max(1, int(clip.duration / length + 1 - SHORTEST))
    return [clip.start + number * length for number in range(1, count)]


def _shots(clip: Clip, length: float, context: Context) -> Edges:
    return _no_longer(clip, length, _cuts(clip, context))


def _scenes(clip: Clip, length: float, context: Context) -> Edges:
    found = scenes.run((clip,), {"most": MOST_PARTS}, context)
    if not found:
        context.notes.add(why=f"{found.why}: equal parts instead")
    return _no_longer(clip, length, [scene.start for scene in found[1:]])


def _cuts(clip: Clip, context: Context) -> Edges:
    """Where one shot ends and the next begins."""
    if not context.video.has_video:
        context.notes.add(why="no pictures: no shots to cut at")
        return []
    context.report("shots", None)
    return [shot.start for shot in find_shots(clip)[1:]]


def _no_longer(clip: Clip, length: float, edges: Edges) -> Edges:
    """These edges, and more where a part would be too long: equal parts of it."""
    cuts: Edges = []
    for start, end in pairwise([clip.start, *edges, clip.end]):
        count = max(1, ceil((end - start) / length - ROUNDING))
        cuts += [start + number * (end - start) / count for number in range(1, count)]
        cuts += [end] if end < clip.end else []
    return cuts


def _dialogue(clip: Clip, length: float, context: Context) -> Edges:
    spoken = perceive(context, clip, ("speech",))["speech"]
    cuts = _cuts(clip, context)
    if not spoken:
        context.notes.add(why=f"{spoken.why}: cut at the shots instead")
        return _no_longer(clip, length, cuts)
    lines = [(line.start, line.end) for line in spoken]
    edges = [clip.start, *_with_speech(clip, [cut for cut in cuts if is_free(cut, lines)], lines), clip.end]
    return [cut for start, end in pairwise(edges) for cut in [*between_lines(start, end, length, lines), end]][:-1]


def _sentences(clip: Clip, length: float, context: Context) -> Edges:
    """About each so many seconds, in no line of speech."""
    spoken = perceive(context, clip, ("speech",))["speech"]
    return between_lines(clip.start, clip.end, length, [(line.start, line.end) for line in spoken])


def is_free(moment: float, lines: Sequence[Span]) -> bool:
    """Whether nobody is in the middle of a line."""
    return not any(start < moment < end for start, end in lines)


def _with_speech(clip: Clip, edges: Edges, lines: Sequence[Span]) -> Edges:
    """Without the edges of parts in which nobody speaks: each becomes a part of its shorter neighbour."""
    cuts = [clip.start, *edges, clip.end]
    while len(cuts) > 2:
        silent = (place for place, part in enumerate(pairwise(cuts)) if not _speech_in(part, lines))
        place = next(silent, None)
        if place is None:
            break
        before = cuts[place] - cuts[place - 1] if place else inf
        after = cuts[place + 2] - cuts[place + 1] if place + 2 < len(cuts) else inf
        del cuts[place if before <= after else place + 1]
    return cuts[1:-1]


def _speech_in(part: Span, lines: Sequence[Span]) -> bool:
    return any(start < part[1] and end > part[0] for start, end in lines)


def between_lines(start: float, end: float, length: float, lines: Sequence[Span]) -> Edges:
    """Edges about each so many seconds that fall into no line; none in a line that is longer than a part.

    Args:
        start: Of the part, seconds.
        end: Of the part, seconds.
        length: Wanted between two edges, seconds.
        lines: Start and end of each line of speech.
    """
    cuts: Edges = []
    margin = SHORTEST * length
    inside = [line for line in lines if line[0] < end and line[1] > start]
    pauses = [moment for line in inside for moment in line if is_free(moment, inside)]
    at = start
    while end - at > TOO_LONG * length:
        target = at + length
        moments = [target, *pauses] if is_free(target, inside) else pauses
        free = [moment for moment in moments if at + margin <= moment <= end - margin]
        if not free:
            break
        at = min(free, key=lambda moment: (abs(moment - target), moment))
        cuts.append(at)
    return cuts


_METHODS: dict[SplitMethod, Callable[[Clip, float, Context], Edges]] = {
    "fixed": _fixed, "shots": _shots, "scenes": _scenes, "dialogue": _dialogue,
    "sentences": _sentences,
}  # fmt: skip
