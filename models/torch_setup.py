"""How torch is used here: which device, which precision, which name a model has; says so without importing torch.

Importing torch takes a second and transformers 4 s more, so whatever a cache key needs is found out by other means.
"""

import hashlib
import importlib.metadata
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .errors import ModelError
from .profiles import Spec
from .requirements import INSTALL, WEIGHTS_HINT, loading_message
from .threads import cpu_threads
from .weights import Report

BFLOAT16_FLAGS = frozenset(["amx_bf16", "avx512_bf16"])
"""With either, bfloat16 is faster than float32: 1.8 times on an AMD EPYC without AMX, 2.6 times with it (prompts of 512
tokens, SmolLM2-135M, two cores). Without them it is emulated and slower."""
NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")
CPU_INFORMATION = Path("/proc/cpuinfo")


def precision() -> str:
    """``bf16`` on a GPU and on processors that compute with it, else ``fp32``."""
    return "bf16" if _gpu_is_expected() or BFLOAT16_FLAGS & _cpu_flags() else "fp32"


def _gpu_is_expected() -> bool:
    try:
        without = importlib.metadata.version("torch").endswith("+cpu")
    except importlib.metadata.PackageNotFoundError:
        return False
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "0") in ("", "-1")
    return NVIDIA_DRIVER.exists() and not (without or hidden)


def _cpu_flags() -> frozenset[str]:
    if not CPU_INFORMATION.is_file():
        return frozenset()
    lines = CPU_INFORMATION.read_text(encoding="utf-8", errors="replace").splitlines()
    return frozenset(next((line for line in lines if line.startswith("flags")), "").split())


def weights_identity(spec: Spec) -> str:
    """Names the weights of ``KIND:NAME[@REVISION]``; a file or directory by its name and when it was written."""
    place = Path(spec.name)
    if not place.exists():
        return f"{spec.kind}:{spec.name}" + (f"@{spec.url}" if spec.url else "")
    place = place.resolve()
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    written = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return f"{spec.kind}:{place.name}:{hashlib.sha256(repr(written).encode()).hexdigest()[:12]}"


@contextmanager
def libraries(spec: Spec) -> Iterator[Any]:
    """Torch, set up for this process; inside of it the progress bars of transformers are off.

    Raises:
        ModelError: ``model.library`` when a library is missing, ``model.unreadable`` for weights that cannot be read.
    """
    # Idle threads that spin make decoding 4-20 times slower when one other process is busy.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import torch

        torch.set_num_threads(cpu_threads())
        with _no_progress_bars():
            yield torch
    except ImportError as error:
        lacks = f"needs the library {error.name}" if isinstance(error, ModuleNotFoundError) else _first_line(error)
        raise ModelError(f"{spec}: {lacks}", code="model.library", hint=INSTALL[spec.kind]) from error
    except (OSError, ValueError, KeyError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        message = f"{spec} cannot be loaded: {_first_line(error)}"
        raise ModelError(message, code="model.unreadable", hint=WEIGHTS_HINT[spec.kind]) from error


def pretrained(spec: Spec, auto: str, report: Report, misfit: Callable[[Any], str]) -> tuple[Any, Any]:
    """A small model of ``transformers`` and its processor, on the device there is.

    In single precision: what it finds is kept, and is the same on every device then.

    Args:
        spec: ``KIND:DIRECTORY`` or ``KIND:ID[@REVISION]``.
        auto: The class that loads it, e.g. ``AutoModel``.
        report: Told that it is loaded.
        misfit: Says of the model why it is none that can be used; empty when it can.

    Raises:
        ModelError: It is no model of this kind, cannot be found, or a library is missing.
    """
    options: dict[str, Any] = {"revision": spec.url} if spec.url else {}
    with libraries(spec) as torch:
        import transformers

        report(loading_message(spec), None)
        processor = transformers.AutoProcessor.from_pretrained(spec.name, **options)
        model = getattr(transformers, auto).from_pretrained(spec.name, dtype=torch.float32, **options)
        if why := misfit(model):
            raise ValueError(why)
        return model.to("cuda" if torch.cuda.is_available() else "cpu").eval(), processor


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@contextmanager
def _no_progress_bars() -> Iterator[None]:
    """Transformers draws them on standard error, where the progress of an answer is."""
    if not find_spec("transformers"):
        yield
        return
    from transformers.utils import logging

    showing = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if showing:
            logging.enable_progress_bar()
