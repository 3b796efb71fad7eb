"""Names that are imported when they are first used, so that a command starts before the libraries it may not need."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_exports(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a package (PEP 562) whose names live in modules below it.

    Args:
        package: The package's ``__name__``.
        homes: Public name -> module, relative to the package.

    Example:
        >>> getattribute, directory = lazy_exports("vidprog", {"MediaError": "video.errors"})
        >>> getattribute("MediaError").__name__, directory()
        ('MediaError', ['MediaError'])
    """

    def get(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f".{homes[name]}", package), name)
        setattr(sys.modules[package], name, value)
        return value

    return get, lambda: sorted(homes)
