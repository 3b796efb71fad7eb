"""``vidprog batch``: errors per line, going on where it stopped, nothing answered twice."""

import json

import pytest
from vidprog.apps.batch import Question, Tally, read_questions, run_batch
from vidprog.video.errors import VidprogError

QUESTIONS = (
    {
        "id": "year",
        "video": "sample.mp4",
        "question": "In which year was the station opened?",
        "choices": ["1902", "1887"],
    },
    {"id": "gone", "video": "nowhere.mp4", "question": "Which animal is shown?"},
    {"video": "sample.mp4", "question": "Which animal is shown?", "choices": ["a dog", "a cat", "a horse"]},
)


def write(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def asked():
    """Stands for the loop: answers by the question, fails where the video is called gone; keeps what it was asked."""
    seen = []

    def answer(videos, question, choices):
        seen.append(question)
        if videos == ("gone.mp4",):
            raise VidprogError("gone.mp4 does not exist", code="media.missing", hint="check the spelling")
        return {"answer": question.upper(), "abstained": question == "what?"}

    answer.seen = seen
    return answer


def question(key, video="a.mp4"):
    return Question(key, (video,), f"{key}?", (), 1)


def go(questions, out, answer):
    return run_batch(questions, out, answer, lambda done, total: None)


def test_a_batch_on_real_video(cli, tmp_path, sample, sample_store):
    (tmp_path / "sample.mp4").symlink_to(sample)  # beside the questions, not where the command runs
    questions, out = write(tmp_path / "in.jsonl", QUESTIONS), tmp_path / "answers" / "out.jsonl"
    ran = cli("batch", questions, "--out", out, "--store", sample_store, "--json")
    assert ran.code == 1
    assert {key: ran.document[key] for key in ("answered", "abstained", "failed", "known")} == {
        "answered": 2, "abstained": 0, "failed": 1, "known": 0,
    }  # fmt: skip
    year, gone, animal = read(out)
    assert (year["key"], year["schema"], year["answer"]) == ("year", "vidprog.answer/1", "1887")
    assert gone["error"]["code"] == "media.missing" and gone["videos"] == ["nowhere.mp4"]
    assert animal["choice"] == 1 and len(animal["key"]) == 16
    again = cli("batch", questions, "--out", out, "--store", sample_store)
    assert again.code == 1 and "3 questions: 0 answered, 0 abstained, 1 failed, 2 known already" in again.out
    assert [entry["key"] for entry in read(out)] == ["year", animal["key"], "gone"]


def test_an_interrupted_batch_goes_on(tmp_path, asked):
    questions, out = [question(key) for key in "abc"], tmp_path / "out.jsonl"

    def interrupted(videos, text, choices):
        if text == "b?":
            raise KeyboardInterrupt
        return asked(videos, text, choices)

    with pytest.raises(KeyboardInterrupt):
        go(questions, out, interrupted)
    out.write_text(out.read_text() + '{"key": "b", "ans')  # killed while it wrote
    assert go(questions, out, asked) == Tally(answered=2, known=1)
    assert asked.seen == ["a?", "b?", "c?"] and [entry["key"] for entry in read(out)] == ["a", "b", "c"]


def test_errors_are_tried_again_and_do_not_pile_up(tmp_path, asked):
    questions, out = [question("a"), question("b", "gone.mp4"), question("what")], tmp_path / "out.jsonl"
    assert go(questions, out, asked) == Tally(answered=1, abstained=1, failed=1)
    assert go(questions, out, asked) == Tally(failed=1, known=2)
    assert sorted(entry["key"] for entry in read(out)) == ["a", "b", "what"]
    assert go([*questions[::2], question("b")], out, asked) == Tally(answered=1, known=2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "line 1: it is not JSON"),
        ('\n{"video": "a.mp4"}', "line 2: it has no video or no question"),
        ('{"video": "a.mp4", "question": "x", "choice": []}', "line 1: choice: there are only id, video"),
        ('{"video": "a.mp4", "question": 3}', "line 1: videos, question and choices are texts"),
        ('{"video": "a", "question": "x"}\n{"video": "a", "question": "x"}', "is there twice"),
    ],
)
def test_a_wrong_line_is_named(cli, tmp_path, text, message):
    (tmp_path / "in.jsonl").write_text(text)
    ran = cli("batch", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    assert ran.code == 2 and message in ran.err and not (tmp_path / "out.jsonl").exists()


def test_another_file_is_not_written_over(tmp_path, asked):
    out = tmp_path / "notes.txt"
    out.write_text("my notes\nare here\n")
    with pytest.raises(VidprogError, match="holds something else than answers"):
        go([question("a")], out, asked)
    assert out.read_text() == "my notes\nare here\n"


def test_several_videos_and_order(tmp_path):
    line = {"video": ["a.mp4", "b.mp4"], "question": "Which of them?"}
    (found,) = read_questions(write(tmp_path / "in.jsonl", [line]))
    assert found.videos == ("a.mp4", "b.mp4") and found.choices == ()
