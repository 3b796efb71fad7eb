"""A second opinion: a text model is asked whether the quoted evidence supports an answer.

It sees the evidence as data, in quotes. It is asked only about answers that seem good enough, so it costs one call for
each question that is easy; its reply is kept in the memory of the video like every other.
"""

from typing import Any

from ..memory import Observation
from ..models import LanguageModel
from ..prompts import prompt
from ..tools.ask import probability_of_yes
from ..tools.contents import LOOKED
from ..tools.evidence import evidence_lines

REPLY_TOKENS = 8
BELIEVED = 0.5
"""Probability of "yes" from which the critic does not object."""


def support_by_critic(llm: LanguageModel, question: str, answer: dict[str, Any]) -> float | None:
    """How probable the critic finds it that the evidence supports an answer.

    Args:
        llm: A text model that can write.
        question: The question.
        answer: The answer as plain data.

    Returns:
        0 to 1, 0.5 for a reply that is neither yes nor no; None where there is no evidence that can be quoted.

    Raises:
        BudgetExceeded: No more calls may be made.
        ModelError: The model failed.
    """
    lines = [Observation.from_json(moment) for moment in answer["evidence"] if moment["content"] != LOOKED]
    if not lines:
        return None
    text = prompt("critic", evidence=evidence_lines(lines), question=question, answer=answer["answer"])
    return probability_of_yes(llm.complete(text, max_tokens=REPLY_TOKENS))[0]
