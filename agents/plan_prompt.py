"""What a text model reads before it writes a program: tools, examples and the video's facts, cut to what it can take.

What there is too much of goes in one order: examples first, the least like ones before the others, then the words about
tools, and last the tools that no near example uses.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from ..models import LanguageModel, Models
from ..programs.short import needed_tools
from ..tools import Registry, Tool
from ..tools.types import GIVEN, SANDBOX_CLASSES
from .examples import Match

CHAT_TOKENS = 64
"""Kept free for the marks that a chat format puts around a prompt."""
ANSWER = "answer"


def usable(registry: Registry, roles: Collection[str]) -> Registry:
    """The tools whose models are there."""
    return Registry([tool for tool in registry if set(tool.needs) <= set(roles)], registry.warnings)


def values_text() -> str:
    """The types that programs handle and the names they are given, a line each."""
    names = ", ".join(f"{name}: {kind}" for name, kind in GIVEN.items())
    lines = [
        f"{item.host.__name__}({', '.join(f'{name}: {kind}' for name, kind in item.attributes.items())})"
        for item in SANDBOX_CLASSES
    ]
    return "\n".join([f"Given: {names}", *lines])


def capabilities(models: Models) -> str:
    """What models that are loaded can do, as far as a program depends on it; empty when none is."""
    said = []
    if models.is_loaded("vlm"):
        said.append(f"the VLM takes up to {models.vlm.images_per_call} pictures at once")
    if models.is_loaded("llm"):
        said.append(f"the text model {'can' if models.llm.can_score else 'cannot'} score given texts")
    return "; ".join(said)


def fitted(
    make: Callable[[str, str], str], registry: Registry, examples: Sequence[Match], model: LanguageModel, reply: int
) -> str:
    """The longest prompt that leaves a model room for its reply; the shortest one when none does.

    Args:
        make: Gives the prompt for texts of tools and of examples.
        registry: The tools.
        examples: Best first.
        model: Who reads it.
        reply: Tokens that the reply may take.
    """
    room = model.context_tokens - reply - CHAT_TOKENS
    text = ""
    for detail in DETAILS:
        tools = "\n".join(detail(registry, examples))
        for count in range(len(examples), -1, -1):
            text = make(tools, "\n\n".join(match.text() for match in examples[:count]) or "none")
            if model.count_tokens(text) <= room:
                return text
    return text


def _full(tool: Tool) -> str:
    arguments = " ".join(f"{parameter.name}: {parameter.text}" for parameter in tool.parameters)
    return f"{tool.signature()}\n  {tool.summary}" + (f" {arguments}" if arguments else "")


def _all_full(registry: Registry, examples: Sequence[Match]) -> Iterable[str]:
    return map(_full, registry)


def _all_short(registry: Registry, examples: Sequence[Match]) -> Iterable[str]:
    return (f"{tool.signature()}\n  {tool.summary}" for tool in registry)


def _all_bare(registry: Registry, examples: Sequence[Match]) -> Iterable[str]:
    return (tool.signature() for tool in registry)


def _near_bare(registry: Registry, examples: Sequence[Match]) -> Iterable[str]:
    """The tools of the examples alone; all where there are no examples to go by."""
    names = {name for match in examples for name in needed_tools(match.program.source)}
    return (tool.signature() for tool in registry if not names or tool.name in names | {ANSWER})


DETAILS: tuple[Callable[[Registry, Sequence[Match]], Iterable[str]], ...] = (
    _all_full,
    _all_short,
    _all_bare,
    _near_bare,
)
"""Ways of telling a model about the tools, from the longest to the shortest."""
