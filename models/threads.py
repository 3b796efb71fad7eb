"""How many processor cores the local models may use."""

import os


def cpu_threads() -> int:
    """``VIDPROG_THREADS``, or the cores this process may run on, at most 8 (more did not help small models)."""
    return int(os.environ.get("VIDPROG_THREADS", 0)) or min(
        8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
