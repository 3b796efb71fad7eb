"""``vidprog chat``: one question after the other about the same videos; each may refer to those before it.

Questions come line by line, from a terminal or a pipe. What was found for one is known for the next.
"""

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...video.errors import VidprogError
from . import ask, options
from .progress import Progress
from .terminal import Terminal

if TYPE_CHECKING:
    from ...agents import Result, Session, Settings

PROMPT = "> "
CHOICE = " | "
HELP = (
    ("QUESTION", "ask; it may refer to the one before: what happens after that?"),
    (f"QUESTION{CHOICE}A{CHOICE}B", "ask a multiple-choice question"),
    ("/timeline", "everything that is known about the videos"),
    ("/evidence", "all moments of the last answer"),
    ("/program", "the program that gave the last answer"),
    ("/quit", "end; so does Ctrl-D"),
)
NOTHING_YET = "nothing was answered yet"
Plain = Annotated[bool, typer.Option("--json", help="Print one JSON document a line.", show_default=False)]


def chat(
    videos: options.Videos,
    program: ask.Program = None,
    max_rounds: ask.Rounds = None,
    threshold: ask.Threshold = None,
    policy: ask.Policy = None,
    critic: ask.Critic = False,
    no_learn: ask.NoLearn = False,
    max_seconds: ask.Seconds = None,
    max_frames: ask.Frames = None,
    max_llm_calls: ask.Calls = None,
    plain: Plain = False,
    profile: options.Profile = None,
    tools: options.Tools = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Ask one question after the other; each may refer to those before it.

    Ctrl-C interrupts an answer, Ctrl-D or /quit ends. Limits hold for each question.
    """
    terminal = Terminal(quiet, verbose)
    limits = {"seconds": max_seconds, "frames": max_frames, "llm_calls": max_llm_calls}
    given: dict[str, Any] = {"max_rounds": max_rounds, "threshold": threshold, "policy": policy}
    given |= {"critic": critic or None, "learn": not no_learn}
    settings = ask.settings_from(program, given, limits)
    talk = Chat(terminal, settings, plain)
    with ExitStack() as stack:
        talk.open(videos, stack, profile, assignments, tools, store)
        talk.run()
    return 0


class Chat:
    """A conversation about open videos.

    Args:
        terminal: Where answers go.
        settings: Of every question.
        plain: Whether answers are JSON, one document a line.
    """

    def __init__(self, terminal: Terminal, settings: "Settings", plain: bool) -> None:
        self._terminal = terminal
        self._settings = settings
        self._plain = plain
        self._progress = Progress()
        self._commands: Mapping[str, Callable[[], None]] = {
            "/help": self._help,
            "/timeline": self._timeline,
            "/evidence": self._evidence,
            "/program": self._program,
        }

    def open(
        self,
        videos: list[str],
        stack: ExitStack,
        profile: str | None,
        assignments: list[str] | None,
        tools: Path | None,
        store: Path | None,
    ) -> None:
        """Open the videos; of several, one that cannot be used is left out with a warning.

        Raises:
            VidprogError: None can be used, or an option is wrong.
        """
        from ...agents import Session
        from ...agents.ask import open_all
        from .opening import open_models, open_registry

        models, registry = open_models(profile, assignments), open_registry(tools)
        if self._settings.program is not None:
            ask.check_program(self._settings.program, registry)

        def opened(path: str | Path) -> Session:
            session = Session(path, models=models, store=store, registry=registry, report=self._report)
            return stack.enter_context(session)

        (self._session, *others), failures = open_all(videos, opened)
        self._session.companions = tuple(others)
        self._terminal.warn((*registry.warnings, *failures))

    def _report(self, message: str, share: float | None) -> None:
        self._progress.report(message, share)

    def run(self) -> None:
        """Answer line by line until there are no more."""
        if sys.stdin.isatty():
            self._terminal.say(f"Ask about {', '.join(self._names)}. /help lists what else can be written.")
        with _listening():
            for line in _lines():
                if line == "/quit":
                    return
                try:
                    self._take(line)
                except KeyboardInterrupt:
                    self._interrupted()
                except VidprogError as error:
                    self._fail(error)
                sys.stdout.flush()  # whoever reads a pipe waits for this answer

    @property
    def _names(self) -> list[str]:
        return [session.video.path.name for session in self._sessions]

    @property
    def _sessions(self) -> "tuple[Session, ...]":
        return (self._session, *self._session.companions)

    def _take(self, line: str) -> None:
        if not line.startswith("/"):
            self._answer(line)
        elif line in self._commands:
            self._commands[line]()
        else:
            self._terminal.say(f"there is no {line}; /help lists what can be written")

    def _answer(self, line: str) -> None:
        from .show import show_result
        from .watch import Watcher

        question, *choices = (part.strip() for part in line.split(CHOICE))
        with self._showing() as progress:
            watcher = Watcher(self._terminal, progress)
            result = self._session.ask(question, choices or None, self._settings, watcher)
        if self._plain:
            _print_line(result.to_json())
        else:
            show_result(result, self._terminal)
            self._terminal.result.line()

    @contextmanager
    def _showing(self) -> Iterator[Progress]:
        """Progress is shown for as long as this lasts."""
        with self._terminal.progress() as progress:
            self._progress = progress
            try:
                yield progress
            finally:
                self._progress = Progress()

    def _interrupted(self) -> None:
        from ...tools import shared_sandbox

        shared_sandbox().close()  # its workers got the same Ctrl-C
        self._terminal.say("interrupted; the same question goes on where it was")

    def _fail(self, error: VidprogError) -> None:
        if self._plain:
            _print_line(error.to_json())
            return
        self._terminal.notes.line(("error: ", "bold red"), error.message)
        if error.hint:
            self._terminal.notes.line(("hint: ", "bold"), error.hint)

    # ---- commands

    def _help(self) -> None:
        width = max(len(name) for name, _ in HELP)
        for name, text in HELP:
            self._terminal.notes.line((f"{name:<{width}}  ", "bold"), text)

    def _timeline(self) -> None:
        from ..documents import timeline_document
        from .show import moment_table

        for session in self._sessions:
            with self._showing():
                known = session.timeline()
            if self._plain:
                _print_line(timeline_document(session.video, known))
                continue
            if len(self._sessions) > 1:
                self._terminal.result.line((session.video.path.name, "bold"))
            if known:
                self._terminal.result.table(moment_table(known))
            else:
                self._terminal.say(f"nothing is known: {known.why}")

    def _evidence(self) -> None:
        from ..documents import listing
        from .show import moment_table

        result = self._last
        if result is None:
            return
        if self._plain:
            _print_line(listing("evidence", evidence=result.to_json()["evidence"]))
        elif result.answer.evidence:
            self._terminal.result.table(moment_table(result.answer.evidence))
        else:
            self._terminal.say(f"no evidence: {result.answer.evidence.why}")

    def _program(self) -> None:
        from ..documents import listing

        result = self._last
        if result is None:
            return
        if self._plain:
            _print_line(listing("program", program=dict(result.program)))
        else:
            self._terminal.result.code(result.program["source"])

    @property
    def _last(self) -> "Result | None":
        """The last answer; says so when there is none."""
        if not self._session.history:
            self._terminal.say(NOTHING_YET)
            return None
        return self._session.history[-1].result


def _print_line(document: Mapping[str, Any]) -> None:
    print(json.dumps(document, ensure_ascii=False))


def _lines() -> Iterator[str]:
    """What is typed or piped, without empty lines; Ctrl-C while waiting begins the line anew."""
    while True:
        try:
            line = _read()
        except EOFError:
            return
        except KeyboardInterrupt:
            print(file=sys.stderr)
            continue
        if line.strip():
            yield line.strip()


def _read() -> str:
    """One line, with a prompt where somebody types.

    Raises:
        EOFError: There is no more.
    """
    if sys.stdin.isatty() and sys.stdout.isatty():
        return input(PROMPT)
    if sys.stdin.isatty():  # the answers go elsewhere
        print(PROMPT, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


@contextmanager
def _listening() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt every time; the handler of whole commands ends the process at the second one."""
    before = signal.getsignal(signal.SIGINT)
    listens = before is not signal.SIG_IGN and threading.current_thread() is threading.main_thread()
    if listens:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        if listens:
            signal.signal(signal.SIGINT, before)
