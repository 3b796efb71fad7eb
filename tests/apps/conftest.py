"""The command line as its users call it: in this process where that tells the same, else in one of its own."""

import json
import signal
import subprocess
import sys
from dataclasses import dataclass

import pytest

COMMAND = (sys.executable, "-m", "vidprog.apps.cli")


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict:
        return json.loads(self.out)


@pytest.fixture
def cli(capsys):
    """Run a command in this process."""

    def run(*arguments: object) -> Ran:
        from vidprog.apps.cli import main

        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def start():
    """Start a command in a process group of its own, as a terminal does."""
    started: list[subprocess.Popen] = []

    def start_one(*arguments: object) -> subprocess.Popen:
        process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # Whoever runs the tests in the background has made this process deaf to SIGINT.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        started.append(process)
        return process

    yield start_one
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def validate():
    """Compare a document with its schema."""
    import jsonschema
    from vidprog.apps.documents import schema

    def check(document: dict, name: str) -> None:
        checker = jsonschema.Draft202012Validator
        checker.check_schema(schema(name))
        checker(schema(name)).validate(document)

    return check
