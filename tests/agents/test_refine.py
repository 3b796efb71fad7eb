"""Which move is made next, and when nothing is left to try."""

from dataclasses import replace

import pytest
from vidprog.agents.moves import Situation, repeats
from vidprog.agents.planner import SHOWN_EXAMPLES, Plan
from vidprog.agents.policy import default_policy
from vidprog.agents.refine import next_plan, no_news
from vidprog.programs import Catalog, Program
from vidprog.tools import Registry
from vidprog.tools.contents import LOOKED

REGISTRY = Registry.builtin()
TOOLS = frozenset(REGISTRY.names) - {"ask", "yes_no", "yes_scores"}
"""Those of a profile without a model that sees."""


class ScriptedPlanner:
    def __init__(self, name, *plans):
        self.name = name
        self._plans = plans

    def plan(self, question, choices, facts, tried, skip=0):
        left = [plan for plan in self._plans if plan.program.name not in tried]
        return next(iter(left[skip:]), None)


def named(name, fit=1.0):
    return Plan(Catalog.builtin().get(name), "nearest-example", "direct", fit)


LIBRARY = ScriptedPlanner("nearest-example", named("read_screen"), named("hear_speech", 0.8), named("video_rag", 0.6))
WRITTEN = Plan(Program.draft("answer(question, search(question), choices)"), "llm:test", "planned")
WRITER = ScriptedPlanner("llm:test", WRITTEN)
NAMES = ("read_screen", "hear_speech", "video_rag")
MOVES = default_policy().moves


@pytest.fixture
def situation():
    def make(*rounds, planner=LIBRARY, choices=(), **changes):
        fields = {"registry": REGISTRY, "tools": TOOLS, "duration": 12.0, "interval": 0.5} | changes
        return Situation(
            "What does it say?", choices, "duration 12.0 s", list(rounds), planner=planner, fallback=LIBRARY, **fields
        )

    return make


@pytest.mark.parametrize(
    ("diagnosis", "routes", "planner", "expected"),
    [
        ("error", ["direct"], LIBRARY, "other_program"),
        ("no_answer", ["direct"], LIBRARY, "other_program"),
        ("no_evidence", ["direct"], LIBRARY, "other_program"),
        ("no_evidence", ["direct", "other_program"], LIBRARY, "other_tool"),
        ("not_grounded", ["direct"], WRITER, "direct_to_program"),
        ("not_grounded", ["direct"], LIBRARY, "other_program"),
        ("low_confidence", ["direct"], WRITER, "direct_to_program"),
        ("low_confidence", ["direct"], LIBRARY, "finer_window"),  # whose planner writes no programs
        ("low_confidence", ["direct", "finer_window"], LIBRARY, "other_program"),
        ("low_confidence", ["direct", "direct_to_program"], WRITER, "finer_window"),
        ("contradiction", ["direct"], LIBRARY, "finer_window"),
        ("contradiction", ["direct", "other_program"], LIBRARY, "merge_evidence"),
        ("critic", ["direct"], LIBRARY, "other_program"),
    ],
)
def test_what_went_wrong_picks_the_move(situation, round_of, diagnosis, routes, planner, expected):
    rounds = [
        round_of(name, route=route, source=Catalog.builtin().get(name).source, moments=((number, name),))
        for number, (name, route) in enumerate(zip(NAMES, routes, strict=False))
    ]
    assert next_plan(diagnosis, situation(*rounds, planner=planner), MOVES).route == expected


def test_the_policy_says_which_moves_there_are(situation, round_of):
    here = situation(round_of(source=Catalog.builtin().get("read_screen").source))
    assert next_plan("low_confidence", here, {"low_confidence": ("other_tool",)}).route == "other_tool"
    assert next_plan("low_confidence", here, {"low_confidence": ()}) is None
    assert next_plan("low_confidence", here, {}) is None


def test_a_move_is_made_again_when_it_has_something_new(situation, round_of):
    rounds = [round_of("read_screen"), round_of("hear_speech", route="other_program")]
    plan = next_plan("no_answer", situation(*rounds), MOVES)
    assert (plan.route, plan.program.name) == ("other_program", "video_rag")


def test_other_examples_are_for_planners_that_write(situation, round_of):
    many = [named(program.name) for program in list(Catalog.builtin())[:12]]
    choosing, writing = ScriptedPlanner("nearest-example", *many), ScriptedPlanner("llm:test", *many)
    here = situation(round_of(), planner=choosing)
    moves = {"low_confidence": ("other_examples",)}
    assert next_plan("low_confidence", replace(here, fallback=choosing), moves) is None
    written = situation(round_of(planner="llm:test"), planner=writing)
    assert next_plan("low_confidence", written, moves).program.name == many[SHOWN_EXAMPLES].program.name


def test_moves_run_out(situation, round_of):
    rounds = [round_of(name, source=Catalog.builtin().get(name).source) for name in NAMES]
    assert next_plan("error", situation(*rounds), MOVES) is None
    assert next_plan("good", situation(*rounds), MOVES) is None


def test_no_program_is_run_twice(situation, round_of):
    """A move that gives the program of an earlier round is passed over, however it is written down."""
    first = next_plan("low_confidence", situation(round_of()), MOVES)
    copy = "# the same\n" + first.program.source.replace(" = ", "  =  ")
    rounds = [round_of(), round_of("other", source=copy)]
    assert repeats(first.program.source, {}, rounds)
    assert next_plan("low_confidence", situation(*rounds), MOVES).route != first.route


def test_a_program_with_another_model_is_another_run(round_of):
    rounds = [round_of(source="answer(question, None)")]
    assert repeats("answer(question, None)", {}, rounds)
    assert not repeats("answer(question, None)", {"vlm": "openai:b"}, rounds)
    assert repeats("x = [", {}, [round_of(source="x = [ ")])  # what cannot be parsed is compared as text


@pytest.mark.parametrize(
    ("rounds", "stale"),
    [
        ([{}], False),
        ([{}, {}], True),
        ([{}, {"answer": "43"}], False),
        ([{}, {"moments": ((6.0, "HARBOUR"),)}], False),
        ([{"moments": ((1.0, "a"), (2.0, "b"))}, {"moments": ((2.0, "b"),)}], True),
        ([{}, {"answer": None}], False),
        ([{}, {"answer": "7", "moments": ((6.0, "X"),)}, {"answer": "42"}], True),
        ([{"moments": ((1.0, LOOKED),)}, {"moments": ((2.0, LOOKED),)}], True),  # looking is not finding
    ],
)
def test_a_round_without_news_ends_the_loop(round_of, rounds, stale):
    assert no_news([round_of(**changes) for changes in rounds]) is stale
