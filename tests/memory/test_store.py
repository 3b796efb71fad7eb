"""The store: nothing lost, nothing done twice, nothing silent."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from vidprog.memory import ArtefactKey, Block, BlockResult, Observation, VideoMemory, default_directory
from vidprog.video.errors import UsageError, VidprogError

FINGERPRINT = "0123abcd"
KEY = ArtefactKey("look", "1", "eyes:test", {"fps": 1})
BLOCKS = [Block(i * 10, i * 10 + 10) for i in range(5)]


def see(block):
    return BlockResult((Observation(block.start, block.end, "caption", f"scene {block.start:.0f}", 0.5, "test"),))


def integrity(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for table in ("words", "letters"):
            connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
        return connection.execute("PRAGMA integrity_check").fetchone()[0]


def test_the_second_time_nothing_is_computed(memory):
    first = memory.compute(KEY, BLOCKS, see)
    second = memory.compute(KEY, BLOCKS, pytest.fail)
    assert (first.cached, first.computed_blocks, first.total_blocks, first.failed, first.why) == (False, 5, 5, (), "")
    assert (second.cached, second.computed_blocks, second.total_blocks) == (True, 0, 5)
    assert second.timeline == first.timeline
    assert [o.content for o in first.timeline] == ["scene 0", "scene 10", "scene 20", "scene 30", "scene 40"]


def test_everything_survives_the_store(memory):
    seen = Observation(0.1, 0.30000000000000004, "object", "Ünï 中 \U0001f600", 0.1, "d", (0.1, 0.2, 0.3, 0.4), 7)
    memory.compute(KEY, BLOCKS[:1], lambda block: BlockResult((seen,)))
    assert list(memory.timeline()) == [seen]


def test_another_key_is_computed_again(memory):
    memory.compute(KEY, BLOCKS, see)
    assert memory.compute(ArtefactKey("look", "2", "eyes:test", {"fps": 1}), BLOCKS, see).computed_blocks == 5


def test_a_longer_request_computes_the_new_blocks_only(memory):
    memory.compute(KEY, BLOCKS[:2], see)
    asked = []
    more = memory.compute(KEY, BLOCKS, lambda block: asked.append(block) or see(block))
    assert asked == BLOCKS[2:]
    assert (more.computed_blocks, len(more.timeline)) == (3, 5)
    assert len(memory.compute(KEY, BLOCKS[1:2], see).timeline) == 1


def test_a_block_given_twice_counts_once(memory):
    result = memory.compute(KEY, [Block(0, 0.3), Block(0.0, 0.1 + 0.2)], see)
    assert (result.total_blocks, len(result.timeline)) == (1, 1)


def test_empty_is_kept_with_its_reason(memory):
    for cached in (False, True):
        result = memory.compute(KEY, BLOCKS, lambda block: BlockResult(why="no audio stream"))
        assert (result.cached, result.why, result.timeline.why, result.failed) == (
            cached,
            "no audio stream",
            "no audio stream",
            (),
        )


def test_reasons_are_summed_up(memory):
    result = memory.compute(KEY, BLOCKS, lambda block: BlockResult(why=f"dark at {block.start:.0f} s"))
    assert result.why == "dark at 0 s; dark at 10 s; dark at 20 s; and 2 other reasons"


def test_empty_without_a_reason_is_refused(memory):
    with pytest.raises(ValueError, match="why"):
        memory.compute(KEY, BLOCKS, lambda block: BlockResult())


def test_no_blocks(memory):
    assert memory.compute(KEY, [], see).why == "no blocks to look at"


def test_a_failure_is_tried_again_and_never_taken_for_empty(memory):
    def stumble(block):
        if block.start == 10:
            raise VidprogError("The decoder gave up.", code="media.decode")
        return BlockResult(why="dark")

    first = memory.compute(KEY, BLOCKS[:3], stumble)
    assert (first.computed_blocks, first.failed) == (3, ("10.0-20.0 s: The decoder gave up.",))
    assert first.why == "dark; 1 of 3 blocks failed: 10.0-20.0 s: The decoder gave up."
    assert memory.artefacts()[0].state == "failed"
    asked = []
    second = memory.compute(KEY, BLOCKS[:3], lambda block: asked.append(block) or see(block))
    assert asked == [BLOCKS[1]]
    assert (second.cached, second.failed, len(second.timeline)) == (False, (), 1)
    assert memory.compute(KEY, BLOCKS[:3], stumble).cached


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_what_was_finished_before_an_interruption_is_kept(memory, error):
    def interrupted(block):
        if block.start == 20:
            raise error
        return see(block)

    with pytest.raises(error):
        memory.compute(KEY, BLOCKS, interrupted)
    assert len(memory.timeline()) == 2
    assert memory.compute(KEY, BLOCKS, see).computed_blocks == 3


def test_progress(memory):
    seen = []
    memory.compute(KEY, BLOCKS[:2], see, lambda *step: seen.append(step))
    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_no_lock_is_held_while_observing(memory, tmp_path):
    def look_aside(block):
        with VideoMemory.open(FINGERPRINT, tmp_path) as other:
            other.save_value(ArtefactKey("other", "1"), block.start)
        return see(block)

    began = time.monotonic()
    assert memory.compute(KEY, BLOCKS, look_aside).computed_blocks == 5
    assert time.monotonic() - began < 10  # a held lock would make the first write wait for 30 s


def test_threads_share_a_memory(memory):
    results = []

    def work(number):
        results.append(memory.compute(ArtefactKey("look", str(number)), BLOCKS, see))
        memory.search("scene")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert [len(result.timeline) for result in results] == [5] * 8


SHARED_WORK = """
    import sys
    from vidprog.memory import ArtefactKey, Block, BlockResult, Observation, VideoMemory
    def see(block):
        return BlockResult((Observation(block.start, block.end, "caption", f"scene {block.start}", 0.5, "test"),))
    print("ready", flush=True)
    sys.stdin.readline()
    with VideoMemory.open("0123abcd", sys.argv[1]) as memory:
        result = memory.compute(ArtefactKey("look", "1"), [Block(i, i + 1) for i in range(100)], see)
        memory.save_value(ArtefactKey("value", "1"), 1)
        print(len(result.timeline), result.failed, memory.warnings)
"""


@pytest.mark.parametrize("before", ["nothing", "an unusable file"])
def test_processes_at_once(tmp_path, before):
    """They begin the same store (or replace the same unusable one) and work on the same blocks, all at once."""
    path = tmp_path / f"{FINGERPRINT}.sqlite"
    if before != "nothing":
        _text(path)
    command = [sys.executable, "-c", textwrap.dedent(SHARED_WORK), str(tmp_path)]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    results = [worker.communicate(timeout=60) for worker in workers]
    assert [(out[:6], err, w.returncode) for (out, err), w in zip(results, workers, strict=True)] == [
        ("100 ()", "", 0)
    ] * 3
    assert len(list(tmp_path.glob("*.aside"))) == (before != "nothing")
    assert sum("moved" in out for out, _ in results) == (before != "nothing")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM observation").fetchone() == (100,)
    assert integrity(path) == "ok"


SLOW_WORK = """
    import sys, time
    from pathlib import Path
    from vidprog.memory import ArtefactKey, Block, BlockResult, Observation, VideoMemory
    directory, calls, hang = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    def see(block):
        if block.start == hang:
            print("hanging", flush=True)
            time.sleep(60)
        with calls.open("a") as file:
            file.write(f"{block.start:.0f}\\n")
        return BlockResult((Observation(block.start, block.end, "caption", f"scene {block.start}", 0.5, "test"),))
    with VideoMemory.open("0123abcd", directory) as memory:
        result = memory.compute(ArtefactKey("look", "1"), [Block(i, i + 1) for i in range(10)], see)
        print(len(result.timeline), result.computed_blocks)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_killed_run_goes_on_where_it_was(tmp_path):
    calls = tmp_path / "calls"
    command = [sys.executable, "-c", textwrap.dedent(SLOW_WORK), str(tmp_path), str(calls)]
    with subprocess.Popen([*command, "6"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "hanging\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert integrity(tmp_path / f"{FINGERPRINT}.sqlite") == "ok"
    again = subprocess.run([*command, "-1"], capture_output=True, text=True, timeout=60, check=True)
    assert again.stdout == "10 4\n"
    assert calls.read_text().split() == [str(n) for n in range(10)]


def test_values(memory, tmp_path):
    key = ArtefactKey("scenes", "1")
    assert memory.value(key) is None
    memory.save_value(key, {"a": [1, 2.5, None, "ü"]})
    memory.save_value(key, {"a": [1, 2.5, None, "ö"]})
    assert memory.value(key) == {"a": [1, 2.5, None, "ö"]}
    with VideoMemory.open(FINGERPRINT, tmp_path) as other:
        assert other.value(key) == {"a": [1, 2.5, None, "ö"]}
    assert [(a.tool, a.state, a.blocks) for a in memory.artefacts()] == [("scenes", "done", 0)]


@pytest.mark.parametrize(("value", "error"), [(object(), TypeError), (float("inf"), ValueError)])
def test_values_are_plain_data(memory, value, error):
    with pytest.raises(error):
        memory.save_value(KEY, value)
    assert memory.artefacts() == ()


def test_timeline_of_everything(memory, remember):
    assert memory.timeline().why == "nothing was observed in this video yet"
    remember((0, 5, "speech", "hello"), (5, 5, "text", "EXIT"), tool="a")
    remember((5, 5, "text", "EXIT"), (9, 10, "object", "dog"), tool="b")
    assert [o.content for o in memory.timeline()] == ["hello", "EXIT", "dog"]  # seen by both, told once
    assert [o.content for o in memory.timeline("text")] == ["EXIT"]
    assert [o.content for o in memory.timeline({"text", "object"}, start=6)] == ["dog"]
    assert [o.content for o in memory.timeline(start=5, end=5)] == ["hello", "EXIT"]
    assert memory.timeline("action").why == "nothing of that kind at that time"
    with pytest.raises(UsageError):
        memory.timeline(["sound"])


def test_artefacts(memory):
    memory.compute(KEY, BLOCKS, see)
    memory.compute(ArtefactKey("read", "1"), BLOCKS[:2], lambda block: BlockResult(why="no text"))
    look, read = memory.artefacts()
    assert (look.tool, look.state, look.why, look.blocks, look.seconds, look.observations) == (
        "look",
        "done",
        "",
        5,
        50,
        5,
    )
    assert (look.version, look.backend, look.parameters) == ("1", "eyes:test", {"fps": 1})
    assert (read.tool, read.state, read.why, read.blocks, read.observations) == ("read", "empty", "no text", 2, 0)


def test_default_directory(monkeypatch, tmp_path):
    monkeypatch.setenv("VIDPROG_STORE", str(tmp_path))
    assert default_directory() == tmp_path
    with VideoMemory.open(FINGERPRINT) as memory:
        assert memory.path == tmp_path / f"{FINGERPRINT}.sqlite"
    monkeypatch.delenv("VIDPROG_STORE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert default_directory().name == "vidprog"


@pytest.mark.parametrize("fingerprint", ["", "../up", "a/b", "a b"])
def test_a_fingerprint_is_no_path(tmp_path, fingerprint):
    with pytest.raises(ValueError, match="fingerprint"):
        VideoMemory.open(fingerprint, tmp_path)


def _older(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE old (x); PRAGMA user_version = 99;")


def _foreign(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE contacts (name);")


def _text(path):
    path.write_text("this is no database, only a long line of text\n" * 50)


def _torn(path):
    """A real store with its middle overwritten."""
    with VideoMemory.open(FINGERPRINT, path.parent) as memory:
        memory.compute(KEY, [Block(i, i + 1) for i in range(200)], see)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 8192))


def _cut(path):
    with VideoMemory.open(FINGERPRINT, path.parent) as memory:
        memory.compute(KEY, [Block(i, i + 1) for i in range(200)], see)
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("spoil", [_older, _foreign, _text, _torn, _cut])
def test_an_unusable_file_is_moved_aside(tmp_path, spoil):
    path = tmp_path / f"{FINGERPRINT}.sqlite"
    spoil(path)
    with VideoMemory.open(FINGERPRINT, tmp_path) as memory:
        (warning,) = memory.warnings
        assert "moved to" in warning
        assert memory.compute(KEY, BLOCKS, see).computed_blocks == 5
    (aside,) = tmp_path.glob("*.aside")
    assert aside.stat().st_size > 0
    assert aside.name in warning
    with VideoMemory.open(FINGERPRINT, tmp_path) as memory:
        assert memory.warnings == ()
        assert memory.compute(KEY, BLOCKS, pytest.fail).cached


def test_an_empty_file_is_simply_begun(tmp_path):
    (tmp_path / f"{FINGERPRINT}.sqlite").touch()
    with VideoMemory.open(FINGERPRINT, tmp_path) as memory:
        assert memory.warnings == ()
        assert memory.compute(KEY, BLOCKS, see).computed_blocks == 5


def test_damage_found_later_is_set_aside_at_the_next_opening(tmp_path):
    with VideoMemory.open(FINGERPRINT, tmp_path) as memory:
        memory.compute(KEY, BLOCKS, see)
        memory._database._connection.execute("UPDATE words_data SET block = x'ffffffffffff' WHERE id > 1")
        with pytest.raises(VidprogError) as caught:
            memory.search("scene")
        assert caught.value.code == "store.damaged"
    with VideoMemory.open(FINGERPRINT, tmp_path) as memory:
        assert memory.compute(KEY, BLOCKS, see).computed_blocks == 5
        assert memory.search("scene")


def test_a_directory_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(VidprogError) as caught:
        VideoMemory.open(FINGERPRINT, tmp_path / "file" / "store")
    assert caught.value.code == "store.unwritable"
    assert "VIDPROG_STORE" in caught.value.hint


def test_a_file_that_cannot_be(tmp_path):
    (tmp_path / f"{FINGERPRINT}.sqlite").mkdir()
    with pytest.raises(VidprogError) as caught:
        VideoMemory.open(FINGERPRINT, tmp_path)
    assert caught.value.code == "store.unwritable"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(VidprogError) as caught:
        VideoMemory.open(FINGERPRINT, tmp_path)
    assert caught.value.code == "store.unwritable"


def test_a_full_disk_keeps_what_was_committed(memory):
    connection = memory._database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    memory.compute(KEY, BLOCKS[:1], see)
    connection.execute(f"PRAGMA max_page_count = {pages + 20}")

    def see_much(block):
        words = [f"{block.start:.0f} word{i} " * 20 for i in range(200)]
        return BlockResult(tuple(Observation(block.start, block.end, "text", w, 1, "t") for w in words))

    with pytest.raises(VidprogError) as caught:
        memory.compute(KEY, BLOCKS, see_much)
    assert caught.value.code == "store.full"
    assert "space" in caught.value.hint
    assert len(memory.timeline()) == 1
    connection.execute("PRAGMA max_page_count = 1000000")
    assert memory.compute(KEY, BLOCKS, see).computed_blocks == 4


def test_importing_is_cheap():
    script = "import sys, vidprog.memory; print(sorted({'numpy', 'pandas', 'av', 'cv2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_closing_twice(tmp_path):
    memory = VideoMemory.open(FINGERPRINT, tmp_path)
    memory.close()
    memory.close()
    assert list(Path(tmp_path).glob("*-wal")) == []


def test_a_transaction_is_stored_whole_or_not_at_all(memory):
    memory.compute(KEY, BLOCKS, see)
    with pytest.raises(KeyboardInterrupt), memory._database.transaction() as connection:
        connection.execute("DELETE FROM observation")
        raise KeyboardInterrupt
    assert len(memory.timeline()) == 5
