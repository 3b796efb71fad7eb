"""Is an answer good enough, what is wrong with it, and which round is the best?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.agents.judge import Verdict, best_round, judge, worth

NO_EVIDENCE = {"evidence": [], "basis": "no evidence"}
SURE_42 = {"answer": "42", "confidence": 0.9, "answered": {"choice": 0}, "sure": True}
SURE_17 = {"answer": "17", "confidence": 0.85, "answered": {"choice": 1}, "sure": True}


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
        ({"confidence": 0.9, "answered": {"contradictions": ["two say different things"]}}, False, "contradiction"),
        ({"confidence": 0.3, "answered": {"contradictions": ["two say different things"]}}, False, "contradiction"),
        ({"confidence": 0.9, "answered": {"contradictions": []}}, True, "good"),
        ({"answer": None}, False, "no_answer"),
        ({"answer": None, "error": {"code": "program.error", "message": "broke", "hint": ""}}, False, "error"),
        ({"answer": None, "stopped": "budget: frames limited to 8"}, False, "no_answer"),
    ],
)
def test_verdicts(round_of, changes, accepted, diagnosis):
    verdict = judge([round_of(**changes)], 0.6)
    assert (verdict.accepted, verdict.diagnosis) == (accepted, diagnosis)


@pytest.mark.parametrize(
    ("rounds", "accepted", "reason"),
    [
        # two rounds that are sure of different choices
        ([("42", 0, 0.9), ("17", 1, 0.9)], False, "round 1 is sure of '42'"),
        ([("42", 0, 0.9), ("17", 1, 0.7)], False, "round 1 is sure of '42'"),
        ([("42", 0, 0.9), ("42", 0, 0.7)], True, ""),
        # an unsure round contradicts nothing
        ([("42", 0, 0.5), ("17", 1, 0.9)], True, ""),
        # a third round decides between two
        ([("42", 0, 0.9), ("17", 1, 0.9), ("17", 1, 0.7)], True, ""),
        ([("42", 0, 0.9), ("17", 1, 0.9), ("8", 2, 0.7)], False, "round 2 is sure of '17'"),
        # open answers: other words for the same thing are the same, other numbers are not
        ([("42", None, 0.9), ("EXIT 42", None, 0.9)], True, ""),
        ([("EXIT 17", None, 0.9), ("EXIT 42", None, 0.9)], False, "round 1 is sure of 'EXIT 17'"),
        ([("yes", None, 0.9), ("no", None, 0.9)], False, "round 1 is sure of 'yes'"),
    ],
)
def test_rounds_that_contradict_one_another(round_of, rounds, accepted, reason):
    given = [round_of(answer=text, confidence=sure, answered={"choice": choice}) for text, choice, sure in rounds]
    verdict = judge(given, 0.6)
    assert (verdict.accepted, verdict.reason) == (accepted, reason)
    assert verdict.diagnosis == ("good" if accepted else "contradiction")


def test_an_error_is_what_is_wrong_with_an_answer_from_before_it(round_of):
    broke = {"code": "program.error", "message": "line 2: IndexError", "hint": ""}
    assert judge([round_of(confidence=0.3, error=broke)], 0.6) == Verdict(False, "error", "line 2: IndexError")
    assert judge([round_of(confidence=0.9, error=broke)], 0.6).accepted


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
        # what speaks against a round makes it worth half
        ([{"confidence": 0.9, "answered": {"contradictions": ["x"]}}, {"confidence": 0.5}], 1),
        ([{"confidence": 0.9, "answered": {"contradictions": ["x"]}}, {"confidence": 0.4}], 0),
        ([{"confidence": 0.9, "diagnosis": "critic"}, {"confidence": 0.5}], 1),
        # of sure rounds that contradict one another those that agree, and of them the surest
        ([SURE_42, SURE_17, {**SURE_17, "confidence": 0.7}], 1),
        ([SURE_42, SURE_17, {**SURE_42, "confidence": 0.95}], 2),
        ([SURE_42, SURE_17, {"answer": "17", "confidence": 0.5, "answered": {"choice": 1}}], 0),
        ([SURE_42, {**SURE_42, "confidence": 0.8}], 0),
    ],
)
def test_the_best_round(round_of, rounds, best):
    assert best_round([round_of(**changes) for changes in rounds]) == best


ANSWERED = st.builds(
    lambda text, confidence, fit, sure, doubted: {
        "answer": {
            "answer": text, "choice": None, "basis": "x", "abstained": False, "confidence": confidence,
            "contradictions": ["x"] if doubted else [],
        },
        "fit": fit,
        "sure": sure,
    },
    st.sampled_from(["red", "green", "blue"]), st.floats(0, 1), st.floats(0.1, 1), st.booleans(), st.booleans(),
)  # fmt: skip


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_no_round_is_surer_than_the_best(confidences):
    rounds = [{"answer": {"basis": "x", "abstained": False, "confidence": value}, "fit": 1.0} for value in confidences]
    assert confidences[best_round(rounds)] == max(confidences)


@given(st.lists(ANSWERED, min_size=1, max_size=5), ANSWERED)
def test_a_worse_round_is_never_returned(rounds, another):
    """Whatever came before: a last round that is worth less than the best and changes no majority is not taken."""
    another = {**another, "sure": False}
    best = best_round(rounds)
    after = best_round([*rounds, another])
    if worth(another) <= worth(rounds[best]):
        assert after == best
    else:
        assert after in (best, len(rounds))
