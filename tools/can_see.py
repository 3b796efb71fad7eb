"""Asking whether there is a model that sees and that works here: a program can then go on with the pixels."""

from .context import Context
from .tool import tool


@tool(kind="ask", cost="loads the vision-language model, where there is one")
def can_see(*, context: Context) -> bool | None:
    """Say whether there is a vision-language model that can be loaded; one that cannot is a warning, not the end.

    Returns:
        Where this is not True, look at pixels, boxes and texts instead.
    """
    if not context.models.has("vlm"):
        context.notes.add(why="there is no model here that sees")
        return False
    context.models.get("vlm")  # what keeps it from loading is this call's failure, and a warning of the answer
    return True
