"""Asking the model that sees."""

from ..prompts import prompt
from ..video import Frames
from .context import Context
from .tool import tool
from .values import Grid

ANSWER_TOKENS = 128


@tool(kind="ask", needs="vlm", cost="one call of the VLM")
def ask(pictures: Frames | Grid, question: str, *, context: Context) -> str:
    """Ask the vision-language model about frames or a grid of frames.

    Args:
        pictures: What it looks at.
        question: What it is asked.
    """
    vlm = context.models.vlm
    images, text = _images(pictures, question)
    context.meter.spend(vlm_calls=1, frames_seen=len(images))
    reply = vlm.ask(images, text, max_tokens=ANSWER_TOKENS)
    context.meter.count(prompt_tokens=reply.usage.prompt_tokens, completion_tokens=reply.usage.completion_tokens)
    return reply.text


@tool(kind="ask", needs="vlm", cost="one call of the VLM")
def yes_no(pictures: Frames | Grid, question: str, *, context: Context) -> bool:
    """Ask the vision-language model a question that is answered by yes or no.

    Args:
        pictures: What it looks at.
        question: What it is asked.
    """
    return ask.run((pictures, f"{question} Answer yes or no."), {}, context).strip().casefold().startswith("yes")


def _images(pictures: Frames | Grid, question: str) -> tuple[list, str]:
    if not isinstance(pictures, Grid):
        return [frame.image for frame in pictures], question
    times = "; ".join(", ".join(f"{time:.1f} s" for time in row) for row in pictures.times)
    return [pictures.image], prompt("image_grid", times=times, question=question)
