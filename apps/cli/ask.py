"""``vidprog ask``: a question about a video, answered with a confidence and the moments that support it."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...video.errors import UsageError
from . import completion, options
from .terminal import Terminal, print_document
from .words import count

if TYPE_CHECKING:
    from ...agents import Result, Settings
    from ...programs import Program as VisualProgram
    from ...tools import Registry

ABSTAINED = 3
USAGE = 'Write: vidprog ask clip.mp4 "What does the sign say?"'
_FILE_NAME = re.compile(r"[^\s?]+\.[A-Za-z0-9]{2,4}")

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="VIDEO [VIDEO...] QUESTION", help="Video files, and last the question.", show_default=False),
]
Choices = Annotated[
    list[str] | None, typer.Option("--choice", "-c", metavar="CHOICE", help="One option; give all, one -c for each.")
]
Program = Annotated[
    str | None,
    typer.Option(
        "--program", metavar="NAME|FILE", autocompletion=completion.programs,
        help="Run this program instead of planning one.",
    ),
]  # fmt: skip
Rounds = Annotated[int | None, typer.Option("--max-rounds", metavar="N", help="Programs to try at most (3).")]
Threshold = Annotated[
    float | None, typer.Option("--threshold", metavar="T", help="Confidence that is enough, 0 to 1 (0.6).")
]
Policy = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE.toml", help="When an answer is good enough and what is tried if not."),
]
Critic = Annotated[
    bool, typer.Option("--critic", help="Let the text model doubt answers, if it can write.", show_default=False)
]
NoLearn = Annotated[
    bool, typer.Option("--no-learn", help="Do not keep this question as an example.", show_default=False)
]
Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE.html", help="Write the answer with player, evidence and steps as a page."),
]
EmbedVideo = Annotated[
    bool, typer.Option("--embed-video", help="Put the video into the report, up to 20 MB.", show_default=False)
]
Seconds = Annotated[float | None, typer.Option("--max-seconds", metavar="S", help="Stop after so many seconds.")]
Frames = Annotated[int | None, typer.Option("--max-frames", metavar="N", help="Frames shown to models at most.")]
Calls = Annotated[int | None, typer.Option("--max-llm-calls", metavar="N", help="Calls of the text model at most.")]


def ask(
    words: Words = None,
    choices: Choices = None,
    program: Program = None,
    max_rounds: Rounds = None,
    threshold: Threshold = None,
    policy: Policy = None,
    critic: Critic = False,
    no_learn: NoLearn = False,
    max_seconds: Seconds = None,
    max_frames: Frames = None,
    max_llm_calls: Calls = None,
    report: Report = None,
    embed_video: EmbedVideo = False,
    json: options.Json = False,
    profile: options.Profile = None,
    tools: options.Tools = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Ask a question about a video, or about several: "which of them shows it?", "in both?".

    Exit codes: 0 answered, 1 failure, 2 usage, 3 the video does not show it, 130 interrupted.
    """
    videos, question = split_words(words or [])
    terminal = Terminal(quiet, verbose)
    limits = {"seconds": max_seconds, "frames": max_frames, "llm_calls": max_llm_calls}
    given = {"max_rounds": max_rounds, "threshold": threshold, "policy": policy, "critic": critic or None}
    given["learn"] = not no_learn
    settings = settings_from(program, given, limits)
    if report is not None:
        check_report(report, videos if embed_video else ())
    result = _answer(videos, question, choices, settings, profile, assignments, tools, store, terminal)
    if json:
        print_document(result.to_json())
    else:
        from .show import show_result

        show_result(result, terminal)
    if report is not None:
        _report(result, report, embed_video, terminal)
    return ABSTAINED if result.answer.abstained else 0


def split_words(words: Sequence[str]) -> tuple[list[str], str]:
    """The videos and the question.

    Raises:
        UsageError: One of them is missing; it says which.
    """
    if not words:
        raise UsageError("the video and the question are missing", code="ask.words", hint=USAGE)
    *videos, question = words
    if _is_file(question):
        raise UsageError(f"the question is missing: the last word, {question}, is a file", code="ask.words", hint=USAGE)
    if not videos and _FILE_NAME.fullmatch(question):
        raise UsageError(f"the question is missing after {question}", code="ask.words", hint=USAGE)
    if not videos:
        raise UsageError(f"the video is missing before {question!r}", code="ask.words", hint=USAGE)
    return videos, question


def _is_file(text: str) -> bool:
    return os.path.exists(text)  # unlike Path.exists, it takes questions longer than a name may be


def settings_from(program: str | None, given: dict[str, Any], limits: dict[str, float | int | None]) -> "Settings":
    """What was given; what is None is as the policy says."""
    from ...agents import Settings
    from ...tools import Budget

    return Settings(program=program, budget=Budget(**limits), **given)  # type: ignore[arg-type]


def check_report(path: Path, embedded: Sequence[str] = ()) -> None:
    """That a report cannot be written is said before any work is done, and no video is written over.

    Args:
        path: Where to.
        embedded: The videos that go into it.

    Raises:
        UsageError: The name is not one of a page, there is no such directory, or the videos are too large.
    """
    from ..report import check_embedded

    hint = "Write: --report answer.html"
    if path.suffix.lower() not in (".html", ".htm") or path.is_dir():
        raise UsageError(f"{path} is no name for a page", code="report.file", hint=hint)
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path.absolute().parent} is not a directory", code="report.file", hint=hint)
    check_embedded(Path(video) for video in embedded)


def _report(result: "Result", path: Path, embed: bool, terminal: Terminal) -> None:
    from ..report import write_report

    terminal.say(f"report: {write_report(result, path, embed=embed)}")


def _answer(
    videos: Sequence[str],
    question: str,
    choices: Sequence[str] | None,
    settings: "Settings",
    profile: str | None,
    assignments: Sequence[str] | None,
    tools: Path | None,
    store: Path | None,
    terminal: Terminal,
) -> "Result":
    from ... import agents
    from ...agents.ask import check_question
    from .opening import open_models, open_registry
    from .watch import Watcher

    check_question(question, choices)
    models = open_models(profile, assignments)
    registry = open_registry(tools)
    if settings.program is not None:
        check_program(settings.program, registry)
    terminal.warn(registry.warnings)
    with terminal.progress() as progress:
        watcher = Watcher(terminal, progress)
        return agents.ask(
            list(videos), question, choices, models=models, store=store, registry=registry, settings=settings,
            on_event=watcher,
        )  # fmt: skip


def check_program(name: "str | Path | VisualProgram", registry: "Registry") -> None:
    """What is wrong with a program is said before any work is done.

    Raises:
        UsageError: There is none of that name.
        ProgramError: It cannot be run.
    """
    from ...programs import Catalog, ProgramError, check

    catalog = Catalog.builtin().with_tools(registry.added)
    program = catalog.get(name)
    problems = () if name in catalog else check(program, registry)
    if problems:
        message = f"{name} cannot be run: {problems[0]}"
        hint = f"`vidprog programs check {name}` lists what is wrong ({count(len(problems), 'problem')})."
        raise ProgramError(message, code="program.refused", hint=hint)
