"""What a program itself brings: notes on the clock, and what the models here cannot do."""

import pytest
from scripted import ScriptedLanguageModel, with_role
from vidprog.memory import Timeline
from vidprog.tools import ToolError
from vidprog.tools.answer import answer
from vidprog.tools.can_write import can_write
from vidprog.tools.note import note


@pytest.fixture
def context(open_context, signs):
    return open_context(signs)


def test_a_note_is_an_observation_of_the_program(context):
    made = note.run((" a cause and its effect ", 1.5, 40.0), {"score": 0.25}, context)
    assert (made.start, made.end, made.kind, made.content) == (1.5, 12.0, "note", "a cause and its effect")
    assert (made.score, made.source) == (0.25, "program:note")


@pytest.mark.parametrize(
    "arguments", [("", 0.0, 1.0), ("x", 3.0, 1.0), ("x", 13.0, 14.0), ("x", 0.0, 1.0, 2.0), ("x", -5.0, -2.0, 0.5)]
)
def test_a_note_that_cannot_be(context, arguments):
    with pytest.raises(ToolError) as caught:
        note.run(arguments, {}, context)
    assert caught.value.code == "tool.argument"


def test_what_a_program_says_itself_is_not_counted_as_what_the_video_moved(context, observe):
    said = note.run(("the harbour is closed", 6.0, 9.0), {}, context)
    seen = observe(6, "HARBOUR CLOSED")
    choices = ["it is closed", "it is open"]
    with_note = answer.run(("What about the harbour?", Timeline([said, seen]), choices), {}, context)
    without = answer.run(("What about the harbour?", Timeline([seen]), choices), {}, context)
    assert with_note.grounding is None
    assert without.grounding is not None
    assert with_note.choice == without.choice == 0


def test_a_list_with_times_has_all_of_them_in_its_evidence(context, observe):
    lines = [observe(second, f"line {second}", kind="caption") for second in range(10)]
    text = "\n".join(f"{line.start:.1f}-{line.end:.1f} s: {line.content}" for line in lines)
    found = answer.run(("What happens?", Timeline(lines), None, text), {}, context)
    assert found.evidence == Timeline(lines)
    assert len(answer.run(("How many?", Timeline(lines), None, 10), {}, context).evidence) == 6


def test_who_can_write(open_context, models, mute):
    assert not can_write.run((), {}, open_context(mute))
    llm = ScriptedLanguageModel("yes")
    assert can_write.run((), {}, open_context(mute, models=with_role(models, llm=llm)))


def test_a_model_that_writes_reads_all_lines_and_a_small_one_the_nearest(open_context, models, mute, observe):
    llm = ScriptedLanguageModel("A")
    lines = [observe(second, f"scene {second}: a street", kind="caption") for second in range(40)]
    context = open_context(mute, models=with_role(models, llm=llm))
    answer.run(("What is shown?", Timeline(lines), ["a street", "a beach"]), {}, context)
    assert llm.prompts[0].count("a street") >= 40
