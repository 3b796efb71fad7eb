"""The loop as a LangGraph graph: recall, plan, check, repair, run, answer, judge, refine.

Every node takes and gives plain data (:mod:`.state`); what cannot be written down (models, memory, the sandbox) is
held by :class:`Loop`. The checkpoint is written before the next node starts, so a killed process goes on there.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..memory import Timeline
from ..models.errors import MissingRoleError
from ..programs import ProgramError, check, missing_roles, run
from ..programs.mend import mend
from ..programs.trace import Step, describe, describe_arguments
from ..tools import Meter, Usage, shared_sandbox
from ..tools.context import Context
from ..tools.sampling import Sampling
from ..tools.search import known_hits
from ..video.errors import VidprogError
from . import events
from .critic import BELIEVED, support_by_critic
from .judge import Verdict, is_sure, judge
from .moves import Situation, repeats, usable_tools
from .planner import LanguageModelPlanner, NearestExamplePlanner, Plan, Planner
from .refine import REASONS, next_plan, no_news
from .session import Session
from .settings import Settings
from .state import State, plan_data, program_of, round_data

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

MAX_REPAIRS = 2
EDGES = 10_000
"""LangGraph's own limit of steps; the policy's number of rounds ends a question long before."""
Emit = Callable[[events.Event], None]


class Loop:
    """The nodes of the graph and what they share."""

    def __init__(self, session: Session, settings: Settings, emit: Emit, usage: Usage | None = None) -> None:
        self._session = session
        self._settings = settings
        self._rules = settings.rules
        self._context = session.context(
            settings.budget, report=lambda message, share: emit(events.Progress(message, share))
        )
        self._to = emit
        self._context.meter = Meter(settings.budget, usage, cancellation=self._context.meter.cancellation)
        self._nearest = NearestExamplePlanner(session.catalog, session.models, session.store, session.takes)
        self._planner = self._main_planner()
        self._contexts: dict[tuple[tuple[str, str], ...], Context] = {(): self._context}

    def _main_planner(self) -> Planner:
        models = self._session.models
        if models.can_write:
            return LanguageModelPlanner(self._nearest, self._session.registry, self._context)
        return self._nearest

    def _emit(self, event: events.Event) -> None:
        """Tell an event; of a question that was cancelled nothing more is told."""
        self._context.meter.cancellation.check()
        self._to(event)

    @property
    def usage(self) -> Usage:
        """What was used up to now."""
        return self._context.meter.usage

    def recall(self, state: State) -> State:
        """What is known about the video."""
        facts = self._session.facts()
        self._emit(events.Recalled(facts))
        return self._done(facts=facts, rounds=[], warnings=list(self._session.warnings))

    def plan(self, state: State) -> State:
        """A program for the first round; later rounds come with one from ``refine``."""
        if state.get("plan"):
            return self._announce(state, state["plan"])
        if self._settings.program is not None:
            return self._announce(state, plan_data(self._given()))
        try:
            found = self._planner.plan(state["question"], state["choices"], state["facts"], ())
        except VidprogError as error:  # no server, no budget for it: a named program can still be run
            found = self._nearest.plan(state["question"], state["choices"], state["facts"], ())
            state["warnings"].append(f"{self._planner.name} could not plan: {error.message}")
        if found is None:
            raise MissingRoleError("llm", self._session.models.profile.name)
        return {**self._announce(state, plan_data(found)), "warnings": state["warnings"]}

    def _given(self) -> Plan:
        program = self._session.catalog.get(self._settings.program or "")
        for role in missing_roles(program, self._session.models.offers):
            error = MissingRoleError(role, self._session.models.profile.name)
            error.message = f"the program {program.name} needs the role {role}: {error.message}"
            raise error
        return Plan(program, "given", "given")

    def _announce(self, state: State, plan: dict[str, Any]) -> State:
        number = len(state["rounds"]) + 1
        self._emit(events.Planned(number, plan["name"], plan["planner"], plan["route"], plan["source"]))
        return self._done(plan=plan, repairs=0, mended=False)

    def check(self, state: State) -> State:
        """All problems of the program at once; one that was run before ends the loop."""
        plan = state["plan"]
        problems = check(program_of(plan), self._session.registry, shared_sandbox())
        texts = [str(problem) for problem in problems]
        self._emit(events.Checked(len(state["rounds"]) + 1, tuple(texts)))
        if texts and plan["planner"] == "given":
            raise ProgramError(f"the program is refused: {texts[0]}", code="program.refused", hint="; ".join(texts[1:]))
        return self._done(problems=texts, stop=not texts and repeats(plan["source"], plan["models"], state["rounds"]))

    def repair(self, state: State) -> State:
        """Mend a refused program: what has one remedy at once, then by the text model, then take one of the library."""
        number, plan = len(state["rounds"]) + 1, state["plan"]
        program = program_of(plan)
        problems = check(program, self._session.registry, shared_sandbox())
        mended = None if state["mended"] else mend(program, problems, self._session.registry)
        if mended is not None and mended.changes:
            self._emit(events.Repaired(number, "; ".join(mended.changes)))
            changes = [*plan.get("changes", ()), *mended.changes]
            return self._done(plan={**plan, "source": mended.program.source, "changes": changes}, mended=True)
        if state["repairs"] < MAX_REPAIRS and isinstance(self._planner, LanguageModelPlanner):
            try:
                fixed = self._planner.repair(program, problems, state["question"], state["choices"])
            except VidprogError:  # no server, no budget for it: the library is left
                return self._replaced(state, number)
            self._emit(events.Repaired(number, "rewritten by the text model"))
            written = {"name": fixed.name, "source": fixed.source, "planner": self._planner.name}
            return self._done(plan={**plan, **written}, repairs=state["repairs"] + 1, mended=False)
        return self._replaced(state, number)

    def _replaced(self, state: State, number: int) -> State:
        """The best fitting program of the library instead of a refused one; the end, where none is left."""
        plan = state["plan"]
        tried = {round_["program"] for round_ in state["rounds"]} | {plan["name"]}
        found = self._nearest.plan(state["question"], state["choices"], state["facts"], tried)
        if found is None and state["rounds"]:  # the rounds that are finished are worth more than another one
            warning = f"no other try: the program was refused ({state['problems'][0]})"
            return self._done(stop=True, warnings=[*state["warnings"], warning])
        if found is None:
            raise ProgramError(
                "no program passes the checker", code="program.refused", hint="; ".join(state["problems"])
            )
        self._emit(events.Repaired(number, f"replaced by {found.program.name}"))
        warning = f"the planned program was refused ({state['problems'][0]}); {found.program.name} was run instead"
        fallback = plan_data(replace(found, route="fallback"))
        return self._done(plan=fallback, warnings=[*state["warnings"], warning], repairs=state["repairs"] + 1)

    def run(self, state: State) -> State:
        """Run the program in the sandbox; every tool call is an event."""
        number = len(state["rounds"]) + 1

        def on_step(step: Step) -> None:
            self._emit(events.StepDone(number, step))

        context = self._context_of(state["plan"]["models"])
        result = run(
            program_of(state["plan"]), self._session.registry, context, video=self._session.video.clip(),
            videos=[each.clip() for each in self._session.videos], question=state["question"],
            choices=state["choices"], on_step=on_step, sandbox=shared_sandbox(),
        )  # fmt: skip
        return self._done(rounds=[*state["rounds"], round_data(state["plan"], result, state["choices"])])

    def _context_of(self, models: Mapping[str, str]) -> Context:
        """The host's side for a run, with the models that play other roles in it."""
        key = tuple(sorted(models.items()))
        if key not in self._contexts:
            changed = self._session.models.replaced(models)
            others = [replace(other, models=changed) for other in self._context.others]
            self._contexts[key] = replace(self._context, models=changed, others=others)
        return self._contexts[key]

    def answer(self, state: State) -> State:
        """See that the round has an answer: a program that broke off is answered from what is on the timeline."""
        *earlier, round_ = state["rounds"]
        if round_["answer"] is None:
            round_ = self._answered_from_timeline(state, round_)
        answer = round_["answer"] or {}
        self._emit(
            events.Answered(
                len(state["rounds"]),
                answer.get("answer", ""),
                answer.get("confidence", 0.0),
                answer.get("abstained", True),
            )
        )
        return self._done(rounds=[*earlier, round_])

    def _answered_from_timeline(self, state: State, round_: dict[str, Any]) -> dict[str, Any]:
        """The round with an answer from what was found before; unchanged when nothing was."""
        moments = [hit.observation for hit in known_hits(self._context, state["question"])]
        if not moments:
            return round_
        # What is on the timeline was paid for: looking no further, it may still be answered from.
        self._context.meter.budget = replace(self._settings.budget, frames=None, seconds=None)
        arguments = {"question": state["question"], "evidence": Timeline(moments), "choices": state["choices"] or None}
        tool = self._session.registry.get("answer")
        before = self.usage
        try:
            answer = tool.run((), arguments, self._context)
        except VidprogError:
            return round_  # the round's own error is what the user should read
        finally:
            self._context.meter.budget = self._settings.budget
        step = Step(
            tool.name, describe_arguments(tool, (), arguments), describe(answer), (self.usage - before).seconds,
            why="the program gave no answer: this one is from what was found before",
        )  # fmt: skip
        self._emit(events.StepDone(len(state["rounds"]), step))
        return {**round_, "answer": answer.to_json(), "steps": [*round_["steps"], step.to_json()]}

    def judge(self, state: State) -> State:
        """Is it good enough, and may the loop go on?"""
        *earlier, round_ = state["rounds"]
        number = len(state["rounds"])
        verdict = judge(state["rounds"], self._rules.threshold)
        changes: State = {}
        round_ = {**round_, "sure": is_sure(round_, self._rules.threshold)}
        if verdict.accepted and self._rules.critic and self._session.models.can_write:
            round_["critic"], changes = self._second_opinion(state, round_["answer"])
            if round_["critic"] is not None and round_["critic"] < BELIEVED:
                verdict = Verdict(False, "critic")
        self._emit(events.Judged(number, verdict.accepted, verdict.diagnosis, verdict.reason))
        rounds = [*earlier, {**round_, "diagnosis": verdict.diagnosis, "reason": verdict.reason}]
        stop = (
            verdict.accepted
            or self._settings.program is not None
            or number >= self._rules.max_rounds
            or round_["stopped"].startswith("budget")
            or no_news(rounds)
        )
        return self._done(**changes, rounds=rounds, diagnosis=verdict.diagnosis, stop=stop)

    def _second_opinion(self, state: State, answer: dict[str, Any]) -> tuple[float | None, State]:
        """What the critic says; that it could not be asked is a warning, not the end of the question."""
        try:
            return support_by_critic(self._context.llm, state["question"], answer), {}
        except VidprogError as error:
            return None, {"warnings": [*state["warnings"], f"the critic could not be asked: {error.message}"]}

    def refine(self, state: State) -> State:
        """One move, picked by what went wrong; stops when no move is left."""
        try:
            found = next_plan(state["diagnosis"], self._situation(state), self._rules.moves)
        except VidprogError as error:  # the rounds that are finished are worth more than another one
            return self._done(stop=True, plan={}, warnings=[*state["warnings"], f"no other try: {error.message}"])
        if found is None:
            return self._done(stop=True, plan={})
        reason = state["rounds"][-1]["reason"] or REASONS[state["diagnosis"]]
        self._emit(events.Refined(len(state["rounds"]), found.route, reason))
        return self._done(plan=plan_data(found), stop=False)

    def _situation(self, state: State) -> Situation:
        session = self._session
        roles, video = session.models.offers, session.video
        return Situation(
            question=state["question"], choices=tuple(state["choices"]), facts=state["facts"], rounds=state["rounds"],
            planner=self._planner, fallback=self._nearest, registry=session.registry,
            tools=usable_tools(session.registry, roles, video),
            special=frozenset(program.name for program in session.catalog if program.special),
            several=session.takes == "several", duration=video.duration,
            interval=Sampling.for_clip(video.clip()).interval,
            specs=session.models.profile.to_json(), alternatives=self._rules.alternatives,
        )  # fmt: skip

    def _done(self, **changes: Any) -> State:
        state: State = {**changes, "usage": self.usage.to_json()}  # type: ignore[typeddict-item]
        return state

    def compile(self, checkpointer: "BaseCheckpointSaver | None" = None) -> Any:
        """The graph, ready to be invoked."""
        from langgraph.graph import END, START, StateGraph

        graph: Any = StateGraph(State)
        for node in ("recall", "plan", "check", "repair", "run", "answer", "judge", "refine"):
            graph.add_node(node, getattr(self, node))
        for path in ((START, "recall", "plan", "check"), ("run", "answer", "judge")):
            for start, end in pairwise(path):
                graph.add_edge(start, end)
        graph.add_conditional_edges("check", _after_check, ["repair", "run", END])
        graph.add_conditional_edges("repair", lambda state: END if state["stop"] else "check", ["check", END])
        graph.add_conditional_edges("judge", lambda state: END if state["stop"] else "refine", ["refine", END])
        graph.add_conditional_edges("refine", lambda state: END if state["stop"] else "plan", ["plan", END])
        return graph.compile(checkpointer=checkpointer)


def _after_check(state: State) -> str:
    """A program with problems is repaired; one that was run before ends the loop: it would find the same."""
    from langgraph.graph import END

    return "repair" if state["problems"] else END if state["stop"] else "run"
