"""``vidprog cache``: what is kept of which video, and that nothing goes which somebody uses."""

import os
import shutil
import time

import pytest
from vidprog.memory import Block, BlockResult, Observation, VideoMemory
from vidprog.memory.housekeeping import Held, chosen, held_in, is_in_use, remove
from vidprog.memory.key import ArtefactKey
from vidprog.video import open_video

DAY = 86400.0


@pytest.fixture
def store(tmp_path, signs, more_signs, signs_memory):
    """Two videos, the second not used for forty days, and a file that was set aside."""
    folder = tmp_path / "store"
    folder.mkdir()
    known, old = (folder / f"{open_video(path).fingerprint}.sqlite" for path in (signs, more_signs))
    for path in (known, old):
        shutil.copy(signs_memory / path.name, path)
    os.utime(old, (time.time() - 40 * DAY,) * 2)
    (folder / "x.sqlite.20200101-000000-000000001.aside").write_bytes(b"damaged")
    return folder


def listed(cli, store, *arguments):
    return cli("cache", "list", *arguments, "--store", store, "--json").document


def test_the_list_has_what_is_kept_of_each_video(cli, store, signs, more_signs):
    document = listed(cli, store)
    assert document["store"] == str(store) and document["leftovers"] > 0
    first, second = document["videos"]
    assert [first["fingerprint"], second["fingerprint"]] == [open_video(p).fingerprint for p in (signs, more_signs)]
    assert first["observations"]["text"] >= 3 and first["bytes"] == os.path.getsize(first["path"])
    assert document["bytes"] == first["bytes"] + second["bytes"]
    shown = cli("cache", "list", "--store", store)
    assert shown.code == 0 and "40 d ago" in shown.out and f"{store}: 2 videos" in shown.out
    assert [entry["fingerprint"] for entry in listed(cli, store, more_signs)["videos"]] == [second["fingerprint"]]


def test_an_empty_store(cli, tmp_path):
    assert listed(cli, tmp_path / "none")["videos"] == []
    assert "0 videos" in cli("cache", "list", "--store", tmp_path / "none").out


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (["--older-than", "30d"], 1),
        (["--older-than", "60d"], 2),
        (["--older-than", "0s"], 0),
        (["--larger-than", "1GB"], 2),
        (["--larger-than", "0b"], 0),
        (["--older-than", "5w", "--larger-than", "1 gb"], 1),
        (["--older-than", "30d", "--dry-run"], 2),
    ],
)
def test_pruning(cli, store, arguments, left):
    time.sleep(0.01)
    ran = cli("cache", "prune", *arguments, "--store", store, "--json")
    assert ran.code == 0 and len(ran.document["removed"]) == 2 - left + 1 * ("--dry-run" in arguments)
    assert len(held_in(store)) == left
    assert list(store.glob("*.aside")) == [] or "--dry-run" in arguments


def test_clearing_one_video_and_not_the_others(cli, store, signs, more_signs):
    ran = cli("cache", "clear", signs, "--store", store)
    assert ran.code == 0 and "removed" in ran.out
    assert [held.fingerprint for held in held_in(store)] == [open_video(more_signs).fingerprint]
    assert cli("cache", "clear", open_video(more_signs).fingerprint, "--store", store).code == 0
    assert held_in(store) == ()


def test_what_is_in_use_stays(cli, store, signs):
    fingerprint = open_video(signs).fingerprint
    with VideoMemory.open(fingerprint, store) as memory:
        assert is_in_use(memory.path)
        ran = cli("cache", "prune", "--older-than", "0s", "--store", store)
        assert ran.code == 0 and f"{fingerprint} is in use and stays" in ran.err
        key = ArtefactKey("test", "1")
        found = BlockResult((Observation(0, 1, "note", "written after", 1.0, "test"),))
        memory.compute(key, [Block(0, 1)], lambda block: found)
    with VideoMemory.open(fingerprint, store) as again:
        assert [moment.content for moment in again.timeline("note")] == ["written after"]
    assert len(remove(held_in(store)).removed) == 1


def test_a_damaged_store_can_go(tmp_path):
    path = tmp_path / f"{'0' * 32}.sqlite"
    path.write_bytes(b"no database" * 100)
    assert held_in(tmp_path)[0].kinds == {}
    assert len(remove(held_in(tmp_path)).removed) == 1 and not path.exists()


def test_the_oldest_go_first(tmp_path):
    stores = [Held(tmp_path / name, 10, used, {}) for name, used in (("a", 3.0), ("b", 1.0), ("c", 2.0))]
    assert [held.path.name for held in chosen(stores, larger_than=15, now=4)] == ["b", "c"]
    assert [held.path.name for held in chosen(stores, older_than=1.5, larger_than=5, now=4)] == ["b", "c", "a"]
    assert chosen(stores, now=4) == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prune"], "nothing is said about what may go"),
        (["prune", "--older-than", "soon"], "'soon' is no amount"),
        (["prune", "--larger-than", "3d"], "'3d' is no amount"),
        (["clear", "0" * 32], "does not exist"),
    ],
)
def test_wrong_calls(cli, store, arguments, message):
    ran = cli("cache", *arguments, "--store", store)
    assert ran.code in (1, 2) and message in ran.err.casefold() and len(held_in(store)) == 2
