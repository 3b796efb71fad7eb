"""Everything that was found as a list: to read in order, to filter by kind, to search."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..cli.words import count, span
from ..views import Markup, element, joined
from .answer import jump
from .shown import ShownVideo

if TYPE_CHECKING:
    from ...memory import Observation

NAMES = {
    "speech": "Speech", "text": "Text", "object": "Objects", "shot": "Shots", "caption": "Captions",
    "action": "Actions", "note": "Notes",
}  # fmt: skip
"""Kind -> what the filter calls it."""


def moments_part(videos: Sequence[ShownVideo]) -> Markup:
    """The filters and the list of all moments."""
    pairs = [(video, moment) for video in videos for moment in video.moments]
    left_out = sum(video.left_out for video in videos)
    if not pairs:
        return element("p", "Nothing was found in the video.", class_="vp-quiet")
    rows = [_row(video, moment, len(videos) > 1) for video, moment in pairs]
    rest = f"The {len(pairs)} surest are listed; {count(left_out, 'moment')} more are known." if left_out else None
    parts = [
        _filters(Counter(moment.kind for _, moment in pairs)),
        element("p", count(len(pairs), "moment"), class_="vp-quiet", role="status", data_count=True),
        element("ol", *rows, class_="moments"),
        element("p", rest, class_="vp-quiet") if rest else None,
    ]
    return joined(parts)


def _filters(kinds: Counter[str]) -> Markup:
    boxes = [
        element(
            "label",
            element("input", type="checkbox", name="kind", value=kind, checked=True),
            element("span", name, class_=f"tag vp-{kind}"),
            f" {kinds[kind]}",
        )
        for kind, name in NAMES.items()
        if kinds[kind]
    ]
    words = element("label", "Search ", element("input", type="search", name="words", autocomplete="off"))
    proof = element("label", element("input", type="checkbox", name="evidence"), "Evidence only")
    return element(
        "form", words, element("fieldset", element("legend", "Kinds"), *boxes), proof, class_="filters", role="search",
        aria_label="Filter the moments", data_filter=True,
    )  # fmt: skip


def _row(video: ShownVideo, moment: "Observation", several: bool) -> Markup:
    place, proof = span(moment.start, moment.end), video.is_evidence(moment)
    label = f"Go to {place}"
    button = element("button", place, type="button", class_="time", aria_label=label, **jump(video, moment))
    return element(
        "li",
        button,
        element("span", moment.kind, class_=f"tag vp-{moment.kind}"),
        element("span", moment.content, class_="content"),
        element("span", "evidence", class_="tag proof") if proof else None,
        element(
            "span", f"{video.name}, " if several else None, f"{moment.score:.2f}, {moment.source}", class_="source"
        ),
        data_kind=moment.kind,
        data_evidence=proof or None,
    )
