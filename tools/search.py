"""Search in everything that was heard, read and seen."""

from collections.abc import Sequence
from dataclasses import replace

from ..memory import Hit, Observation, Timeline, check_kinds
from ..models import ROLES, Models
from ..models.errors import MissingRoleError
from ..video import Clip
from .context import Context
from .detect import MIN_SCORE, detect
from .read_text import read_text
from .tool import Tool, tool
from .transcribe import transcribe

PERCEPTION: dict[str, tuple[str, Tool]] = {
    "speech": ("asr", transcribe),
    "text": ("ocr", read_text),
    "object": ("detector", detect),
}
"""Kind of observation -> the role it needs and the tool that makes it."""
MARGIN = 4
"""Hits asked for beyond the limit, since doubtful detections fall away."""


def perceive(context: Context, clip: Clip, kinds: tuple[str, ...] = tuple(PERCEPTION)) -> dict[str, Timeline]:
    """Look, read and listen, so that what is asked for is on the timeline; reuses what is there.

    Args:
        context: The host's side.
        clip: Where.
        kinds: Of ``speech``, ``text``, ``object``; others are left aside.

    Returns:
        The timeline of each kind; a role that the profile lacks gives an empty one that says so.
    """
    return {kind: _perceive_one(context, clip, *PERCEPTION[kind]) for kind in PERCEPTION if kind in kinds}


def _perceive_one(context: Context, clip: Clip, role: str, look: Tool) -> Timeline:
    if not context.models.has(role):
        return Timeline((), MissingRoleError(role, context.models.profile.name).message)
    if role != "asr" and not context.video.has_video:
        return Timeline((), "no pictures")
    return look.run((clip,), {}, context)


@tool(
    kind="remember",
    needs=("asr", "ocr", "detector", "embedder"),
    cost="the first look, once for each video; then 0.02 s",
)
def search(
    query: str, kinds: list[str] | None = None, limit: int = 8, clip: Clip | None = None, *, context: Context
) -> Timeline:
    """Search by words and by meaning in everything that was said, shown as text or detected.

    Args:
        query: What to look for, e.g. "the price of the ticket".
        kinds: Any of `speech`, `text`, `object`; all when left out.
        limit: How many moments at most.
        clip: Where to search; everywhere, in all videos of the question, when left out.

    Returns:
        The moments that fit, in the order of time; their scores say how well.
    """
    hits, why = best_hits(context, query, kinds, limit, clip)
    return Timeline([hit.observation for hit in hits], why)


def best_hits(
    context: Context, query: str, kinds: Sequence[str] | None = None, limit: int = 8, clip: Clip | None = None
) -> tuple[tuple[Hit, ...], str]:
    """The hits in their own order, best first, and why there are none; looks first where nobody has yet."""
    wanted = check_kinds(kinds)
    reasons: list[str] = []
    for each in context.all if clip is None else (context,):
        perceived = perceive(each, clip or each.whole, wanted or tuple(PERCEPTION))
        reasons += [f"{kind}: {timeline.why}" for kind, timeline in perceived.items() if not timeline]
        if each.models.lazy_embedder is not None:
            each.memory.embed_missing(each.models.lazy_embedder)
    hits = known_hits(context, query, wanted, limit, clip)
    missing = "; ".join(dict.fromkeys(reasons))
    return hits, "" if hits else f"nothing like {query.strip()!r}" + (f" ({missing})" if missing else "")


def known_hits(
    context: Context, query: str, kinds: Sequence[str] = (), limit: int = 8, clip: Clip | None = None
) -> tuple[Hit, ...]:
    """The hits among what is on the timeline already, best first; of several videos each with its name.

    The memory keeps every detection down to the detector's own floor, and what the backends of other profiles found:
    detections that ``detect`` would drop and moments of other backends are no hits.
    """
    contexts = context.all if clip is None else (context,)
    found = [hit for each in contexts for hit in _hits_in(each, query, kinds, limit, clip)]
    return tuple(sorted(found, key=lambda hit: -hit.score)[:limit])


def _hits_in(context: Context, query: str, kinds: Sequence[str], limit: int, clip: Clip | None) -> list[Hit]:
    start, end = (None, None) if clip is None else (clip.start, clip.end)
    found = context.memory.search(
        query, embedder=context.models.lazy_embedder, kinds=kinds or None, start=start, end=end, limit=MARGIN * limit
    )
    current = [hit for hit in found if is_current(hit.observation, context.models)][:limit]
    return [replace(hit, observation=replace(hit.observation, video=context.name)) for hit in current]


def is_current(moment: Observation, models: Models) -> bool:
    """Whether a moment was found by a backend of this profile, or by none (subtitles), and is sure enough."""
    if moment.kind == "object" and moment.score < MIN_SCORE:
        return False
    role, _, identity = moment.source.partition(":")
    return role not in ROLES or (models.has(role) and identity == models.identity(role))
