"""The parts of a video, each with a title, and the whole in one line: by template, or by a text model that writes."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ..memory import Observation, Timeline
from ..video import Clip
from .context import Context
from .scenes import scenes
from .screen_text import role_of
from .search import perceive
from .split import between_lines, is_free
from .summarize import summarize
from .text import STOP_WORDS, squash, words_of
from .tool import tool

SHORTEST = 3.0
"""Seconds of a chapter at least."""
MOVED = 3.0
"""Seconds by which an edge is moved at most so that it falls into no sentence."""
TITLE_WORDS, LINE_WORDS = 8, 30
KEYWORDS = 3
LARGE = 0.07
"""Height of a line, as a share of the picture's, from which on it names what is shown."""
NEARLY = 0.7
"""Share of the tallest line's height from which on a line is large, too."""
MOST_NAMED = 3
PUT_OVER = ("clock", "watermark")
TELLING_LETTERS = 4


@tool(
    kind="time", needs=("detector", "ocr", "asr"),
    cost="that of scenes and the first look; one call of the text model for each where it writes",
)  # fmt: skip
def chapters(clip: Clip, most: int = 8, *, context: Context) -> Timeline:
    """Divide a clip into chapters with titles; no edge falls into a sentence.

    Args:
        clip: What to divide.
        most: Chapters at most.

    Returns:
        One observation of kind `caption` for each, without gaps: its title.

    Source: SceneTiling (VideoLLaMB, arXiv 2409.01071) for the pictures, pauses for sound alone.
    """
    found = _known(clip, context)
    everything = Timeline([moment for timeline in found.values() for moment in timeline])
    lines = [(line.start, line.end) for line in found.get("speech", ())]
    edges = [clip.start, *_edges(clip, max(1, most), lines, context), clip.end]
    parts = [(start, end, _inside(everything, start, end)) for start, end in pairwise(edges)]
    words = [Counter(_telling(part)) for _, _, part in parts]
    writes = context.models.can_write
    titles = [
        _written(part, context) if writes and part else _title(number, part, words[number - 1], words)
        for number, (_, _, part) in enumerate(parts, 1)
    ]
    source = "chapters:llm" if writes else "chapters:template"
    return Timeline(
        [
            Observation(start, end, "caption", title, 0.7, source)
            for (start, end, _), title in zip(parts, titles, strict=True)
        ]
    )


@tool(
    kind="ask", needs=("detector", "ocr", "asr"),
    cost="the first look, once for each video; one call of the text model where it writes",
)  # fmt: skip
def one_line(clip: Clip, *, context: Context) -> str:
    """Say in one line what a clip shows: things, text and the first thing that is said.

    Args:
        clip: What to describe.

    Returns:
        One line; empty when nothing was seen, read or heard.
    """
    found = _known(clip, context)
    everything = Timeline([moment for timeline in found.values() for moment in timeline])
    if not everything:
        context.notes.add(why="; ".join(f"{kind}: {timeline.why}" for kind, timeline in found.items()))
        return ""
    if context.models.can_write:
        return summarize.run((everything, "What does the video show, in one sentence?"), {"words": LINE_WORDS}, context)
    return "; ".join(filter(None, (_things(everything), _texts(everything), _said(everything))))


def _known(clip: Clip, context: Context) -> dict[str, Timeline]:
    """What was seen, read and heard, without the clocks and watermarks that tell nothing about a part."""
    found = perceive(context, clip)
    lines = list(found.get("text", ()))
    telling = [line for line in lines if role_of(line, lines, clip) not in PUT_OVER]
    return {**found, "text": Timeline(telling, found["text"].why or "only clocks and watermarks")}


def _edges(clip: Clip, most: int, lines: Sequence[tuple[float, float]], context: Context) -> list[float]:
    """Where chapters begin after the first: where the pictures become different, in no sentence."""
    if context.video.has_video:
        wanted = [scene.start for scene in scenes.run((clip,), {"most": most}, context)[1:]]
    else:
        wanted = between_lines(clip.start, clip.end, max(SHORTEST, clip.duration / most), lines)[: most - 1]
    edges: list[float] = []
    for edge in (_in_pause(moment, lines) for moment in wanted):
        if edge - (edges[-1] if edges else clip.start) >= SHORTEST and clip.end - edge >= SHORTEST:
            edges.append(edge)
    return edges


def _in_pause(moment: float, lines: Sequence[tuple[float, float]]) -> float:
    """The moment, or the nearest edge of the sentence it falls into; as it is when that is too far."""
    if is_free(moment, lines):
        return moment
    free = [edge for line in lines for edge in line if is_free(edge, lines) and abs(edge - moment) <= MOVED]
    return min(free, key=lambda edge: abs(edge - moment), default=moment)


def _inside(everything: Timeline, start: float, end: float) -> Timeline:
    """What lies in a part by its middle."""
    return Timeline([moment for moment in everything if start <= (moment.start + moment.end) / 2 < end])


def _written(part: Timeline, context: Context) -> str:
    title = summarize.run((part, "Give this part of a video a title."), {"words": TITLE_WORDS}, context)
    return " ".join(title.split()) or "untitled"


def _title(number: int, part: Timeline, words: Counter[str], others: Sequence[Counter[str]]) -> str:
    """The large text, else the words said here and not elsewhere, else the things in sight."""
    lines = [
        (line, line.box) for line in part.of_kind("text") if line.box and len(squash(line.content)) >= TELLING_LETTERS
    ]
    tallest = max((box[3] - box[1] for _, box in lines), default=0.0)
    if tallest >= LARGE:  # the first of the large lines
        large = [(box[1], line.content) for line, box in lines if box[3] - box[1] >= NEARLY * tallest]
        return min(large)[1]
    everywhere = sum(others, Counter[str]())
    told = sorted(words, key=lambda word: (-words[word] / everywhere[word], -len(word)))[:KEYWORDS]
    if told:
        order = _telling(part)
        return ", ".join(sorted(told, key=order.index))
    texts = part.of_kind("text")
    return _things(part) or (texts[0].content if texts else f"part {number}")


def _telling(part: Timeline) -> list[str]:
    """The telling words of what is said, in order."""
    words = [word for line in part.of_kind("speech") for word in words_of(line.content)]
    return [word for word in words if word not in STOP_WORDS and len(word) >= TELLING_LETTERS]


def _things(part: Timeline) -> str:
    seen = Counter(thing.content for thing in part.of_kind("object"))
    return ", ".join(name for name, _ in seen.most_common(MOST_NAMED))


def _texts(part: Timeline) -> str:
    lines = sorted(part.of_kind("text"), key=lambda line: -line.score * (line.end - line.start))
    named = list(dict.fromkeys(line.content for line in lines))[:MOST_NAMED]
    return "text: " + ", ".join(f'"{text}"' for text in named) if named else ""


def _said(part: Timeline) -> str:
    lines = part.of_kind("speech")
    return f'said: "{lines[0].content}"' + (f" and {len(lines) - 1} more" if len(lines) > 1 else "") if lines else ""
