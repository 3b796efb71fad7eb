"""How far long work is: a moving line on a terminal, a short line now and then elsewhere, nothing when quiet."""

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .screen import RichScreen, Screen, one_line

if TYPE_CHECKING:
    from rich.progress import Task

STAGES = {"transcribe": "listening", "read_text": "reading text", "detect": "looking for things"}
"""Stages that tools report by their own name -> what they do."""
FIRST_SECONDS = 1.0
"""Work that is done before is not worth a line: what is cached passes by in 0.1 s."""
REPEAT_SECONDS = 10.0


class Progress:
    """Shows nothing; the base of those that do."""

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None

    def report(self, message: str, share: float | None) -> None:
        """What is going on and, where it is known, the share that is done (0 to 1)."""


class PlainProgress(Progress):
    """A line when a stage takes longer than a second, and again every ten seconds."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._latest: tuple[str, float | None] = ("", 1.0)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "PlainProgress":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def report(self, message: str, share: float | None) -> None:
        """Noted; shown when its time has come."""
        self._latest = (STAGES.get(message, message), share)

    def _watch(self) -> None:
        before = shown = ""
        quiet_for = 0.0
        while not self._end.wait(FIRST_SECONDS):
            quiet_for += FIRST_SECONDS
            message, share = self._latest
            lasts, before = message == before, message
            if lasts and share != 1.0 and (message != shown or quiet_for >= REPEAT_SECONDS):
                self._screen.line(f"{message} ..." + (f" {share:.0%}" if share else ""))
                shown, quiet_for = message, 0.0


class LiveProgress(Progress):
    """A spinner, the stage, and a bar where the share is known; gone when the work is done."""

    def __init__(self, screen: RichScreen) -> None:
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress
        from rich.text import Text

        class Bar(BarColumn):
            """Nothing where the share is not known: a bar that only swings says less than the spinner."""

            def render(self, task: "Task") -> Any:
                return Text("") if task.total is None else super().render(task)

        bar = Bar(bar_width=24, complete_style="cyan", finished_style="cyan")
        self._bar = RichProgress(
            SpinnerColumn(style="cyan"), TextColumn("{task.description}"), bar, TimeElapsedColumn(),
            console=screen.console, transient=True,
        )  # fmt: skip
        self._task = self._bar.add_task("starting", total=None)
        self._stage = ""

    def __enter__(self) -> "LiveProgress":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def report(self, message: str, share: float | None) -> None:
        """Shown at once."""
        stage = one_line(STAGES.get(message, message))
        if stage != self._stage:
            self._bar.reset(self._task, total=None)
            self._stage = stage
        total = None if share is None else 1.0
        self._bar.update(self._task, description=stage.replace("[", r"\["), total=total, completed=share or 0.0)


def progress_on(screen: Screen, quiet: bool) -> Progress:
    """The progress that suits a screen."""
    if quiet:
        return Progress()
    if isinstance(screen, RichScreen) and sys.stderr.isatty():
        return LiveProgress(screen)
    return PlainProgress(screen)
