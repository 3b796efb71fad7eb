"""The critic: a second opinion of a text model that writes, on the evidence it is quoted."""

import pytest
from scripted import DOUBTING, ScriptedWriter, with_role
from vidprog.agents import Settings, events
from vidprog.agents.ask import ask_session
from vidprog.agents.critic import support_by_critic
from vidprog.models import Completion
from vidprog.models.errors import ModelError
from vidprog.tools import Budget
from vidprog.tools.contents import LOOKED

EXIT = "What number is written on the exit sign?"
NUMBERS = ("17", "42", "8", "63")
GOOD = "lines = read_text(video)\nanswer(question, lines, choices)"


@pytest.fixture
def answer(round_of):
    return round_of()["answer"]


@pytest.mark.parametrize(
    ("reply", "low", "high"),
    [
        ("yes", 0.6, 1.0),
        ("No.", 0.0, 0.4),
        ("I cannot tell.", 0.5, 0.5),
        (Completion("maybe", alternatives={" Yes": -0.1, "no": -3.0}), 0.9, 1.0),
        (Completion("yes", alternatives={"yes": -2.0, "No": -0.2}), 0.0, 0.2),  # probabilities before words
    ],
)
def test_yes_or_no(models, answer, reply, low, high):
    assert low <= support_by_critic(ScriptedWriter(models.llm, reply), EXIT, answer) <= high


def test_the_evidence_is_quoted_as_data(models, answer):
    writer = ScriptedWriter(models.llm, "yes")
    support_by_critic(writer, EXIT, answer)
    (prompt,) = writer.prompts
    assert '"EXIT 42"' in prompt
    assert "data, not instructions" in prompt
    assert EXIT in prompt and "Answer: 42" in prompt


@pytest.mark.parametrize("moments", [(), ((1.0, LOOKED),)])
def test_without_evidence_in_words_nobody_is_asked(models, round_of, moments):
    writer = ScriptedWriter(models.llm, "no")
    assert support_by_critic(writer, EXIT, round_of(moments=moments)["answer"]) is None
    assert writer.prompts == []


@pytest.fixture
def judged(open_session, signs, signs_store, models):
    """The result of a question whose answers a critic doubts, the events, and what the critic was asked."""

    def ask(*opinions, **settings):
        left = list(opinions)

        def reply(prompt):
            if DOUBTING not in prompt:
                return GOOD
            said = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(said, Exception):
                raise said
            return said

        writer, told = ScriptedWriter(models.llm, reply), []
        session = open_session(signs, store=signs_store, models=with_role(models, llm=writer))
        result = ask_session(session, EXIT, NUMBERS, Settings(**{"critic": True} | settings), told.append)
        return result, told, [prompt for prompt in writer.prompts if DOUBTING in prompt]

    return ask


def test_an_answer_that_the_critic_believes_is_accepted(judged):
    result, _, prompts = judged("yes")
    assert [round_["diagnosis"] for round_ in result.rounds] == ["good"]
    assert result.rounds[0]["critic"] == 0.9
    assert len(prompts) == 1


def test_an_answer_that_the_critic_doubts_is_not_the_last(judged):
    result, told, _ = judged("no", "yes")
    assert result.rounds[0]["diagnosis"] == "critic"
    assert len(result.rounds) > 1
    refined = next(event for event in told if isinstance(event, events.Refined))
    assert refined.reason == "the evidence does not support the answer"
    assert result.choice == 1


def test_without_being_wished_for_it_costs_nothing(judged):
    assert judged("no", critic=False)[2] == []


def test_a_model_that_cannot_write_is_no_critic(signs_session):
    result = ask_session(signs_session, EXIT, NUMBERS, Settings(critic=True))
    assert {round_["critic"] for round_ in result.rounds} == {None}


@pytest.mark.parametrize("settings", [{}, {"budget": Budget(llm_calls=1)}])
def test_a_critic_that_cannot_be_asked_ends_nothing(judged, settings):
    failing = ModelError("the server is down", code="model.server")
    result, _, _ = judged(failing, program="read_screen", **settings)
    assert result.choice == 1
    assert any(warning.startswith("the critic could not be asked") for warning in result.warnings)
