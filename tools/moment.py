"""The one moment that an event stands for: what "after she opens the box" is after."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..memory import Observation
from ..video import Clip
from .context import Context
from .localize import IN_SIGHT, localize
from .relevance import relevance
from .search import best_hits
from .times import times_in
from .tool import tool
from .vectors import WORDS, text_relevance

FLOOR = 0.4 / (1 + WORDS)
"""Least likeness of a moment (meaning and shared words, 0 to 1). On five development clips 25 of 30 events that happen
were found, 4 were not and one was taken for another; of 32 that do not happen one was found. The lowest right moment is
at 0.29, the next highest wrong one at 0.25."""
SURE = 0.9 / (1 + WORDS)
"""From here on nothing is looked at: the words of the event stand in the moment."""
LOOKS = 32
"""Frames that the VLM or the image embedder compares with an event."""
SEEN_BY_VLM = 0.5
STANDS_OUT = 2.0
"""Standard deviations by which the best frame's cosine is above the mean; that of 32 frames of noise is about 2."""
INSTANT = 1.0
"""Seconds that an arrival or a leaving takes."""
ARRIVES = re.compile(
    r"\b(appears?|enters?|comes? (in|into)|arrives?|shows? up|first (seen|shown|visible))\b", re.IGNORECASE
)
LEAVES = re.compile(
    r"\b(disappears?|leaves?|exits?|vanish(es)?|(goes|go|walks?|drives?|runs?) away|last (seen|shown|visible))\b",
    re.IGNORECASE,
)
OUT_OF_SIGHT = " out of sight"
_PLACE = re.compile(
    r"\s*(the )?(very )?(start|beginning|end|middle)( of the (video|clip|film|movie))?\s*", re.IGNORECASE
)
_CLOCK = re.compile(
    r"\W*(at |about |around |second |the )*[\d:.]+( ?(s|secs?|seconds?|m|mins?|minutes?))?( mark)?\W*", re.I
)


@tool(kind="time", needs=("detector", "ocr", "embedder"), cost="that of localize, search and relevance")
def moment_of(text: str, clip: Clip | None = None, *, context: Context) -> Observation | None:
    """Find the best moment for an event: a time, something seen, said or shown as text.

    Args:
        text: An event, e.g. "she opens the box", "the cat appears", "1:30".
        clip: Where to look; everywhere when left out.

    Returns:
        The moment with its start, end and score; None when nothing fits well enough.
    """
    found = [
        replace(moment, video=each.name)
        for each in (context.all if clip is None else (context,))
        if (moment := _moment_in(text, clip or each.whole, each)) is not None
    ]
    best = max(found, key=lambda moment: moment.score, default=None)
    if best is not None and best.score >= FLOOR:
        return best
    nearest = f": the nearest is {best.content[:60]!r} ({best.score:.2f})" if best else ""
    context.notes.add(why=f"no moment fits {text.strip()!r}{nearest}")
    return None


def _moment_in(text: str, where: Clip, context: Context) -> Observation | None:
    """The best moment of one video, however bad it is."""
    named = _named_time(text, where)
    if named is not None:
        return named
    known = _known(text, where, context)
    if known is not None and known.score >= SURE:
        return known
    return seen_moment(text, where, context) or (None if _CLOCK.fullmatch(text) else known)


def _named_time(text: str, where: Clip) -> Observation | None:
    """The time that the text is, when it is nothing else."""
    duration = where.video.duration
    place = _PLACE.fullmatch(text)
    span = times_in(f"in the {place[3]} of the video", duration) if place else None
    if _CLOCK.fullmatch(text):
        span = times_in(text, duration)
    if span is None or span.start >= where.end or span.end < where.start:
        return None
    return Observation(span.start, min(span.end, duration), "note", text.strip(), 1.0, "question:time")


def _known(text: str, where: Clip, context: Context) -> Observation | None:
    """The likest of the moments that were seen, read or heard; its score is the likeness."""
    spans = list(localize.run((text,), {"clip": context.whole}, context))
    things = any(span.kind == "note" for span in spans)
    hits = (hit.observation for hit in best_hits(context, text, clip=context.whole)[0])
    spans += [hit for hit in hits if not (things and hit.kind == "object")]
    inside = [
        replace(span, start=max(span.start, where.start), end=min(span.end, where.end))
        for span in (_instant(text, span, where) for span in spans)
        if span is not None and span.start < where.end and span.end > where.start
    ]
    if not inside:
        return None
    likeness = text_relevance(text, [span.content for span in inside], context) / (1 + WORDS)
    best = int(np.argmax(likeness))
    return replace(inside[best], score=min(1.0, float(likeness[best])))


def _instant(text: str, span: Observation, where: Clip) -> Observation | None:
    """When a thing comes into sight or leaves it, a second of its stretch; None when it does neither."""
    if span.content.endswith(OUT_OF_SIGHT) and LEAVES.search(text):
        # a thing that is away from the start on has not left
        return replace(span, end=min(span.end, span.start + INSTANT)) if span.start > where.start else None
    if not (span.content.endswith(IN_SIGHT) or span.kind == "object"):
        return span
    if LEAVES.search(text):
        return replace(span, start=max(span.start, span.end - INSTANT))
    return replace(span, end=min(span.end, span.start + INSTANT)) if ARRIVES.search(text) else span


def seen_moment(text: str, where: Clip, context: Context) -> Observation | None:
    """The stretch whose frames fit the event, by a model that sees; None without one or where no frame stands out."""
    role = next((role for role in ("image_embedder", "vlm") if context.models.has(role)), "")
    if not role or not context.video.has_video:
        return None
    step = where.duration / LOOKS
    frames = context.frames([where.start + (place + 0.5) * step for place in range(LOOKS)])
    scores = np.array(relevance.run((frames, text), {}, context))
    if not len(scores):
        return None
    best = float(scores.max())
    clear = (best - float(scores.mean())) / max(float(scores.std()), 1e-6)
    if best < SEEN_BY_VLM if role == "vlm" else clear < STANDS_OUT:
        return None
    first, last = run_around(scores)
    start, end = frames[first].time - step / 2, frames[last].time + step / 2
    score = best if role == "vlm" else min(1.0, clear / (2 * STANDS_OUT))
    source = f"{role}:{context.models.identity(role)}"
    return Observation(max(start, where.start), min(end, where.end), "note", text.strip(), score, source)


def run_around(scores: Sequence[float] | np.ndarray) -> tuple[int, int]:
    """First and last place of the run around the highest score that stays above half way from the median to it."""
    values = np.asarray(scores)
    best = int(values.argmax())
    level = (float(values[best]) + float(np.median(values))) / 2
    first = last = best
    while first > 0 and values[first - 1] >= level:
        first -= 1
    while last < len(values) - 1 and values[last + 1] >= level:
        last += 1
    return first, last
