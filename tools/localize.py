"""When does it happen: spans of the video that fit a description."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ..memory import Observation, Timeline
from ..video import Clip
from .context import Context
from .detect import things_of
from .labels import head_names
from .read_text import read_text
from .search import search
from .times import times_in
from .tool import tool

ABSENCE = re.compile(
    r"\b(out of (the )?(picture|sight|frame|view)|not (in|on|visible|seen|shown)|absent|invisible|without|gone|missing|"
    r"disappears?|leaves?|away)\b",
    re.IGNORECASE,
)
QUOTED = re.compile(r"[\"“'‘]([^\"”'’]{2,})[\"”'’]|((?=[^\s]*\d)[\w.,:/-]*\d[\w.,:/-]*)")
"""What a query quotes, and tokens that hold digits: time codes, dates, prices."""
IN_SIGHT = " in sight"
PAD = 0.5
LOCALIZED = 12


@tool(kind="time", needs=("detector", "ocr"), cost="that of detect and search")
def localize(
    query: str, candidates: list[str] | None = None, clip: Clip | None = None, *, context: Context
) -> Timeline:
    """Find when something happens: when a thing is in sight (or out of it), when something is said or shown as text.

    Args:
        query: What to find, e.g. "the dog is out of the picture" or a question about when.
        candidates: Texts that name times, e.g. the choices; these moments are looked at closely.
        clip: Where to look; everywhere, in all videos of the question, when left out.

    Returns:
        Spans in the order of time, scored 0 to 1; empty when nothing fits.
    """
    found: list[Observation] = []
    for each in context.all if clip is None else (context,):
        part = clip or each.whole
        spans = [*_things(query, part, each), *_words(query, candidates or [], part, each)]
        lines = search.run((query,), {"kinds": ["speech", "text"], "limit": LOCALIZED, "clip": part}, each)
        found += [replace(moment, video=each.name) for moment in (*spans, *lines)]
    return Timeline(found, "" if found else f"no moment fits {query!r}")


def _things(query: str, clip: Clip, context: Context) -> list[Observation]:
    """Spans in which a named thing is in sight, or out of it when the query asks for that."""
    if not context.video.has_video or not context.models.has("detector"):
        return []
    labels = head_names(query, context.models)
    seen = list(things_of(clip, labels, context)) if labels else []
    if not seen:
        return []
    present = presence(seen)
    if not ABSENCE.search(query):
        return present
    return gaps(present, clip)


def presence(seen: Sequence[Observation]) -> list[Observation]:
    """Runs of looks with at least one thing of these, joined over one missed look."""
    runs: list[list[Observation]] = []
    for thing in sorted(seen, key=lambda thing: thing.start):
        step = thing.end - thing.start
        if runs and thing.start - max(other.end for other in runs[-1]) <= step + 1e-6:
            runs[-1].append(thing)
        else:
            runs.append([thing])
    return [
        Observation(
            run[0].start, max(thing.end for thing in run), "note", run[0].content + IN_SIGHT,
            sum(thing.score for thing in run) / len(run), run[0].source,
        )
        for run in runs
    ]  # fmt: skip


def gaps(present: Sequence[Observation], clip: Clip) -> list[Observation]:
    """The spans of a clip that no observation covers."""
    spans, at = [], clip.start
    for span in [*sorted(present, key=lambda span: span.start), None]:
        end = clip.end if span is None else span.start
        if end > at:
            thing = present[0].content.removesuffix(IN_SIGHT)
            spans.append(Observation(at, end, "note", f"{thing} out of sight", 0.7, present[0].source))
        at = max(at, span.end) if span is not None else at
    return spans


def _words(query: str, candidates: Sequence[str], clip: Clip, context: Context) -> list[Observation]:
    """Moments among the candidates whose text on screen holds what the query quotes."""
    quoted = [match[1] or match[2] for match in QUOTED.finditer(query)]
    if not quoted or not context.video.has_video or not context.models.has("ocr"):
        return []
    found = []
    for span in (times_in(candidate, context.video.duration) for candidate in candidates):
        if span is None or span.end - span.start > 2 * PAD or span.end < clip.start or span.start > clip.end:
            continue
        near = context.whole.trim(max(0.0, span.start - 0.1), min(context.video.duration, span.end + 0.1))
        for line in read_text.run((near,), {}, context):
            score = max(_agreement(text, line.content) for text in quoted)
            if score > 0.6:
                found.append(Observation(near.start, near.end, "text", line.content, score, line.source, line.box))
    return found


def _agreement(first: str, second: str) -> float:
    from rapidfuzz import fuzz

    return fuzz.ratio(first.casefold(), second.casefold()) / 100
