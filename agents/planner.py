"""Planners: the nearest example among the named programs, and any text model that can write.

The first needs no text model at all: the question is compared with the example questions in the programs' docstrings,
by meaning (embeddings) and by the form of the question ("how many", "what colour"), which embeddings blur.
"""

import os
import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..memory import ArtefactKey
from ..models import Models
from ..programs import Catalog, Problem, Program
from ..prompts import prompt
from ..tools import Meter, Registry

if TYPE_CHECKING:
    import numpy as np

_FORM_WORDS = """
how many much what when where which who whom whose why is are was were does do did can could at from until since
according colour color colours colors say says said says speak spoken narrator speaker written printed read shown time
second number title text sign word words there visible seen before after happens
"""
FORM_WORDS = frozenset(_FORM_WORDS.split())
FORM_WEIGHT = 0.6
"""Form counts this much beside the cosine of meaning."""
DIRECT = 0.75
"""A question this near to an example needs no plan."""
FENCE = re.compile(r"```(?:python)?\s*\n(.*?)```", re.DOTALL)
PROGRAM_TOKENS = 400
SHOWN_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """A program to run and where it came from.

    Attributes:
        program: The program.
        planner: ``nearest-example``, ``llm:IDENTITY`` or ``given``.
        route: ``direct`` (a named program, no planning), ``planned``, ``fallback``, ``given``, or a refiner's move.
        fit: How well it fits the question compared with the best fitting program, 0 to 1.
    """

    program: Program
    planner: str
    route: str
    fit: float = 1.0


class Planner(Protocol):
    """Makes a plan for a question."""

    name: str

    def plan(self, question: str, choices: Sequence[str], facts: str, tried: Collection[str]) -> Plan | None:
        """A plan, or None when everything that fits was tried."""
        ...


class NearestExamplePlanner:
    """Chooses a named program by the likeness of the question to its examples."""

    name = "nearest-example"

    def __init__(self, catalog: Catalog, models: Models, store: Path) -> None:
        self._programs = catalog.runnable(models.roles)
        self._models = models
        self._store = store
        self._ranked: dict[str, list[tuple[float, Program]]] = {}

    def rank(self, question: str) -> list[tuple[float, Program]]:
        """All runnable programs with the likeness of their best example, best first."""
        if question not in self._ranked:
            likeness = self._likeness(question)
            self._ranked[question] = sorted(
                (
                    (max(likeness[example] for example in program.examples), program)
                    for program in self._programs
                    if program.examples
                ),
                key=lambda item: -item[0],
            )
        return self._ranked[question]

    def plan(self, question: str, choices: Sequence[str], facts: str, tried: Collection[str]) -> Plan | None:
        """The best fitting program that was not tried yet."""
        ranked = self.rank(question)
        for likeness, program in ranked:
            if program.name not in tried:
                return Plan(program, self.name, "direct", fit=max(0.0, likeness / max(ranked[0][0], 1e-6)))
        return None

    def _likeness(self, question: str) -> dict[str, float]:
        examples = sorted({example for program in self._programs for example in program.examples})
        form = form_of(question)
        shared = {example: FORM_WEIGHT * _overlap(form, form_of(example)) for example in examples}
        if not self._models.has("embedder"):
            return shared
        vectors = self._vectors(examples)
        likeness = vectors @ self._models.embedder.embed([question])[0]
        return {example: shared[example] + float(value) for example, value in zip(examples, likeness, strict=True)}

    def _vectors(self, examples: Sequence[str]) -> "np.ndarray":
        """Vectors of the examples, kept on disk: embedding them takes longer than a question may."""
        import numpy as np

        embedder = self._models.embedder
        digest = ArtefactKey("examples", "1", embedder.identity, {"examples": list(examples)}).digest
        path = self._store / f"examples-{digest[:16]}.npy"
        if path.is_file():
            return np.asarray(np.load(path))
        vectors = embedder.embed(examples)
        partial = path.with_suffix(f".{os.getpid()}.part.npy")
        try:
            np.save(partial, vectors)
            partial.replace(path)
        except OSError:  # no room: they are computed again next time
            with suppress(OSError):
                partial.unlink()
        return vectors


def form_of(question: str) -> frozenset[str]:
    """The words that give a question its form.

    Example:
        >>> sorted(form_of("How many cars are there?"))
        ['are', 'how', 'many', 'there']
    """
    return frozenset(re.findall(r"[a-z]+", question.casefold())) & FORM_WORDS


def _overlap(one: frozenset[str], two: frozenset[str]) -> float:
    return len(one & two) / len(one | two) if one | two else 0.0


class LanguageModelPlanner:
    """Lets a text model write a program; near enough questions take the direct route."""

    def __init__(self, nearest: NearestExamplePlanner, registry: Registry, models: Models, meter: Meter) -> None:
        self._nearest = nearest
        self._registry = registry
        self._models = models
        self._meter = meter
        self.name = f"llm:{models.identity('llm')}"

    def plan(self, question: str, choices: Sequence[str], facts: str, tried: Collection[str]) -> Plan | None:
        """A named program when one fits closely, else a written one."""
        ranked = self._nearest.rank(question)
        if ranked and ranked[0][0] >= DIRECT and not tried:
            return self._nearest.plan(question, choices, facts, tried)
        shown = "\n\n".join(f"# {program.examples[0]}\n{program.source}" for _, program in ranked[:SHOWN_EXAMPLES])
        text = prompt(
            "plan",
            tools=self._registry.stubs(),
            facts=facts,
            examples=shown,
            question=question,
            choices="; ".join(choices) or "none",
        )
        return Plan(Program.draft(self._complete(text)), self.name, "planned")

    def repair(self, program: Program, problems: Sequence[Problem], question: str, choices: Sequence[str]) -> Program:
        """A new version of a refused program."""
        text = prompt(
            "repair",
            program=program.source,
            tools=self._registry.stubs(),
            question=question,
            choices="; ".join(choices) or "none",
            problems="\n".join(str(problem) for problem in problems),
        )
        return Program.draft(self._complete(text))

    def _complete(self, text: str) -> str:
        self._meter.spend(llm_calls=1)
        reply = self._models.llm.complete(text, max_tokens=PROGRAM_TOKENS)
        self._meter.count(prompt_tokens=reply.usage.prompt_tokens, completion_tokens=reply.usage.completion_tokens)
        return unfenced(reply.text)


def unfenced(text: str) -> str:
    """The code inside a Markdown fence, or the text itself."""
    match = FENCE.search(text)
    return (match[1] if match else text).strip()
