"""The command line: results on stdout, everything else on stderr, errors in one line with a hint.

Exit codes: 0 answered, 1 failure, 2 usage, 3 abstained, 130 interrupted. Every command loads what it needs when it is
called, so that help and errors come at once.
"""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: What follows the program's name; those of the process when left out.

    Returns:
        The exit code.
    """
    import sys

    from .interruption import INTERRUPTED, Interruption

    interruption = Interruption()
    try:
        from .run import run

        code = run(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        code = INTERRUPTED
    return interruption.end(code)
