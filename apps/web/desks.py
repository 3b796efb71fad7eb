"""Who answers, by profile: the models of each are loaded when somebody chooses it, and shared from then on."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from ...models import Models, open_models
from ...tools import Registry
from ..servers.desk import Desk
from ..servers.library import Library
from ..servers.limits import Limits


@dataclass(frozen=True, slots=True)
class Desks:
    """One desk for each profile.

    Attributes:
        profiles: Their names, the default one first.
        models: Of the default one.
        library: The videos.
        limits: What may be used.
        store: Directory of the memory files.
        registry: The tools that programs may call.
    """

    profiles: tuple[str, ...]
    models: Models
    library: Library
    limits: Limits
    store: Path | None = None
    registry: Registry | None = None
    _opened: dict[str, Desk] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, profile: str | None = None) -> Desk:
        """The desk of a profile; of the default one when None.

        Raises:
            UsageError: There is no such profile.
        """
        name = profile or self.profiles[0]
        with self._lock:
            if name not in self._opened:
                models = self.models if name == self.profiles[0] else open_models(name)
                self._opened[name] = Desk(self.library, models, self.limits, self.store, self.registry)
            return self._opened[name]
