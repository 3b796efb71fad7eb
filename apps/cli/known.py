"""What is known about a video as a reader wants it: one moment for a thing that was seen in twenty frames."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...agents.session import Session
    from ...memory import Timeline

OTHER_KINDS = ("caption", "action", "shot", "note")
"""Kinds that no first look makes; what questions and users' tools left is shown too."""


def joined(found: Mapping[str, "Timeline"]) -> dict[str, "Timeline"]:
    """Each kind with neighbouring moments of the same content as one.

    Args:
        found: Timeline of each kind, as ``Session.index`` gives it.
    """
    from ...tools.sampling import MAX_INTERVAL

    return {kind: timeline.merge(MAX_INTERVAL) for kind, timeline in found.items()}


def whole_timeline(session: "Session", found: Mapping[str, "Timeline"]) -> "Timeline":
    """All kinds on one timeline; an empty one says why for each kind."""
    from ...memory import Timeline

    kinds = joined(found)
    others = session.memory.timeline(OTHER_KINDS)
    moments = [moment for timeline in (*kinds.values(), others) for moment in timeline]
    return Timeline(moments, "; ".join(f"{kind}: {timeline.why}" for kind, timeline in kinds.items() if timeline.why))
