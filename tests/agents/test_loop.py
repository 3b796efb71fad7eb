"""The whole loop: right answers on real clips, and the best round out of scripted ones."""

import json
from dataclasses import replace

import pytest
from narration import as_sound, spoken
from pictures import Sign, write_signs
from scripted import ScriptedLanguageModel, ScriptedReader, with_role
from vidprog.agents import Settings, ask, events
from vidprog.agents.ask import ask_session
from vidprog.agents.policy import DIAGNOSES, default_policy
from vidprog.apps.sample import sample_facts
from vidprog.memory import Observation, Timeline
from vidprog.models.errors import MissingRoleError, ModelError
from vidprog.programs import Catalog, ProgramError
from vidprog.tools import Answer, Budget, Registry, tool
from vidprog.video.errors import UsageError, VidprogError

EXIT = "What number is written on the exit sign?"
NUMBERS = ("17", "42", "8", "63")


def heard(session, question, choices=(), **settings):
    """The result and the events."""
    told = []
    return ask_session(session, question, choices, Settings(**settings), told.append), told


# ---- real clips


@pytest.fixture(scope="module")
def answers(sample, sample_store, models):
    from vidprog.agents import Session

    with Session(sample, models=models, store=sample_store) as session:
        return [(fact, ask_session(session, fact.question, fact.choices, Settings())) for fact in sample_facts()]


def test_questions_about_the_demo_clip_are_answered(answers):
    right = [fact.question for fact, result in answers if result.choice == fact.choice]
    assert len(right) / len(answers) > 0.6, right
    kinds = {fact.kind for fact, result in answers if result.choice == fact.choice}
    assert {"speech", "text", "object"} <= kinds


def test_sure_answers_are_right_more_often_than_unsure_ones(answers):
    sure = [result.choice == fact.choice for fact, result in answers if result.confidence >= 0.8]
    assert sure
    assert sum(sure) / len(sure) > 0.75


def test_evidence_lies_inside_of_the_video(answers):
    for _, result in answers:
        document = result.to_json()
        duration = document["videos"][0]["duration"]
        for moment in document["evidence"]:
            assert 0 <= moment["start"] <= moment["end"] <= duration + 0.001


def test_right_and_grounded_answers_point_at_their_moment(answers):
    facts = [(fact, result) for fact, result in answers if fact.kind in ("speech", "text") and result.confidence > 0.9]
    assert facts
    for fact, result in facts:
        assert any(m.end >= fact.start and m.start <= fact.end for m in result.answer.evidence), fact.question


def test_every_result_is_a_document(answers):
    for _, result in answers:
        document = json.loads(json.dumps(result.to_json()))
        assert document["schema"] == "vidprog.answer/1"
        assert 0 <= document["confidence"] <= 1
        assert len(document["rounds"]) <= 3
        assert document["profile"]["llm"] == "ctranslate2:smollm2-135m"
        assert document["usage"]["frames_decoded"] >= 0


def test_a_question_about_signs(signs_session):
    result, told = heard(signs_session, EXIT, NUMBERS)
    assert (result.choice, result.text, result.answer.abstained) == (1, "42", False)
    assert any("42" in moment.content for moment in result.answer.evidence)
    kinds = [type(event) for event in told]
    assert kinds[0] is events.Recalled
    order = [
        kinds.index(kind) for kind in (events.Planned, events.Checked, events.StepDone, events.Answered, events.Judged)
    ]
    assert order == sorted(order)


def test_a_second_question_decodes_nothing(signs_session):
    result, _ = heard(signs_session, "What does the sign say about the harbour?", program="read_screen")
    assert result.text == "HARBOUR CLOSED"
    assert result.usage["frames_decoded"] == 0
    assert all(step["cached"] for round_ in result.rounds for step in round_["steps"] if step["tool"] == "read_text")


def test_what_nobody_says_is_an_abstention(mute, models, tmp_path):
    result = ask(mute, "What does the speaker say about the budget?", ["cuts", "growth"], models=models, store=tmp_path)
    assert result.answer.abstained
    assert result.choice is None
    assert any("no audio stream" in warning for warning in result.warnings)


def test_of_several_videos_the_one_that_answers_best(signs, mute, signs_store, models):
    result = ask([mute, signs], EXIT, NUMBERS, models=models, store=signs_store)
    assert result.path == str(signs)
    assert result.choice == 1
    assert [video["path"] for video in result.videos] == [str(mute), str(signs)]
    assert {round_["video"] for round_ in result.rounds} == {str(mute), str(signs)}


def test_nothing_stays_behind_of_a_finished_question(signs_session, signs_store):
    import sqlite3

    heard(signs_session, EXIT, NUMBERS)
    with sqlite3.connect(signs_store / "checkpoints.sqlite") as database:
        assert database.execute("SELECT count(*) FROM checkpoints").fetchone() == (0,)


def test_sources_that_contradict_one_another_are_judged(open_session, clips, tmp_path):
    """The sign says one reason, the voice another: however sure, that is not the end."""
    path = write_signs(
        clips / "two_reasons.mp4", [Sign(0.0, 5.0, "LATE BECAUSE OF A STRIKE")], seconds=5.0,
        audio=as_sound(spoken([(0.3, 1)], 5.0)),
    )  # fmt: skip
    both = tmp_path / "both.py"
    both.write_text("answer(question, read_text(video) + transcribe(video), choices)")
    reasons = ("because of snow", "because of a strike", "because of a storm", "because of a fallen tree")
    result, told = heard(open_session(path), "Why is the train late?", reasons, program=str(both), threshold=0.0)
    judged = next(event for event in told if isinstance(event, events.Judged))
    assert (judged.accepted, judged.diagnosis) == (False, "contradiction")
    assert "because of snow" in judged.reason and "because of a strike" in judged.reason
    assert result.rounds[0]["reason"] == judged.reason
    assert judged.reason in result.warnings


# ---- scripted rounds


def answering(*given):
    """A registry whose ``answer`` gives (text, confidence) in order, each with a moment of its own."""
    left = list(given)

    @tool(kind="ask", replaces=True)
    def answer(
        question: str,
        evidence: Timeline | str | None,
        choices: list[str] | None = None,
        value: int | float | str | None = None,
    ) -> Answer:
        """Answer from a script.

        Args:
            question: Any.
            evidence: Any.
            choices: Any.
            value: Any.
        """
        text, confidence = left.pop(0) if len(left) > 1 else left[0]
        moment = Observation(len(left), len(left) + 1, "text", text, 0.9, "script")
        return Answer(text, None, confidence, "script", 1.0, Timeline([moment]))

    return Registry.builtin().with_tools([answer])


@pytest.mark.parametrize(
    ("given", "best", "rounds"),
    [
        ([("good", 0.9)], "good", 1),
        ([("a", 0.5), ("b", 0.2), ("c", 0.1)], "a", 3),
        ([("a", 0.2), ("b", 0.59), ("c", 0.1)], "b", 3),
        ([("a", 0.1), ("b", 0.2), ("c", 0.99)], "c", 3),
        ([("a", 0.3), ("b", 0.9)], "b", 2),
        ([("a", 0.3), ("b", 0.3), ("c", 0.3)], "a", 3),
    ],
)
def test_the_best_round_is_returned_not_the_last(open_session, signs, signs_store, given, best, rounds):
    session = open_session(signs, store=signs_store, registry=answering(*given))
    result, told = heard(session, EXIT)
    assert (result.text, len(result.rounds)) == (best, rounds)
    assert result.confidence == dict(given)[best]
    assert [event.round for event in told if isinstance(event, events.Judged)] == list(range(1, rounds + 1))
    assert len({round_["source"] for round_ in result.rounds}) == rounds  # no program twice


@pytest.mark.parametrize(
    ("settings", "rounds"),
    [
        ({"max_rounds": 1}, 1),
        ({"max_rounds": 2}, 2),
        ({"threshold": 0.3}, 1),
        ({"threshold": 0.0}, 1),
        ({"program": "read_screen"}, 1),
    ],
)
def test_the_loop_stops(open_session, signs, signs_store, settings, rounds):
    session = open_session(signs, store=signs_store, registry=answering(("a", 0.3), ("b", 0.2), ("c", 0.1)))
    assert len(heard(session, EXIT, **settings)[0].rounds) == rounds


def test_the_loop_stops_when_a_round_brings_no_news(open_session, signs, signs_store):
    session = open_session(signs, store=signs_store, registry=answering(("same", 0.2)))
    result, _ = heard(session, EXIT, max_rounds=5)
    assert len(result.rounds) == 2


def test_the_budget_ends_the_question_with_what_it_has(open_session, signs, tmp_path):
    session = open_session(signs, store=tmp_path)
    result, _ = heard(session, EXIT, NUMBERS, budget=Budget(frames=8), program="read_screen")
    assert result.answer.abstained
    assert result.rounds[0]["stopped"].startswith("budget")
    assert any("frames limited to 8" in warning for warning in result.warnings)
    assert result.usage["frames_seen"] <= 8


# ---- programs that a text model writes

GOOD = "lines = read_text(video)\nanswer(question, lines, choices)"
FAULTY = "lines = read_txt(video)\nanswer(question, lines, choices)"
UNMENDABLE = "lines = frobnicate(video)\nanswer(question, lines, choices)"
HARD = "Compare the handwriting of both notices with one another."


def asked(open_session, signs, signs_store, models, *replies, **settings):
    llm = ScriptedLanguageModel(*replies)
    session = open_session(signs, store=signs_store, models=with_role(models, llm=llm))
    return *heard(session, HARD, max_rounds=1, **settings), llm


def test_a_program_that_the_model_writes_is_run(open_session, signs, signs_store, models):
    result, told, llm = asked(open_session, signs, signs_store, models, GOOD, "The harbour is closed.")
    assert result.program["source"] == GOOD
    assert "scripted:llm" in result.program["planner"]
    assert result.text == "The harbour is closed."
    assert next(event for event in told if isinstance(event, events.Planned)).route == "planned"
    assert result.usage["llm_calls"] == len(llm.prompts) == 2
    assert result.usage["completion_tokens"] > 0


def repairs(told):
    return [event.how for event in told if isinstance(event, events.Repaired)]


def test_a_fault_with_one_remedy_is_mended_without_asking(open_session, signs, signs_store, models):
    result, told, llm = asked(open_session, signs, signs_store, models, FAULTY, "Closed.")
    assert result.program["source"].strip() == GOOD
    assert [len(event.problems) for event in told if isinstance(event, events.Checked)] == [1, 0]
    assert len(repairs(told)) == 1 and "read_text" in repairs(told)[0]
    assert len(llm.prompts) == 2  # the plan and the answer


def test_a_faulty_program_is_repaired(open_session, signs, signs_store, models):
    fenced = f"```python\n{GOOD}\n```"
    result, told, llm = asked(open_session, signs, signs_store, models, UNMENDABLE, fenced, "Closed.")
    assert result.program == {"name": "planned", "source": GOOD, "planner": f"llm:{llm.identity}"}
    assert [len(event.problems) for event in told if isinstance(event, events.Checked)] == [1, 0]
    assert repairs(told) == ["rewritten by the text model"]
    assert "frobnicate" in llm.prompts[1]
    assert result.text == "Closed."


@pytest.mark.parametrize("source", [UNMENDABLE, "import numpy\nanswer(numpy.array())", "this is no program"])
def test_a_program_that_stays_faulty_is_replaced_with_a_warning(open_session, signs, signs_store, models, source):
    result, told, _llm = asked(open_session, signs, signs_store, models, source)
    assert repairs(told).count("rewritten by the text model") <= 2
    assert repairs(told)[-1].startswith("replaced by ")
    assert result.program["planner"] == "nearest-example"
    assert result.rounds[0]["move"] == "fallback"
    assert any("was refused" in warning and "was run instead" in warning for warning in result.warnings)


def test_a_later_round_that_is_refused_loses_no_earlier_one(open_session, signs, signs_store, models):
    """Nothing is left to run instead: what was found before is the answer."""
    only = Catalog([program for program in Catalog.builtin() if program.name == "read_screen"])
    llm = ScriptedLanguageModel("this is no program")
    session = open_session(signs, store=signs_store, models=with_role(models, llm=llm), catalog=only)
    result, _told = heard(session, "What does the sign say?", threshold=1.0)
    assert result.rounds[0]["program"] == "read_screen"
    assert any(warning.startswith("no other try: the program was refused") for warning in result.warnings)


def test_a_program_that_was_run_before_ends_the_loop(open_session, signs, signs_store, models):
    """Planned anew after other examples, it is refused again and rewritten into the very same program."""
    llm = ScriptedLanguageModel(lambda prompt: UNMENDABLE if "You write a short program" in prompt else GOOD)
    session = open_session(signs, store=signs_store, models=with_role(models, llm=llm))
    rules = replace(default_policy(), threshold=1.0, moves=dict.fromkeys(DIAGNOSES, ("other_examples",)))
    result, told = heard(session, HARD, policy=rules, max_rounds=5)
    assert [event.round for event in told if isinstance(event, events.Planned)] == [1, 2]
    assert [event.problems == () for event in told if isinstance(event, events.Checked)] == [False, True] * 2
    assert [round_["source"] for round_ in result.rounds] == [GOOD]


def test_a_program_that_breaks_while_it_runs_is_followed_by_another(open_session, signs, signs_store, models):
    breaking = "lines = read_text(video)\nwrong = [1, 2][len(lines) + 5]\nanswer(question, lines, choices)"
    llm = ScriptedLanguageModel(breaking, "An answer.")
    session = open_session(signs, store=signs_store, models=with_role(models, llm=llm))
    result, _told = heard(session, HARD, max_rounds=2, threshold=0.99)
    assert result.rounds[0]["error"] or result.rounds[0]["answer"]
    assert result.text


def test_a_server_that_fails_is_one_error(open_session, signs, signs_store, models):
    def down(prompt):
        raise ModelError("the server is down", code="model.server", hint="start it")

    session = open_session(signs, store=signs_store, models=with_role(models, llm=ScriptedLanguageModel(down)))
    with pytest.raises(VidprogError) as caught:
        heard(session, HARD, program="read_screen")
    assert caught.value.code == "model.server"


def test_a_planner_that_fails_leaves_the_named_programs(open_session, signs, signs_store, models):
    def plans_badly(prompt):
        if "You write a short program" in prompt:
            raise ModelError("the server is busy", code="model.server")
        return "EXIT 42"

    session = open_session(signs, store=signs_store, models=with_role(models, llm=ScriptedLanguageModel(plans_badly)))
    result, _ = heard(session, HARD, max_rounds=1)
    assert any("the server is busy" in warning for warning in result.warnings)
    assert result.rounds[0]["planner"] == "nearest-example"


def test_a_grid_is_looked_at_where_a_vlm_is_there(open_session, signs, signs_store, models):
    vlm = ScriptedReader(models.ocr)
    session = open_session(signs, store=signs_store, models=with_role(models, vlm=vlm))
    result, _ = heard(session, EXIT, NUMBERS, program="image_grid")
    assert result.choice == 1
    assert result.usage["vlm_calls"] == len(vlm.asked) > 0
    assert set(vlm.asked) == {0, 1}  # one picture, and blind for comparison


# ---- programs that the user names


def test_a_program_that_needs_a_missing_role_says_so(signs_session):
    with pytest.raises(MissingRoleError) as caught:
        heard(signs_session, EXIT, program="image_grid")
    assert caught.value.role == "vlm"
    assert "image_grid" in caught.value.message


def test_unknown_programs_are_refused_with_the_nearest(signs_session):
    with pytest.raises(UsageError) as caught:
        heard(signs_session, EXIT, program="read_scren")
    assert caught.value.code == "program.unknown"
    assert "read_screen" in caught.value.hint


def test_a_program_of_a_file_that_is_refused_can_be_mended(signs_session, tmp_path):
    """The same command after the file was corrected runs the corrected file."""
    path = tmp_path / "mine.py"
    path.write_text(FAULTY)
    for _ in range(2):
        with pytest.raises(ProgramError) as caught:
            heard(signs_session, EXIT, NUMBERS, program=str(path))
        assert caught.value.code == "program.refused"
        assert caught.value.message.count("Did you mean read_text(") == 1
    path.write_text(GOOD)
    result, _ = heard(signs_session, EXIT, NUMBERS, program=str(path))
    assert result.choice == 1
    assert result.program["source"] == GOOD


def test_tools_of_the_user_are_called(open_session, signs, signs_store, tmp_path):
    @tool
    def shout(text: str) -> str:
        """Say it louder.

        Args:
            text: What to say.
        """
        return text.upper() + "!"

    path = tmp_path / "loud.py"
    path.write_text("answer(question, shout('the number is 42'), choices)")
    session = open_session(signs, store=signs_store, registry=Registry.builtin().with_tools([shout]))
    result, _ = heard(session, EXIT, NUMBERS, program=str(path))
    assert [step["tool"] for step in result.rounds[0]["steps"]] == ["shout", "answer"]
    assert result.choice == 1


# ---- programs of users that go their own ways


def test_the_choice_is_one_of_those_that_were_asked(signs_session, tmp_path):
    path = tmp_path / "own_choices.py"
    path.write_text('answer(question, read_text(video), ["x", "y", "z", "w", "42"])\n')
    result, _ = heard(signs_session, EXIT, ("17", "42"), program=str(path))
    assert (result.text, result.choice, result.answer.abstained) == ("42", 1, False)


def test_an_answer_beside_the_choices_is_none(signs_session, tmp_path):
    path = tmp_path / "beside.py"
    path.write_text('answer(question, read_text(video), None, "neither")\n')
    result, _ = heard(signs_session, EXIT, ("17", "42"), program=str(path))
    assert (result.choice, result.answer.abstained) == (None, True)
    assert "the program's answer is none of the choices" in result.warnings


def test_an_answer_for_a_program_that_broke_off_says_so(signs_session, tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("items = [0] * 10**9\nanswer(question, read_text(video), choices)\n")
    result, _ = heard(signs_session, EXIT, ("17", "42"), program=str(path))
    assert result.choice == 1
    assert any(warning.startswith("the program broke off: ") for warning in result.warnings)


def test_a_tool_that_failed_in_another_round_is_told(open_session, signs, models, tmp_path):
    class ScriptedBlindDetector:
        identity = "scripted:blind"
        labels = ("person", "dog")

        def detect(self, images):
            raise ModelError("the detector is broken", code="model.detector")

    session = open_session(signs, store=tmp_path, models=with_role(models, detector=ScriptedBlindDetector()))
    result, _ = heard(session, "How many dogs are there?", max_rounds=3)
    assert any("the detector is broken" in warning for warning in result.warnings)
