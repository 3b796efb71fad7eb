"""Asking whether free text of the text model is worth anything here: a program can then abstain instead of guessing."""

from .context import Context
from .tool import tool


@tool(kind="ask", cost="free")
def can_write(*, context: Context) -> bool:
    """Say whether the text model can be trusted with free text; small ones can only tell how likely texts are.

    Returns:
        Where this is False, `reason` and `summarize` give extracts of their evidence.
    """
    if not context.models.can_write:
        context.notes.add(why="there is no text model here that writes")
    return context.models.can_write
