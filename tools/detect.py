"""Things in the picture, and how many of them."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from ..memory import Observation, Timeline
from ..video import Clip, Frame
from .context import Context
from .labels import head_label, labels_in
from .looking import look
from .tool import tool
from .tracks import tracks_of

MIN_SCORE = 0.4
"""Of 0.3, 0.4 and 0.5 the one at which SSD MobileNet counted nearest to the truth on the development clips."""
STABLE_SHARE = 0.1
"""Share of the looks that must agree before a number counts: single misses and doubles are noise."""

CountMode = Literal["auto", "most", "least", "distinct"]
_MOVING = ("drive", "pass", "walk", "enter", "cross", "appear", "go by", "come")
_MODE_WORDS: tuple[tuple[CountMode, tuple[str, ...]], ...] = (
    ("least", ("smallest", "fewest", "minimum", "least", "lowest")),
    ("most", ("largest", "most", "maximum", "highest", "at once", "same time", "same moment")),
    ("distinct", ("different", "distinct", "altogether", "in total", "whole video", "whole clip", *_MOVING)),
)
"""The words of a question that choose the way of counting; the first row that fits wins."""


@tool(kind="look", needs="detector", cost="0.1 CPU-seconds a frame")
def detect(clip: Clip, query: str = "", min_score: float = MIN_SCORE, *, context: Context) -> Timeline:
    """Find things that the detector knows by name: people, animals, vehicles, household things.

    Args:
        clip: Where to look.
        query: Only things that this text speaks of, e.g. "red car"; everything when empty.
        min_score: Things below this score are dropped, 0 to 1.

    Returns:
        One observation of kind `object` with a box for each thing in each frame that was looked at.
    """
    identity = context.models.identity("detector")
    wanted = labels_in(query, context.models.labels) if query else ()
    if query and not wanted:
        return Timeline((), f"the detector has no name for {query!r}")

    def see(frames: Sequence[Frame], cells: Sequence[tuple[float, float]]) -> list[Observation]:
        pictures = context.models.detector.detect([frame.image for frame in frames])
        source = f"detector:{identity}"
        return [
            Observation(start, end, "object", thing.label, thing.score, source, thing.box)
            for things, (start, end) in zip(pictures, cells, strict=False)
            for thing in things
        ]

    seen = look(context, clip, detect.name, detect.version, "detector", see)
    kept = [thing for thing in seen if thing.score >= min_score and (not wanted or thing.content in wanted)]
    name = " or ".join(wanted) if wanted else "thing"
    return Timeline(kept, seen.why or ("" if kept else f"no {name} above score {min_score:g}"))


@tool(kind="look", needs="detector", cost="that of detect")
def count(clip: Clip, query: str, mode: CountMode = "auto", *, context: Context) -> int | None:
    """Count things that the detector knows by name.

    Args:
        clip: Where to look.
        query: What to count, e.g. "bottles", or a whole question about how many there are.
        mode: `most` or `least` at one time, `distinct` over the whole clip, or `auto`: chosen by the query's words.

    Returns:
        The number; None when the detector has no name for it.
    """
    labels = head_label(query, context.models.labels)
    if not labels or not context.video.has_video:
        context.notes.add(why=f"the detector has no name for what {query!r} counts" if not labels else "no pictures")
        return None
    seen = Timeline([thing for thing in detect.run((clip,), {}, context) if thing.content in labels])
    looks = _looks(clip, context)
    chosen = _mode_for(query) if mode == "auto" else mode
    if chosen == "distinct":
        return len(tracks_of(seen))
    return stable_count(seen, looks, chosen)


def _looks(clip: Clip, context: Context) -> int:
    """How many frames of the clip were looked at."""
    from .sampling import Sampling

    return max(1, round(clip.duration / Sampling.for_clip(clip).interval))


def _mode_for(query: str) -> CountMode:
    text = query.casefold()
    return next((mode for mode, words in _MODE_WORDS if any(word in text for word in words)), "most")


def stable_count(seen: Timeline, looks: int, mode: CountMode) -> int:
    """The largest (or smallest) number seen in at least a tenth of the looks.

    Args:
        seen: Things, one observation for each in each look.
        looks: How many frames were looked at, those without anything included.
        mode: `most` or `least`.
    """
    per_look = Counter(thing.start for thing in seen)
    numbers = Counter(per_look.values())
    numbers[0] += max(0, looks - len(per_look))
    needed = max(1, round(STABLE_SHARE * looks)) if looks > 2 else 1
    steady = sorted(number for number, times in numbers.items() if times >= needed) or [0]
    return steady[-1] if mode == "most" else steady[0]
