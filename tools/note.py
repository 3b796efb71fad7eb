"""Findings of a program put on the clock, beside what models saw, heard and read."""

from ..memory import Observation
from ..video import Clip
from .context import Context
from .tool import ToolError, tool

SOURCE = "program:note"
"""Who says so: the program itself. Answers do not count it as something that the video moved."""


@tool(kind="remember", cost="free")
def note(
    content: str, start: float, end: float, score: float = 1.0, clip: Clip | None = None, *, context: Context
) -> Observation:
    """Put a finding of the program on the clock, e.g. a summary of a stretch or a cause and its effect.

    Args:
        content: What was found, in words.
        start: Seconds on the video's clock.
        end: Seconds on the video's clock, not before `start`.
        score: How sure the program is, 0 to 1.
        clip: Of which video, where there are several; of the first when left out.

    Returns:
        An observation of kind `note`, to be added to evidence: `lines + [note(...)]`.
    """
    inside = end >= max(0.0, start) and start <= context.video.duration
    if not content.strip() or not inside or not 0.0 <= score <= 1.0:
        message = f"no note {content[:40]!r} from {start:g} to {end:g} s with score {score:g} can be made"
        hint = "Give a text, a start before the end, both inside the video, and a score from 0 to 1."
        raise ToolError(message, code="tool.argument", hint=hint)
    return Observation(max(0.0, start), min(end, context.video.duration), "note", content.strip(), score, SOURCE)
