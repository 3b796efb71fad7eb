"""How people stand, sit and hold their arms, where the detector gives key points of bodies."""

from collections.abc import Sequence

from ..memory import Observation, Timeline
from ..video import Clip, Frame
from .context import Context
from .detect import MIN_SCORE
from .labels import names_in
from .looking import look
from .postures import posture
from .tool import tool

NO_KEY_POINTS = (
    "the detector gives no key points of bodies; one of poses does, e.g. --set detector=ultralytics:yolo11n-pose.pt"
)


@tool(kind="look", needs="detector.keypoints", cost="0.06 CPU-seconds a frame with a YOLO 11 nano")
def pose(clip: Clip, query: str = "person", *, context: Context) -> Timeline:
    """Say how people stand, sit, turn and hold their arms, where the detector gives key points of bodies.

    Args:
        clip: Where to look.
        query: Whose pose, e.g. "the woman"; of everybody when empty.

    Returns:
        A note with a box for each person in each look, such as "person: standing, left hand above the head"; left and
        right are the person's own. Its score is the mean one of the key points it was read from.

    What needs depth (arms crossed, legs towards the camera) or movement (walking, waving) is not told.

    Source: plain rules on COCO's 17 key points, with the proportions of Drillis and Contini (1966).
    """
    if "keypoints" not in context.models.gives:
        return Timeline((), NO_KEY_POINTS)
    names = names_in(query, context.models) if query else ()
    if query and not names:
        return Timeline((), f"the detector has no name for {query!r}")
    source = f"detector:{context.models.identity('detector')} (pose)"

    def see(frames: Sequence[Frame], cells: Sequence[tuple[float, float]]) -> list[Observation]:
        found = context.models.detector.detect([frame.image for frame in frames])
        return [
            Observation(start, end, "note", f"{thing.label}: {text}", score, source, thing.box)
            for frame, things, (start, end) in zip(frames, found, cells, strict=False)
            for thing in things
            if thing.score >= MIN_SCORE
            for text, score in [posture(thing.keypoints, frame.image.shape[1] / frame.image.shape[0])]
            if text
        ]

    seen = look(context, clip, pose.name, pose.version, "detector", see)
    kept = [note for note in seen if not names or note.content.rpartition(": ")[0] in names]
    return Timeline(kept, seen.why or ("" if kept else f"no pose of a {' or '.join(names)} can be told"))
