"""Ends a question that is running, from another thread: at its next tool call, model call or finished block of work.

The thread that works is never killed: it looks whether it shall stop where a Ctrl-C would be safe, too. So what was
found stays in the store, and the same question asked again goes on.
"""

import threading

from ..video.errors import VidprogError


class Stopped(BaseException):
    """Ends the work of a thread; becomes `Cancelled` where the question was asked.

    Like KeyboardInterrupt it is no failure, and passes whoever handles failures.
    """


class Cancelled(VidprogError):  # noqa: N818 - it was wanted
    """The question was cancelled. Asked again, it goes on where it was.

    Example:
        >>> stop = vidprog.Cancellation()
        >>> stop.cancel()
        >>> try:
        ...     vidprog.ask("sample.mp4", "Which animal is shown?", cancellation=stop)
        ... except vidprog.Cancelled as error:
        ...     print(error.hint)
        Ask the same again: it goes on where it was.
    """

    def __init__(self) -> None:
        super().__init__("cancelled", code="cancelled", hint="Ask the same again: it goes on where it was.")


class Cancellation:
    """A switch that one thread holds and another one's work looks at.

    Example:
        >>> cancellation = Cancellation()
        >>> cancellation.check()
        >>> cancellation.cancel()
        >>> cancellation.cancelled
        True
    """

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Stop the work at its next tool or model call; does nothing where it has ended."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody wants it to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """End the work of this thread if it shall stop.

        Raises:
            Stopped: It shall.
        """
        if self._event.is_set():
            raise Stopped
