"""One command from its arguments to its exit code: broken pipes and errors end here."""

import json
import os
import re
import sys
import traceback
from itertools import pairwise

import typer

from ...video.errors import UsageError, VidprogError
from .screen import one_line, screen_on

FAILED = 1
# Typer brings a copy of Click in some versions and uses Click itself in others; its public class leads to the base of
# all errors in the arguments in both.
ArgumentError: type[Exception] = typer.BadParameter.__bases__[0].__bases__[0]


def run(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: What follows the program's name.

    Returns:
        The exit code.

    Raises:
        KeyboardInterrupt: It was interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what a narrow terminal cannot write must not end the command
            stream.reconfigure(errors="replace")
    try:
        code = _invoke(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return FAILED
    except typer.Abort as error:  # some versions of Typer make this of an interruption
        raise KeyboardInterrupt from error
    except VidprogError as error:
        return _show(error, error, arguments)
    except ArgumentError as error:
        return _show(_usage(error), error, arguments)
    except OSError as error:
        return _show(_system(error), error, arguments)
    except Exception as error:  # a mistake of ours is one line, too
        return _show(_mistake(error), error, arguments)
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


def _mistake(error: Exception) -> VidprogError:
    return VidprogError(
        f"{type(error).__name__}: {error}",
        code="internal",
        hint="This is a mistake in vidprog: please report it with what the same command prints with -v.",
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
    return "--json" in options or "--format=json" in options or ("--format", "json") in pairwise(options)


def wants_traceback(arguments: list[str]) -> bool:
    """Whether errors are to be shown with where they came from."""
    return any(argument == "--verbose" or re.fullmatch("-q*v+", argument) for argument in arguments)
