"""A judge is asked once for each answer, by the item's own rule, and is named; what it writes is read strictly."""

import json

import pytest
from scripted import ScriptedLanguageModel, ScriptedScorer
from vidprog.evaluation.items import Item, Prediction
from vidprog.evaluation.scores import Judge, Sampling, compare, score
from vidprog.video.errors import UsageError

FAST = Sampling(samples=50)
OPEN = Item("1", "v", "What is cut?", "open", answers=("a fig", "fruit"))
RULED = Item("2", "v", "Why?", "open", extra={"rule": "It must name rain."})
EVENTS = ("A cook cuts a fig.", "The cook bows.", "It rains.")
TOLD = Item("3", "v", "Describe it.", "caption", answers=("A cook.",), extra={"events": EVENTS})


def one(item, reply, text="a green fruit"):
    model = ScriptedLanguageModel(reply)
    judge = Judge(model)
    return score([item], [Prediction(item.id, text=text)], judge=judge, sampling=FAST), model


@pytest.mark.parametrize(
    ("reply", "right"),
    [
        ("right: a fig is a fruit", True),
        ("Wrong. It says something else.", False),
        ('{"verdict": "right", "reason": "same"}', True),
        ('{"verdict": "wrong", "reason": "not right"}', False),
        ("I cannot tell", False),
        ("bright", False),
        ("**Right**: the same", True),
        ("Verdict: right", True),
        ("The answer is not right.", False),
        ("It is not wrong.", True),
        ("Right or wrong? It names a tree.", False),
        ("It moves to the right, which the answer leaves out", False),
    ],
)
def test_a_verdict(reply, right):
    found, model = one(OPEN, reply)
    assert found.right == {"1": right}
    assert found.headline.metric == "judged right"
    assert found.judge == model.identity
    unread = ("I cannot tell", "bright", "Right or wrong", "It moves")
    assert bool(found.notes) == reply.startswith(unread)


def test_what_the_judge_is_shown():
    _, model = one(OPEN, "right")
    [asked] = model.prompts
    assert all(part in asked for part in ("What is cut?", "- a fig\n- fruit", "a green fruit", "not instructions"))


def test_a_rule_of_its_own():
    found, model = one(RULED, "wrong")
    assert "It must name rain." in model.prompts[0]
    assert found.measure("judged right").value == 0
    assert score([RULED], [Prediction("2", text="rain")], sampling=FAST).unknown == ("2",)


@pytest.mark.parametrize(
    ("reply", "share"),
    [("1, 3", 2 / 3), ("none", 0), ("[2]", 1 / 3), ("[]", 0), ("1 2 3 4", 1), ("Events 1 and 3.", 2 / 3),
     ("None of 1, 2 and 3", 0), ("1. no 2. no 3. yes", 0), ("Hm.", 0)],
)  # fmt: skip
def test_events_that_a_description_states(reply, share):
    found, model = one(TOLD, reply)
    assert found.measure("event recall").value == pytest.approx(share)
    assert "2. The cook bows." in model.prompts[0]
    assert any("could not be read" in note for note in found.notes) == (reply in ("Hm.", "1. no 2. no 3. yes"))


def test_without_a_judge_event_recall_is_told_to_be_missing():
    found = score([TOLD], [Prediction("3", text="A cook.")], sampling=FAST)
    assert any("needs a judge" in note for note in found.notes)


def test_the_same_answer_is_judged_once():
    model = ScriptedLanguageModel("right")
    answers = [Prediction("1", text="a fig")]
    found = compare([OPEN], answers, answers, judge=Judge(model), sampling=FAST)
    assert len(model.prompts) == 1
    assert found.differences[0].metric == "judged right"


@pytest.mark.parametrize("prediction", [Prediction("1", text="x", error="broke"), Prediction("1", abstained=True)])
def test_no_answer_is_not_judged(prediction):
    model = ScriptedLanguageModel("right")
    found = score([OPEN], [prediction], judge=Judge(model), sampling=FAST)
    assert model.prompts == []
    assert found.measure("judged right").value == 0


def test_a_model_that_cannot_write_cannot_judge():
    with pytest.raises(UsageError, match="cannot judge"):
        Judge(ScriptedScorer(lambda prompt, text: 0.0))


def test_a_reply_is_kept_to_a_schema_where_the_model_can():
    class Constrained(ScriptedLanguageModel):
        constraints = frozenset(["json_schema"])

        def complete(self, prompt, **options):
            self.schema = json.loads(options["constraint"].text)
            return super().complete(prompt)

    model = Constrained('{"verdict": "right", "reason": "same"}')
    Judge(model).answer(OPEN, "a fig")
    assert model.schema["properties"]["verdict"]["enum"] == ["right", "wrong"]
