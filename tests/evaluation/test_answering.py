"""How a question is put: the part that is asked about, words for what is only to be found, and blind answers."""

import pytest
from scripted import ScriptedVision
from vidprog.evaluation.answering import Answerer, Conduct, Job, question_of
from vidprog.evaluation.blind import answer_blind
from vidprog.evaluation.items import Item
from vidprog.evaluation.lines import prediction_from_json
from vidprog.evaluation.systems import System
from vidprog.memory import ExampleStore
from vidprog.models import Models, load_profile

SIGN = Item("sign", "signs", "What does the sign say?", choices=("EXIT 42", "HARBOUR CLOSED"), truth=1, part=(5.0, 8.5))


def answered(conduct, models, system, item, path):
    return Answerer(conduct, models).answer(Job.of(system, item, path))


def test_only_the_part_is_asked_about_and_its_times_are_those_of_the_video(signs, models, tmp_path):
    conduct = Conduct(tmp_path)
    prediction = prediction_from_json(answered(conduct, models, System("read_screen"), SIGN, signs).line)
    assert prediction.error == "" and SIGN.choices[prediction.choice] == "HARBOUR CLOSED"
    (start, end), *_ = prediction.spans
    assert 5.5 <= start <= 6.5 and 8.0 <= end <= 8.6
    assert len(prediction.scores) == len(prediction.spans) and sum(prediction.probabilities) == pytest.approx(1)


def test_nothing_is_learned_from_what_is_asked(signs, models, tmp_path):
    answered(Conduct(tmp_path), models, System("read_screen"), SIGN, signs)
    assert ExampleStore.there(tmp_path) is None
    assert [path for path in tmp_path.rglob("*.sqlite") if "example" in path.name] == []


def test_budget_of_a_question_is_kept(signs, models, tmp_path):
    conduct = Conduct(tmp_path, budget={"llm_calls": 0})
    line = answered(conduct, models, System("read_screen"), SIGN, signs).line
    assert line["usage"].get("llm_calls", 0) == 0


@pytest.mark.parametrize(("task", "question", "asked"), [
    ("when", "a man opens a door.", "When does this happen: a man opens a door?"),
    ("highlight", "Chef cuts an onion", "When does this happen: Chef cuts an onion?"),
    ("when", "When does it rain?", "When does it rain?"),
    ("open", "Describe the video.", "Describe the video."),
])  # fmt: skip
def test_what_is_only_to_be_found_is_asked_for_its_time(task, question, asked):
    assert question_of(Item("1", "v", question, task=task)) == asked


def test_blind_text_model_weighs_the_options_without_the_video(models):
    first, second = (answer_blind(Item("1", video, "Which animal is shown?", choices=("a cat", "a horse"), truth=0),
                                  models) for video in ("one", "two"))  # fmt: skip
    assert first.probabilities == second.probabilities and sum(first.probabilities) == pytest.approx(1)
    assert first.usage["llm_calls"] == 1 and first.spans == ()


def test_blind_cannot_say_when(models):
    assert answer_blind(Item("1", "v", "a cat", task="when", spans=((1.0, 2.0),)), models).abstained


def test_blind_open_answer_is_words(models):
    assert answer_blind(Item("1", "v", "Which animal is shown?", task="open", answers=("a cat",)), models).text


@pytest.mark.parametrize("vision", [
    ScriptedVision("B"), ScriptedVision(score=lambda frames, text, option: -1.0 if option == "B" else -3.0),
])  # fmt: skip
def test_blind_model_that_sees_gets_no_frames(vision):
    models = Models(load_profile("embedded"), {"vlm": vision})
    item = Item("1", "v", "Which animal is shown?", choices=("a cat", "a horse"), truth=0)
    prediction = answer_blind(item, models, "blind_vlm")
    assert vision.asked and all(frames == [] for frames, _ in vision.asked)
    assert len(prediction.probabilities) == 2 and "llm_calls" not in prediction.usage
