"""What the command line does, done from Python."""

import pytest
from vidprog.agents import Settings
from vidprog.agents.checking import check_program, check_tool
from vidprog.agents.opening import open
from vidprog.programs import Catalog, Program
from vidprog.tools import Budget, tool
from vidprog.video import MediaError, UsageError, open_video

SOURCE = "answer(question, read_text(video), choices)"


@tool
def upper(text: str) -> str:
    """Write a text in capitals.

    Args:
        text: The text.
    """
    return text.upper()


def test_a_program_of_ones_own_is_run_without_a_file(sample_session):
    program = Program.parse(SOURCE, name="mine")
    result = sample_session.ask("Which room is it?", ["Room 3", "Room 12"], Settings(program=program))
    assert (result.text, result.program["name"], result.program["planner"]) == ("Room 12", "mine", "given")
    assert [step["tool"] for step in result.rounds[0]["steps"]] == ["read_text", "answer"]


def test_a_program_can_stand_for_its_name():
    program = Program.parse(SOURCE)
    assert Catalog.builtin().get(program) is program


def test_programs_are_checked_with_the_tools_they_call():
    source = f"word = upper(question)\n{SOURCE}"
    assert len(check_program(source)) == 1
    assert check_program(source, [upper]) == ()
    assert check_tool(upper) == ()


def test_moments_become_clips(sample_session, tmp_path):
    found = sample_session.when("the cat appears")
    (clip,) = sample_session.cut_moments(found, tmp_path / "clips")
    assert clip.start <= found[0].start <= clip.end
    assert 0.9 < open_video(clip.path).duration < 3
    part = sample_session.cut(4, 11, tmp_path / "board.mkv", copy=False)
    assert not part.copied
    assert open_video(part.path).duration == pytest.approx(7, abs=0.1)


def test_a_timeline_has_the_kinds_that_are_asked_for(sample_session):
    assert {moment.kind for moment in sample_session.timeline("speech", "text")} == {"speech", "text"}
    with pytest.raises(UsageError):
        sample_session.timeline("smell")


def test_what_does_not_happen_says_why(sample_session):
    found = sample_session.when("the submarine dives")
    assert not found
    assert found.why


def test_a_budget_holds_for_one_question(sample_session):
    result = sample_session.ask("Which animal is shown?", ["a dog", "a cat"], Settings(budget=Budget(llm_calls=0)))
    assert result.usage["llm_calls"] == 0


def test_several_videos_are_opened_together(signs, more_signs, models, signs_memory):
    with open(signs, more_signs, profile=models, store=str(signs_memory)) as session:
        assert [each.video.path for each in session.all] == [signs, more_signs]
        assert session.ask("Which of the videos shows a library?").text


def test_of_two_files_the_first_is_closed_when_the_second_cannot_be_used(signs, models, signs_memory, tmp_path):
    with pytest.raises(MediaError):
        open(signs, tmp_path / "missing.mp4", profile=models, store=signs_memory)
