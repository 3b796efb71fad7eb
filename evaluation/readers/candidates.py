"""MLVU, MVBench and the published TVBench: a list of questions with candidates, the answer as its text.

A question without candidates (MLVU's summaries and sub-plots) is an open one, and one without an answer (MLVU's test
set) has no truth.
"""

from ..items import Item, Span
from .format import Format, Reading, converted, split_of
from .row import Row, options, place_of, span
from .source import Source


def _read(source: Source) -> Reading:
    category = split_of(source)

    def convert(row: Row) -> Item:
        answer = row.maybe("answer")
        given = row.values.get("candidates")
        choices = options(row.listed("candidates"), "candidates") if given is not None else ()
        video = row.text("video")
        return Item(
            id=row.maybe("question_id", "id") or f"{category}:{row.number}",
            video=video,
            question=row.text("question"),
            task="choice" if choices else "open",
            choices=choices,
            truth=place_of(answer, choices) if choices and answer else None,
            answers=(answer,) if answer and not choices else (),
            part=_part(row),
            category=row.maybe("question_type", "task_type") or category,
            extra={"duration": row.number_at("duration")} if "duration" in row.values else {},
        )

    return converted(source, convert)


def _part(row: Row) -> Span | None:
    """What MVBench asks about, where it is not the whole video."""
    if row.values.get("start") is None or row.values.get("end") is None:
        return None
    return span([row.values["start"], row.values["end"]], "start, end")


CANDIDATES = Format(
    name="candidates",
    title="MLVU, MVBench, TVBench (as published)",
    reads="JSON list: video, question, candidates, answer (text), question_type, duration; start and end of a part",
    paper="Zhou et al., MLVU, CVPR 2025; Li et al., MVBench, CVPR 2024; Cores et al., TVBench, 2024",
    licence="see the page of each",
    where="huggingface.co/datasets/MLVU/MVLU, OpenGVLab/MVBench, FunAILab/TVBench",
    recognises=lambda source: (
        source.kind == "list"
        and source.has("video", "question")
        and (source.has("candidates") or (source.has("question_type", "answer") and not source.offers))
    ),
    read=_read,
)
