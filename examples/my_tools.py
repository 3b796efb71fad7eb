"""A tool of one's own: how bright the picture is.

Usage:
    vidprog tools check examples/my_tools.py
    vidprog ask clip.mp4 "Is it dark?" -c yes -c no --tools examples/my_tools.py --program examples/is_it_dark.py
"""

from vidprog import Clip, Observation, Timeline, tool
from vidprog.tools.context import Context

DARK = 0.25


@tool(kind="look", cost="three frames")
def brightness(clip: Clip, *, context: Context) -> Timeline:
    """Measure how bright the picture is.

    Args:
        clip: Where to look.

    Returns:
        A note for each of three frames, "dark" or "bright".

    Examples:
        - Is the picture dark or bright?
    """
    times = [clip.start + clip.duration * share for share in (0.25, 0.5, 0.75)]
    notes = []
    for frame in context.frames(times):
        light = float(frame.image.mean()) / 255
        word = "dark" if light < DARK else "bright"
        notes.append(Observation(frame.time, frame.time, "note", word, 1.0, "brightness"))
    return Timeline(notes)
