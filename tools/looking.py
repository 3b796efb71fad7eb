"""Looking at frames with a model, block by block, through the cache: what reading and detecting have in common."""

from collections.abc import Callable, Sequence

import numpy as np

from ..memory import ArtefactKey, Block, BlockResult, Computed, Observation, Timeline
from ..models.errors import ModelError
from ..video import Clip, Frame
from ..video.errors import VidprogError
from .context import Context
from .sampling import Sampling

See = Callable[[Sequence[Frame], Sequence[tuple[float, float]]], list[Observation]]
"""Frames and the cell of each -> what is in them."""
THUMBNAIL = (160, 90)
CHANGED = 14
"""Grey levels by which a thumbnail pixel must differ before a model looks again: a clock does that, noise not."""


class NotTried(Exception):  # noqa: N818 - carries the reason to stop past the memory
    """Not a VidprogError: the memory would note the block as failed, and it was not even tried."""


def observe_blocks(
    context: Context, key: ArtefactKey, blocks: Sequence[Block], observe: Callable[[Block], BlockResult]
) -> Computed:
    """What is known about blocks, from the cache where they were looked at before; noted as cached or failed.

    Args:
        context: The host's side.
        key: Names the result.
        blocks: Stretches of the video.
        observe: Looks at one of them; raises `NotTried` from the reason why nothing more can be looked at.

    Raises:
        VidprogError: The reason of a `NotTried`; the blocks that were finished are kept.
    """
    try:
        done = context.memory.compute(
            key, blocks, observe, lambda now, total: context.report(key.tool, now / max(1, total))
        )
    except NotTried as stop:
        raise stop.__cause__ or stop from None
    context.notes.add(cached=done.cached)
    if done.failed:
        context.notes.add(why="; ".join(dict.fromkeys(done.failed)))
    return done


def look(
    context: Context, clip: Clip, tool: str, version: str, role: str, see: See, names: Sequence[str] = ()
) -> Timeline:
    """Everything ``see`` finds in a clip, from the cache where it was looked at before.

    Args:
        context: The host's side.
        clip: Where to look.
        tool: Name under which results are kept.
        version: Changes when the tool's own code changes its results.
        role: Of the model that looks.
        see: Looks at the frames of one block.
        names: What it looks for, where that changes what it finds.

    Raises:
        ModelError: Nothing was found and some frames could not be looked at.
        BudgetExceeded: No more frames may be looked at; the blocks that were finished are kept.
        ModelError: The model cannot be loaded.

    Returns:
        Observations that overlap the clip; when there are none, ``why`` says how many frames were looked at.
    """
    if not context.video.has_video:
        return Timeline((), "no pictures")
    sampling = Sampling.for_clip(clip)
    parameters: dict[str, object] = {"start": sampling.start, "interval": round(sampling.interval, 6)}
    if names:
        parameters["names"] = list(names)

    def observe(block: Block) -> BlockResult:
        cells = sampling.cells(block)
        try:
            context.models.get(role)
            context.meter.spend(frames_seen=len(cells))
        except VidprogError as reason:
            raise NotTried from reason
        frames = context.frames([(start + end) / 2 for start, end in cells])
        found = see(frames, cells)
        return BlockResult(tuple(found), "" if found else f"nothing in {len(frames)} frames")

    blocks = sampling.blocks(clip)
    key = ArtefactKey(tool, version, context.models.identity(role), parameters)
    done = observe_blocks(context, key, blocks, observe)
    inside = done.timeline.between(clip.start, clip.end)
    if inside:
        return inside
    if done.failed:  # nobody looked: that is not the same as nothing being there
        raise ModelError("; ".join(dict.fromkeys(done.failed)), code="tool.look")
    cells = sum(len(sampling.cells(block)) for block in blocks)
    return Timeline((), f"nothing in {cells} frames")


def same_pictures(frames: Sequence[Frame]) -> list[int]:
    """For each frame the place of the one looked at for it: itself where the picture changed, or an earlier one.

    A slide, a screen or an empty street stands still: of 300 looks at ten minutes with three captions 94 were new.
    """
    sources: list[int] = []
    seen: np.ndarray | None = None
    for place, frame in enumerate(frames):
        thumbnail = _thumbnail(frame.image)
        if seen is None or int(np.abs(thumbnail - seen).max()) > CHANGED:
            seen = thumbnail
            sources.append(place)
        else:
            sources.append(sources[-1])
    return sources


def _thumbnail(image: np.ndarray) -> np.ndarray:
    import cv2

    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.int16)
