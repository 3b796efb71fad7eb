"""Where each sense finds an event: things in sight, text on screen, words said, sounds, cuts, and what a VLM sees."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from ..memory import ArtefactKey, Observation
from ..video import Clip, Frame, find_shots
from .color_names import PROTOTYPES, color_shares
from .context import Context
from .crop import scaled
from .detect import MIN_SCORE, detect
from .edges import Edges, Holds, refined
from .labels import head_label
from .localize import ABSENCE, gaps, presence
from .read_text import read_text
from .sampling import Sampling
from .sounds import sounds
from .spoken_words import spoken_words
from .text import cover, squash, words_of
from .tracks import tracks_of
from .transcribe import transcribe
from .vectors import WORDS, text_relevance
from .when_query import WhenQuery, exact_number

LIKE_ENOUGH = 0.4 / (1 + WORDS)
"""Least likeness of a line to the query, as in `moment_of`."""
READ = 80.0
"""Percent of likeness (rapidfuzz, partial) of what is read and what is looked for."""
FAINT = 0.6
"""Share of the least score at which a thing still counts at its edge: half of it is out of the picture there."""
COLOURED = 0.12
"""Share of a thing's box that has a colour when it is said to have it."""
AROUND = 1.0
"""Margin around a line that is read again, in heights of the line."""
SOME_TEXT, SOME_SPEECH = 0.4, 0.3
"""Confidence in any text, or any speech, where the query asks for it and nothing holds its words."""
SMALL = 32
"""Pixels below which the height of a line is enlarged for reading."""


# ---- things


def thing_spans(query: WhenQuery, clip: Clip, context: Context) -> list[Observation]:
    """Spans in which a thing that the detector knows is in sight, out of it, or there in a number."""
    if not context.video.has_video or not context.models.has("detector"):
        return []
    labels = head_label(query.event, context.models.labels)
    seen = [thing for thing in detect.run((clip,), {}, context) if thing.content in labels] if labels else []
    seen = _coloured(query.event, seen, context)
    if not seen:
        return []
    number = exact_number(query.event)
    if number is not None:
        return _counted(seen, number, labels, clip, context)
    present = [_refined_thing(run, labels, clip, context) for run in presence(seen)]
    return gaps(present, clip) if ABSENCE.search(query.event) and query.edge == "" else present


def _coloured(event: str, seen: Sequence[Observation], context: Context) -> list[Observation]:
    """Of several things those whose box has the colour that the event names; all when it names none."""
    named = [place for place, name in enumerate(PROTOTYPES) if name in words_of(event)]
    if not named or not seen:
        return list(seen)
    kept: list[tuple[float, list[Observation]]] = []
    for track in tracks_of(seen):
        middle = track[len(track) // 2]
        (frame,) = context.frames([(middle.start + middle.end) / 2])
        if middle.box is not None:
            kept.append((float(color_shares(_inside(frame.image, middle.box))[named].sum()), track))
    best = max((share for share, _ in kept), default=0.0)
    return [thing for share, track in kept if share >= max(COLOURED, best / 2) for thing in track]


def _inside(image: np.ndarray, box: Sequence[float]) -> np.ndarray:
    height, width = image.shape[:2]
    x0, y0, x1, y1 = box
    rows = slice(int((0.8 * y0 + 0.2 * y1) * height), int((0.2 * y0 + 0.8 * y1) * height) + 1)
    return image[rows, int((0.8 * x0 + 0.2 * x1) * width) : int((0.2 * x0 + 0.8 * x1) * width) + 1]


def _refined_thing(run: Observation, labels: Sequence[str], clip: Clip, context: Context) -> Observation:
    def holds(frame: Frame) -> bool:
        (things,) = context.models.detector.detect([frame.image])
        return any(thing.label in labels and thing.score >= FAINT * MIN_SCORE for thing in things)

    return _with_edges(run, holds, "detector", clip, context)


def _counted(
    seen: Sequence[Observation], number: int, labels: Sequence[str], clip: Clip, context: Context
) -> list[Observation]:
    """Runs of looks with just that number of things, each at least two looks long."""
    per_look = Counter(thing.start for thing in seen)
    sampling = Sampling.for_clip(clip)
    cells = [cell for block in sampling.blocks(clip) for cell in sampling.cells(block)]
    inside = [cell for cell in cells if cell[1] > clip.start and cell[0] < clip.end]
    counts = [
        min((count for at, count in per_look.items() if abs(at - start) < 1e-3), default=0) for start, _ in inside
    ]
    spans, at = [], 0
    for count, group in groupby(counts):
        length = len(list(group))
        if count == number and length > 1:
            start, end = max(clip.start, inside[at][0]), min(clip.end, inside[at + length - 1][1])
            spans.append(Observation(start, end, "note", f"{number} {labels[0]} in sight", 0.6, seen[0].source))
        at += length
    return spans


# ---- text


def written_spans(query: WhenQuery, clip: Clip, context: Context) -> list[Observation]:
    """Spans in which a text is on screen; any text where the query says no word of it."""
    if not context.video.has_video or not context.models.has("ocr"):
        return []
    wanted = query.quotes or ((" ".join(query.words),) if query.words else ())
    if not wanted and query.sense != "text":
        return []
    lines = list(read_text.run((clip,), {}, context))
    fitting = [(line, fit) for line in lines if (fit := _reads(wanted, line.content)) >= READ / 100]
    best = max((fit for _, fit in fitting), default=0.0)
    spans = [_refined_text(line, fit, wanted, clip, context) for line, fit in fitting if fit >= 0.9 * best]
    spans = spans or [span for text in wanted for span in _in_pieces(text, lines)]
    if not spans and query.sense == "text":
        spans = [_refined_text(line, SOME_TEXT, (), clip, context) for line in lines]
        return _together(spans)
    return spans if wanted else _together(spans)


def _in_pieces(wanted: str, lines: Sequence[Observation]) -> list[Observation]:
    """The time in which the pieces of a text are on screen together: a title stands in several lines."""
    whole = squash(wanted)
    pieces = [line for line in lines if len(squash(line.content)) > 1 and squash(line.content) in whole]
    found = []
    for first in pieces:
        together = [line for line in pieces if line.start < first.end and line.end > first.start]
        if sum(len(squash(text)) for text in {line.content for line in together}) >= READ / 100 * len(whole):
            start, end = max(line.start for line in together), min(line.end for line in together)
            score = sum(line.score for line in together) / len(together)
            text = " / ".join(dict.fromkeys(line.content for line in together))
            found += [Observation(start, end, "text", text, score, first.source)] if end > start else []
    return list(dict.fromkeys(found))


def _reads(wanted: Sequence[str], line: str) -> float:
    """How well a line holds what is looked for, 0 to 1; 1 when nothing certain is. Digits must be the same."""
    from rapidfuzz import fuzz

    scores = [1.0] if not wanted else []
    for text in wanted:
        one, two = squash(text), squash(line)
        digits = "".join(sign for sign in one if sign.isdigit())
        if digits not in "".join(sign for sign in two if sign.isdigit()):
            continue
        whole = fuzz.ratio(one, two) if len(two) < len(one) else fuzz.partial_ratio(one, two)
        scores.append(max(whole / 100 if len(one) > 2 else float(one == two), cover(text, line)))
    return max(scores, default=0.0)


def _refined_text(line: Observation, fit: float, wanted: Sequence[str], clip: Clip, context: Context) -> Observation:
    sought = wanted or (line.content,)

    def holds(frame: Frame) -> bool:
        image = frame.image if line.box is None else _line_of(frame.image, line.box)
        read = context.models.ocr.read(image)
        joined = " ".join(part.text for part in read)
        return any(_reads(sought, text) >= READ / 100 for text in (*(part.text for part in read), joined))

    span = replace(line, score=fit * line.score)
    return _with_edges(span, holds, "ocr", clip, context)


def _line_of(image: np.ndarray, box: Sequence[float]) -> np.ndarray:
    """A line with some room around it, enlarged where it is small."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = box
    room = AROUND * (y1 - y0) * height
    rows = slice(max(0, int(y0 * height - room)), int(y1 * height + room) + 1)
    part = image[rows, max(0, int(x0 * width - room)) : int(x1 * width + room) + 1]
    tall = (y1 - y0) * height
    return scaled(part, int(max(part.shape[:2]) * 2)) if tall < SMALL else part


def _together(spans: Sequence[Observation]) -> list[Observation]:
    """Texts that are on screen at the same time as one span."""
    joined: list[Observation] = []
    for span in sorted(spans, key=lambda span: span.start):
        if joined and span.start < joined[-1].end - 1e-6:
            last = joined[-1]
            text = last.content if span.content in last.content else f"{last.content} / {span.content}"
            joined[-1] = replace(last, end=max(last.end, span.end), content=text, box=None)
        else:
            joined.append(span)
    return joined


# ---- speech and other sound


def said_spans(query: WhenQuery, clip: Clip, context: Context) -> list[Observation]:
    """Spans in which something is said: the words themselves where they are said, else the sentences that mean it."""
    if not context.models.has("asr") and not context.video.subtitles:
        return []
    lines = list(transcribe.run((clip,), {}, context))
    wanted = query.quotes or query.words
    if not lines or (not wanted and query.sense != "speech"):
        return []
    if not wanted:
        return lines
    exact = [span for quote in query.quotes for span in _phrase(quote, clip, context)]
    if exact:
        return exact
    found = _sentences(query, lines, context)
    return found or ([replace(line, score=SOME_SPEECH * line.score) for line in lines] if query.sense else [])


def _phrase(quote: str, clip: Clip, context: Context) -> list[Observation]:
    """Runs of spoken words that are the quoted ones."""
    from rapidfuzz import fuzz

    words = list(spoken_words.run((clip,), {}, context))
    length = len(words_of(quote))
    found = []
    for place in range(len(words) - length + 1):
        run = words[place : place + length]
        text = " ".join(word.content for word in run)
        likeness = fuzz.ratio(squash(quote), squash(text)) / 100
        if likeness >= READ / 100:
            score = likeness * sum(word.score for word in run) / length
            found.append(replace(run[0], end=run[-1].end, content=text, score=min(1.0, score)))
    return found


def _sentences(query: WhenQuery, lines: Sequence[Observation], context: Context) -> list[Observation]:
    texts = [line.content for line in lines]
    likeness = text_relevance(query.event, texts, context) / (1 + WORDS)
    covered = [cover(" ".join(query.words), text) for text in texts]
    found = []
    for line, like, share in zip(lines, likeness, covered, strict=True):
        fit = max(float(like), 0.9 * share if share >= 0.5 else 0.0)
        if fit >= LIKE_ENOUGH:
            found.append(replace(line, score=min(1.0, fit)))
    return found


def sound_spans(query: WhenQuery, clip: Clip, context: Context) -> list[Observation]:
    """Stretches of silence, music, noise, and impacts."""
    spans = list(sounds.run((clip,), {}, context))
    wanted = [name for name, words in SOUNDS.items() if any(word in query.event.casefold() for word in words)]
    inside = [replace(span, start=max(clip.start, span.start), end=min(clip.end, span.end)) for span in spans]
    return [span for span in inside if span.content.partition(" (")[0] in wanted]


SOUNDS = {
    "silence": ("silen", "quiet", "nobody speaks", "nobody talks", "no one speaks", "no one talks"),
    "music": ("music",),
    "noise": ("noise",),
    "tone": ("tone", "beep"),
    "impact": ("impact", "bang", "knock", "clap"),
}
"""Name of a sound in `sounds` -> beginnings of words that mean it."""


# ---- pictures


def cut_spans(query: WhenQuery, clip: Clip, context: Context) -> list[Observation]:
    """The moments at which one shot ends and the next begins."""
    if not context.video.has_video:
        return []
    shots = find_shots(clip)[1:]
    return [
        Observation(shot.start, shot.start, "shot", f"shot {number} begins", 0.9, "shots:content")
        for number, shot in enumerate(shots, 2)
    ]


def seen_spans(query: WhenQuery, clip: Clip, context: Context) -> list[Observation]:
    """The stretch whose frames fit the event, by a model that sees; none without one."""
    from .moment import seen_moment

    found = seen_moment(query.event, clip, context)
    return [found] if found is not None else []


# ---- edges


def _with_edges(span: Observation, holds: Holds, role: str, clip: Clip, context: Context) -> Observation:
    """The span with its edges to the frame; they are found once and kept."""
    step = Sampling.for_clip(clip).interval
    parameters = {
        "content": span.content, "start": span.start, "end": span.end, "clip": [clip.start, clip.end], "step": step,
    }  # fmt: skip
    key = ArtefactKey("edges", "1", context.models.identity(role), parameters)
    known = context.memory.value(key)
    if known is None:
        first, last = span.start + step / 2, max(span.start, span.end - step / 2)
        edges = refined(first, max(first, last), step, holds, clip, context)
        known = [edges.start, edges.end, edges.start_seen, edges.end_seen]
        context.memory.save_value(key, known)
    edges = Edges(*known)
    return replace(span, start=edges.start, end=edges.end, score=span.score * edges.certainty)
