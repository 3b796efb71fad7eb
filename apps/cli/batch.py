"""``vidprog batch``: the questions of a file, answered into a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from . import ask, options
from .terminal import Terminal, print_document
from .words import count

Questions = Annotated[Path, typer.Argument(metavar="IN.jsonl", help='Lines of {"video", "question", "choices", "id"}.')]
Out = Annotated[
    Path, typer.Option("--out", metavar="OUT.jsonl", help="Where answers go; what is there is not asked again.")
]


def batch(
    questions: Questions,
    out: Out,
    program: ask.Program = None,
    max_rounds: ask.Rounds = None,
    threshold: ask.Threshold = None,
    policy: ask.Policy = None,
    critic: ask.Critic = False,
    max_seconds: ask.Seconds = None,
    max_frames: ask.Frames = None,
    max_llm_calls: ask.Calls = None,
    json: options.Json = False,
    profile: options.Profile = None,
    tools: options.Tools = None,
    assignments: options.Assignments = None,
    store: options.Store = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Answer the questions of a file, one a line; the same command goes on where it stopped.

    A line of the output is the document of `vidprog ask --json`, or an error. Limits hold for each question. Exit
    codes: 0, 1 where a question failed, 2 usage.
    """
    from dataclasses import asdict

    from ..batch import read_questions, run_batch

    asked = read_questions(questions)
    terminal = Terminal(quiet, verbose)
    limits = {"seconds": max_seconds, "frames": max_frames, "llm_calls": max_llm_calls}
    given: dict[str, Any] = {"max_rounds": max_rounds, "threshold": threshold, "policy": policy}
    settings = ask.settings_from(program, {**given, "critic": critic or None, "learn": False}, limits)
    answer = _answering(settings, profile, assignments, tools, store, terminal)
    with terminal.progress() as progress:
        tally = run_batch(
            asked,
            out,
            answer,
            lambda done, total: progress.report(f"{done} of {total} questions", done / max(1, total)),
        )
    if json:
        from ..documents import listing

        print_document(listing("batch", out=str(out), **asdict(tally)))
    else:
        said = f"{tally.answered} answered, {tally.abstained} abstained, {tally.failed} failed"
        terminal.result.line(f"{count(len(asked), 'question')}: {said}, {tally.known} known already: {out}")
    return int(tally.failed > 0)


def _answering(
    settings: Any,
    profile: str | None,
    assignments: Sequence[str] | None,
    tools: Path | None,
    store: Path | None,
    terminal: Terminal,
) -> Any:
    """Asks one question after the other with the same models; none follows another."""
    from ... import agents
    from .opening import open_models, open_registry

    models, registry = open_models(profile, assignments), open_registry(tools)
    if settings.program is not None:
        ask.check_program(settings.program, registry)
    terminal.warn(registry.warnings)

    def answer(videos: Sequence[str], question: str, choices: Sequence[str]) -> dict[str, Any]:
        result = agents.ask(
            list(videos),
            question,
            list(choices) or None,
            models=models,
            store=store,
            registry=registry,
            settings=settings,
        )
        return result.to_json()

    return answer
