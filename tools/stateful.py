"""A class as a tool: what is loaded once and used many times, such as a model."""

from __future__ import annotations

import threading
from typing import Any


class Stateful:
    """A class as a tool: made once, at the first call, and set up before it."""

    def __init__(self, made_by: type) -> None:
        self.made_by = made_by
        self._instance: Any = None
        self._ready = False
        self._lock = threading.RLock()

    def __call__(self, **values: object) -> object:
        """Call the instance, setting it up first when that has not succeeded before."""
        with self._lock:
            instance = self._make()
            if not self._ready:
                getattr(instance, "setup", lambda: None)()
                self._ready = True
        return instance(**values)

    @property
    def identity(self) -> str:
        """What the instance says distinguishes its results; asked for without setting it up."""
        with self._lock:
            return str(getattr(self._make(), "identity", ""))

    def _make(self) -> Any:
        if self._instance is None:
            self._instance = self.made_by()
        return self._instance
