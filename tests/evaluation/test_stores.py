"""Memory files of a run: a question works on a copy, which counts once its answer is recorded."""

import pytest
from vidprog.evaluation.lines import digest
from vidprog.evaluation.stores import Stores

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
