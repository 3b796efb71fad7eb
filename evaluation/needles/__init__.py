"""Videos made to order: needles at known moments, questions about them, and the exact truth.

After VideoNIAH (arXiv 2406.09367), TempCompass (arXiv 2403.00476), the static-to-dynamic questions of MVBench
(arXiv 2311.17005), T2Vid (arXiv 2411.19951) and T3 (arXiv 2410.06166); written from their descriptions.
"""

from typing import TYPE_CHECKING

from ...video.lazy import lazy_exports

if TYPE_CHECKING:
    from .maker import Made, make_needles
    from .plan import Plan, plan_needles
    from .settings import NeedleSettings
    from .subjects import Materials
    from .voices import voices_at_hand

_HOME = {
    "Made": "maker",
    "Materials": "subjects",
    "NeedleSettings": "settings",
    "Plan": "plan",
    "make_needles": "maker",
    "plan_needles": "plan",
    "voices_at_hand": "voices",
}

__all__ = ["Made", "Materials", "NeedleSettings", "Plan", "make_needles", "plan_needles", "voices_at_hand"]

__getattr__, __dir__ = lazy_exports(__name__, _HOME)
