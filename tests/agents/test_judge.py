"""Is an answer good enough, what is wrong with it, and which round is the best?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.agents.judge import best_round, judge

NO_EVIDENCE = {"evidence": [], "basis": "no evidence"}


@pytest.mark.parametrize(
    ("changes", "accepted", "diagnosis"),
    [
        ({"confidence": 0.9}, True, "good"),
        ({"confidence": 0.6}, True, "good"),
        ({"confidence": 0.59}, False, "low_confidence"),
        ({"confidence": 0.9, "answered": {"abstained": True}}, False, "not_grounded"),
        ({"confidence": 0.9, "answered": {**NO_EVIDENCE, "abstained": True}}, False, "no_evidence"),
        # an empty timeline that is itself the evidence: nobody speaks
        ({"confidence": 0.9, "answered": {"evidence": [], "basis": "evidence support: absence"}}, True, "good"),
        ({"answer": None}, False, "no_answer"),
        ({"answer": None, "error": {"code": "program.error", "message": "broke", "hint": ""}}, False, "error"),
        ({"answer": None, "stopped": "budget: frames limited to 8"}, False, "no_answer"),
    ],
)
def test_verdicts(round_of, changes, accepted, diagnosis):
    verdict = judge(round_of(**changes), 0.6)
    assert (verdict.accepted, verdict.diagnosis) == (accepted, diagnosis)


@pytest.mark.parametrize(
    ("rounds", "best"),
    [
        ([{"confidence": 0.5}, {"confidence": 0.3}, {"confidence": 0.1}], 0),
        ([{"confidence": 0.2}, {"confidence": 0.5}, {"confidence": 0.3}], 1),
        ([{"confidence": 0.4}, {"confidence": 0.4}], 0),  # the earliest of equals
        ([{"answer": None}, {"confidence": 0.1}], 1),
        ([{"confidence": 0.3}, {"answer": None}], 0),
        ([{"confidence": 0.9, "answered": {"abstained": True}}, {"confidence": 0.3}], 1),
        ([{"confidence": 0.9, "answered": NO_EVIDENCE}, {"confidence": 0.3, "answered": {"abstained": True}}], 1),
        ([{"confidence": 0.5}, {"confidence": 0.6, "fit": 0.5}], 0),  # a program that fits the question less
        ([{"answer": None}], 0),
    ],
)
def test_the_best_round(round_of, rounds, best):
    assert best_round([round_of(**changes) for changes in rounds]) == best


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_no_round_is_surer_than_the_best(confidences):
    rounds = [{"answer": {"basis": "x", "abstained": False, "confidence": value}, "fit": 1.0} for value in confidences]
    assert confidences[best_round(rounds)] == max(confidences)
