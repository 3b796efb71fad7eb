"""``vidprog chat``: questions line by line, on a terminal and through a pipe."""

import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

COMMAND = (sys.executable, "-m", "vidprog.apps.cli")
READING = 2.0
"""Seconds after a prompt in which Python surely waits for a line: what interrupts before is told after that line."""
PATIENCE = 300.0
EXIT = "What does the exit sign say?"


@pytest.fixture
def talk(cli, monkeypatch, signs, signs_memory):
    """Pipe lines into a chat in this process."""

    def run(*lines, videos=(signs,), options=()):
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join([*lines, ""])))
        return cli("chat", *videos, "--store", signs_memory, *options)

    return run


def documents(ran):
    return [json.loads(line) for line in ran.out.splitlines()]


def test_questions_are_answered_line_by_line(talk):
    ran = talk(EXIT, "", "What number is written on the exit sign? | 17 | 42")
    assert ran.code == 0
    assert ran.out.startswith("EXIT 42\n") and "\n42\n" in ran.out
    assert "choice     2 of 2" in ran.out
    assert "> " not in ran.out and "/help" not in ran.err  # nobody types


def test_a_follow_up_says_how_it_was_understood(talk, validate):
    ran = talk("What does the sign about the harbour say?", "When is it shown?")
    assert "understood as  When is it shown" in ran.err and "understood When is it shown" in ran.out
    assert "from 6.0 to 9.0 seconds" in ran.out
    first, second = documents(
        talk("What does the sign about the harbour say?", "When is it shown?", options=["--json"])
    )
    for document in (first, second):
        validate(document, "answer")
    assert "resolved" not in first and second["question"] == "When is it shown?"
    assert second["resolved"].startswith("When is it shown (") and "HARBOUR CLOSED" in second["resolved"]
    assert second["usage"]["frames_decoded"] == 0


def test_commands(talk):
    ran = talk(
        "/evidence",
        "/program",
        EXIT,
        "/evidence",
        "/program",
        "/timeline",
        "/help",
        "/nonsense",
        "/quit",
        "never asked",
    )
    assert ran.code == 0
    assert ran.err.count("nothing was answered yet") == 2
    assert "def read_screen(" in ran.out
    assert "TICKETS 7 EURO" in ran.out  # on the timeline
    assert "/evidence" in ran.err and "there is no /nonsense" in ran.err
    assert "never asked" not in ran.err


def test_commands_as_documents(talk, signs):
    ran = talk(EXIT, "/evidence", "/program", "/timeline", options=["--json", "-q"])
    answer, evidence, program, timeline = documents(ran)
    assert evidence == {"schema": "vidprog.evidence/1", "evidence": answer["evidence"]}
    assert program == {"schema": "vidprog.program/1", "program": answer["program"]}
    assert timeline["schema"] == "vidprog.timeline/1" and timeline["video"]["path"] == str(signs)
    assert ran.err == ""


def test_a_question_that_fails_does_not_end_the_chat(talk):
    ran = talk("What? | one", EXIT)
    assert "error: one choice is no choice" in ran.err and "hint: " in ran.err and "EXIT 42" in ran.out
    failed, answered = documents(talk("What? | one", EXIT, options=["--json"]))
    assert failed["error"]["code"] == "ask.choices" and answered["answer"] == "EXIT 42"


def test_several_videos_one_of_them_missing(talk, signs, more_signs, tmp_path):
    videos = (signs, tmp_path / "missing.mp4", more_signs)
    ran = talk("Which video shows a sign about the library?", "/timeline", videos=videos)
    assert ran.code == 0 and ran.out.startswith("more_signs.mp4\n")
    assert "warning: " in ran.err and "missing.mp4" in ran.err
    assert "videos     signs.mp4, more_signs.mp4" in ran.out
    assert "signs.mp4\ntime " in ran.out and "more_signs.mp4\ntime " in ran.out


def test_settings_hold_for_every_question(talk):
    ran = talk(EXIT, "What is said?", options=["--program", "read_screen", "--max-rounds", "1", "--json"])
    assert [document["program"]["planner"] for document in documents(ran)] == ["given", "given"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["chat"], "Missing argument 'VIDEO...'"),
        (["chat", "missing.mp4"], "does not exist"),
        (["chat", "{good}", "--program", "nonsense"], "no program of that name"),
        (["chat", "{good}", "--threshold", "7"], "threshold"),
    ],
)
def test_what_is_wrong_is_said_before_the_first_question(cli, monkeypatch, signs, words, message):
    monkeypatch.setattr("sys.stdin", io.StringIO("never asked\n"))
    ran = cli(*[word.format(good=signs) for word in words])
    assert ran.code in (1, 2) and message in ran.err and ran.out == ""


# ---- a terminal


class Terminal:
    """A chat as somebody at a terminal has it."""

    def __init__(self, *arguments):
        self.screen, child = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, "chat", *map(str, arguments)], stdin=child, stdout=child, stderr=child, close_fds=True,
            start_new_session=True, env={**os.environ, "TERM": "dumb"},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )  # fmt: skip
        os.close(child)
        self.seen = ""

    def wait_for(self, text, start=0):
        end = time.monotonic() + PATIENCE
        while text not in self.seen[start:]:
            assert time.monotonic() < end, self.seen
            self._read()
        return self.seen.index(text, start) + len(text)  # what follows may have come in the same read

    def _read(self):
        if select.select([self.screen], [], [], 0.2)[0]:
            self.seen += os.read(self.screen, 65536).decode(errors="replace")

    def end(self, text):
        """Type what ends the chat and give its exit code; a terminal that nobody reads would hold it up at 4 KB."""
        self.type(text)
        end = time.monotonic() + PATIENCE
        with suppress(OSError):  # the other side is closed
            while self.process.poll() is None:
                assert time.monotonic() < end, self.seen
                self._read()
        return self.process.wait(PATIENCE)

    def type(self, text):
        os.write(self.screen, text.encode())

    def interrupt(self):
        os.killpg(self.process.pid, signal.SIGINT)


@pytest.fixture
def terminal(signs, signs_memory):
    opened = []

    def start(*arguments, video=signs, store=signs_memory):
        opened.append(Terminal(video, "--store", store, *arguments))
        return opened[-1]

    yield start
    for one in opened:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()
        os.close(one.screen)


def test_somebody_types_and_ends_with_control_d(terminal):
    chat = terminal()
    chat.wait_for("/help lists what else can be written.")
    at = chat.wait_for("> ")
    chat.type(f"{EXIT}\n")
    at = chat.wait_for("confidence ", at)
    at = chat.wait_for("> ", at)
    assert chat.end("\x04") == 0


def test_control_c_interrupts_the_answer_but_not_the_chat(terminal, sample, tmp_path):
    chat = terminal(video=sample, store=tmp_path)
    at = chat.wait_for("> ")
    chat.type("What does the sign on the roof say?\n")
    chat.wait_for("round 1", at)  # it is looking now
    chat.interrupt()
    at = chat.wait_for("interrupted; the same question goes on where it was", at)
    at = chat.wait_for("> ", at)
    time.sleep(READING)
    chat.interrupt()  # while nothing is asked
    at = chat.wait_for("> ", at)
    chat.type("/help\n")
    at = chat.wait_for("/timeline", at)
    chat.type("What is announced about the train?\n")
    at = chat.wait_for("confidence ", at)
    assert "the sandbox had to be ended" not in chat.seen
    assert chat.end("/quit\n") == 0
