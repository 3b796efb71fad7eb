"""Times in words: "between 20 and 35 seconds", "at 1:30", "from about 5.5 seconds", "at the end"."""

import re
from dataclasses import dataclass

from .text import NUMBER_WORDS

_CLOCK = r"\d+:\d{2}(?::\d{2})?(?:\.\d+)?"
_NUMBER = r"\d+(?:\.\d+)?"
_UNIT = r"\s*(?P<{name}>milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|min|m|hours?|h)\b"
_MOMENT = rf"(?:{_CLOCK}|{_NUMBER})"
_RANGE = re.compile(
    rf"(?P<first>{_MOMENT})(?:{_UNIT.format(name='unit1')})?\s*(?:-|–|to|and|until|till|through)\s*(?:about\s+)?"
    rf"(?P<second>{_MOMENT})(?:{_UNIT.format(name='unit2')})?",
    re.IGNORECASE,
)
_SINGLE = re.compile(rf"(?P<first>{_CLOCK})|(?P<number>{_NUMBER})(?:{_UNIT.format(name='unit')})", re.IGNORECASE)
_ORDINAL = re.compile(rf"\bsecond\s+(?P<number>{_NUMBER})\b", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "mil": 0.001, "mi": 60.0, "m": 60.0, "h": 3600.0, "s": 1.0}
_VAGUE = (
    (
        re.compile(
            r"\b(at|in|near|towards?|right at) the (very )?(start|beginning)\b|\bfirst (frame|picture)s?\b", re.I
        ),
        (0.0, 0.15),
    ),
    (
        re.compile(r"\b(at|in|near|towards?) the (very )?end\b|\blast (frame|picture)s?\b|\bin the end\b", re.I),
        (0.85, 1.0),
    ),
    (re.compile(r"\bin the middle of the (video|clip|film)\b", re.I), (0.35, 0.65)),
)
_OPEN = re.compile(r"\b(from|since|after|starting)\b", re.IGNORECASE)
_UP_TO = re.compile(r"\b(until|till|before|up to|the first)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds from ``start`` to ``end``; equal for a moment. ``exact`` is False for words like "at the end"."""

    start: float
    end: float
    exact: bool = True

    def overlap(self, start: float, end: float) -> float:
        """Intersection over union with another span; a moment counts as half a second on either side."""
        one = (self.start - 0.5, self.end + 0.5) if self.start == self.end else (self.start, self.end)
        both = min(one[1], end) - max(one[0], start)
        either = max(one[1], end) - min(one[0], start)
        return max(0.0, both) / either if either > 0 else 0.0


def _seconds(moment: str, unit: str | None, default: str | None = None) -> float:
    if ":" in moment:
        parts = [float(part) for part in moment.split(":")]
        return sum(part * 60**power for power, part in enumerate(reversed(parts)))
    name = (unit or default or "s").lower()
    factor = next(value for prefix, value in _SECONDS.items() if name.startswith(prefix))
    return float(moment) * factor


def times_in(text: str, duration: float) -> Span | None:
    """The first time or range of times that a text names, on the clock of a video.

    Args:
        text: A question or an option.
        duration: Length of the video in seconds: vague and open times are parts of it.

    Returns:
        None when no time is named.

    Example:
        >>> times_in("What is said between 20 and 35 seconds?", 60)
        Span(start=20.0, end=35.0, exact=True)
        >>> times_in("from about 5.5 seconds", 10)
        Span(start=5.5, end=10, exact=True)
        >>> times_in("in the first ten seconds", 60)
        Span(start=0.0, end=10.0, exact=True)
        >>> times_in("at 1:30", 200)
        Span(start=90.0, end=90.0, exact=True)
    """
    text = _WORDED.sub(lambda found: str(NUMBER_WORDS[found.group().lower()]), text)
    return _range(text) or _single(text, duration) or _vague(text, duration)


_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_TIMES = r"\s*(?:seconds?|minutes?|hours?)\b"
_WORDED = re.compile(
    rf"\b(?:{_WORDS})(?={_TIMES}|\s+(?:to|and|until|till)\s+(?:about\s+)?(?:{_WORDS}|\d+){_TIMES})", re.IGNORECASE
)
"""A number in words before a unit of time, or before another such number."""


def _range(text: str) -> Span | None:
    for match in _RANGE.finditer(text):
        unit1, unit2 = match["unit1"], match["unit2"]
        named = unit1 or unit2 or ":" in match["first"] or re.search(r"\bseconds?\b", text, re.I)
        if not named or match["first"].count(":") != match["second"].count(":"):
            continue
        first, second = _seconds(match["first"], unit1, unit2), _seconds(match["second"], unit2)
        if first <= second:
            return Span(first, second)
    return None


def _single(text: str, duration: float) -> Span | None:
    match = _SINGLE.search(text) or _ORDINAL.search(text)
    if match is None:
        return None
    groups = match.groupdict()
    moment = groups.get("first") or groups["number"]
    if moment.count(":") > 1 and _seconds(moment, None) > duration:
        return None  # a time code that is shown, not a time of the video
    at = _seconds(moment, groups.get("unit"))
    before = text[: match.start()]
    if _OPEN.search(before) and at < duration:
        return Span(at, duration)
    return Span(0.0, at) if _UP_TO.search(before) and at > 0 else Span(at, at)


def _vague(text: str, duration: float) -> Span | None:
    for pattern, (start, end) in _VAGUE:
        if pattern.search(text):
            return Span(start * duration, end * duration, exact=False)
    return None
