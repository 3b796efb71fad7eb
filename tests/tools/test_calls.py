"""Calls of models that write: paid for once, counted when they are really made, and never beyond the budget."""

import numpy as np
import pytest
from scripted import ScriptedLanguageModel, ScriptedScorer, ScriptedVision, with_role
from vidprog.models import Completion
from vidprog.models.errors import ModelError
from vidprog.tools import Budget, BudgetExceeded
from vidprog.video import Frame


def frame(time, shade=90):
    return Frame(time, np.full((9, 16, 3), shade, np.uint8))


@pytest.fixture
def context_with(open_context, models, mute):
    """A context whose role is played by a scripted model; all of a test share one store."""
    return lambda **roles: open_context(mute, models=with_role(models, **roles))


def test_the_same_prompt_is_paid_for_once_even_after_reopening(context_with):
    llm = ScriptedLanguageModel(Completion("first", (-0.1, -0.2), {"f": -0.1}), "second")
    context = context_with(llm=llm)
    replies = [context.llm.complete("say it") for _ in range(2)]
    again = context_with(llm=llm)
    replies.append(again.llm.complete("say it"))
    assert replies == [Completion("first", (-0.1, -0.2), {"f": -0.1})] * 3
    assert len(llm.prompts) == 1
    assert (context.meter.usage.llm_calls, again.meter.usage.llm_calls) == (1, 0)
    assert again.notes.cached


@pytest.mark.parametrize(
    "other",
    [
        {"prompt": "say that"},
        {"system": "be short"},
        {"max_tokens": 7},
        {"stop": ("x",)},
        {"temperature": 1.0},
        {"seed": 3},
    ],
)
def test_another_request_is_another_call(context_with, other):
    llm = ScriptedLanguageModel("first", "second")
    context = context_with(llm=llm)
    context.llm.complete("say it")
    assert context.llm.complete(**{"prompt": "say it", **other}).text == "second"


def test_another_model_is_another_call(context_with):
    assert context_with(llm=ScriptedLanguageModel("one")).llm.complete("x").text == "one"
    assert context_with(llm=ScriptedLanguageModel("two")).llm.complete("x").text == "two"


def test_only_unknown_pairs_are_scored(context_with):
    scorer = ScriptedScorer(lambda prompt, text: -float(len(text)))
    context = context_with(llm=scorer)
    context.llm.score([("p", "a"), ("p", "bb")])
    scores = context.llm.score([("p", "bb"), ("q", "a"), ("p", "a"), ("q", "a")])
    assert [score.per_token for score in scores] == [-2.0, -1.0, -1.0, -1.0]
    assert scorer.pairs == [("p", "a"), ("p", "bb"), ("q", "a")]
    assert context.meter.usage.llm_calls == 2


def test_of_a_batch_only_what_is_new_is_looked_at(context_with):
    vlm = ScriptedVision(lambda frames, text: f"{text} {frames[0].image[0, 0, 0]}")
    context = context_with(vlm=vlm)
    context.vlm.complete([["what?", frame(1.0)]])
    contents = [["what?", frame(1.0, 10)], ["what?", frame(1.0)], ["what?", frame(2.0)], ["what?", frame(1.0, 10)]]
    assert [reply.text for reply in context.vlm.complete(contents)] == ["what? 10", "what? 90", "what? 90", "what? 10"]
    assert len(vlm.asked) == 3
    usage = context.meter.usage
    assert (usage.vlm_calls, usage.frames_seen) == (3, 3)


def test_scores_of_what_is_seen_are_kept(context_with):
    vlm = ScriptedVision("", score=lambda frames, text, option: -len(option) / 10)
    context = context_with(vlm=vlm)
    one = context.vlm.score([frame(1.0), "which?"], ["a", "bb"])
    two = context.vlm.score([frame(1.0), "which?"], ["bb", "ccc"])
    assert one[1] == two[0]
    assert len(vlm.asked) == 2
    context.vlm.score([frame(1.0), "which?"], ["a", "bb", "ccc"])
    assert len(vlm.asked) == 2


@pytest.mark.parametrize(
    ("budget", "call"),
    [
        (Budget(llm_calls=0), lambda context: context.llm.complete("x")),
        (Budget(vlm_calls=1), lambda context: context.vlm.complete([["x", frame(1.0)], ["y", frame(1.0)]])),
        (Budget(frames=1), lambda context: context.vlm.score([frame(1.0), frame(2.0), "x"], ["a"])),
    ],
)
def test_nothing_is_called_beyond_the_budget(context_with, budget, call):
    llm, vlm = ScriptedLanguageModel("x"), ScriptedVision("x", score=lambda *_: -1.0)
    context = context_with(llm=llm, vlm=vlm)
    context.meter.budget = budget
    with pytest.raises(BudgetExceeded):
        call(context)
    assert not llm.prompts
    assert not vlm.asked


def test_a_failure_is_not_kept(context_with):
    def fails(prompt):
        raise ModelError("the server is busy", code="model.server")

    context = context_with(llm=ScriptedLanguageModel(fails, "at last"))
    with pytest.raises(ModelError):
        context.llm.complete("x")
    assert context.llm.complete("x").text == "at last"


def test_what_a_backend_left_out_is_noted(context_with):
    vlm = ScriptedVision("grey")
    vlm.reduced = "memory ran out: frames of half the side"
    context = context_with(vlm=vlm)
    context.vlm.complete([[frame(1.0), "what?"]])
    assert context.notes.why == "memory ran out: frames of half the side"


def test_calls_are_no_observations_of_the_video(open_session, models, mute):
    session = open_session(mute, models=with_role(models, llm=ScriptedLanguageModel("x")))
    session.context().llm.complete("x")
    assert "call:" not in session.facts()
    assert not session.memory.timeline()
