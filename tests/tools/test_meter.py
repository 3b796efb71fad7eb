"""What an answer may cost and what it has cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.tools import Budget, BudgetExceeded, Meter, Notes, Usage
from vidprog.video import UsageError


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize(
    ("budget", "used", "limit"),
    [
        (Budget(llm_calls=2), {"llm_calls": 3}, "llm_calls"),
        (Budget(vlm_calls=0), {"vlm_calls": 1}, "vlm_calls"),
        (Budget(frames=8), {"frames_seen": 9}, "frames"),
        (Budget(tokens=100), {"prompt_tokens": 60, "completion_tokens": 41}, "tokens"),
    ],
)
def test_check_names_the_limit_that_was_passed(budget, used, limit):
    meter = Meter(budget)
    meter.count(**used)
    with pytest.raises(BudgetExceeded) as caught:
        meter.check()
    assert (caught.value.limit, caught.value.code) == (limit, "budget.exceeded")


def test_a_limit_that_is_just_reached_is_not_passed():
    meter = Meter(Budget(llm_calls=2, frames=8, tokens=100))
    meter.count(llm_calls=2, frames_seen=8, frames_decoded=500, prompt_tokens=100)
    meter.check()


def test_spend_refuses_before_the_work_is_done():
    meter = Meter(Budget(vlm_calls=2))
    meter.spend(vlm_calls=2)
    with pytest.raises(BudgetExceeded, match="vlm calls limited to 2"):
        meter.spend(vlm_calls=1)
    assert meter.usage.vlm_calls == 2
    meter.check()


def test_seconds_are_those_since_the_meter_was_made():
    clock = Clock()
    meter = Meter(Budget(seconds=5), used=Usage(llm_calls=1, seconds=3.0), clock=clock)
    clock.now += 1.5
    meter.check()
    assert meter.usage == Usage(llm_calls=1, seconds=4.5)
    clock.now += 1.0
    with pytest.raises(BudgetExceeded, match="seconds limited to 5"):
        meter.check()


@given(st.lists(st.integers(0, 5)), st.integers(0, 20))
def test_spending_never_passes_the_limit(amounts, allowed):
    meter = Meter(Budget(llm_calls=allowed), clock=lambda: 0.0)
    for amount in amounts:
        before = meter.usage.llm_calls
        try:
            meter.spend(llm_calls=amount)
        except BudgetExceeded:
            assert before + amount > allowed
    assert meter.usage.llm_calls <= allowed


@pytest.mark.parametrize("wrong", [{"llm_calls": -1}, {"seconds": float("nan")}])
def test_a_budget_below_nothing_is_refused(wrong):
    with pytest.raises(UsageError):
        Budget(**wrong)


def test_the_difference_of_two_usages():
    assert Usage(llm_calls=3, seconds=2.0) - Usage(llm_calls=1, seconds=0.5) == Usage(llm_calls=2, seconds=1.5)


@pytest.mark.parametrize(
    ("noted", "cached", "why"),
    [
        ([], False, ""),
        ([{"cached": True}, {"cached": True}], True, ""),
        ([{"cached": True}, {"cached": False}], False, ""),
        ([{"why": "no audio"}, {"why": "no text"}, {"why": "no audio"}], False, "no audio; no text"),
    ],
)
def test_notes_say_what_was_noted(noted, cached, why):
    notes = Notes()
    for note in noted:
        notes.add(**note)
    assert (notes.cached, notes.why) == (cached, why)
    notes.clear()
    assert (notes.cached, notes.why) == (False, "")
