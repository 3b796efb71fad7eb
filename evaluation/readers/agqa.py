"""AGQA: questions by their key, with one word or a few as the answer."""

from ..items import Item
from .format import Format, reader
from .row import Row


def _item(row: Row) -> Item:
    return Item(
        id=row.key,
        video=row.text("video_id"),
        question=row.text("question"),
        task="open",
        answers=(row.text("answer"),),
        category=row.maybe("semantic", "structural", "ans_type"),
        extra={"ans_type": row.maybe("ans_type"), "structural": row.maybe("structural")},
    )


AGQA = Format(
    name="agqa",
    title="AGQA",
    reads="test_balanced.txt: JSON object by question: video_id, question, answer, ans_type, structural, semantic",
    paper="Grunde-McLaughlin et al., AGQA: A Benchmark for Compositional Spatio-Temporal Reasoning, CVPR 2021",
    licence="see its page",
    where="the authors' site (hundreds of MB); videos: Charades",
    recognises=lambda source: (
        source.has("video_id", "question", "answer") and bool(source.rows[0].key) and not source.offers
    ),
    read=reader(_item),
)
