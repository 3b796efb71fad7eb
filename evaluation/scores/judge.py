"""A language model that says whether an answer means the right thing, where words alone cannot tell.

The judge is named in every score it gave. It is shown the question, the right answers, the item's own rule where the
data set has one (AutoEval-Video, Chen et al., ECCV 2024, judges by rules of each question) and the answer; never the
video. A description is judged by which of its reference events it states, after DREAM-1K's event recall (Wang et al.
2024, "Tarsier"). The wording of the prompts is this project's own, so the figures compare only with its own.
"""

import json
import re
from dataclasses import dataclass, field

from ...models.roles import Constraint, LanguageModel
from ...prompts import prompt
from ...video.errors import UsageError
from ..items import Item, Prediction

MOST_TOKENS = 96
_VERDICT = re.compile(
    r"\W*(?:(?:verdict|(?:the |this )?answer|it)\W+(?:is\W+)?)?(not\W+)?(right|wrong)\b(?!\W+or\b)", re.IGNORECASE
)
"""How a reply begins. Further on, "right" may be a direction or the question repeated, and would flatter."""
_PLACES = re.compile(r"(?:\W|\d|\b(?:events?|numbers?|and)\b)*", re.IGNORECASE)
"""A reply that holds the numbers of events and nothing else."""
_VERDICT_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"verdict": {"enum": ["right", "wrong"]}, "reason": {"type": "string", "maxLength": 200}},
        "required": ["verdict", "reason"],
        "additionalProperties": False,
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge said.

    Attributes:
        right: Whether the answer holds; None where the reply could not be read.
        reason: The judge's words.
    """

    right: bool | None
    reason: str


@dataclass(slots=True)
class Judge:
    """Asks a language model for verdicts; the same question is asked once.

    Args:
        model: Must be one whose written text can be relied on.

    Raises:
        UsageError: ``eval.judge`` where the model's cannot.
    """

    model: LanguageModel
    unread: int = field(default=0, init=False)
    _replies: dict[str, str] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.model.can_write:
            raise UsageError(
                f"{self.model.identity} cannot judge: what it writes cannot be relied on",
                code="eval.judge",
                hint="Name a profile whose language model can write, or score without a judge.",
            )

    @property
    def identity(self) -> str:
        """Which model judges."""
        return self.model.identity

    def answer(self, item: Item, text: str) -> Verdict:
        """Whether an answer in words means one of the right ones, by the item's rule where it has one.

        Args:
            item: With ``answers``; ``extra["rule"]`` may hold its own rule.
            text: The answer.
        """
        asked = prompt(
            "judge_answer",
            question=item.question,
            references="\n".join(f"- {answer}" for answer in item.answers) or "(none: go by how to mark)",
            rule=str(item.extra.get("rule", "")) or "It is right when it means the same as one of the right answers.",
            answer=text,
        )
        reply = self._ask(asked, _VERDICT_SCHEMA)
        found = _VERDICT.match(reply)
        self.unread += found is None
        right = (found.group(2).casefold() == "right") != bool(found.group(1)) if found else None
        return Verdict(right, reply.strip())

    def events(self, item: Item, text: str) -> tuple[bool, ...] | None:
        """Which of the events of ``extra["events"]`` a description states; None where the reply could not be read."""
        events = [str(event) for event in item.extra.get("events", ())]
        listed = "\n".join(f"{place}. {event}" for place, event in enumerate(events, start=1))
        reply = self._ask(prompt("judge_events", events=listed, description=text), _numbers_schema(len(events)))
        nothing = re.match(r"\W*none\b", reply, re.IGNORECASE) or reply.strip() == "[]"
        numbers = set() if nothing else {int(number) for number in re.findall(r"\d+", reply)}
        if not nothing and not (numbers and _PLACES.fullmatch(reply)):
            self.unread += 1
            return None
        return tuple(place in numbers for place in range(1, len(events) + 1))

    def _ask(self, asked: str, schema: str) -> str:
        if asked not in self._replies:
            constraint = Constraint("json_schema", schema) if "json_schema" in self.model.constraints else None
            self._replies[asked] = self.model.complete(asked, max_tokens=MOST_TOKENS, constraint=constraint).text
        return self._replies[asked]


def _numbers_schema(most: int) -> str:
    numbers = {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": most}, "maxItems": most}
    return json.dumps(numbers)


def judged_answer(judge: Judge, item: Item, prediction: Prediction) -> float:
    """1 where the judge finds the answer right; a reply that cannot be read counts as wrong."""
    return float(judge.answer(item, prediction.text).right is True)


def event_recall(judge: Judge, item: Item, prediction: Prediction) -> float:
    """Share of the reference events that a description states, 0 to 1."""
    stated = judge.events(item, prediction.text)
    return sum(stated) / len(stated) if stated else 0.0
