"""MSRVTT-QA and MSVD-QA: one-word answers; MSRVTT's as a table or a JSON list, MSVD's as a list.

Videos are numbers. MSRVTT's files are ``video7010.mp4``; MSVD's have the names that ``youtube_mapping.txt`` gives.
"""

from collections.abc import Mapping
from pathlib import Path

from ..items import Item
from .format import Format, Reading, beside, converted, reader
from .row import BadRow, Row
from .source import Source


def _msrvtt(row: Row) -> Item:
    video = row.text("video_id")
    return Item(
        id=row.text("qid", "id"),
        video=f"video{video}" if video.isdecimal() else video,
        question=row.text("question"),
        task="open",
        answers=(row.text("answer"),),
        category=row.maybe("type", "category_id"),
    )


def _read_msvd(source: Source) -> Reading:
    path = beside(source, "youtube_mapping*.txt")
    names = _names(path) if path else {}

    def convert(row: Row) -> Item:
        video = f"vid{row.text('video_id')}"
        if names and video not in names:
            raise BadRow(f"{video} is not in {path and path.name}")
        answers = (row.text("answer"),)
        return Item(row.text("id"), names.get(video, video), row.text("question"), "open", answers=answers)

    return converted(source, convert, [path] if path else [])


def _names(path: Path) -> Mapping[str, str]:
    pairs = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2}


_WHERE = "github.com/xudejing/video-question-answering"
_PAPER = "Xu et al., Video Question Answering via Gradually Refined Attention over Appearance and Motion, ACM MM 2017"

MSRVTT_QA = Format(
    name="msrvtt-qa",
    title="MSRVTT-QA",
    reads="CSV: video_id, question, answer, qid, type; or JSON list: video_id, question, answer, id, category_id",
    paper=_PAPER,
    licence="none stated",
    where=f"{_WHERE}; videos: MSR-VTT",
    recognises=lambda source: (
        source.has("video_id", "question", "answer")
        and (source.has("qid", "type") if source.kind == "csv" else source.has("id", "category_id"))
        and not source.offers
    ),
    read=reader(_msrvtt),
)
MSVD_QA = Format(
    name="msvd-qa",
    title="MSVD-QA",
    reads="JSON list: video_id, question, answer, id; youtube_mapping.txt beside it for the names of the files",
    paper=_PAPER,
    licence="none stated",
    where=f"{_WHERE}; videos: MSVD",
    recognises=lambda source: (
        source.kind == "list"
        and bool(source.rows)
        and set(source.rows[0].values) == {"video_id", "question", "answer", "id"}
    ),
    read=_read_msvd,
)
