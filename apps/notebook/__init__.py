"""Values that show themselves in a notebook: an answer, a timeline, a program, a frame, work that goes on.

`register` tells IPython, by the names of the types, who draws them; nothing is loaded before something is shown. The
rooms below know nothing of it.
"""

import sys
import warnings
from importlib import import_module
from typing import Any

DRAWN = {
    ("vidprog.agents.cell", "CellProgress"): "progress",
    ("vidprog.agents.description", "Description"): "description",
    ("vidprog.agents.result", "Result"): "result",
    ("vidprog.memory.timeline", "Timeline"): "timeline",
    ("vidprog.programs.program", "Program"): "program",
    ("vidprog.tools.values", "Answer"): "answer",
    ("vidprog.video.clip", "Frame"): "frame",
}
"""Module and name of a type -> the function of `.show` that draws it."""


def register(shell: Any = None) -> bool:
    """Tell a shell of IPython how values look.

    Args:
        shell: The running one when left out.

    Returns:
        Whether there is one.
    """
    module = sys.modules.get("IPython")
    found = shell or (module.get_ipython() if module is not None else None)
    if found is None:
        return False
    formatter = found.display_formatter.formatters["text/html"]
    for (home, name), function in DRAWN.items():
        formatter.for_type_by_name(home, name, _later(function))
    warnings.filterwarnings("ignore", message="IProgress not found")  # progress is drawn here, not by tqdm's widgets
    return True


def _later(function: str) -> Any:
    """The function of `.show`, loaded when it is called."""

    def draw(value: object) -> str:
        return str(getattr(import_module(f"{__name__}.show"), function)(value))

    return draw
