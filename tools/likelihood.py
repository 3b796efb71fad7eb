"""How likely a model finds given texts: the raw material of programs that weigh options themselves."""

from ..models import OptionScore
from ..video import Frames
from .contents import fitting, shown
from .context import Context
from .tool import ToolError, tool
from .values import Grid


@tool(kind="ask", needs="llm", cost="one call of the text model, or of the VLM with pictures")
def likelihood(
    prompt: str, continuations: list[str], pictures: Frames | Grid | None = None, *, context: Context
) -> list[float]:
    """Weigh texts by how likely a model finds them after a prompt, as mean log probability of a token.

    Args:
        prompt: What comes before, e.g. a question.
        continuations: The texts to weigh.
        pictures: What the vision-language model looks at; the text model weighs when left out.

    Returns:
        For each text the mean log probability of its tokens, in nats, 0 or less.
    """
    if not all(text.strip() for text in continuations):
        raise ToolError("a text to weigh is empty", code="tool.options", hint="Leave empty texts out.")
    if not continuations:
        return []
    scores = _of_text(prompt, continuations, context) if pictures is None else _of_sight(
        prompt, continuations, pictures, context
    )  # fmt: skip
    return [score.per_token for score in scores]


def _of_text(prompt: str, continuations: list[str], context: Context) -> tuple[OptionScore, ...]:
    llm = context.llm
    if not llm.can_score:
        raise _no_scores(llm.identity, "llm")
    return llm.score([(prompt, text) for text in continuations])


def _of_sight(
    prompt: str, continuations: list[str], pictures: Frames | Grid, context: Context
) -> tuple[OptionScore, ...]:
    vlm = context.vlm
    if not vlm.can_score:
        raise _no_scores(vlm.identity, "vlm")
    return vlm.score(shown(fitting(pictures, vlm, context), prompt, interleaved=vlm.interleaved), continuations)


def _no_scores(identity: str, role: str) -> ToolError:
    return ToolError(
        f"{identity} cannot tell how likely a given text is",
        code="tool.no_scores",
        hint=f"Name a model that runs here with --set {role}=transformers:NAME; chat servers only write.",
    )
