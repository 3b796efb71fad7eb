"""IntentQA: a table like NExT-QA's whose answer is always a position, with the verb that is meant."""

from ..items import Item
from .format import Format, reader
from .row import Row, position


def _item(row: Row) -> Item:
    choices = row.numbered("a{}")
    video = row.text("video_id")
    return Item(
        id=f"{video}_{row.text('qid')}",
        video=video,
        question=row.text("question"),
        choices=choices,
        truth=position(row.text("answer"), choices),
        category=row.maybe("type"),
        extra={"action": row.maybe("action")},
    )


INTENTQA = Format(
    name="intentqa",
    title="IntentQA",
    reads="CSV: video_id, question, answer (position from 0), qid, type, a0...a4, action, lemma",
    paper="Li et al., IntentQA: Context-aware Video Intent Reasoning, ICCV 2023",
    licence="none stated",
    where="github.com/JoseponLee/IntentQA, datasets/IntentQA; videos: NExT-QA's",
    recognises=lambda source: source.kind == "csv" and source.has("video_id", "qid", "lemma", "a0", "answer"),
    read=reader(_item),
)
