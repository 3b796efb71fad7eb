"""Commands that are stopped in the middle: by Ctrl-C, by a kill, by a reader who has seen enough."""

import os
import signal
import sqlite3
import time

import pytest
from narration import as_sound, spoken
from pictures import Sign, write_signs

WORDS = ("EXIT", "HARBOUR", "TICKETS", "LIBRARY", "GARDEN", "STATION", "MUSEUM", "BAKERY")
PATIENCE = 90.0


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """Half a minute in which there is always something new to read: several blocks of work."""
    signs = [Sign(second, second + 0.5, f"{WORDS[int(2 * second) % 8]} {int(2 * second)}") for second in halves(30)]
    sound = as_sound(spoken([(1.0, 1)], 30.0))
    return write_signs(tmp_path_factory.mktemp("busy") / "busy.mp4", signs, 30.0, audio=sound)


def halves(seconds: int) -> list[float]:
    return [index / 2 for index in range(2 * seconds)]


def blocks(store) -> dict[tuple[str, float], int]:
    """Finished blocks in the store: tool and start -> row number, which a block done again would change."""
    found: dict[tuple[str, float], int] = {}
    for path in store.glob("*.sqlite"):
        if path.name == "checkpoints.sqlite":
            continue
        with sqlite3.connect(path, timeout=10) as database:
            try:
                rows = database.execute(
                    "SELECT a.tool, b.start, b.id FROM block b JOIN artefact a ON a.id = b.artefact"
                    " WHERE b.state != 'failed'"
                ).fetchall()
            except sqlite3.OperationalError:  # it was made this moment and has no tables yet
                rows = []
        found.update({(tool, start): row for tool, start, row in rows})
    return found


def wait_for_blocks(process, store, number: int) -> None:
    end = time.monotonic() + PATIENCE
    while len(blocks(store)) < number:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "no block was finished in time"
        time.sleep(0.1)


def interrupt(process) -> tuple[str, str]:
    """Ctrl-C: everything in the process group gets the signal."""
    os.killpg(process.pid, signal.SIGINT)
    return process.communicate(timeout=PATIENCE)


def test_interrupted_index_goes_on_where_it_was(start, cli, busy, tmp_path, validate):
    store = tmp_path / "store"
    process = start("index", busy, "--store", store)
    wait_for_blocks(process, store, 2)
    out, err = interrupt(process)
    assert process.returncode == 130
    assert out == "" and "Traceback" not in err
    assert err.splitlines()[-1] == "interrupted; run the same command again to go on"
    before = blocks(store)
    killed = start("index", busy, "--store", store)
    wait_for_blocks(killed, store, len(before) + 1)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    ran = cli("index", busy, "--store", store, "--json")
    validate(ran.document, "index")
    assert ran.code == 0 and ran.document["videos"][0]["warnings"] == []
    after = blocks(store)
    assert len(after) > len(before)
    assert {name: after[name] for name in before} == before
    for path in store.glob("*.sqlite"):
        with sqlite3.connect(path) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_interrupted_question_is_answered_when_asked_again(start, cli, busy, tmp_path):
    words = ("ask", busy, "Why is the train late?", "--program", "video_rag", "--store", tmp_path)
    process = start(*words)
    wait_for_blocks(process, tmp_path, 2)
    out, err = interrupt(process)
    assert process.returncode == 130 and out == "" and "Traceback" not in err
    assert err.splitlines()[-1].startswith("interrupted")
    ran = cli(*words)
    assert ran.code == 0 and "snow" in ran.out
    assert "going on where the interrupted run stopped" in ran.err


@pytest.mark.parametrize("seconds", [0.15, 0.4])
def test_an_early_interrupt_is_no_failure(start, sample, tmp_path, seconds):
    process = start("ask", sample, "What is said?", "--store", tmp_path)
    time.sleep(seconds)
    interrupt(process)
    assert process.returncode in (130, -signal.SIGINT)  # the latter before Python has come to our code


def test_a_reader_who_has_gone_is_no_error(start):
    process = start("tools", "stubs")
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=PATIENCE)
    assert err == "" and process.returncode == 1
