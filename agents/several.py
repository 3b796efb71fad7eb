"""Questions about several videos: together, by one program that sees them all, or one video after the other.

"Which of the videos shows a dog?" and "Do both show it?" relate the videos; no video can answer them alone. For any
other question each video is asked, and the one that answers best is reported.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..models import Models
from ..programs import Catalog
from ..tools.relations import NOUN, ORDINALS
from ..video.errors import VidprogError
from . import events
from .planner import NearestExamplePlanner
from .result import Result
from .settings import Settings

if TYPE_CHECKING:
    from .session import Session


_VERBS = r"(?:is|are|was|were|has|have|does|do|did|can|shows?|contains?|mentions?|says?|looks?|depicts?|differs?)"
OF_VIDEOS = re.compile(
    rf"\b(?:which|both|either|neither|all|each|{'|'.join(ORDINALS[:3])})\b[\w\s]{{0,20}}{NOUN}\b"
    rf"|\b(?:videos|clips|films|recordings|files|movies)\b|\bwhich one {_VERBS}\b"
    rf"|\bwhich of (?:them|the (?:two|three|four)|these|those) {_VERBS}\b|\bthey (?:both |all )?{_VERBS}\b",
    re.IGNORECASE,
)
"""Words that tell the videos apart or take them together."""
LEAD, LAG = 0.4, 0.3
"""By so much examples of several videos count as nearer where a question has such words, and as further where it has
none: "in which video does she say it" is else like "what does she say", and "are both doors open" like "do both clips
show a door". Forms count 0.6 at most."""


def relates(
    question: str, paths: Sequence[str | Path], settings: Settings, catalog: Catalog, models: Models, store: Path
) -> bool:
    """Whether a question is about how the videos relate: by the program that is given, or by the nearest example.

    Args:
        question: The question.
        paths: The videos; their names in the question count as "the first video" and so on.
        settings: May name a program.
        catalog: The programs, those for several videos among them.
        models: For the likeness of questions.
        store: Where vectors of examples are kept.
    """
    if settings.program is not None:
        return catalog.get(settings.program).takes == "several"
    worded = by_ordinals(question, paths)
    lead = LEAD if OF_VIDEOS.search(worded) else -LAG
    ranked = NearestExamplePlanner(catalog, models, store, takes=None).rank(worded)
    best = max(ranked, key=lambda item: item[0] + lead * (item[1].takes == "several"), default=None)
    return best is not None and best[1].takes == "several"


def by_ordinals(question: str, paths: Sequence[str | Path]) -> str:
    """A question with "the first video" and so on in the place of file names.

    Example:
        >>> by_ordinals("Is there more in b.mp4 than in a.mp4?", ["x/a.mp4", "x/b.mp4"])
        'Is there more in the second video than in the first video?'
    """
    for ordinal, path in zip(ORDINALS, paths, strict=False):
        for name in (str(path), Path(path).name):
            question = re.sub(rf"(?<![\w/]){re.escape(name)}(?!\w)", f"the {ordinal} video", question)
    return question


def best_of(results: Sequence[Result], failures: Sequence[str]) -> Result:
    """Of several videos the one that answers best, with the cost and the warnings of all."""
    best = max(results, key=lambda result: (not result.answer.abstained, result.confidence))
    usage = {name: sum(result.usage[name] for result in results) for name in best.usage}
    videos = tuple(video for result in results for video in result.videos)
    rounds = tuple({**round_, "video": result.path} for result in results for round_ in result.rounds)
    warnings = tuple(dict.fromkeys((*failures, *(warning for result in results for warning in result.warnings))))
    return replace(best, videos=videos, usage=usage, rounds=rounds, warnings=warnings)


def ask_open(
    sessions: Sequence["Session"],
    question: str,
    choices: Sequence[str],
    settings: Settings,
    on_event: Callable[[events.Event], None],
) -> Result:
    """Ask videos that are open: together where the question relates them, else one after the other.

    Raises:
        VidprogError: No video could answer.
    """
    from .ask import ask_session

    main, *others = sessions
    paths = [session.video.path for session in sessions]
    if not others:
        return ask_session(main, question, choices, settings, on_event)
    if relates(question, paths, settings, main.catalog, main.models, main.store):
        with main.beside(others):
            return ask_session(main, question, choices, settings, on_event)
    results, failures = [], []
    for session in sessions:
        try:
            results.append(ask_session(session, question, choices, settings, on_event))
        except VidprogError as error:  # the others may answer
            failures.append(error)
    if not results:
        raise failures[0]
    return best_of(results, [error.message for error in failures])
