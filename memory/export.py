"""A timeline in the formats that other programs, and language models, read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..video.errors import VidprogError
from .observation import Observation

COLUMNS = ("start", "end", "kind", "content", "score", "source", "x0", "y0", "x1", "y1", "track", "video")

# What was seen in a single frame has no length, and a subtitle of no length is never drawn (WebVTT forbids it).
_SHORTEST_CUE = 0.5


def to_text(observations: Sequence[Observation], budget_characters: int) -> str:
    """See `Timeline.to_text`."""
    lines = [f"[{_place(o)}{o.start:.1f}-{o.end:.1f} s] {o.kind}: {_one_line(o.content)}" for o in observations]
    if not lines or budget_characters <= 0:
        return ""
    kept: list[int] = []
    room = budget_characters + 1  # the last line needs no line break
    for index in _by_importance(observations):
        room -= len(lines[index]) + 1
        if room < 0:
            break
        kept.append(index)
    if not kept:  # even the best line is too long: its beginning is worth more than nothing
        best = lines[_by_importance(observations)[0]]
        return best[: budget_characters - 1] + "…"
    return "\n".join(lines[index] for index in sorted(kept))


def to_srt(observations: Sequence[Observation]) -> str:
    """See `Timeline.to_srt`."""
    cues = (
        f"{number}\n{_clock(o.start, ',')} --> {_clock(_cue_end(o), ',')}\n{_cue_text(o).replace('-->', '->')}\n"
        for number, o in enumerate(observations, 1)
    )
    return "\n".join(cues)


def to_vtt(observations: Sequence[Observation]) -> str:
    """See `Timeline.to_vtt`."""
    cues = (
        f"{_clock(o.start, '.')} --> {_clock(_cue_end(o), '.')}\n{_escape_markup(_cue_text(o))}\n" for o in observations
    )
    return "\n".join(("WEBVTT\n", *cues))


def to_csv(observations: Sequence[Observation]) -> str:
    """See `Timeline.to_csv`."""
    import csv
    import io

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    # A lone carriage return is a line break to readers, but not to the writer, which would leave it unquoted.
    rows = ((part.replace("\r", "\n") if isinstance(part, str) else part for part in _row(o)) for o in observations)
    writer.writerows(rows)
    return text.getvalue()


def to_markdown(observations: Sequence[Observation]) -> str:
    """See `Timeline.to_markdown`."""
    several = any(o.video for o in observations)  # one video's table needs no column that is always empty
    head, rule = ("| video ", "|---") if several else ("", "")
    lines = [f"{head}| start | end | kind | content | score | source |", f"{rule}|---:|---:|---|---|---:|---|"]
    for o in observations:
        content, source, video = map(_cell, (o.content, o.source, o.video))
        row = f"| {o.start:.1f} | {o.end:.1f} | {o.kind} | {content} | {o.score:.2f} | {source} |"
        lines.append(f"| {video} {row}" if several else row)
    return "\n".join(lines) + "\n"


def to_dataframe(observations: Sequence[Observation]) -> Any:
    """See `Timeline.to_dataframe`."""
    try:
        import pandas
    except ImportError as error:
        raise VidprogError(
            "A data frame needs pandas, which is not installed.", code="package.missing", hint="pip install pandas"
        ) from error
    return pandas.DataFrame([_row(observation) for observation in observations], columns=list(COLUMNS))


def _by_importance(observations: Sequence[Observation]) -> list[int]:
    """Indices, highest score first.

    Subtitles all score 1: taken in order, a budget would keep the first minutes of a film only. Equal scores are
    therefore taken in bit-reversed order (van der Corput), whose every beginning is spread over the whole.
    """
    bits = len(observations).bit_length()
    return sorted(range(len(observations)), key=lambda i: (-observations[i].score, int(f"{i:0{bits}b}"[::-1], 2)))


def _cell(text: str) -> str:
    return _one_line(text).replace("\\", "\\\\").replace("|", "\\|")


def _place(observation: Observation) -> str:
    return f"{_one_line(observation.video)}: " if observation.video else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cue_text(observation: Observation) -> str:
    text = _place(observation) + _one_line(observation.content)
    return text if observation.kind == "speech" else f"[{observation.kind}] {text}".rstrip()


def _cue_end(observation: Observation) -> float:
    # Compared in milliseconds, the resolution of both formats.
    lasts = round(observation.end * 1000) > round(observation.start * 1000)
    return observation.end if lasts else observation.start + _SHORTEST_CUE


def _clock(seconds: float, point: str) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}{point}{milliseconds % 1000:03d}"


def _escape_markup(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _row(o: Observation) -> tuple[Any, ...]:
    return (o.start, o.end, o.kind, o.content, o.score, o.source, *(o.box or (None,) * 4), o.track, o.video)
