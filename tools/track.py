"""Following things through a clip, and pictures that follow them."""

from dataclasses import replace

from ..memory import Timeline
from ..video import Clip, Frame, Frames
from .boxes import box_centre
from .context import Context
from .detect import detect
from .tool import tool
from .tracks import Track, box_at, by_track, tracks_of


@tool(kind="look", needs="detector", cost="that of detect")
def track(clip: Clip, query: str = "", *, context: Context) -> Timeline:
    """Follow things that the detector knows by name from frame to frame.

    Args:
        clip: Where to look.
        query: Only things that this text speaks of, e.g. "red car"; everything when empty.

    Returns:
        One observation of kind `object` with a box for each thing in each frame that was looked at; `track` is the same
        number for the same thing, counted from 1 in the order in which they come into sight.

    Source: VURF's TRACK (arXiv 2403.14743), over the detector's boxes.
    """
    seen = detect.run((clip, query), {}, context)
    followed = enumerate(tracks_of(seen), 1) if seen else ()
    return Timeline([replace(thing, track=number) for number, track in followed for thing in track], seen.why)


@tool(kind="frames", cost="free")
def crop_track(frames: Frames, things: Timeline, *, context: Context) -> Frames:
    """Follow the first thing with a window of one size, that of its largest box, and cut it out of the frames.

    Args:
        frames: The pictures; they stay as they are.
        things: What `track` found.

    Returns:
        The parts of the frames in which the thing is in sight; all frames whole when there is nothing to follow.

    Source: VURF's CROP (arXiv 2403.14743).
    """
    followed = next(iter(by_track(things).values()), None)
    if followed is None:
        context.notes.add(why=f"nothing to follow ({things.why or 'no boxes'}): the frames are whole")
        return frames
    parts = _following(frames, followed)
    if not parts:
        context.notes.add(why=f"{followed[0].content} is in sight in none of the frames: they are whole")
    return parts or frames


def _following(frames: Frames, followed: Track) -> Frames:
    boxes = [thing.box for thing in followed if thing.box is not None]
    width = max(box[2] - box[0] for box in boxes)
    height = max(box[3] - box[1] for box in boxes)
    places = ((frame, box_at(followed, frame.time)) for frame in frames)
    return tuple(_window(frame, box_centre(box), width, height) for frame, box in places if box is not None)


def _window(frame: Frame, centre: tuple[float, float], width: float, height: float) -> Frame:
    """A part of a frame, of the same size in pixels wherever it is, moved until it lies inside."""
    rows, columns = frame.image.shape[:2]
    wide, tall = max(1, round(width * columns)), max(1, round(height * rows))
    left = min(max(round(centre[0] * columns - wide / 2), 0), columns - wide)
    top = min(max(round(centre[1] * rows - tall / 2), 0), rows - tall)
    return Frame(frame.time, frame.image[top : top + tall, left : left + wide].copy())
