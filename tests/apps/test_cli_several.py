"""``vidprog ask`` with several videos: compared where the question relates them, else one after the other."""

import pytest

LIBRARY = "Which video shows a sign about the library?"


@pytest.fixture
def about_signs(cli, signs, more_signs, signs_memory):
    return lambda *words: cli("ask", signs, more_signs, *words, "--store", signs_memory)


def test_the_video_is_named_with_its_moments(about_signs, signs, more_signs, validate):
    ran = about_signs(LIBRARY)
    assert ran.code == 0 and ran.out.startswith("more_signs.mp4\n")
    assert "videos     signs.mp4, more_signs.mp4" in ran.out
    assert [line.split()[0] for line in ran.out.splitlines() if "LIBRARY OPEN" in line] == ["more_signs.mp4"]
    document = about_signs(LIBRARY, "-c", "the first", "-c", "the second", "--json").document
    validate(document, "answer")
    assert document["choice"] == 1
    assert {moment["video"] for moment in document["evidence"]} <= {str(signs), str(more_signs)}


def test_a_program_over_several_videos_is_one_like_any_other(about_signs, tmp_path, validate):
    path = tmp_path / "longest.py"
    path.write_text(
        "def longest(videos: list[Clip], question: str, choices: list[str]) -> Answer:\n"
        "    '''Name the longest.'''\n"
        "    seconds = [clip.duration for clip in videos]\n"
        "    return answer(question, [], value=name_videos('Which is longest?', videos, seconds, of='number'))\n"
    )
    ran = about_signs("What?", "--program", path, "--json")
    validate(ran.document, "answer")
    assert (ran.document["answer"], ran.document["program"]["name"]) == ("signs.mp4", "longest")


def test_a_file_that_is_missing_is_a_warning(cli, signs, signs_memory, tmp_path):
    words = ("ask", tmp_path / "missing.mp4", signs, "What does the exit sign say?", "--store", signs_memory)
    ran = cli(*words)
    assert ran.code == 0 and ran.out.startswith("EXIT 42\n")
    assert "warning: " in ran.err and "missing.mp4" in ran.err
    assert cli("ask", tmp_path / "a.mp4", tmp_path / "b.mp4", "What?").code == 1


@pytest.mark.parametrize("name", ["which_video", "compare_videos", "across_videos"])
def test_the_library_says_what_they_are_for(cli, name):
    entry = next(p for p in cli("programs", "list", "--json").document["programs"] if p["name"] == name)
    assert entry["takes"] == "several" and "several videos" in entry["when"]
