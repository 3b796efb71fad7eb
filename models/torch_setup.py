"""How torch is used here: which device, which precision, which name a model has; says so without importing torch.

Importing torch takes a second and transformers 4 s more, so whatever a cache key needs is found out by other means.
"""

import hashlib
import importlib.metadata
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import ModelError
from .profiles import Spec
from .threads import cpu_threads

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
    """Names the weights of ``transformers:NAME[@REVISION]``; a directory by its name and when it was written."""
    if not Path(spec.name).is_dir():
        return f"transformers:{spec.name}" + (f"@{spec.url}" if spec.url else "")
    directory = Path(spec.name).resolve()
    written = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(directory.iterdir())]
    return f"transformers:{directory.name}:{hashlib.sha256(repr(written).encode()).hexdigest()[:12]}"


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
        from transformers.utils import logging
    except ImportError as error:
        raise ModelError(
            f"{spec} needs the library {error.name}", code="model.library", hint='pip install "vidprog[gpu]"'
        ) from error
    torch.set_num_threads(cpu_threads())
    showing = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield torch
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        hint = "Name a directory of weights, an id of the model hub (it must be reached once), or: vidprog models list"
        raise ModelError(f"{spec} cannot be loaded: {first}", code="model.unreadable", hint=hint) from error
    finally:
        if showing:
            logging.enable_progress_bar()
