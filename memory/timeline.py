"""The one currency of all evidence: observations in the order of time.

A timeline never changes; asking it for a part gives another one. An empty one always says why it is empty, because
"no audio stream" and "nobody spoke" lead to different next steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

from ..video.errors import UsageError
from .observation import Observation, check_kinds
from .words import contains_words


@dataclass(frozen=True, slots=True, repr=False)
class Timeline(Sequence[Observation]):
    """Observations sorted by start, then end; those of several videos one video after the other.

    Examples:
        >>> lines = Timeline([Observation(3, 4, "text", "EXIT 42", 0.9, "ocr:test")])
        >>> lines.search("exit")[0].start
        3.0
        >>> lines.before(1).why
        'nothing before 1.0 s'
    """

    observations: Sequence[Observation] = ()
    """In any order when given; a sorted tuple afterwards."""
    why: str = ""
    """Why there is nothing; empty when there is something."""

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.observations, key=_order))
        object.__setattr__(self, "observations", ordered)
        object.__setattr__(self, "why", "" if ordered else self.why or "no observations")

    def __len__(self) -> int:
        return len(self.observations)

    def __iter__(self) -> Iterator[Observation]:
        return iter(self.observations)

    @overload
    def __getitem__(self, index: int) -> Observation: ...
    @overload
    def __getitem__(self, index: slice) -> Timeline: ...
    def __getitem__(self, index: int | slice) -> Observation | Timeline:
        if isinstance(index, slice):
            return self._part(self.observations[index], "nothing in that range")
        return self.observations[index]

    def __add__(self, other: Timeline) -> Timeline:
        if not isinstance(other, Timeline):
            return NotImplemented
        reasons = dict.fromkeys(reason for reason in (self.why, other.why) if reason)
        return Timeline((*self.observations, *other.observations), "; ".join(reasons))

    def __repr__(self) -> str:
        if not self:
            return f"Timeline(empty: {self.why})"
        first, last = min(observation.start for observation in self), max(observation.end for observation in self)
        return f"Timeline({len(self)} observations, {first:.1f}-{last:.1f} s)"

    def between(self, start: float, end: float) -> Timeline:
        """What holds at some moment from start to end, both included.

        Args:
            start: Seconds.
            end: Seconds; equal to `start` for one moment.
        """
        found = (o for o in self if o.start <= end and o.end >= start)
        return self._part(found, f"nothing between {start:.1f} and {end:.1f} s")

    def before(self, moment: float) -> Timeline:
        """What was over by this moment (seconds)."""
        return self._part((o for o in self if o.end <= moment), f"nothing before {moment:.1f} s")

    def after(self, moment: float) -> Timeline:
        """What began at this moment (seconds) or later."""
        return self._part((o for o in self if o.start >= moment), f"nothing after {moment:.1f} s")

    def of_kind(self, *kinds: str) -> Timeline:
        """Only these kinds.

        Raises:
            UsageError: `kind.unknown`.
        """
        wanted = check_kinds(kinds)
        return self._part((o for o in self if o.kind in wanted), f"no {' or '.join(wanted) or 'kind asked for'}")

    def of_video(self, name: str) -> Timeline:
        """Only what was observed in the video of that name; the empty name is that of the only one."""
        return self._part((o for o in self if o.video == name), f"nothing from {name or 'the only video'}")

    def search(self, words: str) -> Timeline:
        """Observations that contain the words, in order of time; `VideoMemory.search` finds and ranks more.

        Args:
            words: All of them must occur, whatever their case, accents and order; words such as "the" do not count,
                and neither do missing spaces.
        """
        return self._part((o for o in self if contains_words(o.content, words)), f"nothing contains {words!r}")

    def merge(self, gap: float = 0.0) -> Timeline:
        """Join observations of the same kind, content, track and video.

        The joined one keeps the score, source and box of its surest part. Two things of the same name seen at once
        without track numbers become one.

        Args:
            gap: Seconds that may lie between them, 0 or more.

        Raises:
            UsageError: `timeline.gap`, the gap is negative.
        """
        if gap < 0:
            raise UsageError(f"A gap of {gap} s cannot be.", code="timeline.gap", hint="Give 0 or more seconds.")
        open_ones: dict[tuple[str, str, str, int | None], Observation] = {}
        closed: list[Observation] = []
        for observation in self:
            name = (observation.video, observation.kind, observation.content, observation.track)
            held = open_ones.get(name)
            if held is not None and observation.start - held.end <= gap:
                observation = join(held, observation)
            elif held is not None:
                closed.append(held)
            open_ones[name] = observation
        return self._part((*closed, *open_ones.values()), self.why)

    def to_text(self, budget_characters: int = 4000) -> str:
        """Lines such as `[12.0-14.5 s] speech: turn left` for a reader with little room.

        Args:
            budget_characters: The most characters that come back. What does not fit is dropped, lowest score first;
                among equal scores what is left is spread over the whole time.
        """
        from .export import to_text

        return to_text(self.observations, budget_characters)

    def to_srt(self) -> str:
        """SubRip subtitles; what is not speech is labelled with its kind."""
        from .export import to_srt

        return to_srt(self.observations)

    def to_vtt(self) -> str:
        """WebVTT subtitles; what is not speech is labelled with its kind."""
        from .export import to_vtt

        return to_vtt(self.observations)

    def to_csv(self) -> str:
        """Comma-separated values with a header line."""
        from .export import to_csv

        return to_csv(self.observations)

    def to_markdown(self) -> str:
        """A Markdown table."""
        from .export import to_markdown

        return to_markdown(self.observations)

    def to_json(self) -> list[dict[str, Any]]:
        """A list of plain dictionaries, see `Observation.to_json`."""
        return [observation.to_json() for observation in self]

    def to_dataframe(self) -> Any:
        """A pandas data frame, one row per observation.

        Raises:
            VidprogError: `package.missing`, pandas is not installed.
        """
        from .export import to_dataframe

        return to_dataframe(self.observations)

    def plot(self, axes: Any = None) -> Any:
        """Lanes of speech, text, things and so on over the seconds, drawn by matplotlib.

        Args:
            axes: Where to draw; a new figure when left out.

        Returns:
            The axes, for whatever else is to be drawn.

        Raises:
            VidprogError: `package.missing`, matplotlib is not installed.
        """
        from .plot import plot

        return plot(self.observations, axes)

    @classmethod
    def from_json(cls, data: Iterable[Mapping[str, Any]], why: str = "") -> Timeline:
        """Read back what `to_json` wrote.

        Args:
            data: One mapping per observation.
            why: The reason when there is none.

        Raises:
            ValueError: An entry is no observation.
        """
        return cls([Observation.from_json(entry) for entry in data], why)

    def _part(self, observations: Iterable[Observation], why: str) -> Timeline:
        return Timeline(tuple(observations), self.why or why)


def join(first: Observation, second: Observation) -> Observation:
    """One observation over the time of both, with everything else from the surer one."""
    surest = second if second.score > first.score else first
    return replace(surest, start=min(first.start, second.start), end=max(first.end, second.end))


def _order(observation: Observation) -> tuple[str, float, float, str, float, float, str, str]:
    o = observation
    # texts that are on screen together are read from top to bottom, those at one height from left to right
    top, left = (round(o.box[1], 2), o.box[0]) if o.box is not None and o.kind == "text" else (0.0, 0.0)
    return (o.video, o.start, o.end, o.kind, top, left, o.content, o.source)
