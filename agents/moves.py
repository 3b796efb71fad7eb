"""What can be tried next: the moves, each a small function from the situation to a plan, and one table of them.

A move looks at the finished rounds and gives a plan, or None when it does not apply or has nothing new to try. Its plan
is run like any other; whether it helped is for the judge to say. When which move is tried is for the policy.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..programs import Problem, Program, check
from ..programs.mend import mend
from ..tools import Registry, shared_sandbox
from ..tools.contents import LOOKED
from ..video import Video
from ..video.errors import VidprogError
from .bugs import bug_of
from .judge import best_round
from .planner import SHOWN_EXAMPLES, Plan, Planner
from .rewriting import (
    called,
    essence,
    merged,
    up_to_line,
    with_finer_looks,
    with_frames_of_change,
    with_more_frames,
    with_other_kinds,
    with_other_tool,
)

REFINER = "refiner"
"""Planner of programs that moves make."""
FINER = 0.75
"""Length of a piece in cells of the first look; a piece gets three looks, so they are four times as close."""
DENSER = 1.5
"""The same where the whole part is looked at again, twice as closely."""
WINDOW_CELLS = 4
"""Cells of the first look that are looked at closely at most; that of a short moment and its neighbours are three."""
WINDOW_FRAMES = 8
"""Frames of that window that a vision-language model sees."""
MOST_PIECES = 120
"""Pieces of a finer look at most; a program may call tools 300 times, and reads and detects in each piece."""
LESS_FITTING = {
    "finer_window": 0.7,
    "more_frames": 0.9,
    "other_frames": 0.95,
    "other_tool": 0.8,
    "merge_evidence": 0.9,
    "fix_bug": 0.8,
}
"""How well programs of moves fit the question, compared with those they are made of: they only guess where to look.

For ``fix_bug`` it is that of a program that was cut short."""
SWAPS: tuple[tuple[str, str], ...] = (
    ("read_text", "transcribe"),
    ("transcribe", "read_text"),
    ("detect", "read_text"),
    ("read_text", "detect"),
)
"""Tool -> one of the same form that looks elsewhere, the likelier first: what is not written is mostly said."""
SWAPPED_KINDS = {"text": "speech", "speech": "text", "object": "text"}


@dataclass(frozen=True, slots=True)
class Situation:
    """What a move may look at.

    Attributes:
        question: The question.
        choices: Its options; empty for an open question.
        facts: What is known about the video, in a line.
        rounds: Finished rounds in order as :mod:`.state` keeps them.
        planner: Made the first plan.
        fallback: Chooses among the named programs.
        registry: The tools.
        tools: Names of those that can find something: their roles are played, and the video has what they look at.
        special: Names of programs for one kind of question each; on any other they only make noise.
        several: Whether the question is about several videos: a closer look at one of them cannot answer it.
        duration: Of the video, seconds.
        interval: Between two moments of the first look, seconds.
        specs: Role -> spec of the model that plays it.
        alternatives: Role -> specs of other models that may be tried.
    """

    question: str
    choices: tuple[str, ...]
    facts: str
    rounds: list[dict[str, Any]]
    planner: Planner
    fallback: Planner
    registry: Registry
    tools: frozenset[str] = frozenset()
    special: frozenset[str] = frozenset()
    several: bool = False
    duration: float = 0.0
    interval: float = 0.5
    specs: Mapping[str, str] = field(default_factory=dict)
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def tried(self) -> set[str]:
        """Names of the programs that were run."""
        return {round_["program"] for round_ in self.rounds}

    @property
    def best(self) -> dict[str, Any]:
        """The best round."""
        return self.rounds[best_round(self.rounds)]

    @property
    def sees(self) -> bool:
        """Whether a model looks at frames themselves; without one their number changes nothing."""
        return "ask" in self.tools

    def ran(self, plan: Plan) -> bool:
        """Whether the same program was run with the same models."""
        return repeats(plan.program.source, plan.models, self.rounds)

    def accepts(self, program: Program) -> bool:
        """Whether a program passes the checker."""
        return not check(program, self.registry, shared_sandbox())


Move = Callable[[Situation], Plan | None]


def repeats(source: str, models: Mapping[str, str], rounds: list[dict[str, Any]]) -> bool:
    """Whether a program was run in one of the rounds with the same models."""
    known = {(essence(round_["source"]), tuple(sorted(round_.get("models", {}).items()))) for round_ in rounds}
    return (essence(source), tuple(sorted(models.items()))) in known


def usable_tools(registry: Registry, roles: frozenset[str], video: Video) -> frozenset[str]:
    """The tools whose roles are played and that find something to look at, or to listen to, in a video."""
    lacking = set[str]()
    if not video.has_video:
        lacking |= {"look", "read", "frames"}
    if not (video.has_audio or video.subtitles):
        lacking.add("hear")
    return frozenset(tool.name for tool in registry if tool.kind not in lacking and roles.issuperset(tool.needs))


def program_of_round(round_: dict[str, Any]) -> Program:
    """The program of a finished round."""
    return Program.draft(round_["source"], name=round_["program"])


def _variant(round_: dict[str, Any], program: Program | None, move: str, fit: float = 1.0) -> Plan | None:
    """A plan for a program that was made of a round's, to be run with the same models."""
    if program is None:
        return None
    return Plan(program, REFINER, move, round_["fit"] * fit, models=round_.get("models", {}))


def _first_new(situation: Situation, plans: list[Plan | None]) -> Plan | None:
    return next((plan for plan in plans if plan is not None and not situation.ran(plan)), None)


# ---- other programs


def fix_bug(situation: Situation) -> Plan | None:
    """A program that stopped with an error: mended, rewritten by a text model that sees the error, or cut short.

    The cheap remedy comes first: what has one certain cure is cured. Without a text model that writes, the program ends
    where it stopped and answers from what it had found by then.
    """
    round_ = situation.rounds[-1]
    program = program_of_round(round_)
    problem = bug_of(round_, program)
    if problem is None:
        return None
    done = mend(program, (problem,), situation.registry)
    cured = _variant(round_, done.program if done.changes else None, "fix_bug")
    short = _variant(round_, up_to_line(program, problem.line, situation.registry), "fix_bug", LESS_FITTING["fix_bug"])
    return _first_new(situation, [cured]) or _first_new(situation, [_rewritten(situation, problem), short])


def _rewritten(situation: Situation, problem: Problem) -> Plan | None:
    """The last round's program as a text model rewrites it; None without one, or when it cannot be asked."""
    repair = getattr(situation.planner, "repair", None)
    if repair is None:
        return None
    round_ = situation.rounds[-1]
    try:
        fixed = repair(program_of_round(round_), (problem,), situation.question, situation.choices)
    except VidprogError:  # no server, no budget for it: the program is cut short
        return None
    return _variant(round_, fixed, "fix_bug")


def direct_to_program(situation: Situation) -> Plan | None:
    """After a named program, one that the text model writes (where it can write)."""
    if situation.planner is situation.fallback or _planned(situation):
        return None
    plan = situation.planner.plan(situation.question, situation.choices, situation.facts, situation.tried)
    return replace(plan, route="direct_to_program") if plan else None


def _planned(situation: Situation) -> list[dict[str, Any]]:
    """The rounds whose program the planner wrote."""
    return [round_ for round_ in situation.rounds if round_["planner"] == situation.planner.name]


def other_examples(situation: Situation) -> Plan | None:
    """Planning again with the next most similar examples, as VideoICL goes on (arXiv 2412.02186)."""
    written = len(_planned(situation))
    if not written or situation.planner is situation.fallback:
        return None
    plan = situation.planner.plan(
        situation.question, situation.choices, situation.facts, situation.tried, skip=written * SHOWN_EXAMPLES
    )
    return replace(plan, route="other_examples") if plan else None


def other_program(situation: Situation) -> Plan | None:
    """The next best fitting program among those that suit any question."""
    plan = situation.fallback.plan(
        situation.question, situation.choices, situation.facts, situation.tried | situation.special
    )
    return replace(plan, route="other_program") if plan else None


# ---- more of the same


def other_frames(situation: Situation) -> Plan | None:
    """The best round's program with frames from where the picture changes: what is short falls between even ones."""
    if not situation.sees:
        return None
    round_ = situation.best
    changed = with_frames_of_change(program_of_round(round_), situation.registry)
    return _variant(round_, changed, "other_frames", LESS_FITTING["other_frames"])


def more_frames(situation: Situation) -> Plan | None:
    """The best round's program with twice as many frames; one that counts no frames looks more closely instead."""
    round_ = situation.best
    program = program_of_round(round_)
    more = with_more_frames(program, situation.registry) if situation.sees else None
    if more is None and program.name not in situation.special and not situation.several:
        more = _finer(situation, program)
    return _variant(round_, more, "more_frames", LESS_FITTING["more_frames"])


def _finer(situation: Situation, program: Program) -> Program | None:
    """The looks of a program made twice as closely; one that searches gets a look of its own."""
    seconds = round(DENSER * situation.interval, 3)
    if situation.duration / seconds > MOST_PIECES or "split_clip" not in situation.tools:
        return None
    uses = called(program.source)
    if not uses & {"search", "localize"}:
        return with_finer_looks(program, seconds)
    looks = _looks(situation, "piece")
    source = _finer_source("named_range(video, question)", seconds, looks)
    return Program.draft(source, name="finer_look") if looks else None


def _looks(situation: Situation, clip: str) -> str:
    return " + ".join(f"{tool}({clip})" for tool in ("read_text", "detect") if tool in situation.tools)


def _finer_source(part: str, seconds: float, looks: str, more: str = "", shown: str = "") -> str:
    return (
        f"part = {part}\n"
        f"lines = [line for piece in split_clip(part, {seconds}) for line in {looks}]\n"
        f"answer(question, lines{more}, choices{shown})\n"
    )


WINDOW_EVIDENCE = {"transcribe": "transcribe(part)", "search": 'search(question + " " + ", ".join(choices))'}
"""Tool -> the evidence it adds to the looks in a window."""


def finer_window(situation: Situation) -> Plan | None:
    """Frames near the best moment, four times as close together as the first look's."""
    round_ = situation.best
    looks = _looks(situation, "piece")
    moments = [moment for moment in (round_["answer"] or {}).get("evidence", ()) if moment["content"] != LOOKED]
    if not moments or not looks or "split_clip" not in situation.tools or situation.several:
        return None
    best = max(moments, key=lambda moment: moment["score"])
    half = min(WINDOW_CELLS / 2 * situation.interval, (best["end"] - best["start"]) / 2 + situation.interval)
    middle = (best["start"] + best["end"]) / 2
    start, end = max(0.0, middle - half), min(situation.duration, middle + half)
    shown = ""
    if situation.sees and _can_show(situation):
        shown = f", pictures=select_frames(part, {WINDOW_FRAMES})"
    # What speaks against the window stays in the evidence: alone, it would confirm itself.
    more = [call for tool, call in WINDOW_EVIDENCE.items() if tool in situation.tools]
    source = _finer_source(
        f"trim(video, {start:.2f}, {end:.2f})", round(FINER * situation.interval, 3), looks,
        "".join(f" + {call}" for call in more), shown,
    )  # fmt: skip
    return Plan(Program.draft(source, name="finer_window"), REFINER, "finer_window", LESS_FITTING["finer_window"])


def _can_show(situation: Situation) -> bool:
    """Whether ``answer`` takes pictures."""
    parameters = situation.registry.get("answer").parameters if "answer" in situation.registry else ()
    return any(parameter.name == "pictures" for parameter in parameters)


# ---- other means


def other_tool(situation: Situation) -> Plan | None:
    """The best round's program with a tool exchanged for one that looks elsewhere: speech for writing and so on."""
    round_ = situation.best
    program = program_of_round(round_)
    uses = called(program.source)
    swaps = [
        with_other_tool(program, situation.registry, tool, other)
        for tool, other in SWAPS
        if tool in uses and other not in uses and other in situation.tools
    ]
    swaps.append(with_other_kinds(program, situation.registry, SWAPPED_KINDS))
    return _first_new(situation, [_variant(round_, swap, "other_tool", LESS_FITTING["other_tool"]) for swap in swaps])


def other_model(situation: Situation) -> Plan | None:
    """The best round's program run with another model in a role that it needs; the policy names which."""
    round_ = situation.best
    needs = _roles_of(round_, situation.registry)
    plans = [
        Plan(
            program_of_round(round_), round_["planner"], "other_model", round_["fit"],
            models={**round_.get("models", {}), role: spec},
        )
        for role, specs in situation.alternatives.items()
        for spec in specs
        if role in needs and spec != situation.specs.get(role)
    ]  # fmt: skip
    return _first_new(situation, list(plans))


def _roles_of(round_: dict[str, Any], registry: Registry) -> set[str]:
    """The roles that the program of a round calls on."""
    tools = [registry.get(name) for name in called(round_["source"]) if name in registry]
    roles = {need.partition(".")[0] for tool in tools for need in tool.needs}
    return roles | ({"vlm"} if "pictures=" in round_["source"] else set())


# ---- everything together


def merge_evidence(situation: Situation) -> Plan | None:
    """Everything the rounds found, answered from together.

    The rounds' programs are put into one that takes the evidence of each: what their tools found is known and is not
    looked for again.
    """
    rounds = [round_ for round_ in situation.rounds if round_["answer"] and round_["answer"]["evidence"]]
    marks = {(m["kind"], m["content"]) for round_ in rounds for m in round_["answer"]["evidence"]}
    if len(rounds) < 2 or len(marks) < 2:
        return None
    best = situation.best
    ordered = sorted(rounds, key=lambda round_: round_ is not best)
    programs = list({essence(round_["source"]): program_of_round(round_) for round_ in ordered}.values())
    source = merged(programs, situation.registry, situation.accepts)
    if not source:
        return None
    return Plan(Program.draft(source, name="merge_evidence"), REFINER, "merge_evidence", LESS_FITTING["merge_evidence"])


MOVES: dict[str, Move] = {
    move.__name__: move
    for move in (
        fix_bug, direct_to_program, other_program, other_frames, more_frames, finer_window, other_examples, other_tool,
        other_model, merge_evidence,
    )
}  # fmt: skip
"""Every move by its name; the policy lists them by diagnosis."""
