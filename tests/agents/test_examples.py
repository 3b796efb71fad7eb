"""What the loop learns: programs that a model wrote and that answered well, nothing else, and only where it may."""

import pytest
from scripted import ScriptedLanguageModel, with_role
from vidprog.agents import Settings, ask
from vidprog.agents.ask import ask_session
from vidprog.agents.examples import form_likeness, program_of, remember, stored_matches
from vidprog.memory import Example, ExampleStore
from vidprog.memory import examples as module

HARD = "Relate harbour and tickets to one another."
PROGRAM = "lines = read_text(video)\nanswer(question, lines, choices, value='harbour')"
CHOICES = ["the harbour is closed", "it is open", "nobody knows"]


def learned(session):
    store = ExampleStore.there(session.store)
    if store is None:
        return ()
    with store:
        return store.all()


@pytest.fixture
def writing_session(signs, open_session, models, tmp_path):
    def make(*replies, path=None):
        llm = ScriptedLanguageModel(*replies)
        return open_session(path or signs, models=with_role(models, llm=llm), store=tmp_path / "own")

    return make


@pytest.fixture
def finished(round_of):
    """The state of a loop that ended with a round: what `remember` looks at."""

    def make(question=HARD, **changes):
        round_ = round_of("planned", "the harbour is closed", 0.8, source=PROGRAM, planner="llm:test", route="planned")
        return {
            "question": question,
            "choices": CHOICES,
            "facts": "duration 12.0 s",
            "rounds": [{**round_, "diagnosis": "good", **changes}],
        }

    return make


def test_a_written_program_that_answered_well_becomes_an_example(writing_session, finished):
    session = writing_session("")
    assert remember(session, finished())
    (example,) = learned(session)
    assert (example.question, example.program, example.answer) == (HARD, PROGRAM, "the harbour is closed")
    assert (example.outcome, example.confidence, example.origin) == ("unknown", 0.8, "loop")
    assert (example.video, example.fingerprint) == (str(session.video.path), session.video.fingerprint)
    assert (example.facts, example.choices) == ("duration 12.0 s", tuple(CHOICES))


@pytest.mark.parametrize(
    "changes",
    [
        {"diagnosis": "low_confidence"},
        {"diagnosis": "critic"},
        {"planner": "nearest-example", "route": "direct"},
        {"planner": "given", "route": "given"},
        {"planner": "refiner", "route": "merge_evidence"},
    ],
)
def test_nothing_else_does(writing_session, finished, changes):
    session = writing_session("")
    assert not remember(session, finished(**changes))
    assert learned(session) == ()


def test_nothing_is_learned_twice(writing_session, finished):
    session = writing_session("")
    assert remember(session, finished())
    assert not remember(session, finished(HARD.upper()))
    assert remember(session, finished("Another question?"))
    assert len(learned(session)) == 2


def test_what_is_learned_is_bounded(writing_session, finished, monkeypatch):
    monkeypatch.setattr(module, "MOST_LEARNED", 3)
    session = writing_session("")
    for number in range(6):
        remember(session, finished(f"Question {number}?"))
    assert len(learned(session)) == 3


def test_a_store_that_cannot_be_written_costs_no_answer(writing_session, finished):
    session = writing_session("")
    (session.store / module.FILE).mkdir()
    assert not remember(session, finished())


@pytest.mark.parametrize("learn", [True, False])
def test_the_loop_learns_only_where_it_may(writing_session, learn):
    session = writing_session(PROGRAM)
    settings = Settings(learn=learn, threshold=0.0, max_rounds=1)
    result = ask_session(session, HARD, CHOICES, settings)
    assert result.program["planner"].startswith("llm:")
    assert [example.program for example in learned(session)] == [PROGRAM] * learn


def test_what_was_learned_is_shown_with_the_next_question(writing_session, models):
    session = writing_session(PROGRAM)
    settings = Settings(threshold=0.0, max_rounds=1)
    ask_session(session, HARD, CHOICES, settings)
    ask_session(session, "Relate harbour, tickets and exit to one another.", CHOICES, settings)
    (first, second) = [prompt for prompt in session.models.llm.prompts if "You write a short program" in prompt]
    assert f"# {HARD}\nlines = read_text(video)" in second
    assert f"# {HARD}" not in first


def test_a_direct_pick_is_no_example(sample, sample_store, models):
    settings = Settings(max_rounds=1)
    result = ask(sample, "How many people are in the clip?", models=models, store=sample_store, settings=settings)
    assert result.program["planner"] == "nearest-example"
    assert ExampleStore.there(sample_store) is None


# ---- which are like a question


def test_the_form_of_a_question_counts():
    assert form_likeness("How many cats are there?", "How many zebras are there?") == 0.6
    assert form_likeness("Cats?", "How many?") == 0.0


def test_examples_of_the_store_as_planners_see_them(tmp_path, models):
    with ExampleStore.open(tmp_path) as store:
        store.add(Example("Where is the cat?", PROGRAM))
        store.add(Example("Where is the dog?", PROGRAM, outcome="wrong"))
        store.add(Example("Where is the cow?", answer="here"))
        store.add(Example("What is said?", "answer(question, transcribe(video), choices)"))
    found = stored_matches(tmp_path, "Where is the kitten?", models)
    assert [match.question for match in found] == ["Where is the cat?", "What is said?"]
    assert found[0].likeness > found[1].likeness
    only = stored_matches(tmp_path, "Where is the kitten?", models, lambda example: "said" in example.question)
    assert [match.question for match in only] == ["What is said?"]
    assert stored_matches(tmp_path / "nowhere", "Where?", models) == []
    assert not (tmp_path / "nowhere").exists()


def test_programs_of_examples_have_names():
    example = Example("Where?", PROGRAM)
    assert program_of(example).name == f"example_{example.id}"
    named = "def find(video: Clip, question: str, choices: list[str]) -> Answer:\n    return answer(question, [])\n"
    assert program_of(Example("Where?", named)).name == "find"
