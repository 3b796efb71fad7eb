"""The whole loop as one call."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..memory import Observation, Timeline, default_directory
from ..models import Models, Profile, open_models
from ..programs import Catalog
from ..tools import Answer, Cancellation, Registry, Usage, open_registry
from ..tools.opening import Given
from ..video.errors import UsageError, VidprogError
from . import events
from .cell import listener
from .checkpoints import checkpointer, thread_of
from .events import Listener, ignore
from .judge import best_round
from .result import Result
from .running import cancelled_in_words, in_thread
from .session import Session
from .settings import Settings
from .several import ask_open, best_of, relates
from .state import State, public_round
from .streaming import Stream

MAX_CHOICES, MAX_CHARACTERS = 200, 20_000
"""Of one question: what a small text model weighs in minutes, not hours."""
ANSWER_FIELDS = ("choice", "confidence", "basis", "grounding", "abstained")
ANSWER_LISTS = ("probabilities", "warnings", "contradictions")


def ask(
    video: str | Path | Sequence[str | Path],
    question: str,
    choices: Sequence[str] | None = None,
    *,
    profile: str | Profile | Models | None = None,
    roles: Mapping[str, str] | Sequence[str] | None = None,
    tools: Given = None,
    store: str | Path | None = None,
    settings: Settings | None = None,
    on_event: Listener | None = None,
    cancellation: Cancellation | None = None,
    models: Models | None = None,
    registry: Registry | None = None,
) -> Result:
    """Ask a question about a video.

    Args:
        video: The file; several are asked together where the question relates them ("which of the videos", "in both"),
            else the one that answers best is reported with its evidence.
        question: The question.
        choices: At least two options for a multiple-choice question.
        profile: Name of the model profile, a profile, or loaded models (share them between questions); ``embedded``
            unless the environment says otherwise.
        roles: Another model for a role, e.g. ``{"llm": "openai:my-model@http://localhost:8000/v1"}``.
        tools: Tools of one's own, a file with some, or a registry; installed ones are there anyway.
        store: Directory of the memory files; the user's cache when left out.
        settings: Stop rules, budget, or a program to run.
        on_event: Told every event as it happens; in a notebook, its cell shows them when this is left out.
        cancellation: Stops it from another thread.
        models: The same as loaded models in ``profile``.
        registry: The same as a registry in ``tools``.

    Returns:
        The answer of the best round with its confidence, grounding, evidence and trace.

    Raises:
        UsageError: A question without words, one choice only, unknown profile or program.
        MediaError: A file that cannot be used.
        Cancelled: It was stopped; asked again, it goes on where it was.
        VidprogError: When no round could answer.

    Example:
        >>> result = vidprog.ask("sample.mp4", "In which year was the station opened?", ["1887", "1902"])
        >>> result.text, result.confidence > 0.9, result.answer.evidence[0].content
        ('1887', True, 'Opened in 1887')
    """
    options = check_question(question, choices)
    paths = [video] if isinstance(video, str | Path) else list(video)
    if not paths:
        raise UsageError("no video is given", code="ask.video", hint="Name a video file.")
    with listener(on_event) as told, cancelled_in_words():
        asking = _Asking(
            open_models(profile if models is None else models, roles),
            default_directory() if store is None else Path(store),
            open_registry(tools if registry is None else registry),
            settings or Settings(),
            told,
            cancellation or Cancellation(),
        )
        return asking.ask(paths, question, options)


async def ask_async(
    video: str | Path | Sequence[str | Path], question: str, choices: Sequence[str] | None = None, **options: Any
) -> Result:
    """`ask` without holding up the event loop; cancelling the task stops the question.

    Args:
        video: The file, or several.
        question: The question.
        choices: At least two options for a multiple-choice question.
        **options: Those of `ask`; ``on_event`` is called in the thread that answers.

    Raises:
        asyncio.CancelledError: The task was cancelled; nothing runs on then.
        VidprogError: As `ask` does.

    Example:
        >>> question = vidprog.ask_async("sample.mp4", "Which animal is shown?", ["a dog", "a cat"])
        >>> asyncio.run(question).text
        'a cat'
    """
    return await in_thread(lambda stop: ask(video, question, choices, cancellation=stop, **options))


def stream(
    video: str | Path | Sequence[str | Path], question: str, choices: Sequence[str] | None = None, **options: Any
) -> Stream:
    """A question as a stream of events, for ``for`` and ``async for``; the answer is in its ``result``.

    Args:
        video: The file, or several.
        question: The question.
        choices: At least two options for a multiple-choice question.
        **options: Those of `ask`, without ``on_event`` and ``cancellation``.

    Example:
        >>> stream = vidprog.stream("sample.mp4", "Which animal is shown?", ["a dog", "a cat"])
        >>> for event in stream:
        ...     if isinstance(event, vidprog.events.Planned):
        ...         print(event.round, event.planner)
        1 nearest-example
        >>> stream.result.text
        'a cat'
    """
    return Stream(lambda tell, stop: ask(video, question, choices, on_event=tell, cancellation=stop, **options))


@dataclass(frozen=True, slots=True)
class _Asking:
    """What all videos of one call share."""

    models: Models
    store: Path
    registry: Registry
    settings: Settings
    on_event: Listener
    cancellation: Cancellation

    def ask(self, paths: Sequence[str | Path], question: str, options: tuple[str, ...]) -> Result:
        """The answer from all videos together, or from the one that answers best."""
        catalog = Catalog.builtin().with_tools(self.registry.added)
        if len(paths) > 1 and relates(question, paths, self.settings, catalog, self.models, self.store):
            with ExitStack() as stack:
                sessions, failures = open_all(paths, lambda path: stack.enter_context(self._opened(path)))
                result = ask_open(sessions, question, options, self.settings, self.on_event)
                return replace(result, warnings=(*failures, *result.warnings))

        def answered(path: str | Path) -> Result:
            with self._opened(path) as session:
                return ask_session(session, question, options, self.settings, self.on_event)

        return _one_by_one(paths, answered)

    @contextmanager
    def _opened(self, path: str | Path) -> Iterator[Session]:
        def report(message: str, share: float | None) -> None:
            self.on_event(events.Progress(message, share))

        opened = Session(path, models=self.models, store=self.store, registry=self.registry, report=report)
        with opened as session, session.running(self.cancellation):
            yield session


def _one_by_one(paths: Sequence[str | Path], answered: Callable[[str | Path], Result]) -> Result:
    """The answer from the video that answers best.

    Raises:
        VidprogError: None could be asked.
    """
    results, errors = [], []
    for path in paths:
        try:
            results.append(answered(path))
        except VidprogError as error:  # of several videos the others may answer
            errors.append(error)
    if not results:
        raise errors[0]
    return results[0] if len(paths) == 1 else best_of(results, [error.message for error in errors])


def open_all(paths: Sequence[str | Path], opening: Callable[[str | Path], Session]) -> tuple[list[Session], list[str]]:
    """The videos that can be used, and what is wrong with the others.

    Raises:
        VidprogError: None can be used.
    """
    sessions, failures = [], []
    for path in paths:
        try:
            sessions.append(opening(path))
        except VidprogError as error:
            failures.append(error)
    if not sessions:
        raise failures[0]
    return sessions, [error.message for error in failures]


def check_question(question: str, choices: Sequence[str] | None) -> tuple[str, ...]:
    """The choices as a tuple, once question and choices make sense.

    Raises:
        UsageError: When they do not, or are too long.
    """
    if isinstance(choices, str):
        raise UsageError("choices are a list of texts", code="ask.choices", hint='Give ["yes", "no"], not one text.')
    options = tuple(choices or ())
    if any(0xD800 <= ord(letter) < 0xE000 for text in (question, *options) for letter in text):
        raise UsageError("the question is not valid text", code="ask.question", hint="Write it in UTF-8.")
    if not question.strip():
        raise UsageError("the question is empty", code="ask.question", hint="Write what you want to know.")
    if len(options) == 1:
        raise UsageError("one choice is no choice", code="ask.choices", hint="Give -c at least twice, or not at all.")
    if any(not option.strip() for option in options) or len(set(options)) < len(options):
        raise UsageError("choices must differ and not be empty", code="ask.choices", hint="Check the -c texts.")
    if len(options) > MAX_CHOICES or len(question) + sum(map(len, options)) > MAX_CHARACTERS:
        raise UsageError(
            f"more than {MAX_CHOICES} choices or {MAX_CHARACTERS} characters are too many",
            code="ask.length",
            hint="Ask a shorter question.",
        )
    return options


def ask_session(
    session: Session,
    question: str,
    choices: Sequence[str],
    settings: Settings,
    on_event: Callable[[events.Event], None] = ignore,
) -> Result:
    """Run the loop over an open session, going on where an interrupted run of the same question stopped."""
    from .examples import remember
    from .graph import EDGES, Loop  # with the sandbox: a search in what is known does without

    profile = session.models.profile.to_json()
    given = session.catalog.get(settings.program).source if settings.program is not None else ""
    tools = session.registry.stubs()
    thread = thread_of(session.fingerprint, question, choices, settings, profile, given, tools)
    config = {"configurable": {"thread_id": thread}, "recursion_limit": EDGES}
    with checkpointer(session.store) as saver:
        loop = Loop(session, settings, on_event)
        graph = loop.compile(saver)
        saved = graph.get_state(config)
        start: State | None = {"question": question, "choices": list(choices)}
        if saved.next:
            loop = Loop(
                session, settings, on_event, Usage(**saved.values["usage"]) if saved.values.get("usage") else None
            )
            graph, start = loop.compile(saver), None
            on_event(events.Recalled(saved.values.get("facts", ""), resumed=True))
        state = graph.invoke(start, config, durability="sync")
        saver.delete_thread(thread)
    if settings.learn:
        remember(session, state)
    return _result(session, state, loop.usage)


def _result(session: Session, state: State, usage: Usage) -> Result:
    rounds = state["rounds"]
    best = rounds[best_round(rounds)]
    if best["answer"] is None and best["error"]:
        raise VidprogError(best["error"]["message"], code=best["error"]["code"], hint=best["error"]["hint"])
    answer = _answer(best)
    video = session.video
    entries = [
        {"path": str(each.path), "fingerprint": each.fingerprint, "duration": round(each.duration, 3)}
        for each in session.videos
    ]
    return Result(
        question=state["question"],
        choices=tuple(state["choices"]),
        videos=tuple(entries),
        answer=answer,
        path=str(video.path),
        program={"name": best["program"], "source": best["source"], "planner": best["planner"]},
        rounds=tuple(public_round(round_) for round_ in rounds),
        usage=usage.to_json(),
        profile=session.models.profile.to_json(),
        store=str(session.store),
        warnings=tuple(
            dict.fromkeys(
                (*state["warnings"], *_failures(rounds), *_reasons(best), *answer.warnings, *answer.contradictions)
            )
        ),
    )


def _answer(round_: dict[str, Any]) -> Answer:
    data = round_["answer"]
    if data is None:
        return Answer("No answer was reached.", basis=round_["stopped"] or "no answer", abstained=True)
    evidence = Timeline([Observation.from_json(moment) for moment in data["evidence"]])
    fields: dict[str, Any] = {name: data[name] for name in ANSWER_FIELDS}
    fields |= {name: tuple(data.get(name, ())) for name in ANSWER_LISTS}
    return Answer(data["answer"], evidence=evidence, **fields)


def _failures(rounds: Sequence[dict[str, Any]]) -> list[str]:
    """Tools that failed in any round: the best one may be best only because another could not look."""
    return [f"{step['tool']}: {step['why']}" for round_ in rounds for step in round_["steps"] if step["failed"]]


def _reasons(round_: dict[str, Any]) -> list[str]:
    """Why nothing was found, if that decided it, and why the run stopped.

    One empty search among others that found the answer is in the trace, not here.
    """
    nothing = round_["answer"] is None or round_["answer"]["abstained"]
    reasons = [f"{step['tool']}: {step['why']}" for step in round_["steps"] if step["why"]] if nothing else []
    if round_["error"] and round_["answer"] is not None:
        reasons.append(f"the program broke off: {round_['error']['message']}")
    return [*reasons, *([f"stopped: {round_['stopped']}"] if round_["stopped"] else [])]
