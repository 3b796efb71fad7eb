"""Questions about several videos: which of them, both, neither, more; and those that each video answers alone."""

import pytest
from scripted import ScriptedLanguageModel, with_role
from vidprog.agents import Settings, ask, events
from vidprog.agents.result import video_names
from vidprog.agents.several import by_ordinals, relates
from vidprog.programs import Catalog
from vidprog.video.errors import VidprogError


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["one.mp4"], ("one.mp4",)),
        (["x/one.mp4", "y/two.mp4"], ("one.mp4", "two.mp4")),
        (["x/one.mp4", "y/one.mp4"], ("x/one.mp4", "y/one.mp4")),
        (["x/a/one.mp4", "y/a/one.mp4", "y/two.mp4"], ("x/a/one.mp4", "y/a/one.mp4", "two.mp4")),
        (["one.mp4", "one.mp4", "one.mp4"], ("one.mp4", "one.mp4 (2)", "one.mp4 (3)")),
        ([], ()),
    ],
)
def test_every_video_has_a_name_of_its_own(paths, names):
    assert video_names(paths) == names
    assert len(set(names)) == len(paths)


def test_names_of_files_are_read_as_ordinals():
    question = "Is there more in b.mp4 than in dir/a.mp4, or more in aa.mp4?"
    wanted = "Is there more in the second video than in the first video, or more in aa.mp4?"
    assert by_ordinals(question, ["dir/a.mp4", "dir/b.mp4"]) == wanted


@pytest.mark.parametrize(
    ("question", "together"),
    [
        ("Which video shows a dog?", True),
        ("In which of the clips is it raining?", True),
        ("Do both clips show a train?", True),
        ("Which one shows the sea?", True),
        ("How many more chairs are there in one.mp4 than in two.mp4?", True),
        ("Is the same person in both videos?", True),
        ("Which is longer, the first or the second clip?", True),
        ("What is different between the two recordings?", True),
        ("Do they show the same place?", True),
        ("In how many of the videos is there a cat?", True),
        ("Are there more people in the first video?", True),
        ("In which video does the sign say closed?", True),
        ("How many people are there in the videos altogether?", True),
        ("What does the sign say?", False),
        ("How many dogs are there?", False),
        ("When does the train leave?", False),
        ("What colour is the car in the video?", False),
        ("Is there a cat in the video?", False),
        ("What happens at the end of the clip?", False),
        ("What number is written on the exit sign?", False),
        ("What is the first thing that the woman says?", False),
        ("Do both men wear hats?", False),
        ("Which of the two signs comes first?", False),
    ],
)
def test_which_questions_relate_the_videos(models, tmp_path_factory, question, together):
    store = tmp_path_factory.getbasetemp() / "routes"
    store.mkdir(exist_ok=True)
    paths = ["one.mp4", "two.mp4"]
    assert relates(question, paths, Settings(), Catalog.builtin(), models, store) is together


@pytest.mark.parametrize(("program", "together"), [("which_video", True), ("read_screen", False)])
def test_a_program_that_is_given_decides(models, tmp_path, program, together):
    settings = Settings(program=program)
    assert relates("What?", ["a.mp4", "b.mp4"], settings, Catalog.builtin(), models, tmp_path) is together


LIBRARY = "Which video shows a sign about the library?"


@pytest.fixture
def asked(signs, more_signs, signs_memory, models):
    def go(question, choices=(), paths=None, **settings):
        told = []
        result = ask(
            paths or [signs, more_signs], question, list(choices) or None, models=models, store=signs_memory,
            settings=Settings(**settings), on_event=told.append,
        )  # fmt: skip
        return result, told

    return go


@pytest.mark.parametrize(
    ("question", "choices", "answer", "program"),
    [
        (LIBRARY, ["the first video", "the second video"], "the second video", "which_video"),
        (LIBRARY, ["signs.mp4", "more_signs.mp4", "both", "neither"], "more_signs.mp4", "which_video"),
        (LIBRARY, [], "more_signs.mp4", "which_video"),
        ("Which file contains the word TICKETS?", ["signs.mp4", "more_signs.mp4"], "signs.mp4", "which_video"),
        ("Do both videos show an exit sign?", ["yes", "no"], "yes", "compare_videos"),
        ("Do both videos show a sign about the harbour?", ["yes", "no"], "no", "compare_videos"),
        ("Does either of the videos mention a hospital?", ["yes", "no"], "no", "compare_videos"),
        ("Is the first video longer than the second?", ["yes", "no"], "yes", "compare_videos"),
        ("Which of the videos is longer?", [], "signs.mp4", "compare_videos"),
        ("Do the two videos show the same sign?", ["yes", "no"], "yes", "compare_videos"),
        ("What do both videos have in common?", [], "EXIT 42", "compare_videos"),
    ],
)
def test_videos_are_compared(asked, question, choices, answer, program):
    result, _ = asked(question, choices)
    assert (result.text, result.program["name"], result.answer.abstained) == (answer, program, False)
    assert result.choice == (choices.index(answer) if choices else None)
    assert "video" not in result.rounds[0]


def test_the_difference_of_two_videos(asked):
    result, _ = asked("What is the difference between the two videos?")
    assert "only signs.mp4: HARBOUR CLOSED" in result.text and "only more_signs.mp4: LIBRARY OPEN" in result.text
    assert "EXIT" not in result.text


def test_evidence_names_the_path_of_its_video(asked, signs, more_signs):
    document = asked(LIBRARY)[0].to_json()
    assert [video["path"] for video in document["videos"]] == [str(signs), str(more_signs)]
    assert {(m["video"], m["content"]) for m in document["evidence"]} == {(str(more_signs), "LIBRARY OPEN")}
    both = asked("What do both videos have in common?")[0].to_json()
    assert {m["video"] for m in both["evidence"]} == {str(signs), str(more_signs)}
    moments = asked(LIBRARY)[0].answer.evidence
    assert {moment.video for moment in moments} == {"more_signs.mp4"}


def test_what_is_known_of_each_is_not_looked_at_again(asked):
    assert asked(LIBRARY)[0].usage["frames_decoded"] == 0


def test_speech_in_one_and_signs_in_the_other(signs, signs_memory, sample, sample_store, models, tmp_path):
    import shutil

    for store in (signs_memory, sample_store):
        for path in store.glob("*.sqlite"):
            shutil.copy(path, tmp_path)
    choices = ["signs.mp4", "sample.mp4"]
    for question in ("Which video is about a train?", "In which of the videos does somebody talk about snow?"):
        result = ask([signs, sample], question, choices, models=models, store=tmp_path)
        assert result.text == "sample.mp4"
        assert result.to_json()["evidence"][0]["video"] == str(sample)


def test_any_other_question_is_put_to_each(asked, signs, more_signs):
    result, told = asked("What does the sign about the library say?")
    assert (result.text, result.path) == ("LIBRARY OPEN", str(more_signs))
    assert {round_["video"] for round_ in result.rounds} == {str(signs), str(more_signs)}
    assert sum(isinstance(event, events.Recalled) for event in told) == 2


@pytest.mark.parametrize("question", [LIBRARY, "What does the sign about the library say?"])
def test_a_file_that_cannot_be_used_is_a_warning(asked, signs, more_signs, tmp_path, question):
    (tmp_path / "broken.mp4").write_bytes(b"no video at all" * 100)
    paths = [tmp_path / "missing.mp4", signs, tmp_path / "broken.mp4", more_signs]
    result, _ = asked(question, paths=paths)
    assert result.text in ("more_signs.mp4", "LIBRARY OPEN")
    assert len(result.videos) == 2
    assert sum("missing.mp4" in warning or "broken.mp4" in warning for warning in result.warnings) == 2


def test_one_that_is_left_is_asked_alone(asked, more_signs, tmp_path):
    result, _ = asked(LIBRARY, paths=[tmp_path / "missing.mp4", more_signs])
    assert any("missing.mp4" in warning for warning in result.warnings)
    assert [video["path"] for video in result.videos] == [str(more_signs)]


def test_none_that_can_be_used_is_an_error(asked, tmp_path):
    with pytest.raises(VidprogError) as caught:
        asked(LIBRARY, paths=[tmp_path / "one.mp4", tmp_path / "two.mp4"])
    assert caught.value.code == "media.missing"


def test_only_programs_for_several_videos_are_tried(asked):
    result, _ = asked("Does either of the videos mention a hospital?", threshold=1.0, max_rounds=5)
    library = Catalog.builtin()
    assert len(result.rounds) > 1
    assert {library.get(round_["program"]).takes for round_ in result.rounds} == {"several"}


def test_a_text_model_writes_programs_over_all_videos(signs, more_signs, signs_memory, models):
    program = (
        "found = [(clip, search('library', clip=clip)) for clip in videos]\n"
        "lines = [line for clip, lines in found for line in lines]\n"
        "answer(question, lines, value=lines[0].video)"
    )
    llm = ScriptedLanguageModel(program)
    changed = with_role(models, llm=llm)
    question = "Contrast the handwriting of both films with one another."
    result = ask([signs, more_signs], question, models=changed, store=signs_memory, settings=Settings(max_rounds=1))
    assert result.text == "more_signs.mp4"
    planning = next(prompt for prompt in llm.prompts if question in prompt)
    assert "videos: list[Clip]" in planning
    assert "videos[0] is signs.mp4: duration 12.0 s" in planning
    assert "videos[1] is more_signs.mp4: duration 9.0 s" in planning


def test_an_interrupted_comparison_is_another_one_for_other_videos(open_session, signs, more_signs, signs_memory):
    one, two = (open_session(path, store=signs_memory) for path in (signs, more_signs))
    assert one.takes == "one" and one.fingerprint == one.video.fingerprint
    with one.beside([two]):
        assert one.takes == "several" and one.fingerprint.count(":") == 2
        assert "videos[1] is more_signs.mp4" in one.facts()
    assert one.takes == "one" and "videos[" not in one.facts()
