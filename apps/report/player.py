"""A video that plays where its file is, and shows frames where it is not."""

from collections.abc import Sequence

from ..cli.words import clock
from ..views import Markup, element
from .lanes import lanes_part
from .shown import ShownVideo

AWAY = "The video is not where this page looks for it, or cannot be played here: frames of its evidence are shown."


def player_part(video: ShownVideo) -> Markup:
    """The player with its buttons and lanes."""
    return element(
        "section",
        element("h2", video.name, " ", element("span", clock(video.duration), class_="vp-quiet")),
        _stage(video),
        _buttons(video),
        lanes_part(video),
        class_="card player",
        aria_label=f"Video {video.name}",
        data_player=video.number,
        data_duration=round(video.duration, 3),
    )


def _stage(video: ShownVideo) -> Markup:
    still = element("figure", element("img", alt=""), element("figcaption"), class_="still", hidden=True)
    away = element("p", AWAY, class_="vp-quiet away", hidden=True)
    return element("div", _video(video.addresses, video.name), still, away, class_="stage")


def _video(addresses: Sequence[str], name: str) -> Markup:
    sources = [element("source", src=address) for address in addresses]
    return element("video", *sources, controls=True, preload="metadata", playsinline=True, aria_label=name)


def _buttons(video: ShownVideo) -> Markup | None:
    if not video.moments:
        return None
    what = "evidence" if video.evidence else "moment"
    before = element("button", f"Previous {what}", type="button", data_step=-1, data_video=video.number)
    after = element("button", f"Next {what}", type="button", data_step=1, data_video=video.number)
    now = element("span", "0:00.0", class_="clock vp-quiet", title="Time in the video")
    return element("div", before, after, now, class_="buttons")
