"""Memory files of a run: a question works on a copy, which counts once its answer is recorded."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from vidprog.evaluation.lines import digest
from vidprog.evaluation.stores import Stores
from vidprog.video import open_video

KEY, OTHER = ("loop", "1"), ("loop", "2")


@pytest.fixture
def stores(tmp_path):
    made = Stores(tmp_path / "store")
    looks = tmp_path / "store" / "first-look"
    looks.mkdir(parents=True)
    (looks / "f.sqlite").write_text("first look")
    return made


def grow(stores, key):
    """What a question does: it adds to its copy, and leaves a checkpoint."""
    folder = stores.borrow(key, "f")
    (folder / "checkpoints.sqlite").write_text("unfinished")
    with (folder / "f.sqlite").open("a") as file:
        file.write(f", {'-'.join(key)}")
    return folder


def known(stores, key):
    return (stores.borrow(key, "f") / "f.sqlite").read_text()


def test_next_question_builds_on_a_recorded_one_only(stores):
    grow(stores, KEY)
    assert known(stores, OTHER) == "first look"
    stores.settle(KEY)
    assert known(stores, OTHER) == "first look, loop-1"
    assert known(stores, ("read_screen", "1")) == "first look"


def test_dropped_copy_leaves_nothing(stores):
    folder = grow(stores, KEY)
    stores.drop(KEY)
    assert not folder.exists() and known(stores, OTHER) == "first look"


def test_settling_twice_does_no_harm(stores):
    grow(stores, KEY)
    stores.settle(KEY)
    stores.settle(KEY)
    assert known(stores, OTHER) == "first look, loop-1"


@pytest.mark.parametrize(("recorded", "left"), [({KEY}, "first look, loop-1"), (set(), "first look")])
def test_after_a_kill_what_is_recorded_counts(stores, recorded, left):
    grow(stores, KEY)
    stores.recover(recorded, [KEY, OTHER])
    assert known(stores, OTHER) == left


def test_copies_of_other_shards_are_left_alone(stores):
    folder = grow(stores, KEY)
    stores.recover(set(), [OTHER])
    assert folder.name == digest(*KEY) and folder.exists()


def test_look_is_made_once(stores, signs, models, tmp_path):
    made = Stores(tmp_path / "own")
    name = made.look(signs, models)
    file = tmp_path / "own" / "first-look" / f"{name}.sqlite"
    before = file.stat().st_mtime_ns
    assert made.look(signs, models) == name and file.stat().st_mtime_ns == before
    assert not (tmp_path / "own" / "first-look" / "under-way" / name).exists()


class ScriptedSession:
    """Takes its time for a first look, as the real one does, and counts how often it is made."""

    made = 0

    def __init__(self, path, models, store):
        self.path, self.store = path, store

    def __enter__(self):
        type(self).made += 1
        return self

    def __exit__(self, *_):
        return None

    def index(self):
        time.sleep(0.2)
        (self.store / f"{open_video(self.path).fingerprint}.sqlite").write_text("looked")


def scripted(llm):
    """Models of which only the names matter."""
    return SimpleNamespace(profile=SimpleNamespace(to_json=lambda: {"llm": llm}))


def test_look_of_other_models_or_other_code_is_brought_up_to_date(sample, tmp_path, monkeypatch):
    """What an old look lacks would else be paid for by the first questions, and only by those."""
    monkeypatch.setattr("vidprog.agents.Session", ScriptedSession)
    monkeypatch.setattr(ScriptedSession, "made", 0)
    stores, made = Stores(tmp_path / "run", tmp_path / "looks"), []
    for llm, code in (("one", "a"), ("one", "a"), ("other", "a"), ("other", "b"), ("other", "b")):
        monkeypatch.setattr("vidprog.evaluation.stores.code_mark", lambda code=code: code)
        stores.look(sample, scripted(llm))
        made.append(ScriptedSession.made)
    assert made == [1, 1, 2, 3, 3]


def test_two_processes_look_at_a_video_once(sample, tmp_path, monkeypatch):
    """Shards that share a video of another's, and runs that share first looks; threads stand for the processes."""
    monkeypatch.setattr("vidprog.agents.Session", ScriptedSession)
    monkeypatch.setattr(ScriptedSession, "made", 0)
    stores = [Stores(tmp_path / name, tmp_path / "looks") for name in ("one", "two")]
    with ThreadPoolExecutor(2) as pool:
        marks = list(pool.map(lambda each: each.look(sample, scripted("one")), stores))
    assert ScriptedSession.made == 1 and len(set(marks)) == 1
    assert (tmp_path / "looks" / f"{marks[0]}.sqlite").read_text() == "looked"
    for name in ("one", "two"):  # both reports tell what the look cost
        facts = json.loads((tmp_path / name / "first-look" / f"{marks[0]}.json").read_text())
        assert facts["video"] == sample.name and facts["seconds"] >= 0.2
