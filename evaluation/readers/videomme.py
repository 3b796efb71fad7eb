"""Video-MME: four options with their letters before them, and a letter as the answer."""

from ..items import Item
from .format import Format, reader
from .row import Row, lettered, options


def _item(row: Row) -> Item:
    choices = options(row.listed("options"))
    return Item(
        id=row.text("question_id"),
        video=row.text("videoID", "video_id"),
        question=row.text("question"),
        choices=choices,
        truth=lettered(row.text("answer"), choices),
        category=row.maybe("task_type"),
        extra={name: row.maybe(name) for name in ("duration", "domain", "sub_category", "url")},
    )


VIDEOMME = Format(
    name="videomme",
    title="Video-MME",
    reads="JSON list: question_id, videoID, question, options (A. ...), answer (letter), task_type, duration",
    paper="Fu et al., Video-MME: The First-Ever Comprehensive Evaluation Benchmark of Multi-modal LLMs in Video "
    "Analysis, CVPR 2025",
    licence="academic use",
    where="github.com/BradyFU/Video-MME; as JSON: github.com/ncTimTang/AKS, datasets/videomme",
    recognises=lambda source: source.has("question_id", "videoID", "question", "options", "answer"),
    read=reader(_item),
)
