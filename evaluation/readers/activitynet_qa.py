"""ActivityNet-QA: questions in one file and answers in another, joined by their id.

A question without an answer is a problem, and so is a missing file of answers: the test set publishes all of them.
"""

import re
from collections.abc import Mapping

from ...video.errors import UsageError
from ..items import Item
from .format import Format, Reading, converted
from .row import BadRow, Row
from .source import Source, load

KINDS = (
    "motion", "spatial relation", "temporal relation", "yes/no", "colour", "object", "location", "number", "other",
)  # fmt: skip
"""What the numbers of ``type`` mean, after the repository's README."""
_Q = re.compile(r"_q(?=\.|$)")


def _read(source: Source) -> Reading:
    path = source.path.with_name(_Q.sub("_a", source.path.name))
    if path == source.path or not path.exists():
        hint = "Put it beside: test_q.json with test_a.json."
        raise UsageError(f"{source.path}: no file of answers {path.name}", code="eval.companion", hint=hint)
    answers = {str(row.values.get("question_id")): row for row in load(path).rows}

    def convert(row: Row) -> Item:
        return _item(row, answers)

    return converted(source, convert, [path])


def _item(row: Row, answers: Mapping[str, Row]) -> Item:
    name = row.text("question_id")
    if name not in answers:
        raise BadRow(f"no answer to {name}")
    kind = answers[name].maybe("type")
    return Item(
        id=name,
        video=row.text("video_name"),
        question=row.text("question"),
        task="open",
        answers=(answers[name].text("answer"),),
        category=KINDS[int(kind)] if kind.isdecimal() and int(kind) < len(KINDS) else kind,
    )


ACTIVITYNET_QA = Format(
    name="activitynet-qa",
    title="ActivityNet-QA",
    reads="test_q.json (video_name, question, question_id) with test_a.json (answer, type, question_id) beside it",
    paper="Yu et al., ActivityNet-QA: A Dataset for Understanding Complex Web Videos via Question Answering, AAAI 2019",
    licence="Apache-2.0",
    where="github.com/MILVLG/activitynet-qa, dataset/; videos: ActivityNet (v_<video_name>.mp4)",
    recognises=lambda source: (
        source.kind == "list"
        and source.has("video_name", "question", "question_id")
        and not (source.has("answer") or source.offers)
    ),
    read=_read,
)
