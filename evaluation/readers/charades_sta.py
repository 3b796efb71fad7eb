"""Charades-STA: a video, the seconds of a sentence and the sentence, a line each."""

import re

from ..items import Item
from .format import Format, reader
from .row import BadRow, Row, span

_LINE = re.compile(r"^(\S+) (\S+) (\S+)##(.+)$")


def _item(row: Row) -> Item:
    found = _LINE.match(row.text("line"))
    if found is None:
        raise BadRow("not a line of <video> <start> <end>##<sentence>")
    video, start, end, sentence = found.groups()
    moment = span([start, end], "start, end")
    return Item(f"{video}:{row.number}", video, sentence.strip(), "when", spans=(moment,))


CHARADES_STA = Format(
    name="charades-sta",
    title="Charades-STA",
    reads="lines: <video> <start> <end>##<sentence>",
    paper="Gao et al., TALL: Temporal Activity Localization via Language Query, ICCV 2017",
    licence="see its page; videos: Charades",
    where="github.com/jiyanggao/TALL",
    recognises=lambda source: (
        source.kind == "lines" and any(_LINE.match(row.maybe("line")) for row in source.rows[:20])
    ),
    read=reader(_item),
)
