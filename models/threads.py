"""How many processor cores the local models may use."""

import os

from ..video.errors import UsageError

MOST_THREADS = 8
"""More did not help models of this size."""


def cpu_threads() -> int:
    """``VIDPROG_THREADS``, or the cores this process may run on, at most 8.

    Raises:
        UsageError: When the variable is no positive number.
    """
    wanted = os.environ.get("VIDPROG_THREADS", "")
    if wanted:
        if not wanted.isdecimal() or int(wanted) < 1:
            raise UsageError(
                f"VIDPROG_THREADS={wanted} is no number of threads", code="model.threads", hint="Give 1 or more."
            )
        return int(wanted)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(MOST_THREADS, cores)
