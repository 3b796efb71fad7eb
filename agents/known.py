"""What is known about a video as a reader wants it: one moment for a thing that was seen in twenty frames."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..memory import KINDS, Timeline, VideoMemory
from ..models import Models, Profile
from ..models.profiles import Spec
from ..tools.sampling import MAX_INTERVAL
from ..tools.search import PERCEPTION, is_current

if TYPE_CHECKING:
    from .session import Session

OTHER_KINDS = tuple(kind for kind in KINDS if kind not in PERCEPTION)
"""Kinds that no first look makes; what questions and users' tools left is shown too."""


def joined(found: Mapping[str, Timeline]) -> dict[str, Timeline]:
    """Each kind with neighbouring moments of the same content as one.

    Args:
        found: Timeline of each kind, as ``Session.index`` gives it.
    """
    return {kind: timeline.merge(MAX_INTERVAL) for kind, timeline in found.items()}


def whole_timeline(session: "Session", found: Mapping[str, Timeline]) -> Timeline:
    """All kinds on one timeline; an empty one says why for each kind."""
    kinds = joined(found)
    others = session.memory.timeline(OTHER_KINDS)
    moments = [moment for timeline in (*kinds.values(), others) for moment in timeline]
    return Timeline(moments, "; ".join(f"{kind}: {timeline.why}" for kind, timeline in kinds.items() if timeline.why))


def known_timeline(fingerprint: str, store: Path, profile: Mapping[str, str]) -> Timeline:
    """What is on the timeline of a video already, by the backends of a profile; opens no video and looks at nothing.

    Args:
        fingerprint: Of the video.
        store: Directory of the memory files.
        profile: Spec of each role, as answers name them.
    """
    if not (store / f"{fingerprint}.sqlite").is_file():
        return Timeline((), f"nothing is kept about it in {store}")
    models = Models(Profile("", {role: Spec.parse(spec) for role, spec in profile.items() if spec}))
    with VideoMemory.open(fingerprint, store) as memory:
        known = memory.timeline()
    return Timeline([moment for moment in known if is_current(moment, models)], known.why).merge(MAX_INTERVAL)
