"""The lanes of a video on a page: frames above them, the clock below, and where the player is."""

from ..views import Markup, element, lanes
from .shown import ShownVideo


def lanes_part(video: ShownVideo) -> Markup:
    """Everything known of a video over its time; bars and frames are places to jump to."""
    moments = [moment.to_json() for moment in video.moments]
    evidence = [moment.to_json() for moment in video.evidence]
    return element(
        "div",
        _strip(video),
        lanes(moments, video.duration, evidence),
        element("div", class_="playhead", aria_hidden="true"),
        class_="lanes",
    )


def _strip(video: ShownVideo) -> Markup | None:
    """Frames over the whole time; what they show is said by the lanes."""
    if not video.strip:
        return None
    pictures = [element("img", src=url, alt="", data_start=round(time, 2)) for time, url in video.strip.items()]
    return element("div", *pictures, class_="strip")
