"""One thing that was seen, heard or read: the atom of all evidence.

Every tool speaks in observations, so what a detector, a transcriber and a reader found can be put on one clock,
searched together and shown as the reason for an answer.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import category

from ..video.errors import UsageError

KINDS = ("speech", "text", "object", "caption", "action", "shot", "note")

Box = tuple[float, float, float, float]

_ROUNDING = 1e-6  # a probability summed in float32 may come out as 1.0000001


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that holds from `start` to `end`.

    Numbers of other types (numpy's, say) become plain floats, times before the video become 0, and the part of a box
    that lies outside the picture is cut off.

    Raises:
        ValueError: The kind is none of `KINDS`, the end comes before the start, a number is not finite, the score is
            not in 0..1, or the box is in pixels.

    Example:
        >>> sign = vidprog.Observation(3, 4.5, "text", "EXIT 42", 0.9, "ocr:by-hand")
        >>> sign.end - sign.start, sign.box is None
        (1.5, True)
    """

    start: float
    """Seconds on the video's clock."""
    end: float
    """Seconds on the video's clock; equal to `start` for what was seen in one frame."""
    kind: str
    """One of `KINDS`."""
    content: str
    """The words spoken or read, the label, the sentence."""
    score: float
    """How sure the source is, 0 to 1."""
    source: str
    """Who says so, e.g. `asr:whisper-tiny.en` or `subtitles:stream 2`."""
    box: Box | None = None
    """Left, top, right, bottom, each 0 to 1 of the picture's width or height."""
    track: int | None = None
    """The same number for the same thing in several moments."""
    video: str = ""
    """The video's name where a question is about several: each has a clock of its own. Else empty."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind!r}: one of {', '.join(KINDS)}")
        set_field = object.__setattr__  # the dataclass is frozen
        set_field(self, "start", _seconds(self.start, "start"))
        set_field(self, "end", _seconds(self.end, "end"))
        if self.end < self.start:
            raise ValueError(f"an observation cannot end ({self.end} s) before it starts ({self.start} s)")
        set_field(self, "score", _score(self.score))
        set_field(self, "content", _storable(self.content))
        if self.box is not None:
            set_field(self, "box", _box(self.box))
        if self.track is not None:
            set_field(self, "track", int(self.track))
        set_field(self, "video", _storable(self.video))

    def to_json(self) -> dict[str, Any]:
        """The observation as plain data; every key is always there, but for `video` where it is the only one."""
        plain = {
            "start": self.start,
            "end": self.end,
            "kind": self.kind,
            "content": self.content,
            "score": self.score,
            "source": self.source,
            "box": None if self.box is None else list(self.box),
            "track": self.track,
        }
        return {**plain, "video": self.video} if self.video else plain

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Observation:
        """Read back what `to_json` wrote; keys it does not know are left aside.

        Args:
            data: At least start, end, kind, content, score and source.

        Raises:
            ValueError: A key is missing or a value is out of range.
        """
        missing = [name for name in ("start", "end", "kind", "content", "score", "source") if name not in data]
        if missing:
            raise ValueError(f"an observation without {', '.join(missing)}")
        box = data.get("box")
        return cls(
            data["start"],
            data["end"],
            data["kind"],
            data["content"],
            data["score"],
            data["source"],
            None if box is None else tuple(box),
            data.get("track"),
            data.get("video", ""),
        )


def check_kinds(kinds: Collection[str] | str | None) -> tuple[str, ...]:
    """The kinds asked for as a tuple; one kind may be given as a plain string.

    Args:
        kinds: Names out of `KINDS`; None or nothing for all of them.

    Raises:
        UsageError: `kind.unknown`.
    """
    names = () if kinds is None else (kinds,) if isinstance(kinds, str) else tuple(kinds)
    for name in names:
        if name not in KINDS:
            raise UsageError(
                f"There is no kind of observation {name!r}.",
                code="kind.unknown",
                hint=f"Use one of {', '.join(KINDS)}.",
            )
    return names


def _seconds(value: float, name: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number of seconds, not {value}")
    return number if number > 0.0 else 0.0


def _score(value: float) -> float:
    number = float(value)
    if not -_ROUNDING <= number <= 1.0 + _ROUNDING:
        raise ValueError(f"a score goes from 0 to 1, not {value}")
    return min(max(number, 0.0), 1.0)


def _storable(content: str) -> str:
    """The text without what UTF-8 cannot hold (lone surrogates) and without control characters.

    Text of a video is shown in terminals: an escape sequence in a subtitle must not reach one.
    """
    if content.isprintable():
        return content
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    visible = "".join(sign for sign in content if sign in "\n\t" or category(sign) != "Cc")
    return visible.encode("utf-8", "replace").decode("utf-8")


def _box(box: Box) -> Box:
    corners = tuple(float(corner) for corner in box)
    # Detectors go a little over the edge; twice the picture and more can only be pixels.
    if len(corners) != 4 or not all(-1.0 <= corner <= 2.0 for corner in corners):
        raise ValueError(f"a box is left, top, right, bottom, each 0 to 1 of the picture, not {box}")
    left, top, right, bottom = (min(max(corner, 0.0), 1.0) for corner in corners)
    if right < left or bottom < top:
        raise ValueError(f"a box is left, top, right, bottom in that order, not {box}")
    return left, top, right, bottom
