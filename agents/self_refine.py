"""Better examples without anybody writing them: VURF's self-refinement (arXiv 2403.14743), offline and checked.

For each example the text model writes two programs: one that goes by the other examples, and one with none to go by.
Both are run where the video is still there. Where the free one does better than the example's own program, and the
other does not do better still, the examples were what held the planner back: the free program takes the place of the
example's, which goes into the history. So the examples come close to what the model does best. When the paper stops is
not known; here nothing is replaced unless a known answer, the checker, or confidence and grounding say so.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

from ..memory import Example, ExampleStore, VideoMemory
from ..memory.words import squeeze
from ..models import Models
from ..models.weights import Report, ignore_progress
from ..programs import Catalog, Program, check, run
from ..programs.mend import mend
from ..tools import Answer, Registry, shared_sandbox
from ..tools.confidence import MIN_GROUNDING
from ..tools.context import Context
from ..video import MediaError, Video
from ..video.errors import UsageError
from .examples import program_of
from .judge import same_answer
from .planner import SHOWN_EXAMPLES, LanguageModelPlanner, NearestExamplePlanner
from .rewriting import essence
from .session import Session
from .state import with_choice

MARGIN = 0.05
"""An answer must be surer by this much to count as surer."""
NO_VIDEO = "its video is not there: only what the checker says counts"
TEXT_MODEL = "llm=openai:MODEL@https://HOST/v1"


@dataclass(frozen=True, slots=True)
class Trial:
    """A program and how it did.

    Attributes:
        program: Its source.
        problems: What the checker says; a program with problems is not run.
        answer: What it answered; empty when it gave no answer or was not run.
        confidence: Of the answer, 0 to 1.
        grounded: Whether it found evidence and did not abstain, and the video moved the answer where that was measured.
        right: Whether the answer is the known one; None where that is not known.
        error: Why a run had no answer.
    """

    program: str
    problems: tuple[str, ...] = ()
    answer: str = ""
    confidence: float = 0.0
    grounded: bool = False
    right: bool | None = None
    error: str = ""

    def said(self) -> str:
        """In a few words: the answer and how good it is, or why there is none."""
        if self.problems:
            return f"refused: {self.problems[0]}"
        if not self.answer:
            return self.error or "not run"
        known = {True: "right, ", False: "wrong, ", None: ""}[self.right]
        return f"{self.answer} ({known}{self.confidence:.2f}{'' if self.grounded else ', not grounded'})"


@dataclass(frozen=True, slots=True)
class Change:
    """What the refinement of one example came to."""

    example: Example
    replaced: bool
    why: str
    own: Trial | None = None
    guided: Trial | None = None
    """Written after the other examples."""
    free: Trial | None = None

    def to_json(self) -> dict[str, Any]:
        """Every field as plain data."""
        trials = {name: getattr(self, name) for name in ("own", "guided", "free")}
        return {
            "id": self.example.id,
            "question": self.example.question,
            "replaced": self.replaced,
            "why": self.why,
            **{name: None if trial is None else asdict(trial) for name, trial in trials.items()},
        }


def refine_examples(
    directory: Path,
    models: Models,
    registry: Registry | None = None,
    *,
    limit: int | None = None,
    report: Report = ignore_progress,
) -> Iterator[Change]:
    """Refine the examples that have a program, those that never were and the least sure ones first.

    Args:
        directory: Of the store.
        models: With a text model that writes.
        registry: The tools; the built-in ones when left out.
        limit: So many examples at most.
        report: Told about long work.

    Yields:
        What became of each example; what is replaced is stored by then.

    Raises:
        UsageError: `examples.cannot_write`; and what the text model raises when it fails.
    """
    if not models.can_write:
        raise UsageError(
            f"the text model of the profile {models.profile.name!r} cannot write programs",
            code="examples.cannot_write",
            hint=f"Name one that can: --set {TEXT_MODEL}, or choose another --profile.",
        )
    tools, catalog = registry or Registry.builtin(), Catalog.builtin()
    with ExampleStore.open(directory) as store:
        examples = [example for example in store.all() if example.program]
        examples.sort(key=lambda example: (example.origin == "refined", example.confidence or 0.0))
        for number, example in enumerate(examples[:limit]):
            report(f"refining {example.id}", number / len(examples[:limit]))
            with ExitStack() as stack:
                bench = _Bench.of(example, directory, models, tools, catalog, stack)
                change = bench.refine()
            if change.replaced and change.free:
                kept = example.outcome == "right" or bool(example.choices and change.free.answer not in example.choices)
                store.replace_program(
                    example.id, change.free.program, why=change.why, confidence=change.free.confidence or None,
                    answer=None if kept or not change.free.answer else change.free.answer,
                )  # fmt: skip
            yield change


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where the programs of one example are written and run."""

    example: Example
    planner: LanguageModelPlanner
    registry: Registry
    context: Context
    facts: str
    video: Video | None
    """None where it is not there any more."""

    @classmethod
    def of(
        cls, example: Example, directory: Path, models: Models, registry: Registry, catalog: Catalog, stack: ExitStack
    ) -> "_Bench":
        """Open what an example needs; it is closed with the stack."""
        session = _session(example, directory, models, registry, stack)
        context = session.context() if session else _blind_context(models, stack)
        nearest = NearestExamplePlanner(catalog, models, directory, program_of(example).takes)
        facts = session.facts() if session else example.facts or "nothing"
        video = session.video if session else None
        return cls(example, LanguageModelPlanner(nearest, registry, context), registry, context, facts, video)

    def refine(self) -> Change:
        """Write both programs, try all three, and say which is best."""
        example = self.example
        others = [
            match
            for match in self.planner.examples(example.question)
            if squeeze(match.question) != squeeze(example.question)
        ]
        guided = self.planner.plan_after(others[:SHOWN_EXAMPLES], example.question, example.choices, self.facts)
        free = self.planner.plan_freely(example.question, example.choices, self.facts)
        own = self._tried(program_of(example))
        if essence(free.program.source) == essence(example.program):
            return Change(example, False, "the model writes the same program again", own)
        trials = (own, self._tried(self._mended(guided.program)), self._tried(self._mended(free.program)))
        return self._decided(*trials)

    def _decided(self, own: Trial, guided: Trial, free: Trial) -> Change:
        reason = better(free, own)
        if reason and not better(guided, free):
            return Change(self.example, True, reason, own, guided, free)
        other = "the program after examples" if reason else "its own program"
        why = f"the free program does no better than {other}" + ("" if self.video else f"; {NO_VIDEO}")
        return Change(self.example, False, why, own, guided, free)

    def _mended(self, program: Program) -> Program:
        """A written program after the same help that it gets in the loop: what is certain, then one rewriting."""
        problems = check(program, self.registry, shared_sandbox())
        if problems:
            program = mend(program, problems, self.registry).program
            problems = check(program, self.registry, shared_sandbox())
        if problems:
            program = self.planner.repair(program, problems, self.example.question, self.example.choices)
        return program

    def _tried(self, program: Program) -> Trial:
        problems = tuple(map(str, check(program, self.registry, shared_sandbox())))
        if problems or self.video is None:
            return Trial(program.source, problems)
        result = run(
            program, self.registry, self.context, video=self.video.clip(), question=self.example.question,
            choices=self.example.choices, sandbox=shared_sandbox(),
        )  # fmt: skip
        if result.answer is None:
            return Trial(program.source, error=result.error.message if result.error else result.stopped or "no answer")
        return self._trial(program.source, result.answer)

    def _trial(self, source: str, answer: Answer) -> Trial:
        said = with_choice(answer.to_json(), self.example.choices)
        moved = answer.grounding is None or answer.grounding >= MIN_GROUNDING
        grounded = bool(answer.evidence) and not said["abstained"] and moved
        right = None
        if self.example.outcome == "right" and self.example.answer:
            known = self.example.answer
            place = self.example.choices.index(known) if known in self.example.choices else None
            right = not said["abstained"] and same_answer(said, {"answer": known, "choice": place})
        return Trial(source, (), said["answer"], said["confidence"], grounded, right)


def better(one: Trial, two: Trial) -> str:
    """Why a program does better than another; empty when it does not.

    A known answer decides where there is one; else being run at all, then being grounded, and sure by `MARGIN` more.
    """
    if one.problems or one.right is False or (two.problems and one.error):
        return ""
    if two.problems:
        return f"the other is refused: {two.problems[0]}" if one.answer == "" or one.right or one.grounded else ""
    if not one.answer:
        return ""
    if one.right:
        return "" if two.right else f"it answers {one.answer!r}, which is right; the other {two.said()}"
    if not one.grounded:
        return ""
    if not two.answer:
        return f"it answers, and the other does not: {two.said()}"
    if not two.grounded:
        return "its answer is grounded, the other's is not"
    return (
        f"surer: {one.confidence:.2f} against {two.confidence:.2f}" if one.confidence > two.confidence + MARGIN else ""
    )


def _session(example: Example, directory: Path, models: Models, registry: Registry, stack: ExitStack) -> Session | None:
    """The example's video, open; None where it is not there or not what it was."""
    if not example.video:
        return None
    try:
        session = stack.enter_context(Session(example.video, models=models, store=directory, registry=registry))
    except MediaError:
        return None
    return session if example.fingerprint in ("", session.video.fingerprint) else None


def _blind_context(models: Models, stack: ExitStack) -> Context:
    """A context to plan in where there is no video: nothing is run in it, and what models say is not kept."""
    from shutil import rmtree

    folder = mkdtemp(prefix="vidprog-")
    stack.callback(rmtree, folder, ignore_errors=True)
    memory = stack.enter_context(VideoMemory.open("0", folder))
    return Context(cast(Video, None), models, memory)
