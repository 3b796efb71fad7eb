"""Deciding between options inside of a program."""

from ..memory import Timeline
from .context import Context
from .scoring import support_options
from .tool import ToolError, tool


@tool(kind="ask", needs="llm", cost="one call of the text model")
def choose(question: str, options: list[str], evidence: Timeline, *, context: Context) -> str:
    """Choose the option that the evidence supports best.

    Args:
        question: What is to be decided.
        options: At least two texts.
        evidence: What was found.

    Returns:
        The option's text; empty when the evidence does not tell them apart.
    """
    if len(options) < 2:
        raise ToolError("choose needs at least two options", code="tool.options", hint="Give a list of texts.")
    support = support_options(question, options, evidence, None, context)
    if not support.found:
        context.notes.add(why=evidence.why or "the evidence does not tell the options apart")
        return ""
    return options[support.probabilities.index(max(support.probabilities))]
