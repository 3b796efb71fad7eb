"""Captions of a clip window by window: by the vision-language model, or from what is on the timeline."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from ..memory import ArtefactKey, Block, BlockResult, Observation, Timeline
from ..models.errors import ModelError
from ..prompts import prompt
from ..video import Clip
from .contents import shown
from .context import Context
from .looking import NotTried, observe_blocks
from .meter import BudgetExceeded
from .search import perceive
from .tool import tool

CAPTION_SECONDS = 10.0
MIN_SECONDS = 0.5
TEMPLATE = "caption:template"
"""Source of captions that are made of what was found, without a model that sees."""
SCORE = 0.8
"""Of every caption: the probability of its words tells how they were chosen, not whether they are right."""
TEMPLATES = {"short": "caption", "detailed": "caption_detailed"}
TOKENS = {"short": 60, "detailed": 300}
BATCH_FRAMES = 16
"""Frames for each committed step: what a kill can lose, and what goes to the model together."""
VERSION = "1"


@tool(
    kind="look",
    needs=("vlm", "asr", "ocr", "detector"),
    cost="one call of the VLM for each window, once; without one the first look, once for each video",
)
def caption(
    clip: Clip,
    seconds: float = CAPTION_SECONDS,
    frames: int = 1,
    detail: Literal["short", "detailed"] = "short",
    *,
    context: Context,
) -> Timeline:
    """Describe a clip window by window: by the vision-language model, or from what was detected, read and heard.

    Args:
        clip: What to describe.
        seconds: Length of a window.
        frames: Frames of each window that the vision-language model sees.
        detail: Whether it writes one sentence or several about each window.

    Returns:
        One observation of kind `caption` for each window in which anything was found.
    """
    spans = windows(clip, seconds)
    if context.models.has("vlm") and context.video.has_video:
        return _seen(clip, spans, max(1, frames), detail, context)
    return _told(clip, spans, context)


def windows(clip: Clip, seconds: float) -> list[tuple[float, float]]:
    """Start and end of each window of a clip; the last one may be shorter.

    Args:
        clip: What is cut up.
        seconds: Length of a window; half a second at least.
    """
    spans, start = [], clip.start
    while start < clip.end - 1e-6:
        spans.append((start, min(start + max(seconds, MIN_SECONDS), clip.end)))
        start = spans[-1][1]
    return spans


def _seen(clip: Clip, spans: Sequence[tuple[float, float]], frames: int, detail: str, context: Context) -> Timeline:
    """Captions of the model that sees, window by window through the cache.

    Raises:
        ModelError: Nothing was described and some windows could not be looked at.
        BudgetExceeded: No more calls may be made; the windows that were described are kept.
    """
    length = max(1, BATCH_FRAMES // frames)
    batches = [spans[first : first + length] for first in range(0, len(spans), length)]
    of_block = {Block(batch[0][0], batch[-1][1]): batch for batch in batches}
    source = f"vlm:{context.models.identity('vlm')}"

    def observe(block: Block) -> BlockResult:
        texts = _describe_windows(of_block[block], frames, detail, context)
        told = [(span, text) for span, text in zip(of_block[block], texts, strict=True) if text]
        found = [Observation(start, end, "caption", text, SCORE, source) for (start, end), text in told]
        return BlockResult(tuple(found), "" if found else f"the model wrote nothing about {len(texts)} windows")

    key = ArtefactKey(
        "caption",
        VERSION,
        context.models.identity("vlm"),
        {"seconds": round(spans[0][1] - spans[0][0], 6), "frames": frames, "detail": detail},
    )
    done = observe_blocks(context, key, tuple(of_block), observe)
    if not done.timeline and done.failed:  # nobody looked: that is not the same as nothing being there
        raise ModelError("; ".join(dict.fromkeys(done.failed)), code="tool.look")
    return done.timeline.between(clip.start, clip.end) if done.timeline else Timeline((), done.why)


def _describe_windows(spans: Sequence[tuple[float, float]], frames: int, detail: str, context: Context) -> list[str]:
    """What the model writes about each window, asked in one batch."""
    try:
        vlm = context.vlm
    except ModelError as reason:
        raise NotTried from reason
    most = min(frames, max(1, vlm.images_per_call))
    if most < frames:
        context.notes.add(why=f"the model takes {most} of {frames} frames of a window")
    times = [_centres(start, end, most) for start, end in spans]
    context.frames([time for some in times for time in some])  # decoded together, then taken window by window
    pictures = [context.frames(some) for some in times]
    asked = [shown(some, prompt(TEMPLATES[detail]), interleaved=vlm.interleaved) for some in pictures if some]
    try:
        replies = iter(vlm.complete(asked, max_tokens=TOKENS[detail]))
    except BudgetExceeded as reason:
        raise NotTried from reason
    return [" ".join(next(replies).text.split()) if some else "" for some in pictures]


def _centres(start: float, end: float, count: int) -> list[float]:
    """The middles of equal parts of a window."""
    return [start + (end - start) * (place + 0.5) / count for place in range(count)]


def _told(clip: Clip, spans: Sequence[tuple[float, float]], context: Context) -> Timeline:
    """Captions by template from what was detected, read and heard."""
    kinds = perceive(context, clip)
    everything = Timeline([observation for found in kinds.values() for observation in found])
    texts = [(span, _describe(everything.between(*span))) for span in spans]
    captions = [Observation(start, end, "caption", text, SCORE, TEMPLATE) for (start, end), text in texts if text]
    reasons = "; ".join(f"{kind}: {found.why}" for kind, found in kinds.items() if not found)
    return Timeline(captions, "" if captions else reasons)


def _describe(window: Timeline) -> str:
    things: Counter[str] = Counter()
    per_look = Counter((thing.start, thing.content) for thing in window.of_kind("object"))
    for (_, label), number in per_look.items():
        things[label] = max(things[label], number)
    parts = [
        "visible: " + ", ".join(f"{number} {label}" for label, number in things.most_common()) if things else "",
        _quoted("text on screen", window.of_kind("text")),
        _quoted("someone says", window.of_kind("speech")),
    ]
    return "; ".join(part for part in parts if part)


def _quoted(verb: str, lines: Timeline) -> str:
    texts = list(dict.fromkeys(line.content for line in lines))
    return f"{verb}: " + " ".join(f'"{text}"' for text in texts) if texts else ""
