"""Planners: the nearest example among the named programs, and any text model that can write.

The first needs no text model at all: the question is compared with the example questions in the programs' docstrings
and with those that users put into the store. The second writes a program of its own, after the examples that are most
like the question.
"""

import os
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..memory import ArtefactKey, timeline_vector
from ..models import Constraint, ConstraintKind, LanguageModel, Models
from ..programs import (
    Catalog,
    Problem,
    Program,
    missing_roles,
    program_from_steps,
    program_grammar,
    steps_schema,
)
from ..programs.program import Takes
from ..programs.short import needed_tools, short_source
from ..prompts import prompt
from ..tools import Registry
from ..tools.context import Context
from ..video.errors import VidprogError
from .examples import Match, form_likeness, stored_matches
from .plan_prompt import capabilities, fitted, usable, values_text
from .rewriting import essence

if TYPE_CHECKING:
    import numpy as np

DIRECT = 0.75
"""A question this near to an example needs no plan."""
FENCE = re.compile(r"```(?:python)?\s*\n(.*?)```", re.DOTALL)
SHOWN_EXAMPLES = 4
LONGEST_EXAMPLE = 16
"""Lines; models write programs as long as those they are shown, and long ones are rarely right."""
STORED_EXAMPLES = 16
"""Examples of the store that are weighed against those of the library."""

FORMS: dict[ConstraintKind | None, tuple[str, int]] = {
    None: ("plan_lines", 512),
    "lark": ("plan_grammar", 512),
    "json_schema": ("plan_steps", 1024),
}
"""What a model is held to -> the template that says so, and tokens for the program (VURF allows 512)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A program to run and where it came from.

    Attributes:
        program: The program.
        planner: ``nearest-example``, ``llm:IDENTITY`` (with what it was held to, if anything) or ``given``.
        route: ``direct`` (a named program, no planning), ``planned``, ``fallback``, ``given``, or a refiner's move.
        fit: How well it fits the question compared with the best fitting program, 0 to 1.
        models: Role -> spec of models to be used instead of the profile's.
    """

    program: Program
    planner: str
    route: str
    fit: float = 1.0
    models: Mapping[str, str] = field(default_factory=dict)


class Planner(Protocol):
    """Makes a plan for a question."""

    @property
    def name(self) -> str:
        """Named in the plans it makes."""
        ...

    def plan(
        self, question: str, choices: Sequence[str], facts: str, tried: Collection[str], skip: int = 0
    ) -> Plan | None:
        """A plan, or None when everything that fits was tried.

        Args:
            question: What is asked.
            choices: The options; none for an open question.
            facts: What is known about the video, in a line.
            tried: Names of programs that are not to be planned again.
            skip: So many of the most similar examples are left out (VideoICL: new examples in every round).
        """
        ...


class NearestExamplePlanner:
    """Chooses a named program by the likeness of the question to its examples, and to those that users gave."""

    name = "nearest-example"

    def __init__(self, catalog: Catalog, models: Models, store: Path, takes: Takes | None = "one") -> None:
        self._catalog = catalog
        self.takes = takes
        """What the programs are about: one video, several of them, or either."""
        self._programs = tuple(program for program in catalog.runnable(models.offers) if self.suits(program))
        self._models = models
        self.store = store
        self._matches: dict[str, list[Match]] = {}

    def suits(self, program: Program) -> bool:
        """Whether a program is about as many videos as the question."""
        return self.takes in (None, program.takes)

    def matches(self, question: str) -> list[Match]:
        """Every example question with its program, best first."""
        if question not in self._matches:
            found = [*self._library_matches(question), *self._users_matches(question)]
            self._matches[question] = sorted(found, key=lambda match: -match.likeness)
        return self._matches[question]

    def rank(self, question: str, skip: int = 0) -> list[tuple[float, Program]]:
        """All runnable programs with the likeness of their best example, best first.

        Args:
            question: What is asked.
            skip: So many of the most similar examples do not count.
        """
        best: dict[str, tuple[float, Program]] = {}
        for match in self.matches(question)[skip:]:
            best.setdefault(match.program.name, (match.likeness, match.program))
        return list(best.values())

    def plan(
        self, question: str, choices: Sequence[str], facts: str, tried: Collection[str], skip: int = 0
    ) -> Plan | None:
        """The best fitting program that was not tried yet."""
        ranked = self.rank(question, skip)
        for likeness, program in ranked:
            if program.name not in tried:
                return Plan(program, self.name, "direct", fit=max(0.0, likeness / max(ranked[0][0], 1e-6)))
        return None

    def _library_matches(self, question: str) -> list[Match]:
        likeness = self._likeness(question)
        return [
            Match(likeness[example], example, program) for program in self._programs for example in program.examples
        ]

    def _users_matches(self, question: str) -> list[Match]:
        """What users said which program is for; what the loop learned is only shown to models that write."""
        found = stored_matches(
            self.store, question, self._models, lambda example: example.origin == "user", alpha=1.0, count=10_000
        )
        same = {essence(program.source): program for program in self._catalog} if found else {}
        named = [replace(match, program=same.get(essence(match.program.source), match.program)) for match in found]
        return [
            match
            for match in named
            if self.suits(match.program) and not missing_roles(match.program, self._models.offers)
        ]

    def _likeness(self, question: str) -> dict[str, float]:
        examples = sorted({example for program in self._programs for example in program.examples})
        shared = {example: form_likeness(question, example) for example in examples}
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
        path = self.store / f"examples-{digest[:16]}.npy"
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


class LanguageModelPlanner:
    """Lets a text model write a program; near enough questions take the direct route."""

    def __init__(self, nearest: NearestExamplePlanner, registry: Registry, context: Context) -> None:
        self._nearest = nearest
        self._registry = usable(registry, context.models.offers)
        self._context = context

    @property
    def name(self) -> str:
        """``llm:IDENTITY``; with ``+lark`` or ``+json_schema`` where its programs are held to a form."""
        identity = f"llm:{self._context.models.identity('llm')}"
        try:
            kind = _constraint_kind(self._context.llm)
        except VidprogError:  # a model that cannot be loaded has a name all the same
            return identity
        return f"{identity}+{kind}" if kind else identity

    def plan(
        self, question: str, choices: Sequence[str], facts: str, tried: Collection[str], skip: int = 0
    ) -> Plan | None:
        """A named program when one fits closely, else a written one."""
        ranked = self._nearest.rank(question)
        if ranked and ranked[0][0] >= DIRECT and not tried and not skip:
            return self._nearest.plan(question, choices, facts, tried)
        return self.plan_after(self.examples(question, tried)[skip : skip + SHOWN_EXAMPLES], question, choices, facts)

    def plan_after(self, examples: Sequence[Match], question: str, choices: Sequence[str], facts: str) -> Plan:
        """A written program with these examples to go by, the most similar first."""
        return Plan(self.write("plan", question, choices, examples, facts=self._said(facts)), self.name, "planned")

    def plan_freely(self, question: str, choices: Sequence[str], facts: str) -> Plan:
        """A written program with no example to go by."""
        return Plan(self.write("refine_example", question, choices, facts=self._said(facts)), self.name, "free")

    def repair(self, program: Program, problems: Sequence[Problem], question: str, choices: Sequence[str]) -> Program:
        """A new version of a refused program; all that is wrong with it is said at once."""
        listed = "\n".join(f"- {problem}" for problem in problems)
        return self.write("repair", question, choices, program=program.source, problems=listed)

    def examples(self, question: str, tried: Collection[str] = ()) -> list[Match]:
        """Examples of the library and of the store that can be run here, each program once, best first.

        Args:
            question: What is asked; an example of the very same question is one, too.
            tried: Names of programs that are not to be shown.
        """
        embedder = self._context.models.lazy_embedder
        video = timeline_vector(self._context.memory, embedder) if embedder is not None else None
        stored = stored_matches(self._nearest.store, question, self._context.models, video=video, count=STORED_EXAMPLES)
        ranked = sorted([*self._nearest.matches(question), *stored], key=lambda match: -match.likeness)
        once = {match.program.source: match for match in reversed(ranked)}  # the most similar question of each
        fitting = {
            essence(match.program.source): match
            for match in sorted(once.values(), key=lambda match: match.likeness)
            if match.program.name not in tried and self._can_show(match.program)
        }
        return sorted(fitting.values(), key=lambda match: -match.likeness)

    def _can_show(self, program: Program) -> bool:
        """Whether its tools are there, and it is as short as a planned program should be."""
        short = short_source(program)
        known = needed_tools(short) <= set(self._registry.names)
        return known and self._nearest.suits(program) and short.count("\n") < LONGEST_EXAMPLE

    def write(
        self, template: str, question: str, choices: Sequence[str], examples: Sequence[Match] = (), **values: str
    ) -> Program:
        """Let the model write a program.

        Args:
            template: Name of the prompt.
            question: What is asked.
            choices: The options.
            examples: Best first; the least similar ones are left out where there is no room.
            **values: What the template wants besides tools, examples and the question.

        Raises:
            BudgetExceeded: No more calls may be made.
            ModelError: The model failed.
        """
        model = self._context.llm
        kind = _constraint_kind(model)
        form, reply = FORMS[kind]
        task = {"question": question, "choices": "; ".join(choices) or "none"}

        def make(tools: str, shown: str) -> str:
            marks = {"values": values_text(), "tools": tools, "examples": shown, "form": prompt(form, **task)}
            return prompt(template, **marks, **values, question=question)

        text = fitted(make, self._registry, examples, model, reply)
        written = model.complete(text, max_tokens=reply, constraint=self._constraint(kind)).text
        # Servers that do not know response formats ignore them, and the model writes Python after all.
        as_steps = kind == "json_schema" and "{" in written and '"steps"' in written
        return Program.draft(program_from_steps(written, self._registry) if as_steps else unfenced(written))

    def _said(self, facts: str) -> str:
        return "; ".join(filter(None, (facts, capabilities(self._context.models))))

    def _constraint(self, kind: ConstraintKind | None) -> Constraint | None:
        makers = {"lark": program_grammar, "json_schema": steps_schema}
        return Constraint(kind, makers[kind](self._registry, self._context.models.offers)) if kind else None


def _constraint_kind(model: LanguageModel) -> ConstraintKind | None:
    """The strictest form that a model can be held to: a grammar knows what is defined, a schema does not."""
    return next((kind for kind in FORMS if kind in model.constraints), None)


def unfenced(text: str) -> str:
    """The code inside a Markdown fence, or the text itself."""
    match = FENCE.search(text)
    return (match[1] if match else text).strip()
