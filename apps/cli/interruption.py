"""Ctrl-C at any moment: one line, exit code 130, and nothing that was finished is lost."""

import signal
import sys
import threading
from types import FrameType

INTERRUPTED = 130


class Interruption:
    """Remembers that SIGINT came: a worker that died of the same Ctrl-C must not look like a failure."""

    def __init__(self) -> None:
        self.happened = False
        self._before = signal.getsignal(signal.SIGINT)
        # A job in the background stays deaf; a thread cannot listen.
        self._listens = self._before is not signal.SIG_IGN and threading.current_thread() is threading.main_thread()
        if self._listens:
            signal.signal(signal.SIGINT, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.happened = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second one ends the process at once
        raise KeyboardInterrupt

    def end(self, code: int) -> int:
        """The exit code of a command that ended with ``code``; says so when it was interrupted."""
        if self._listens:
            signal.signal(signal.SIGINT, self._before)
        if not self.happened:
            return code
        print("interrupted; run the same command again to go on", file=sys.stderr)
        return INTERRUPTED
