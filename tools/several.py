"""Which of several videos a tool call is about: decided in one place, so that no tool has to think of it.

Videos have clocks of their own. A call that is given a clip works on that clip's video, whatever else is asked about,
and what it observes carries the video's name; evidence of two videos is then never taken for that of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..memory import Observation, Timeline
from ..video import Clip

if TYPE_CHECKING:
    from .context import Context


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call works."""

    context: Any
    """What the tool gets as ``context``."""
    name: str = ""
    """What its observations are marked with; empty for the only video, and for what comes from several at once."""

    @classmethod
    def of_call(cls, context: Any, values: Iterable[object]) -> Place:
        """The place of a call: the video of its first clip, else that of its observations, else the first video.

        Args:
            context: The host's side, of the question's first video.
            values: The arguments.
        """
        if not getattr(context, "others", ()):
            return cls(context)
        given = list(_flat(values))
        clip = next((value for value in given if isinstance(value, Clip)), None)
        if clip is not None:
            return cls._at(context.of(clip.video))
        names = {value.video for value in given if isinstance(value, Observation)}
        if not names:
            return cls._at(context)
        named = next((each for each in context.all if names == {each.name}), None)
        return cls(context) if named is None else cls._at(named)

    @classmethod
    def _at(cls, context: Context) -> Place:
        return cls(context, context.name)

    def mark(self, result: Any) -> Any:
        """The result with this video's name on every observation that has none."""
        if not self.name:
            return result
        if isinstance(result, Observation):
            return result if result.video else replace(result, video=self.name)
        if isinstance(result, Timeline):
            return Timeline([self.mark(observation) for observation in result], result.why)
        return result


def _flat(values: Iterable[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, (list, Timeline)):
            yield from value
        else:
            yield value
