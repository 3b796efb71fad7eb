"""Descriptions for people who listen: short texts that fit into the pauses of what is said.

A pause gets what is seen from it until the next one, what is new first, in no more words than can be spoken in it.
"""

from collections.abc import Sequence
from itertools import pairwise

from ..memory import Observation, Timeline
from ..video import Clip
from .caption import caption
from .context import Context
from .search import perceive
from .summarize import summarize
from .tool import tool

WORDS_A_SECOND = 2.5
"""150 words a minute: a narrator of audio description speaks 140 to 160 (Ofcom's guidance; W3C, "Making Media
Accessible")."""
SHORTEST = 1.5
"""Seconds of a pause that holds a description."""
MARGIN = 0.2
"""Seconds of quiet before and after a description."""
LONGEST = 10.0
"""Seconds of a description at most; in a long pause there are several."""
SOURCE = "audible"


@tool(
    kind="time", needs=("asr", "detector", "ocr"),
    cost="the first look, once for each video; with a VLM one call for each pause",
)  # fmt: skip
def audible_description(clip: Clip, *, context: Context) -> Timeline:
    """Describe what is seen in texts short enough to be spoken in the pauses between what is said.

    Args:
        clip: What to describe.

    Returns:
        One observation of kind `caption` for each pause that something can be said about; its time is the pause, or as
        much of it as the words take at 150 words a minute.

    Source: Rules of audio description (speak in the pauses, say what is new), as in W3C's "Making Media Accessible".
    """
    if not context.video.has_video:
        return Timeline((), "no pictures")
    if (context.video.has_audio or context.video.subtitles) and not context.models.has("asr"):
        context.notes.add(why="no asr: it is not known where somebody speaks")
    spoken = perceive(context, clip, ("speech",))["speech"]
    free = pauses(clip, [(line.start, line.end) for line in spoken])
    if not free:
        return Timeline((), f"no pause of {SHORTEST:g} s between what is said")
    ends = [*(start for start, _ in free[1:]), clip.end]
    said: set[str] = set()
    found = []
    for (start, end), until in zip(free, ends, strict=True):
        text = _text(clip.trim(start, max(end, until)), end - start, said, context)
        if text:
            length = min(end - start, len(text.split()) / WORDS_A_SECOND)
            found.append(Observation(start, start + length, "caption", text, 0.7, SOURCE))
    return Timeline(found, "" if found else "nothing was seen or read in the pauses")


def pauses(clip: Clip, lines: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The stretches in which nobody speaks, without a margin at each end; long ones are cut.

    Args:
        clip: Where.
        lines: Start and end of what is said.
    """
    free: list[tuple[float, float]] = []
    last = clip.start
    for start, end in [*sorted(lines), (clip.end, clip.end)]:
        before, after = (MARGIN * (edge not in (clip.start, clip.end)) for edge in (last, start))
        first, final = last + before, min(start, clip.end) - after
        if final - first >= SHORTEST:
            count = max(1, round((final - first) / LONGEST))
            edges = [first + (final - first) * place / count for place in range(count + 1)]
            free += list(pairwise(edges))
        last = max(last, end)
    return free


def _text(part: Clip, seconds: float, said: set[str], context: Context) -> str:
    """What to say about a part in so many seconds; nothing that was said before."""
    words = max(1, int(seconds * WORDS_A_SECOND))
    captions = caption.run((part, part.duration), {}, context)
    if not captions:
        return ""
    if context.models.has("vlm") and context.models.can_write:
        return _first_words(summarize.run((captions, "Describe the picture."), {"words": words}, context), words)
    fresh = [item for item in _items(captions[0].content) if item.casefold() not in said]
    kept = _fitting(fresh, words)
    said.update(item.casefold() for item in kept)
    return _sentence(kept)


def _items(text: str) -> list[str]:
    """The things and texts of a caption made by template; all of another one. What is said is heard anyway."""
    shown = [part for part in text.split("; ") if not part.startswith("someone says:")]
    items: list[str] = []
    for part in shown:
        label, colon, rest = part.partition(": ")
        if colon and label == "visible":
            items += [item.removeprefix("1 ") for item in rest.split(", ")]
        elif colon and label == "text on screen":
            items += [f"text: {rest}"]
        else:
            items.append(part)
    return items


def _fitting(items: Sequence[str], words: int) -> list[str]:
    """The first items that can be spoken; the beginning of the first when it alone is too long."""
    kept: list[str] = []
    for item in items:
        if sum(len(one.split()) for one in [*kept, item]) <= words:
            kept.append(item)
    return kept or [_first_words(item, words) for item in items[:1] if words > 1]


def _first_words(text: str, words: int) -> str:
    return " ".join(text.split()[:words])


def _sentence(items: Sequence[str]) -> str:
    text = ", ".join(items)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
