"""Examples get better by themselves: a freely written program takes an example's place only where it does better."""

import math

import pytest
from scripted import ScriptedLanguageModel, with_role
from vidprog.agents.self_refine import MARGIN, NO_VIDEO, Trial, better, refine_examples
from vidprog.memory import Example, ExampleStore
from vidprog.models import Completion
from vidprog.video.errors import UsageError

READ = "answer(question, read_text(video), choices)"
HEAR = "answer(question, transcribe(video), choices)"
CLOSED = "What is closed?"
OTHER = "answer(question, read_text(trim(video, 0, 5)), choices)"


def writing(guided, free, repaired=None):
    """A model that writes one program after examples and another without; it answers questions with what was read."""

    def reply(prompt):
        if "refused" in prompt:
            return repaired or free
        if "Programs that answered" in prompt:
            return guided
        if "There is no model to go by" in prompt:
            return free
        # No program: a question about evidence.
        return Completion("the harbour" if "HARBOUR" in prompt else "the exit", (math.log(0.9),))

    return ScriptedLanguageModel(reply)


@pytest.fixture
def refining(models, signs, signs_store, tmp_path):
    """Refine examples in a store of their own."""

    def run(llm, *examples, **options):
        with ExampleStore.open(tmp_path) as store:
            for example in examples:
                store.add(example)
        return list(refine_examples(tmp_path, with_role(models, llm=llm), **options))

    return run


def example(path, program, **changes):
    return Example(CLOSED, program, **{"answer": "the harbour", "outcome": "right", "video": str(path), **changes})


def stored(tmp_path):
    with ExampleStore.open(tmp_path) as store:
        (one,) = store.all()
        return one, store.history(one.id)


def test_a_right_program_takes_the_place_of_a_wrong_one(refining, signs, tmp_path):
    (change,) = refining(writing(guided=OTHER, free=READ), example(signs, OTHER))
    assert change.replaced
    assert "right" in change.why
    assert (change.own.right, change.guided.right, change.free.right) == (False, False, True)
    one, history = stored(tmp_path)
    assert (one.program, one.origin, one.answer) == (READ, "refined", "the harbour")
    assert [(old.program, old.why) for old in history] == [(OTHER, change.why)]


def test_a_program_that_is_right_stays(refining, signs, tmp_path):
    (change,) = refining(writing(guided=READ, free=HEAR), example(signs, READ))
    assert not change.replaced
    assert "its own program" in change.why
    assert stored(tmp_path) == (change.example, ())


def test_the_same_program_again_changes_nothing(refining, signs, tmp_path):
    (change,) = refining(writing(guided=HEAR, free=f"# again\n{READ}"), example(signs, READ))
    assert not change.replaced
    assert "same program" in change.why
    assert stored(tmp_path)[1] == ()


def test_without_its_video_only_the_checker_decides(refining, tmp_path):
    broken = "answer(question, taste(video), choices)"
    (change,) = refining(writing(guided=READ, free=HEAR), example("", broken))
    assert change.replaced
    assert "refused" in change.why
    assert stored(tmp_path)[0].program == HEAR
    (change,) = refining(writing(guided=READ, free=OTHER), limit=1)
    assert not change.replaced
    assert NO_VIDEO in change.why


def test_a_video_that_is_another_one_now_is_not_asked(refining, signs):
    (change,) = refining(writing(guided=HEAR, free=READ), example(signs, OTHER, fingerprint="0123"))
    assert not change.replaced
    assert NO_VIDEO in change.why


def test_faulty_programs_get_the_help_that_the_loop_gives(refining, signs):
    llm = writing(guided=HEAR, free="lines = raed_text(video)\nanswer(question, lines, choices)", repaired=READ)
    (change,) = refining(llm, example(signs, OTHER))
    assert change.replaced
    assert change.free.problems == ()


def test_a_model_that_writes_nonsense_spoils_nothing(refining, signs, tmp_path):
    (change,) = refining(writing(guided="I cannot.", free="No idea, sorry!"), example(signs, READ))
    assert not change.replaced
    assert change.free.problems
    assert stored(tmp_path)[0].program == READ


def test_an_example_is_no_example_for_itself(refining, signs):
    llm = writing(guided=READ, free=HEAR)
    refining(llm, example(signs, OTHER), Example("Which harbour is closed?", HEAR))
    guided = [prompt for prompt in llm.prompts if "Programs that answered" in prompt]
    assert len(guided) == 2
    for prompt, own, other in ((guided[0], CLOSED, "Which harbour is closed?"), (guided[1], "Which", CLOSED)):
        if f"video: {own}" not in prompt:
            own, other = other, own
        assert f"# {other}" in prompt
        assert f"# {own}\n" not in prompt


def test_the_free_program_sees_no_examples(refining, signs):
    llm = writing(guided=READ, free=HEAR)
    refining(llm, example(signs, OTHER))
    (free,) = [prompt for prompt in llm.prompts if "There is no model to go by" in prompt]
    assert "read_text(" in free and "\n# " not in free


def test_the_least_sure_come_first_and_the_refined_last(refining):
    examples = [
        Example("sure", READ, confidence=0.9),
        Example("unsure", READ, confidence=0.1),
        Example("refined", READ, confidence=0.0, origin="refined"),
        Example("only labelled", answer="x"),
    ]
    changes = refining(writing(guided=READ, free=HEAR), *examples)
    assert [change.example.question for change in changes] == ["unsure", "sure", "refined"]
    assert [change.example.question for change in refining(writing(READ, HEAR), limit=1)] == ["unsure"]


def test_a_model_that_cannot_write_is_said_at_once(models, tmp_path):
    with pytest.raises(UsageError) as caught:
        list(refine_examples(tmp_path, models))
    assert caught.value.code == "examples.cannot_write"
    assert "--set llm=" in caught.value.hint


# ---- what is better

REFUSED = Trial("x", ("line 1: no",))
NOT_RUN = Trial("x")
FAILED = Trial("x", error="it broke")


def ran(confidence=0.5, grounded=True, right=None):
    return Trial("x", (), "answer", confidence, grounded, right)


@pytest.mark.parametrize(
    ("one", "two", "is_better"),
    [
        (REFUSED, REFUSED, False),
        (NOT_RUN, REFUSED, True),
        (NOT_RUN, NOT_RUN, False),
        (FAILED, REFUSED, False),
        (ran(), REFUSED, True),
        (ran(grounded=False), REFUSED, False),
        (ran(right=False), REFUSED, False),
        (ran(right=True, grounded=False), REFUSED, True),
        (ran(right=True, confidence=0.1), ran(right=False, confidence=0.9), True),
        (ran(right=True, confidence=0.9), ran(right=True, confidence=0.1), False),
        (ran(right=False, confidence=0.9), ran(right=False, confidence=0.1), False),
        (ran(), FAILED, True),
        (ran(confidence=0.3), ran(confidence=0.9, grounded=False), True),
        (ran(confidence=0.9, grounded=False), ran(confidence=0.1), False),
        (ran(confidence=0.6 + 2 * MARGIN), ran(confidence=0.6), True),
        (ran(confidence=0.6 + MARGIN / 2), ran(confidence=0.6), False),
    ],
)
def test_what_does_better(one, two, is_better):
    assert bool(better(one, two)) is is_better
    assert not (better(one, two) and better(two, one))
