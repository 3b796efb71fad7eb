"""The whole loop as one call."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..memory import Observation, Timeline, default_directory
from ..models import Models, load_profile
from ..programs import Catalog
from ..tools import Answer, Registry, Usage
from ..video.errors import UsageError, VidprogError
from . import events
from .checkpoints import checkpointer, thread_of
from .events import ignore
from .judge import best_round
from .result import Result
from .session import Session
from .settings import Settings
from .several import ask_open, best_of, relates
from .state import State, public_round

MAX_CHOICES, MAX_CHARACTERS = 200, 20_000
"""Of one question: what a small text model weighs in minutes, not hours."""
ANSWER_FIELDS = ("choice", "confidence", "basis", "grounding", "abstained")
ANSWER_LISTS = ("probabilities", "warnings", "contradictions")


def ask(
    video: str | Path | Sequence[str | Path],
    question: str,
    choices: Sequence[str] | None = None,
    *,
    profile: str | None = None,
    models: Models | None = None,
    store: Path | None = None,
    registry: Registry | None = None,
    settings: Settings | None = None,
    on_event: Callable[[events.Event], None] = ignore,
) -> Result:
    """Ask a question about a video.

    Args:
        video: The file; several are asked together where the question relates them ("which of the videos", "in both"),
            else the one that answers best is reported with its evidence.
        question: The question.
        choices: At least two options for a multiple-choice question.
        profile: Name of the model profile; ``embedded`` unless the environment says otherwise.
        models: Loaded models, used instead of a profile (share them between questions).
        store: Directory of the memory files.
        registry: The tools that programs may call.
        settings: Stop rules, budget, or a program to run.
        on_event: Told every event as it happens.

    Returns:
        The answer of the best round with its confidence, grounding, evidence and trace.

    Raises:
        UsageError: A question without words, one choice only, unknown profile or program.
        MediaError: A file that cannot be used.
        VidprogError: When no round could answer.

    Example:
        >>> import vidprog
        >>> result = vidprog.ask("clip.mp4", "What does the sign say?")  # doctest: +SKIP
        >>> result.text, result.confidence  # doctest: +SKIP
    """
    options = check_question(question, choices)
    store = store or default_directory()
    paths = [video] if isinstance(video, str | Path) else list(video)
    if not paths:
        raise UsageError("no video is given", code="ask.video", hint="Name a video file.")
    models = models or Models(load_profile(profile))
    settings = settings or Settings()

    def report(message: str, share: float | None) -> None:
        on_event(events.Progress(message, share))

    def opened(path: str | Path) -> Session:
        return Session(path, models=models, store=store, registry=registry, report=report)

    if len(paths) > 1 and relates(question, paths, settings, Catalog.builtin(), models, store):
        with ExitStack() as stack:
            sessions, failures = open_all(paths, lambda path: stack.enter_context(opened(path)))
            result = ask_open(sessions, question, options, settings, on_event)
            return replace(result, warnings=(*failures, *result.warnings))

    def answered(path: str | Path) -> Result:
        with opened(path) as session:
            return ask_session(session, question, options, settings, on_event)

    return _one_by_one(paths, answered)


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
