"""AutoEval-Video: open questions that a judge marks by the rule of each; there is no right answer in words."""

from ..items import Item
from .format import Format, reader
from .row import Row


def _item(row: Row) -> Item:
    name = row.text("ID")
    return Item(
        id=name,
        video=name,
        question=row.text("Question"),
        task="open",
        category=row.maybe("Dimension"),
        extra={"rule": row.text("Rule")},
    )


AUTOEVAL_VIDEO = Format(
    name="autoeval-video",
    title="AutoEval-Video",
    reads="JSON lines: ID, Question, Rule, Dimension",
    paper="Chen et al., AutoEval-Video: An Automatic Benchmark for Assessing Large Vision Language Models, ECCV 2024",
    licence="Apache-2.0",
    where="github.com/Xiuyuan-Chen/AutoEval-Video",
    recognises=lambda source: source.has("ID", "Question", "Rule"),
    read=reader(_item),
)
