"""The one family of errors: a code, a sentence, and what to do about it.

It lives in the lowest room so that every room can raise it. The command line prints ``message`` and ``hint`` on one
line each and exits with ``exit_code``; in JSON it is ``{"error": {"code", "message", "hint"}}``.
"""


class VidprogError(Exception):
    """Root of every error that vidprog raises on purpose.

    Args:
        message: One sentence that says what is wrong, naming the thing.
        code: Stable identifier for programs, e.g. ``media.missing``.
        hint: What to do about it; empty when there is nothing to do.

    Example:
        >>> try:
        ...     vidprog.ask("sample.mp4", "Which animal is shown?", ["a cat"])
        ... except vidprog.VidprogError as error:
        ...     print(error.code, "|", error.message)
        ask.choices | one choice is no choice
    """

    exit_code = 1

    def __init__(self, message: str, *, code: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint

    def to_json(self) -> dict[str, dict[str, str]]:
        """The shape that ``--json`` prints."""
        return {"error": {"code": self.code, "message": self.message, "hint": self.hint}}

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in the place of a traceback: the two lines of the command line."""
        return [f"{type(self).__name__}: {self.message}", *([f"hint: {self.hint}"] if self.hint else [])]


class UsageError(VidprogError):
    """The request itself is wrong: an unknown name, a value out of range.

    Example:
        >>> try:
        ...     vidprog.load_profile("embeded")
        ... except vidprog.UsageError as error:
        ...     print(error.hint)
        Did you mean 'embedded'?
    """

    exit_code = 2


class MediaError(VidprogError):
    """A file that cannot be used as it is.

    Example:
        >>> try:
        ...     vidprog.open_video("missing.mp4")
        ... except vidprog.MediaError as error:
        ...     print(error.code)
        media.missing
    """
