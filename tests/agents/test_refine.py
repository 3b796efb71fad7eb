"""What is tried next: each move, when it applies, and when nothing is left."""

import pytest
from vidprog.agents.judge import Diagnosis
from vidprog.agents.planner import Plan
from vidprog.agents.refine import (
    MOVES,
    REASONS,
    Situation,
    direct_to_program,
    look_closer,
    merge_evidence,
    next_plan,
    no_news,
    other_program,
)
from vidprog.programs import Catalog, Program, check
from vidprog.tools import Registry


class ScriptedPlanner:
    def __init__(self, name, *plans):
        self.name = name
        self._plans = plans

    def plan(self, question, choices, facts, tried):
        return next((plan for plan in self._plans if plan.program.name not in tried), None)


def named(name, fit=1.0):
    return Plan(Catalog.builtin().get(name), "nearest-example", "direct", fit)


LIBRARY = ScriptedPlanner("nearest-example", named("read_screen"), named("hear_speech", 0.8), named("video_rag", 0.6))
WRITTEN = Plan(Program.draft("answer(question, search(question), choices)"), "llm:test", "planned")
WRITER = ScriptedPlanner("llm:test", WRITTEN)


@pytest.fixture
def situation():
    def make(*rounds, planner=LIBRARY, choices=()):
        return Situation("What does it say?", choices, "duration 12.0 s", list(rounds), planner, LIBRARY)

    return make


def test_every_diagnosis_has_moves_and_a_reason():
    bad = set(Diagnosis.__args__) - {"good"}
    assert set(MOVES) == set(REASONS) == bad
    assert len({move for moves in MOVES.values() for move in moves}) >= 3


def test_other_program_takes_the_next_best(situation, round_of):
    plan = other_program(situation(round_of("read_screen")))
    assert (plan.program.name, plan.route, plan.fit) == ("hear_speech", "other_program", 0.8)
    tried = [round_of(name) for name in ("read_screen", "hear_speech", "video_rag")]
    assert other_program(situation(*tried)) is None


def test_direct_to_program_needs_a_model_that_writes(situation, round_of):
    assert direct_to_program(situation(round_of())) is None
    plan = direct_to_program(situation(round_of(), planner=WRITER))
    assert (plan.program.source, plan.route, plan.planner) == (WRITTEN.program.source, "direct_to_program", "llm:test")
    assert direct_to_program(situation(round_of(planner="llm:test"), planner=WRITER)) is None


def test_look_closer_looks_at_the_best_moment(situation, round_of):
    plan = look_closer(situation(round_of(moments=((7.0, "HARBOUR"),))))
    assert plan.route == "look_closer"
    assert "around(video, 7.5," in plan.program.source
    assert look_closer(situation(round_of(moments=()))) is None
    assert look_closer(situation(round_of(answer=None))) is None


def test_merge_evidence_needs_two_rounds_that_found_different_things(situation, round_of):
    one, two = round_of(moments=((1.0, "EXIT 42"),)), round_of("hear_speech", moments=((5.0, "exit soon"),))
    assert merge_evidence(situation(one)) is None
    assert merge_evidence(situation(one, one)) is None
    plan = merge_evidence(situation(one, two))
    assert plan.route == "merge_evidence"


def test_the_programs_of_moves_pass_the_checker(situation, round_of):
    one, two = round_of(moments=((1.0, "EXIT 42"),)), round_of("hear_speech", moments=((5.0, "exit soon"),))
    for plan in (look_closer(situation(one)), merge_evidence(situation(one, two))):
        assert check(plan.program, Registry.builtin()) == ()


@pytest.mark.parametrize(
    ("diagnosis", "routes", "planner", "expected"),
    [
        ("error", ["direct"], LIBRARY, "other_program"),
        ("no_answer", ["direct"], LIBRARY, "other_program"),
        ("no_evidence", ["direct"], LIBRARY, "other_program"),
        ("not_grounded", ["direct"], WRITER, "direct_to_program"),
        ("not_grounded", ["direct"], LIBRARY, "other_program"),
        ("low_confidence", ["direct"], WRITER, "direct_to_program"),
        ("low_confidence", ["direct"], LIBRARY, "look_closer"),
        ("low_confidence", ["direct", "look_closer"], LIBRARY, "other_program"),
        ("low_confidence", ["direct", "direct_to_program"], WRITER, "look_closer"),
    ],
)
def test_what_went_wrong_picks_the_move(situation, round_of, diagnosis, routes, planner, expected):
    names = ("read_screen", "hear_speech", "video_rag")
    rounds = [round_of(name, route=route, source=name) for name, route in zip(names, routes, strict=False)]
    assert next_plan(diagnosis, situation(*rounds, planner=planner)).route == expected


def test_moves_run_out(situation, round_of):
    names = ("read_screen", "hear_speech", "video_rag")
    rounds = [round_of(name, source=Catalog.builtin().get(name).source) for name in names]
    assert next_plan("error", situation(*rounds)) is None
    assert next_plan("good", situation(*rounds)) is None


def test_no_program_is_run_twice(situation, round_of):
    """A move that gives the source of an earlier round is passed over."""
    closer = look_closer(situation(round_of()))
    rounds = [round_of(), round_of("other", source=closer.program.source)]
    assert next_plan("low_confidence", situation(*rounds)).program.source != closer.program.source


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
    ],
)
def test_a_round_without_news_ends_the_loop(round_of, rounds, stale):
    assert no_news([round_of(**changes) for changes in rounds]) is stale
