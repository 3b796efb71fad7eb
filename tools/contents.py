"""Pictures and texts in the order in which a model that sees reads them.

One place decides how frames get their times, where evidence stands among them, and how many frames a model can take.
"""

from collections.abc import Sequence

from ..memory import Observation, Timeline
from ..models import Content, VisionLanguageModel
from ..prompts import prompt
from ..video import Frame, Frames
from .context import Context
from .evidence import phrase, timed
from .values import Grid

LOOKED = "a frame that was looked at"
MOST_MOMENTS = 6
"""Frames that stand for all of them in the evidence of an answer."""


def shown(
    pictures: Frames | Grid, question: str, *, lines: Sequence[Observation] = (), interleaved: bool = True
) -> Content:
    """Pictures and a question as a model that sees gets them: frames each behind its time, a grid with its times.

    Args:
        pictures: What it looks at; frames stay in their order, which may be the program's (Free Video-LLM shows those
            that matter most first).
        question: The text that comes last.
        lines: Evidence. Between frames in the order of time each line stands by the middle of its time
            (LongVideoBench, arXiv 2407.15754); else all lines come after the pictures.
        interleaved: Whether the model takes text between frames.
    """
    if isinstance(pictures, Grid):
        times = "; ".join(", ".join(f"{time:.1f} s" for time in row) for row in pictures.times)
        picture = Frame(pictures.times[0][0], pictures.image)
        return [picture, prompt("image_grid", times=times, question=_with_lines(lines, question))]
    if not interleaved:
        times = ", ".join(f"{frame.time:.1f} s" for frame in pictures)
        return [*pictures, prompt("image_frames", times=times, question=_with_lines(lines, question))]
    looked: list[tuple[float, list[str | Frame]]] = [
        (frame.time, [f"{frame.time:.1f} s:", frame]) for frame in pictures
    ]
    if not lines or not _share_a_clock(pictures, lines):
        return [*(part for _, some in looked for part in some), _with_lines(lines, question)]
    told: list[tuple[float, list[str | Frame]]] = [((line.start + line.end) / 2, [timed(line)]) for line in lines]
    placed = sorted(told + looked, key=lambda item: item[0])
    return [prompt("frames_between"), *(part for _, some in placed for part in some), question]


def _share_a_clock(pictures: Frames, lines: Sequence[Observation]) -> bool:
    """Whether there is one order of time for frames and lines: not with lines of several videos."""
    times = [frame.time for frame in pictures]
    return times == sorted(times) and not any(line.video for line in lines)


def _with_lines(lines: Sequence[Observation], question: str) -> str:
    if not lines:
        return question
    evidence = "\n".join(timed(line) for line in sorted(lines, key=lambda line: (line.video, line.start)))
    return prompt("frames_evidence", evidence=evidence, question=question)


def with_texts(texts: Sequence[Observation], question: str) -> str:
    """A question behind texts that belong to no moment, quoted as data."""
    if not texts:
        return question
    return prompt("frames_evidence", evidence="\n".join(map(phrase, texts)), question=question)


def fitting(pictures: Frames | Grid, vlm: VisionLanguageModel, context: Context) -> Frames | Grid:
    """As many of the pictures as the model takes in one content, evenly chosen, first and last among them."""
    most = max(1, vlm.images_per_call)
    if isinstance(pictures, Grid) or len(pictures) <= most:
        return pictures
    context.notes.add(why=f"the model takes {most} of {len(pictures)} frames")
    last = len(pictures) - 1
    return tuple(pictures[round(place * last / max(1, most - 1))] for place in range(most))


def times_of(pictures: Frames | Grid) -> tuple[float, ...]:
    """The moments that pictures show, in seconds."""
    if isinstance(pictures, Grid):
        return tuple(time for row in pictures.times for time in row)
    return tuple(frame.time for frame in pictures)


def looked_at(pictures: Frames | Grid, score: float, source: str) -> Timeline:
    """Pictures as evidence, so that an answer from them has its times; some, evenly chosen, of many.

    Args:
        pictures: At least one.
        score: How sure the answer from them is, 0 to 1.
        source: Who looked, e.g. `vlm:IDENTITY`.
    """
    times = times_of(pictures)
    places = {round(place * (len(times) - 1) / (MOST_MOMENTS - 1)) for place in range(MOST_MOMENTS)}
    return Timeline([Observation(times[place], times[place], "note", LOOKED, score, source) for place in places])
