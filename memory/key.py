"""What names a computed result, so that it is found again exactly when it would come out the same.

The video's fingerprint is not in the key: each video has a store of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ArtefactKey:
    """Everything a result depends on besides the video.

    Raises:
        TypeError: A parameter is not plain data (text, numbers, booleans, None, lists and mappings of these).
        ValueError: A parameter is not a finite number.
    """

    tool: str
    """Name of the tool, e.g. `transcribe`."""
    version: str
    """Changes whenever the tool would give something else."""
    backend: str = ""
    """Identity of the model behind it, e.g. `faster-whisper:tiny.en:int8`; empty when there is none."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Arguments that change the result; copied, so later changes do not reach the key."""

    def __post_init__(self) -> None:
        copied = json.loads(canonical_json(dict(self.parameters)))
        object.__setattr__(self, "parameters", copied)

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def digest(self) -> str:
        """64 hex digits, the same in every process and for every order of the parameters."""
        named = [self.tool, self.version, self.backend, self.parameters]
        return hashlib.sha256(canonical_json(named).encode()).hexdigest()


def canonical_json(value: Any) -> str:
    """JSON with one spelling per value.

    Raises:
        TypeError: The value is not plain data.
        ValueError: A number is not finite.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
