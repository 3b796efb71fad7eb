"""Ctrl-C at any moment: one line, exit code 130, and nothing that was finished is lost."""

import signal
import sys
from types import FrameType

INTERRUPTED = 130


class Interruption:
    """Remembers that SIGINT came: a worker that died of the same Ctrl-C must not look like a failure."""

    def __init__(self) -> None:
        self.happened = False
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # a job in the background stays deaf
            signal.signal(signal.SIGINT, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.happened = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second one ends the process at once
        raise KeyboardInterrupt

    def end(self, code: int) -> int:
        """The exit code of a command that ended with ``code``; says so when it was interrupted."""
        if not self.happened:
            return code
        print("interrupted; run the same command again to go on", file=sys.stderr)
        return INTERRUPTED
