"""Backends of other packages: the entry-point group `vidprog.models`, each named ``ROLE.KIND`` and naming a module.

The module has what the modules of this room have: ``load(spec, report)``, ``identity(spec)`` and so on. Only names are
read until a spec asks for one, so a broken package harms nobody who does not use it.
"""

from functools import cache
from importlib import metadata
from types import ModuleType

from .errors import ModelError

ENTRY_POINTS = "vidprog.models"
REQUIRED = ("load", "identity")


@cache
def installed_backends() -> dict[tuple[str, str], metadata.EntryPoint]:
    """(role, kind) -> the entry point that names its module."""
    entries = metadata.entry_points(group=ENTRY_POINTS)
    pairs = ((entry.name.partition("."), entry) for entry in entries)
    return {(role, kind): entry for (role, _, kind), entry in pairs if kind}


def installed_module(entry: metadata.EntryPoint) -> ModuleType:
    """The module that an entry point names.

    Raises:
        ModelError: It cannot be imported, or is no backend; it says what to change.
    """
    try:
        module = entry.load()
    except Exception as error:  # another package's code may raise anything
        problem = " ".join(f"{type(error).__name__}: {error}".split())
        raise ModelError(
            f"the backend {entry.name} of {package_of(entry)} cannot be imported: {problem}",
            code="model.package",
            hint=f"Import {entry.value} in Python to see where, or take the package out.",
        ) from error
    missing = [name for name in REQUIRED if not callable(getattr(module, name, None))]
    if missing:
        raise ModelError(
            f"the backend {entry.name} of {package_of(entry)} has no {' and no '.join(missing)}",
            code="model.package",
            hint="A backend is a module with load(spec, report) and identity(spec); see `vidprog models new`.",
        )
    found: ModuleType = module
    return found


def package_of(entry: metadata.EntryPoint) -> str:
    """The name of the package that an entry point comes from."""
    return entry.dist.name if entry.dist else entry.value
