"""Things in the picture."""

from collections.abc import Sequence

import numpy as np

from ..memory import Observation, Timeline
from ..models import Detection
from ..video import Clip, Frame
from .context import Context
from .labels import names_in
from .looking import look, same_pictures
from .tool import tool

MIN_SCORE = 0.4
"""Of 0.3, 0.4 and 0.5 the one at which SSD MobileNet counted nearest to the truth on the development clips."""


@tool(kind="look", needs="detector", cost="0.1 CPU-seconds a frame that changed", version="2")
def detect(clip: Clip, query: str = "", min_score: float = MIN_SCORE, *, context: Context) -> Timeline:
    """Find things that the detector knows by name: people, animals, vehicles, household things.

    Args:
        clip: Where to look.
        query: Only things that this text speaks of, e.g. "red car"; everything when empty.
        min_score: Things below this score are dropped, 0 to 1.

    Returns:
        One observation of kind `object` with a box for each thing in each frame that was looked at.
    """
    wanted = names_in(query, context.models) if query else ()
    if query and not wanted:
        return Timeline((), f"the detector has no name for {query!r}")
    return things_of(clip, wanted, context, min_score)


def things_of(clip: Clip, names: Sequence[str], context: Context, min_score: float = MIN_SCORE) -> Timeline:
    """Things of these names, or everything that the detector has a name for.

    A detector that finds whatever is named looks once for each choice of names; the others look once.

    Args:
        clip: Where to look.
        names: From `names_in` or `head_names`; none for everything.
        context: The host's side.
        min_score: Things below this score are dropped, 0 to 1.
    """
    sought = tuple(names) if context.models.open_vocabulary else ()
    source = f"detector:{context.models.identity('detector')}"

    def see(frames: Sequence[Frame], cells: Sequence[tuple[float, float]]) -> list[Observation]:
        sources = same_pictures(frames)
        fresh = sorted(set(sources))
        things = dict(zip(fresh, find_in([frames[place].image for place in fresh], sought, context), strict=True))
        return [
            Observation(start, end, "object", thing.label, thing.score, source, thing.box)
            for place, (start, end) in zip(sources, cells, strict=False)
            for thing in things[place]
        ]

    seen = look(context, clip, detect.name, detect.version, "detector", see, sought)
    kept = [thing for thing in seen if thing.score >= min_score and (not names or thing.content in names)]
    name = " or ".join(names) if names else "thing"
    return Timeline(kept, seen.why or ("" if kept else f"no {name} above score {min_score:g}"))


def find_in(images: Sequence[np.ndarray], names: Sequence[str], context: Context) -> Sequence[Sequence[Detection]]:
    """What the detector finds in pictures: things of these names where it finds whatever is named, else all it knows.

    Args:
        images: Height x width x 3, uint8, RGB.
        names: What to look for; none for everything.
        context: The host's side.
    """
    if names and context.models.open_vocabulary:
        return context.models.finder.find(images, names)
    return context.models.detector.detect(images)
