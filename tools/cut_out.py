"""Things without what is around them, where the detector gives their outlines: for a question about nothing else."""

from collections.abc import Sequence

import numpy as np

from ..models import Detection
from ..video import Frame, Frames
from .ask import NO_FRAMES
from .context import Context
from .detect import MIN_SCORE
from .labels import names_in
from .tool import tool

NO_MASKS = "the detector gives no outlines; one of them does, e.g. --set detector=ultralytics:yolo11n-seg.pt"
GREY = 128


@tool(kind="look", needs="detector.mask", cost="0.07 CPU-seconds a frame with a YOLO 11 nano")
def cut_out(frames: Frames, query: str, *, context: Context) -> Frames:
    """Grey out everything but the things that a text speaks of, where the detector gives outlines: for `ask`.

    Args:
        frames: The pictures; they stay as they are.
        query: What to keep, e.g. "dog".

    Returns:
        Copies in which all else is grey; a frame in which no such thing was found is given back as it is.
    """
    if not frames:
        context.notes.add(why=NO_FRAMES)
        return ()
    if "mask" not in context.models.gives:
        context.notes.add(why=f"frames as they are: {NO_MASKS}")
        return frames
    names = names_in(query, context.models)
    if not names:
        context.notes.add(why=f"frames as they are: the detector has no name for {query!r}")
        return frames
    context.meter.spend(frames_seen=len(frames))
    found = context.models.detector.detect([frame.image for frame in frames])
    wanted = [[t for t in things if t.label in names and t.score >= MIN_SCORE and t.mask] for things in found]
    missing = sum(not things for things in wanted)
    if missing:
        context.notes.add(why=f"no {' or '.join(names)} in {missing} of {len(frames)} frames, which are as they were")
    return tuple(_alone(frame, things) if things else frame for frame, things in zip(frames, wanted, strict=True))


def _alone(frame: Frame, things: Sequence[Detection]) -> Frame:
    """A frame with the insides of the outlines of things, and grey around them."""
    import cv2

    height, width = frame.image.shape[:2]
    inside = np.zeros((height, width), np.uint8)
    for thing in things:  # one at a time: where two overlap, filled together they would leave a hole
        corners = np.round(np.array(thing.mask) * (width, height)).astype(np.int32)
        cv2.fillPoly(inside, [corners], 1)
    return Frame(frame.time, np.where(inside[..., None] > 0, frame.image, np.uint8(GREY)))
