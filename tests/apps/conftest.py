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


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium. Closed after each module: while Playwright is open, nothing else can run an event loop."""
    import shutil

    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is in the extra dev")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on the path: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@dataclass
class Visit:
    """A page that was opened, with what it asked for and what it complained about."""

    page: object
    requests: list[str]
    complaints: list[str]


@pytest.fixture
def visit(browser):
    """Open an address; width, height and colour scheme as wanted."""
    contexts = []

    def open_one(url, width=1280, height=900, scheme="light", **options) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        contexts.append(context)
        found = Visit(context.new_page(), [], [])
        found.page.on("request", lambda request: found.requests.append(request.url))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on(
            "console", lambda line: found.complaints.append(line.text) if line.type in ("error", "warning") else None
        )
        found.page.goto(url)
        return found

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def barriers():
    """What axe-core finds wrong with a page for people who cannot see or point: name and places."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is in the extra dev"
    )

    def look(page) -> list[str]:
        found = axe.Axe().run(page).response["violations"]
        return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]

    return look
