"""Spans in which something happens: the cues that the query may mean are asked, edges are found to the frame."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ..memory import Observation, Timeline
from ..video import Clip, find_shots
from .context import Context
from .moment_cues import cut_spans, said_spans, seen_spans, sound_spans, thing_spans, written_spans
from .time import named_range
from .times import times_in
from .tool import tool
from .when_query import Edge, WhenQuery, parse_when

Cue = Callable[[WhenQuery, Clip, Context], list[Observation]]
CUES: dict[str, tuple[Cue, ...]] = {
    "sound": (sound_spans,),
    "cut": (cut_spans,),
    "text": (written_spans, thing_spans),
    "speech": (said_spans,),
    "": (thing_spans, written_spans, said_spans),
}
"""Sense of a query -> where its event may be found; those that were found best stay."""
KEPT = 0.75
"""Share of the best score that others must have to stay: a sentence that only sounds like the query must not stand
beside a thing that was seen."""
TIME_NAMED = 0.5
"""Confidence in a time that the query names where nothing else was found there."""


@tool(
    kind="time", needs=("detector", "ocr", "asr", "embedder"),
    cost="the first look, once for each video; then 5 to 12 frames for each edge, once",
)  # fmt: skip
def find_moments(query: str, clip: Clip | None = None, limit: int = 10, *, context: Context) -> Timeline:
    """Find every span in which something happens, with its edges to the frame.

    Understands "the first / second / last time ...", "before / after / between / while ...", "appears", "disappears",
    "out of the picture", "exactly two ...", quoted words, silence, music, cuts.

    Args:
        query: What to find, e.g. "the second time the cat appears", "a sign after somebody says 'snow'".
        clip: Where to look; everywhere, in all videos of the question, when left out.
        limit: Spans at most, the surest.

    Returns:
        Spans in the order of time; start and end are equal where a beginning or end was asked for. The score is the
        confidence, 0 to 1. Empty when nothing fits.

    Source: Coarse to fine: cues on the timeline first, then bisection between two looks.
    """
    found: list[Observation] = []
    for each in context.all if clip is None else (context,):
        spans = occurrences(parse_when(query), clip or each.whole, each)
        found += [replace(span, video=each.name) for span in spans]
    best = sorted(found, key=lambda span: -span.score)[: max(0, limit)]
    return Timeline(best, "" if best else f"no moment fits {query.strip()!r}")


def occurrences(query: WhenQuery, clip: Clip, context: Context) -> list[Observation]:
    """The spans that a query asks for, in the order of time."""
    parts = _parts(query, clip, context)
    found = [span for part, certainty in parts for span in _spans_in(query, part, certainty, context)]
    best = max((span.score for span in found), default=0.0)
    kept = sorted((span for span in found if span.score >= KEPT * best), key=lambda span: (span.start, span.end))
    chosen = _nth(_apart(kept), query.ordinal)
    return [_at_edge(span, query.edge, clip) for span in chosen if _has_edge(span, query.edge, clip)]


def _spans_in(query: WhenQuery, part: Clip, certainty: float, context: Context) -> list[Observation]:
    if not query.words and not query.sense and not query.quotes:
        return [_itself(query, part, certainty)] if query.relation else _named(query, part, certainty)
    found = [span for cue in CUES[query.sense] for span in cue(query, part, context)]
    found = found or seen_spans(query, part, context) or _named(query, part, certainty)
    return [replace(span, score=min(1.0, span.score * certainty)) for span in found]


def _itself(query: WhenQuery, part: Clip, certainty: float) -> Observation:
    """The part, for "what happens between A and B"; only the shot beside the event where "right before" is asked."""
    start, end = part.start, part.end
    if query.near and part.video.has_video:
        shots = find_shots(part)
        start, end = (shots[0].start, shots[0].end) if query.relation == "after" else (shots[-1].start, shots[-1].end)
    return Observation(start, end, "note", f"{query.relation} {' and '.join(query.others)}", certainty, "when:relation")


def _named(query: WhenQuery, part: Clip, certainty: float) -> list[Observation]:
    """The time that the query itself names exactly, for want of anything better."""
    span = times_in(query.event, part.video.duration)
    if span is None or not span.exact or span.start >= part.end or span.end < part.start:
        return []
    start, end = max(part.start, span.start), min(part.end, span.end)
    return [Observation(start, end, "note", query.event, certainty * TIME_NAMED, "question:time")]


def _parts(query: WhenQuery, clip: Clip, context: Context) -> list[tuple[Clip, float]]:
    """The parts of a clip in which the event must lie, each with how sure the other events of the query are."""
    if not query.relation:
        return [(named_range.run((clip, query.event), {}, context), 1.0)]
    events = [_other(text, clip, context) for text in query.others]
    if not all(events):
        missing = [text for text, spans in zip(query.others, events, strict=True) if not spans]
        context.notes.add(why=f"no moment fits {missing[0]!r}")
        return []
    spans = list(_relative(query.relation, [_chosen(some) for some in events], events))
    inside = [(max(clip.start, start), min(clip.end, end), score) for start, end, score in spans]
    return [(clip.trim(start, end), score) for start, end, score in inside if end - start > 1e-3]


def _other(text: str, clip: Clip, context: Context) -> list[Observation]:
    """The occurrences of another event of the query, a time among them."""
    named = times_in(text, clip.video.duration)
    if named is not None and not parse_when(text).quotes:
        return [Observation(named.start, min(named.end, clip.video.duration), "note", text, 1.0, "question:time")]
    return occurrences(parse_when(text), named_range.run((clip, text), {}, context), context)


def _chosen(spans: Sequence[Observation]) -> Observation:
    """The first of the surest: "after the cat appears" means the first time."""
    best = max(span.score for span in spans)
    return next(span for span in spans if span.score >= KEPT * best)


def _relative(
    relation: str, first: Sequence[Observation], events: Sequence[Sequence[Observation]]
) -> Iterator[tuple[float, float, float]]:
    one = first[0]
    if relation == "after":
        yield one.end, float("inf"), one.score
    elif relation == "before":
        yield 0.0, one.start, one.score
    elif relation == "while":
        yield from ((span.start, span.end, span.score) for span in events[0])
    else:
        later = [span for span in events[1] if span.start >= one.end] or list(events[1])
        two = later[0]
        low, high = sorted((one, two), key=lambda span: span.start)
        yield low.end, high.start, min(one.score, two.score)


def _apart(spans: Sequence[Observation]) -> list[Observation]:
    """Without the spans that mostly lie in a surer one: a thing and the sentence about it are one occurrence."""
    kept: list[Observation] = []
    for span in sorted(spans, key=lambda span: -span.score):
        if not any(_shared(span, other) > 0.5 for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda span: (span.start, span.end))


def _shared(one: Observation, other: Observation) -> float:
    both = min(one.end, other.end) - max(one.start, other.start)
    shorter = min(one.end - one.start, other.end - other.start)
    return both / shorter if shorter > 0 else float(both >= 0)


def _nth(spans: list[Observation], ordinal: int) -> list[Observation]:
    if not ordinal:
        return spans
    place = ordinal - 1 if ordinal > 0 else ordinal
    return [spans[place]] if -len(spans) <= place < len(spans) else []


def _has_edge(span: Observation, edge: Edge, clip: Clip) -> bool:
    """What is there from the start on never appeared, and what is there to the end never went."""
    frame = 1.5 / (clip.video.fps or 25.0)
    if span.kind == "speech" or not edge:
        return True
    return span.start > clip.start + frame if edge == "begins" else span.end < clip.end - frame


def _at_edge(span: Observation, edge: Edge, clip: Clip) -> Observation:
    if not edge or span.start == span.end:
        return span
    return replace(span, end=span.start) if edge == "begins" else replace(span, start=span.end)
