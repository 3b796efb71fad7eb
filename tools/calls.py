"""Models that write, as tools call them: counted, held to the budget, and never paid for twice.

Every call of the text model and of the vision-language model goes through here. What it gave is kept in the memory of
the video under everything it depends on (the model's identity, the texts, the pixels, the settings), so a run that was
killed goes on without repeating calls that were paid for, and the same call of a later question costs nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from ..memory import ArtefactKey, VideoMemory
from ..models import Completion, Constraint, Content, LanguageModel, OptionScore, VisionLanguageModel
from ..models.roles import Usage
from .meter import Meter
from .notes import Notes

VERSION = "1"
CALL = "call:"
"""Begins the names under which calls are kept; they are no observations of the video."""


class Calls:
    """Where the calls of one question are counted and kept."""

    def __init__(self, memory: VideoMemory, meter: Callable[[], Meter], notes: Notes) -> None:
        self._memory = memory
        self._meter = meter
        self._notes = notes

    @property
    def meter(self) -> Meter:
        """Counts what is really called."""
        return self._meter()

    def note(self, why: str) -> None:
        """Tell the trace something about the call that is going on."""
        self._notes.add(why=why)

    def kept(
        self,
        name: str,
        identity: str,
        requests: Sequence[Sequence[Any]],
        make: Callable[[list[int]], Sequence[Any]],
    ) -> list[Any]:
        """The results of calls as plain data: those that are kept, and what ``make`` gives for the others.

        Args:
            name: Of the method.
            identity: Of the model.
            requests: Everything else that each result depends on; texts, numbers and digests.
            make: Gets the places of the requests that are not known (equal ones once) and gives their results.
        """
        keys = [self._key(name, identity, request) for request in requests]
        known = {key.digest: self._memory.value(key) for key in keys}
        first = {key.digest: place for place, key in reversed(list(enumerate(keys)))}
        missing = [place for digest, place in first.items() if known[digest] is None]
        self._notes.add(cached=not missing)
        if missing:
            missing.sort()
            for place, result in zip(missing, make(missing), strict=True):
                self._memory.save_value(keys[place], result)
                known[keys[place].digest] = result
        return [known[key.digest] for key in keys]

    def _key(self, name: str, identity: str, request: Sequence[Any]) -> ArtefactKey:
        digest = hashlib.sha256(repr(list(request)).encode("utf-8", "replace")).hexdigest()
        return ArtefactKey(CALL + name, VERSION, identity, {"request": digest})


class CountedLanguageModel:
    """A text model whose calls are counted and kept; plays the role like the model itself."""

    def __init__(self, model: LanguageModel, calls: Calls) -> None:
        self._model = model
        self._calls = calls
        self.identity = model.identity
        self.can_score = model.can_score
        self.can_write = model.can_write
        self.constraints = model.constraints
        self.context_tokens = model.context_tokens

    def count_tokens(self, text: str) -> int:
        """Tokens of a text."""
        return self._model.count_tokens(text)

    def complete(
        self,
        prompt: str,
        *,
        system: str = "",
        max_tokens: int = 256,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        seed: int = 0,
        constraint: Constraint | None = None,
    ) -> Completion:
        """Answer a prompt.

        Raises:
            BudgetExceeded: No more calls may be made.
            ModelError: The model failed.
        """

        def make(missing: list[int]) -> list[Any]:
            self._calls.meter.spend(llm_calls=1)
            reply = self._model.complete(
                prompt, system=system, max_tokens=max_tokens, stop=stop, temperature=temperature, seed=seed,
                constraint=constraint,
            )  # fmt: skip
            return [_counted(reply, self._calls.meter)]

        request = [prompt, system, max_tokens, tuple(stop), temperature, seed, constraint]
        return _completion(self._calls.kept("complete", self.identity, [request], make)[0])

    def score(self, pairs: Sequence[tuple[str, str]]) -> tuple[OptionScore, ...]:
        """``log p(continuation | prompt)`` of each pair, in one call.

        Raises:
            BudgetExceeded: No more calls may be made.
            ModelError: The model failed.
        """

        def make(missing: list[int]) -> list[Any]:
            self._calls.meter.spend(llm_calls=1)
            wanted = [pairs[place] for place in missing]
            tokens = {prompt: self.count_tokens(prompt) for prompt, _ in wanted}
            self._calls.meter.count(prompt_tokens=sum(tokens[prompt] for prompt, _ in wanted))
            return [[score.log_probability, score.tokens] for score in self._model.score(wanted)]

        return _scores(self._calls.kept("score", self.identity, pairs, make))


class CountedVision:
    """A vision-language model whose calls are counted and kept; plays the role like the model itself."""

    def __init__(self, model: VisionLanguageModel, calls: Calls) -> None:
        self._model = model
        self._calls = calls
        self.identity = model.identity
        self.images_per_call = model.images_per_call
        self.can_score = model.can_score
        self.interleaved = model.interleaved
        self.names_letters = model.names_letters

    @property
    def reduced(self) -> str:
        """What the last call that was really made left out."""
        return self._model.reduced

    def complete(self, contents: Sequence[Content], *, max_tokens: int = 256) -> tuple[Completion, ...]:
        """Answer each content; those that were answered before are not asked again, the others go in one batch.

        Raises:
            BudgetExceeded: No more calls may be made, or no more frames be shown.
            ModelError: The model failed.
        """

        def make(missing: list[int]) -> list[Any]:
            wanted = [contents[place] for place in missing]
            self._calls.meter.spend(vlm_calls=len(wanted), frames_seen=sum(map(_frames, wanted)))
            replies = self._model.complete(wanted, max_tokens=max_tokens)
            self._note_reduction()
            return [_counted(reply, self._calls.meter) for reply in replies]

        requests = [[*_marks(content), max_tokens] for content in contents]
        return tuple(map(_completion, self._calls.kept("look", self.identity, requests, make)))

    def score(self, content: Content, continuations: Sequence[str]) -> tuple[OptionScore, ...]:
        """``log p(continuation | content)`` of each, in one call.

        Raises:
            BudgetExceeded: No more calls may be made, or no more frames be shown.
            ModelError: The model failed.
        """

        def make(missing: list[int]) -> list[Any]:
            self._calls.meter.spend(vlm_calls=1, frames_seen=_frames(content))
            found = self._model.score(content, [continuations[place] for place in missing])
            self._note_reduction()
            return [[score.log_probability, score.tokens] for score in found]

        seen = _marks(content)
        requests = [[*seen, text] for text in continuations]
        return _scores(self._calls.kept("look-score", self.identity, requests, make))

    def _note_reduction(self) -> None:
        """A backend that looked at less than it was given: the trace says so."""
        if self._model.reduced:
            self._calls.note(self._model.reduced)


def _frames(content: Content) -> int:
    return sum(not isinstance(part, str) for part in content)


def _marks(content: Content) -> list[Any]:
    """A content as plain data: texts as they are, frames as their time and a digest of their pixels."""
    return [
        part
        if isinstance(part, str)
        else (part.time, part.image.shape, hashlib.sha256(part.image.tobytes()).hexdigest())
        for part in content
    ]


def _counted(reply: Completion, meter: Meter) -> dict[str, Any]:
    """A reply as plain data; its tokens are on the meter."""
    meter.count(prompt_tokens=reply.usage.prompt_tokens, completion_tokens=reply.usage.completion_tokens)
    return {
        "text": reply.text,
        "log_probabilities": list(reply.log_probabilities),
        "alternatives": reply.alternatives,
        "usage": [reply.usage.prompt_tokens, reply.usage.completion_tokens],
    }


def _completion(kept: dict[str, Any]) -> Completion:
    return Completion(kept["text"], tuple(kept["log_probabilities"]), kept["alternatives"], Usage(*kept["usage"]))


def _scores(kept: Sequence[Sequence[Any]]) -> tuple[OptionScore, ...]:
    return tuple(OptionScore(float(log_probability), int(tokens)) for log_probability, tokens in kept)
