"""One command from its arguments to its exit code: interruptions, broken pipes and errors end here."""

import json
import os
import re
import signal
import sys
import traceback
from types import FrameType

import typer

from ...video.errors import UsageError, VidprogError
from .screen import one_line, screen_on

FAILED, INTERRUPTED = 1, 130
# Typer brings a copy of Click in some versions and uses Click itself in others; its public class leads to the base of
# all errors in the arguments in both.
ArgumentError: type[Exception] = typer.BadParameter.__bases__[0].__bases__[0]


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


def run(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: What follows the program's name.

    Returns:
        The exit code.
    """
    interruption = Interruption()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what a narrow terminal cannot write must not end the command
            stream.reconfigure(errors="replace")
    code = _guarded(arguments)
    if interruption.happened:
        screen_on(sys.stderr).line("interrupted; run the same command again to go on")
        return INTERRUPTED
    return code


def _guarded(arguments: list[str]) -> int:
    try:
        code = _invoke(arguments)
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return FAILED
    except VidprogError as error:
        return _show(error, error, arguments)
    except ArgumentError as error:
        return _show(_usage(error), error, arguments)
    except OSError as error:
        return _show(_system(error), error, arguments)
    return code


def _invoke(arguments: list[str]) -> int:
    from .app import app

    code = app(arguments, prog_name="vidprog", standalone_mode=False)
    return code if isinstance(code, int) else 0


def _drop_output() -> None:
    """Whoever reads has gone; the interpreter must not complain when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage(error: Exception) -> UsageError:
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "vidprog"
    return UsageError(message.rstrip("."), code="usage", hint=f"`{command} --help` shows what can be given.")


def _system(error: OSError) -> VidprogError:
    place = f"{error.filename}: " if error.filename else ""
    return VidprogError(
        f"{place}{error.strerror or error}", code="system", hint="Check the file, its permissions and the free space."
    )


def _show(error: VidprogError, cause: Exception, arguments: list[str]) -> int:
    if wants_traceback(arguments):
        traceback.print_exception(cause)
    message, hint = one_line(error.message), one_line(error.hint)
    if wants_json(arguments):
        document = {"error": {"code": error.code, "message": message, "hint": hint}}
        print(json.dumps(document, indent=2, ensure_ascii=False))
        return error.exit_code
    screen = screen_on(sys.stderr)
    screen.line(("error: ", "bold red"), message)
    if hint:
        screen.line(("hint: ", "bold"), hint)
    return error.exit_code


def wants_json(arguments: list[str]) -> bool:
    """Whether the result, and so an error too, is to be JSON; asked before the arguments are known to be right."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options or "--format=json" in options or ("--format", "json") in zip(options, options[1:])


def wants_traceback(arguments: list[str]) -> bool:
    """Whether errors are to be shown with where they came from."""
    return any(argument == "--verbose" or re.fullmatch("-q*v+", argument) for argument in arguments)
