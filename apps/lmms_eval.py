"""Tells lmms-eval that there is a model called ``vidprog``; found through the entry-point group ``lmms_eval.models``.

One failing entry point keeps lmms-eval from loading those of others, so nothing heavy is imported here.
"""

from typing import Any


def manifest() -> Any:
    """The ``ModelManifest`` of vidprog."""
    from lmms_eval.models.registry_v2 import ModelManifest

    return ModelManifest(model_id="vidprog", simple_class_path="vidprog.apps.lmms_eval_model.Vidprog")
