"""Runs: what is asked, what is kept, what a second call does, and what is refused."""

import errno
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.evaluation.answering import Conduct
from vidprog.evaluation.caveats import caveats
from vidprog.evaluation.items import DataSet, Item
from vidprog.evaluation.lines import item_from_json, item_to_json
from vidprog.evaluation.overview import overview
from vidprog.evaluation.run import Extent, evaluate, jobs_of, wrong_video
from vidprog.evaluation.systems import System, chosen_systems, refuse_faulty
from vidprog.tools import Registry
from vidprog.video import open_video
from vidprog.video.errors import UsageError, VidprogError

SYSTEMS = (System("read_screen"), System("is_it_there"))


@pytest.fixture(scope="module")
def run(questions, sample, looks, models, tmp_path_factory):
    """Two programs, asked everything once."""
    folder = tmp_path_factory.mktemp("run")
    return evaluate(questions, {"sample": sample}, SYSTEMS, Conduct(folder, looks=looks), models=models)


def lines_of(folder):
    return [json.loads(line) for line in (folder / "predictions.jsonl").read_text().splitlines()]


def told(lines, *without):
    """Lines without what differs between two runs of the same: seconds."""
    return [{**line, "usage": {**line["usage"], "seconds": 0, "cpu_seconds": 0}} for line in lines]


def test_every_question_has_a_line_and_a_trace(run, questions):
    lines = lines_of(run.directory.path)
    assert run.answered == len(lines) == 8 and run.left == 0
    assert run.missing == {"missing": 1}
    for line in lines:
        trace = run.directory.trace(line["trace"])
        assert trace["item"]["id"] == line["item"] and trace["prediction"]["text"] == line["text"]
        assert trace["result"]["rounds"][0]["program"] == line["program"]
    right = {line["item"]: line["choice"] for line in lines if line["system"] == "is_it_there"}
    assert right["animal"] == 1


def test_second_call_does_nothing_and_the_numbers_stay(run, questions, sample, looks, models):
    folder = run.directory.path
    before = (folder / "predictions.jsonl").read_bytes()
    scores = overview(folder).rows[0].scores.to_json()
    again = evaluate(questions, {"sample": sample}, SYSTEMS, Conduct(folder, looks=looks), models=models)
    assert (again.answered, again.known) == (0, 8)
    assert (folder / "predictions.jsonl").read_bytes() == before
    assert overview(folder).rows[0].scores.to_json() == scores


def test_killed_run_goes_on_as_if_nothing_had_been(run, questions, sample, looks, models, tmp_path):
    """One that is stopped after every question, with a torn line and a copy left over, ends like one that was not."""
    conduct, videos = Conduct(tmp_path / "run", looks=looks), {"sample": sample}
    for stopped in range(1, 4):
        evaluate(questions, videos, SYSTEMS[:1], conduct, Extent(costs={"seconds": 0.0}, limit=stopped), models=models)
        part = evaluate(questions, videos, SYSTEMS[:1], conduct, Extent(limit=stopped), models=models)
        assert part.answered <= 1
        pending = conduct.folder / "store" / "pending"
        assert not any(pending.iterdir())
        with (conduct.folder / "predictions.jsonl").open("a") as file:
            file.write('{"system": "read_screen", "item": "wro')
    evaluate(questions, videos, SYSTEMS, conduct, models=models)
    assert told(lines_of(conduct.folder)) == told(lines_of(run.directory.path))


def test_cost_limit_stops_before_the_next_question(questions, sample, looks, models, tmp_path):
    extent = Extent(costs={"llm_calls": 1})
    conduct = Conduct(tmp_path, looks=looks)
    done = evaluate(questions, {"sample": sample}, SYSTEMS[:1], conduct, extent, models=models)
    assert done.answered < 4 and done.left == 4 - done.answered
    assert done.stopped == "the limit of llm_calls was reached"


def test_tokens_are_those_of_prompts_and_completions(questions, sample, looks, models, tmp_path):
    conduct = Conduct(tmp_path, looks=looks)
    extent = Extent(costs={"tokens": 1})
    done = evaluate(questions, {"sample": sample}, SYSTEMS[:1], conduct, extent, models=models)
    assert done.answered == 1 and done.stopped == "the limit of tokens was reached"


def test_errors_are_kept_with_their_reason_and_only_they_are_asked_again(questions, sample, models, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    conduct, system = Conduct(tmp_path / "run"), SYSTEMS[:1]
    done = evaluate(questions, {"sample": broken}, system, conduct, models=models)
    lines = lines_of(conduct.folder)
    assert done.answered == 4 and all("broken.mp4" in line["error"] and line["abstained"] for line in lines)
    assert evaluate(questions, {"sample": broken}, system, conduct, models=models).answered == 0
    again = evaluate(questions, {"sample": broken}, system, conduct, Extent(only_errors=True, limit=2), models=models)
    assert again.answered == 2 and len(lines_of(conduct.folder)) == 6
    assert again.known == 0  # an error that is asked again is no answer from before


@pytest.mark.parametrize(("changes", "words"), [
    ({"settings": {"max_rounds": 1}}, "settings max_rounds was 3, is 1"),
    ({"seed": 5}, "controls seed was 0, is 5"),
    ({"budget": {"seconds": 9}}, "settings budget was {}, is {\"seconds\":9}"),
])  # fmt: skip
def test_other_configurations_are_refused(run, questions, sample, models, changes, words):
    with pytest.raises(UsageError) as error:
        evaluate(questions, {"sample": sample}, SYSTEMS, Conduct(run.directory.path, **changes), models=models)
    assert error.value.code == "eval.configuration" and words in error.value.message


def test_full_disk_ends_the_run_and_is_no_error_of_its_questions(
    questions, sample, looks, models, tmp_path, monkeypatch
):
    """They are asked again once there is space."""

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    conduct = Conduct(tmp_path, looks=looks)
    with pytest.raises(OSError, match="No space left"):
        evaluate(questions, {"sample": sample}, SYSTEMS[:1], conduct, models=models)
    assert not (tmp_path / "predictions.jsonl").exists()


@pytest.mark.parametrize(("given", "words"), [
    ({"costs": {"llm_call": 5}}, "no cost is called llm_call"),
    ({"costs": {"llm_calls": -1}}, "a limit of -1 llm_calls cannot be"),
    ({"costs": {"tokens": float("nan")}}, "cannot be"),
    ({"seconds": -4.0, "costs": {"seconds": 9}}, "a limit of -4 seconds cannot be"),
])  # fmt: skip
def test_limits_that_would_never_be_reached_are_refused(given, words):
    with pytest.raises(UsageError, match=words):
        Extent(**given)


def test_no_questions_at_all_is_said(models, tmp_path):
    with pytest.raises(UsageError, match="demo has no question"):
        evaluate(DataSet("demo", "test", ()), {}, SYSTEMS, Conduct(tmp_path), models=models)


def test_program_file_with_a_mistake_is_refused_before_any_question(models, tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text("answer(question, read_texxt(video), choices)")
    with pytest.raises(UsageError, match=r"mine\.py: line 1: .*read_texxt"):
        refuse_faulty(chosen_systems(f"loop,{mine}", models), Registry.builtin())
    mine.write_text("answer(question, read_text(video), choices)")
    refuse_faulty(chosen_systems(f"loop,read_screen,{mine}", models), Registry.builtin())


def test_program_that_breaks_off_is_in_its_line(questions, sample, looks, models, tmp_path):
    """What is known of the video may answer nonetheless: nobody must take that for the program's merit."""
    broken = tmp_path / "broken.py"
    broken.write_text("x = 1 / 0\nanswer(question, read_text(video), choices)")
    conduct = Conduct(tmp_path / "run", looks=looks)
    evaluate(questions, {"sample": sample}, [System(str(broken))], conduct, Extent(limit=1), models=models)
    (line,) = lines_of(conduct.folder)
    assert "division by zero" in line["rounds"][0]["error"]
    assert any("broke off" in caveat for caveat in caveats(overview(conduct.folder)))


def test_wrong_video_is_asked_about_where_it_is_too_short_for_the_part(signs, sample, looks, models, tmp_path):
    """A part that begins where the wrong video has ended would be an error, and flatter the right one."""
    part = (20.0, 22.0)
    items = (
        Item("1", "sample", "Which animal?", choices=("a cat", "a dog"), truth=0, part=part),
        Item("2", "signs", "?"),
    )
    assert open_video(signs).duration < part[0]
    conduct, wrong = Conduct(tmp_path, first_look=False), [System("read_screen", "wrong_video")]
    evaluate(DataSet("demo", "test", items), {"sample": sample, "signs": signs}, wrong, conduct, Extent(limit=1),
             models=models)  # fmt: skip
    (line,) = lines_of(tmp_path)
    assert line["error"] == ""


def test_other_questions_are_refused(run, questions, sample, models):
    fewer = DataSet("demo", "test", questions.items[:2])
    with pytest.raises(UsageError, match="data items was 5, is 2"):
        evaluate(fewer, {"sample": sample}, SYSTEMS, Conduct(run.directory.path), models=models)


def test_other_versions_are_refused_unless_they_are_meant(run, questions, sample, looks, models, monkeypatch):
    from vidprog.evaluation import versions

    monkeypatch.setattr(versions, "code_mark", lambda: "other")
    conduct = Conduct(run.directory.path, looks=looks)
    with pytest.raises(UsageError) as error:
        evaluate(questions, {"sample": sample}, SYSTEMS, conduct, models=models)
    assert error.value.code == "eval.versions" and "code rooms" in error.value.message
    evaluate(questions, {"sample": sample}, SYSTEMS, conduct, models=models, anyway=True)
    assert overview(run.directory.path).changes == ["code rooms"]


def test_two_processes_do_not_work_on_one_shard(run, questions, sample, models):
    calls = len(run.directory.configuration["sessions"])
    with run.directory.working(), pytest.raises(VidprogError, match="another process works on"):
        evaluate(questions, {"sample": sample}, SYSTEMS, Conduct(run.directory.path), models=models, anyway=True)
    assert len(run.directory.configuration["sessions"]) == calls


def test_no_video_at_all_is_said(questions, models, tmp_path):
    with pytest.raises(UsageError, match="none of the 2 videos of demo was found"):
        evaluate(questions, {}, SYSTEMS, Conduct(tmp_path), models=models)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(1, 5))
def test_shards_share_all_videos_and_no_video(videos, count):
    items = [Item(str(place), str(video), "Who?") for place, video in enumerate(videos)]
    files = {item.video: item.video for item in items}
    shards = [list(jobs_of(items, files, SYSTEMS[:1], Extent(shard=(number + 1, count)))) for number in range(count)]
    assert sorted(job.key for shard in shards for job in shard) == sorted(("read_screen", item.id) for item in items)
    seen = [{job.video for job in shard} for shard in shards]
    assert sum(map(len, seen)) == len(set(videos))


@given(st.lists(st.text(min_size=1), min_size=2, unique=True))
def test_wrong_video_is_another_one(names):
    wrong = [wrong_video(name, names) for name in names]
    assert all(one != other for one, other in zip(names, wrong, strict=True)) and sorted(wrong) == sorted(names)


def test_wrong_videos_are_asked_about_where_there_are_two():
    items, system = [Item("1", "a", "Who?"), Item("2", "b", "Who?")], System(None, "wrong_video")
    jobs = list(jobs_of(items, {"a": "a.mp4", "b": "b.mp4"}, [system], Extent()))
    assert [(job.key[1], job.video) for job in jobs] == [("1", "b.mp4"), ("2", "a.mp4")]
    assert list(jobs_of(items, {"a": "a.mp4"}, [system], Extent())) == []


@pytest.mark.parametrize(("names", "systems"), [
    (None, ["loop"]), ("loop,read_screen", ["loop", "read_screen"]), ("read_screen, loop", ["read_screen", "loop"]),
])  # fmt: skip
def test_systems_are_chosen_by_name(models, names, systems):
    assert [system.name for system in chosen_systems(names, models)] == systems


def test_file_is_not_taken_for_the_library_program_of_that_name(models, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "read_screen.py").write_text("answer(question, read_text(video), choices)")
    first, second = (str(tmp_path / folder / "read_screen.py") for folder in ("one", "two"))
    assert [system.name for system in chosen_systems(f"read_screen,{first}", models)] == [
        "read_screen", "read_screen.py",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="two programs have one name"):
        chosen_systems(f"{first},{second}", models)


def test_all_is_the_loop_and_what_the_models_can_run(models):
    names = [system.name for system in chosen_systems("all", models)]
    assert names[0] == "loop" and "read_screen" in names and "uniform_frames" not in names
    general = [system.name for system in chosen_systems("general", models)]
    assert set(general) < set(names) and "which_direction" not in general


def test_controls_of_the_first_system(models):
    names = [system.name for system in chosen_systems("read_screen,loop", models, controls=True)]
    assert names[2:] == ["blind", *(f"read_screen@{name}" for name in ("one_frame", "shuffled", "reversed",
                                                                       "wrong_video"))]  # fmt: skip
    with pytest.raises(UsageError):
        chosen_systems("no_such_program", models)


@given(st.builds(
    Item, st.text(), st.text(), st.text(), choices=st.lists(st.text(), max_size=3).map(tuple),
    spans=st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), max_size=2).map(tuple),
    part=st.none() | st.tuples(st.floats(0, 9), st.floats(0, 9)),
    extra=st.dictionaries(st.text(), st.integers() | st.text(), max_size=2),
))  # fmt: skip
def test_items_come_back_from_their_lines(item):
    assert item_from_json(json.loads(json.dumps(item_to_json(item)))) == item
